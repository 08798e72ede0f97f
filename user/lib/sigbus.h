/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading memory that may raise SIGBUS. */
#ifndef SIGBUS_H
#define SIGBUS_H

#include <stddef.h>

/*
 * Copy @len bytes, in order and naturally aligned words untorn, up to the first
 * that raises SIGBUS; @page is the size of a page. Returns how many were copied;
 * 0 until dbgmem_window_catch() was called.
 */
size_t dbgmem__sigbus_copy(char *to, const volatile char *from, size_t len,
			   size_t page) __attribute__((visibility("hidden")));

#endif /* SIGBUS_H */
