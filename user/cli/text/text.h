/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text that a target, a file or another user has chosen. What goes to a terminal
 * goes through here: nothing in it moves the cursor, or turns the direction of
 * writing.
 */
#ifndef DBGMEM_TEXT_H
#define DBGMEM_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Bytes of the UTF-8 character @c at @s, of @len bytes; 0 if it is none. */
size_t text_code_point(const char *s, size_t len, uint32_t *c);

/*
 * Only ASCII is safe to print if the locale's characters are not UTF-8, by LC_ALL,
 * LC_CTYPE or LANG. Without this call they are.
 */
void text_use_locale(void);

/*
 * The same for a character that is safe to print; 0 if it is none, or is a
 * control character (U+0000 to U+001F, U+007F to U+009F), separates lines or
 * paragraphs, or controls the direction of writing.
 */
size_t text_char(const char *s, size_t len);

/* The same up to the first that is none. */
size_t text_span(const char *s, size_t len);

/*
 * Each byte that is no such character goes as three octal digits, \012, and so
 * does a backslash, so that text_unescape() gives @s again.
 */
void text_print(FILE *out, const char *s, size_t len);

/* The same as a string, which is the caller's to free; NULL: out of memory. */
char *text_escape(const char *s, size_t len);

/* The same but for backslashes: of sentences, which may have escapes already. */
void text_print_message(FILE *out, const char *s, size_t len);

/* The other way, in place; \000 stays as it is. */
void text_unescape(char *s);

#endif /* DBGMEM_TEXT_H */
