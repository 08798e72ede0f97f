/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Untrusted text: a target, a file or another user has chosen it. These functions print
 * it so that it cannot move the cursor or change the direction of writing.
 */
#ifndef DBGMEM_TEXT_H
#define DBGMEM_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Decode the UTF-8 character at @s, of @len bytes, into @c. Returns its bytes, or 0 if
 * there is none.
 */
size_t text_code_point(const char *s, size_t len, uint32_t *c);

/*
 * Read LC_ALL, LC_CTYPE and LANG: if the locale is not UTF-8, only ASCII is safe to
 * print. Without this call it is UTF-8.
 */
void text_use_locale(void);

/*
 * Returns the bytes of the character at @s if it is safe to print. Returns 0 for
 * control characters (U+0000 to U+001F, U+007F to U+009F), separators of lines and
 * paragraphs, and controls of the direction of writing.
 */
size_t text_char(const char *s, size_t len);

/* Returns the bytes of the safe characters at the start of @s. */
size_t text_span(const char *s, size_t len);

/*
 * Print @s with unsafe bytes and backslashes as three octal digits, \012, so that
 * text_unescape() restores @s.
 */
void text_print(FILE *out, const char *s, size_t len);

/* The same into a string that is the caller's to free. NULL when out of memory. */
char *text_escape(const char *s, size_t len);

/*
 * Like text_print() but keep backslashes: for messages, which may have escapes already.
 */
void text_print_message(FILE *out, const char *s, size_t len);

/* Undo text_print(), in place; \000 stays as it is. */
void text_unescape(char *s);

#endif /* DBGMEM_TEXT_H */
