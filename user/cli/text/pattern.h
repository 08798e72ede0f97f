/* SPDX-License-Identifier: GPL-2.0 */
/* What to look for, as people type it. */
#ifndef DBGMEM_PATTERN_H
#define DBGMEM_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For struct dbgmem_pattern. */
struct pattern {
	uint8_t *bytes;
	uint8_t *mask;		/* or NULL: all bits count */
	size_t len;
};

/*
 * All of these: 0, and *@p is to be given to pattern_free(); or a negative errno
 * and the reason, without a newline, in @err.
 */

/* Hexadecimal digits in memory order, ? for any: "de ad ?? e?". */
int pattern_hex(struct pattern *p, const char *s, char *err, size_t err_size);

/*
 * The characters of @s, without a NUL. @utf16: of UTF-8, in UTF-16 of the machine's
 * byte order. @any_case: the letters A to Z match in either case.
 */
int pattern_string(struct pattern *p, const char *s, bool utf16, bool any_case,
		   char *err, size_t err_size);

/*
 * A number, perhaps negative, of @width bytes (1, 2, 4, 8) in the machine's byte
 * order. 0: 4, or 8 if it takes that.
 */
int pattern_int(struct pattern *p, const char *s, unsigned int width, char *err,
		size_t err_size);

/* The same of one sign or the other: from 0, or two's complement. */
int pattern_word(struct pattern *p, const char *s, unsigned int width,
		 bool is_signed, char *err, size_t err_size);

/* A number of C, of 4 or 8 bytes: "1.5", "-1e9", "inf", "nan". */
int pattern_float(struct pattern *p, const char *s, unsigned int width,
		  char *err, size_t err_size);

/* Hexadecimal digits as above, but no ?. */
int pattern_bytes(struct pattern *p, const char *s, char *err,
		  size_t err_size);

/* All of a file, at most PATTERN_FILE_MAX bytes; - is standard input. */
#define PATTERN_FILE_MAX	(1UL << 20)
int pattern_file(struct pattern *p, const char *path, char *err,
		 size_t err_size);

void pattern_free(struct pattern *p);

#endif /* DBGMEM_PATTERN_H */
