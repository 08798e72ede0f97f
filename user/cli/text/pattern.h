/* SPDX-License-Identifier: GPL-2.0 */
/* Patterns of a command line. */
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
 * All of these return 0, and pattern_free() frees *@p; or a negative errno with the
 * reason, without a newline, in @err.
 */

/* Hexadecimal digits in memory order, ? for any: "de ad ?? e?". */
int pattern_hex(struct pattern *p, const char *s, char *err, size_t err_size);

/*
 * The characters of @s without a NUL. @utf16: convert UTF-8 to UTF-16 of the machine's
 * byte order. @any_case: A to Z match in either case.
 */
int pattern_string(struct pattern *p, const char *s, bool utf16, bool any_case,
		   char *err, size_t err_size);

/*
 * A number, perhaps negative, of @width bytes (1, 2, 4, 8) in the machine's byte order.
 * A @width of 0 means 4, or 8 if the number needs that.
 */
int pattern_int(struct pattern *p, const char *s, unsigned int width, char *err,
		size_t err_size);

/* The same for an unsigned or a signed type. */
int pattern_word(struct pattern *p, const char *s, unsigned int width,
		 bool is_signed, char *err, size_t err_size);

/* A floating-point number of 4 or 8 bytes: "1.5", "-1e9", "inf", "nan". */
int pattern_float(struct pattern *p, const char *s, unsigned int width,
		  char *err, size_t err_size);

/* Hexadecimal digits in memory order, without ?. */
int pattern_bytes(struct pattern *p, const char *s, char *err,
		  size_t err_size);

/* The contents of a file, at most PATTERN_FILE_MAX bytes; - is standard input. */
#define PATTERN_FILE_MAX	(1UL << 20)
int pattern_file(struct pattern *p, const char *path, char *err,
		 size_t err_size);

void pattern_free(struct pattern *p);

#endif /* DBGMEM_PATTERN_H */
