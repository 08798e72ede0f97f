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

#endif /* DBGMEM_HEX_H */
