/* SPDX-License-Identifier: GPL-2.0 */
/* Windows: how to make them, and to read through them. */
#ifndef SELFTESTS_WINDOW_H
#define SELFTESTS_WINDOW_H

#include "memory.h"

#include <setjmp.h>
#include <signal.h>

int window_prepare(int fd, uint64_t addr, uint64_t len, uint64_t *offset);

/* A window of @len bytes at @addr of the target, or MAP_FAILED. */
volatile char *window_map(int fd, const void *addr, size_t len);
int window_sync(int fd);

/* Pages that the windows of a session hold, or -1. */
long window_pages(int fd);

/* Read a word. 0, or the signal that the read raised. */
int window_peek(volatile const void *at, uint64_t *word);

#endif /* SELFTESTS_WINDOW_H */
