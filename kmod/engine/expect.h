/* SPDX-License-Identifier: GPL-2.0 */
/* Expectations: words of the target that a vector's carrying out depends on. */
#ifndef KMOD_ENGINE_EXPECT_H
#define KMOD_ENGINE_EXPECT_H

#include "engine.h"

#define DBGMEM_MAX_EXPECTS	256

/**
 * struct dbgmem_expects - the expectations of a vector
 * @nr: how many
 * @unmet: index of the first that did not hold, or @nr
 * @absent: index of one that has to be waited for
 * @page: their pages, or error pointers, or NULL
 * @item: the kernel's copy of them
 */
struct dbgmem_expects {
	u32			nr;
	u32			unmet;
	u32			absent;
	struct page		**page;
	struct dbgmem_expect	item[];
};

struct dbgmem_expects *dbgmem_expects_get(const struct dbgmem_vector *v);
int dbgmem_expects_put(struct dbgmem_expects *e, struct dbgmem_vector *v,
		       int ret);
int dbgmem_expects_wait(struct dbgmem_xfer *x);
int dbgmem_expects_begin(struct dbgmem_xfer *x);
void dbgmem_expects_drop(struct dbgmem_xfer *x);

#endif /* KMOD_ENGINE_EXPECT_H */
