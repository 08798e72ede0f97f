/* SPDX-License-Identifier: GPL-2.0 */
/* Text of the target's own making: it goes to a terminal. */
#ifndef DBGMEM_TEXT_H
#define DBGMEM_TEXT_H

#include <stddef.h>
#include <stdio.h>

/*
 * Bytes of the UTF-8 character at @s, of @len bytes; 0 if it is none, or is a
 * control character.
 */
size_t text_char(const char *s, size_t len);

/* The same up to the first that is none. */
size_t text_span(const char *s, size_t len);

/* What is no such character goes as /proc/PID/maps has a newline: \012. */
void text_print(FILE *out, const char *s, size_t len);

#endif /* DBGMEM_TEXT_H */
