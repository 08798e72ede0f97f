/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pattern, and where it occurs in a buffer. */
#ifndef DBGMEM_NEEDLE_H
#define DBGMEM_NEEDLE_H

#include "internal.h"

struct dbgmem__needle {
	unsigned char *bytes;	/* with the bits cleared that do not count */
	unsigned char *mask;	/* NULL: all of them count */
	size_t len;
	uint64_t align, align_from;
	struct dbgmem__rare {
		size_t index;	/* in @bytes */
		uint64_t bytes;	/* it, 8 times */
		uint64_t mask;	/* and what counts of it */
	} rare[2];		/* what to look for first */
};

/* A copy of @p. 0, -EINVAL or -ENOMEM. */
int dbgmem__needle_init(struct dbgmem__needle *n, const struct dbgmem_pattern *p)
	__attribute__((visibility("hidden")));
void dbgmem__needle_free(struct dbgmem__needle *n)
	__attribute__((visibility("hidden")));

/*
 * The offset of the first match at or after @from in @hay, @len bytes that are
 * at @addr in the target; SIZE_MAX if there is none.
 */
size_t dbgmem__needle_find(const struct dbgmem__needle *n,
			   const unsigned char *hay, size_t len, uint64_t addr,
			   size_t from)
	__attribute__((visibility("hidden")));

#endif /* DBGMEM_NEEDLE_H */
