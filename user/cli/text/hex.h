/* SPDX-License-Identifier: GPL-2.0 */
/* Bytes as people type them. */
#ifndef DBGMEM_HEX_H
#define DBGMEM_HEX_H

#include <stddef.h>
#include <stdint.h>

/*
 * Pairs of hexadecimal digits in memory order, with white space allowed between
 * them: "deadbeef", "de ad be ef". *@bytes is the caller's to free. 0, -ENOMEM,
 * or -EINVAL; with the reason, without a newline, in @err.
 */
int hex_parse(const char *s, uint8_t **bytes, size_t *nr, char *err,
	      size_t err_size);

/*
 * The same where ? stands for any digit: "de ad ?? e?". *@mask, the caller's to
 * free too, has a bit for each that is not any, and *@bytes has zeros there.
 */
int hex_parse_mask(const char *s, uint8_t **bytes, uint8_t **mask, size_t *nr,
		   char *err, size_t err_size);

/*
 * The other way: "deadbeef" in @text, of 2 * @nr + 1 characters, which it
 * returns.
 */
char *hex_format(const uint8_t *bytes, size_t nr, char *text);

#endif /* DBGMEM_HEX_H */
