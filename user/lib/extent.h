/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What reading an address of the target would do: find data, or make a page where
 * there is none.
 */
#ifndef DBGMEM_EXTENT_H
#define DBGMEM_EXTENT_H

#include "internal.h"

struct dbgmem__extents;

/* Bytes up to @end that are alike. */
struct dbgmem__extent {
	uint64_t end;
	enum dbgmem__extent_kind {
		DBGMEM__EXTENT_DATA,
		DBGMEM__EXTENT_ZERO,	/* nothing is there: it would read as zeros */
		DBGMEM__EXTENT_ABSENT,	/* not resident; what it is cannot be told */
		DBGMEM__EXTENT_NONE,	/* nothing that can be read is mapped */
	} kind;
};

/*
 * @flags: DBGMEM_FORCE, also what the target may not read; DBGMEM_NOFAULT, only
 * what is resident is data, and nothing zeros. NULL, without an error recorded,
 * where the pages of the target cannot be seen: no rights to /proc, no memory.
 */
struct dbgmem__extents *dbgmem__extents_new(struct dbgmem *m, uint32_t flags)
	__attribute__((visibility("hidden")));
void dbgmem__extents_free(struct dbgmem__extents *e)
	__attribute__((visibility("hidden")));

/*
 * What @addr is in, up to @end at most. It costs a few calls of the kernel however
 * much is mapped, so that *@x may end where the next is of the same kind. 0 or a
 * negative errno: -ESRCH, -ESTALE, ...
 */
int dbgmem__extent_at(struct dbgmem__extents *e, uint64_t addr, uint64_t end,
		      struct dbgmem__extent *x)
	__attribute__((visibility("hidden")));

#endif /* DBGMEM_EXTENT_H */
