/* SPDX-License-Identifier: GPL-2.0 */
/* Copying between the caller and pages of the target that stay in place. */
#ifndef KMOD_ENGINE_COPY_H
#define KMOD_ENGINE_COPY_H

#include <linux/highmem.h>

#include "compat/compat.h"
#include "engine.h"

size_t dbgmem_copy_hidden(struct dbgmem_xfer *x, size_t at, char *kaddr,
			  size_t len);
size_t dbgmem_copy_pages(struct dbgmem_xfer *x, struct page **pages,
			 unsigned long nr);

static __always_inline size_t dbgmem_copy_plain(struct dbgmem_xfer *x,
						size_t at, char *kaddr,
						size_t len)
{
	return x->access.write ?
	       dbgmem_caller_get(&x->caller, at, kaddr, len) :
	       dbgmem_caller_put(&x->caller, at, kaddr, len);
}

/**
 * dbgmem_copy_mapped - copy between mapped memory of the target and the caller
 * @x: the transfer
 * @at: offset from x->access.addr, and into the caller's buffer
 * @kaddr: where that is mapped
 * @len: bytes, on one page
 *
 * Return: bytes copied.
 */
static __always_inline size_t dbgmem_copy_mapped(struct dbgmem_xfer *x,
						 size_t at, char *kaddr,
						 size_t len)
{
	return unlikely(x->shadow.held >= DBGMEM_SHADOW_READ) ?
	       dbgmem_copy_hidden(x, at, kaddr, len) :
	       dbgmem_copy_plain(x, at, kaddr, len);
}

/* The same with the page that it is mapped from. */
static __always_inline size_t dbgmem_copy_piece(struct dbgmem_xfer *x,
						size_t at, struct page *page,
						unsigned int offset, size_t len)
{
	char *kaddr = kmap_local_page(page);
	size_t n = dbgmem_copy_mapped(x, at, kaddr + offset, len);

	if (x->access.code)
		dbgmem_page_written(page, kaddr + offset, n);
	kunmap_local(kaddr);
	return n;
}

#endif /* KMOD_ENGINE_COPY_H */
