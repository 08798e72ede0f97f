/* SPDX-License-Identifier: GPL-2.0 */
/* Bytes in hexadecimal. */
#ifndef DBGMEM_HEX_H
#define DBGMEM_HEX_H

#include <stddef.h>
#include <stdint.h>

/*
 * Parse pairs of hexadecimal digits in memory order, with optional white space:
 * "deadbeef", "de ad be ef". *@bytes is the caller's to free. Returns 0, or -ENOMEM or
 * -EINVAL with the reason, without a newline, in @err.
 */
int hex_parse(const char *s, uint8_t **bytes, size_t *nr, char *err,
	      size_t err_size);

/*
 * The same where ? stands for any digit: "de ad ?? e?". *@mask, the caller's to free,
 * has a bit for each bit that counts; the other bits of *@bytes are zeros.
 */
int hex_parse_mask(const char *s, uint8_t **bytes, uint8_t **mask, size_t *nr,
		   char *err, size_t err_size);

/*
 * Format bytes as "deadbeef" in @text, which has 2 * @nr + 1 characters. Returns @text.
 */
char *hex_format(const uint8_t *bytes, size_t nr, char *text);

#endif /* DBGMEM_HEX_H */
