/* SPDX-License-Identifier: GPL-2.0 */
/* The validity bitmap of a READ. */
#ifndef KMOD_TRANSFER_VALID_H
#define KMOD_TRANSFER_VALID_H

#include "session.h"

/**
 * struct dbgmem_valid - a validity bitmap
 * @map: the caller's bitmap
 * @base: page number that bit 0 answers for
 * @byte: index of the byte that @bits belongs to
 * @bits: bits not yet written to @map
 */
struct dbgmem_valid {
	u8 __user	*map;
	u64		base;
	u64		byte;
	u8		bits;
};

int dbgmem_valid_init(struct dbgmem_valid *v, const struct dbgmem_transfer *t);
int dbgmem_valid_mark(struct dbgmem_valid *v, unsigned long addr,
		      unsigned long len, bool last);
int dbgmem_valid_flush(struct dbgmem_valid *v);

#endif /* KMOD_TRANSFER_VALID_H */
