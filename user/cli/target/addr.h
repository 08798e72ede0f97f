/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses as people type them: numbers, or places in a mapping. */
#ifndef DBGMEM_ADDR_H
#define DBGMEM_ADDR_H

#include <stddef.h>
#include <stdint.h>

#include "target/symbolize.h"

/*
 * @expr is a number (decimal, or hexadecimal after 0x) or the name of a mapping,
 * and behind it optionally +NUMBER or -NUMBER, in bytes; a name stands for the
 * start of the lowest mapping that has it.
 *
 * A name is the one that symbolizer_print() writes; or that without the " (deleted)"
 * of a file that was deleted; or the last component of a path. The first of these
 * that fits counts. Where +0xNUMBER follows the name of a mapping, it is an offset,
 * whatever other names there are.
 *
 * 0; -EAGAIN if it takes @places to tell and that is NULL; another negative errno
 * and the reason, without a newline, in @err: -ENOENT (no mapping has that name),
 * -ENOTUNIQ (several files have), -ERANGE, -EINVAL, -ENOMEM.
 */
int addr_parse(const char *expr, const struct symbolizer *symbols, uint64_t *addr,
	       char *err, size_t err_size);

#endif /* DBGMEM_ADDR_H */
