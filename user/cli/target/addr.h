/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses of a command line: numbers, or a mapping with an offset. */
#ifndef DBGMEM_ADDR_H
#define DBGMEM_ADDR_H

#include <stddef.h>
#include <stdint.h>

#include "target/symbolize.h"

/*
 * Parse @expr: a number (decimal, or hexadecimal after 0x) or the name of a mapping,
 * with an optional +NUMBER or -NUMBER in bytes. A name stands for the start of the
 * lowest mapping of that name.
 *
 * A name is what symbolizer_print() prints, or the same without " (deleted)", or the
 * last component of a path. The first of these that matches counts. A +0xNUMBER after
 * the name of a mapping is always an offset, even if another mapping has the whole text
 * as its name.
 *
 * Returns 0; -EAGAIN if @symbols is needed and NULL; or another negative errno with the
 * reason, without a newline, in @err: -ENOENT (no mapping has that name), -ENOTUNIQ
 * (several files have it), -ERANGE, -EINVAL, -ENOMEM.
 */
int addr_parse(const char *expr, const struct symbolizer *symbols, uint64_t *addr,
	       char *err, size_t err_size);

#endif /* DBGMEM_ADDR_H */
