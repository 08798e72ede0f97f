// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a cache has and the target does not, on its way there. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cache.h"

/* Pieces that go to the target in one call. */
#define BATCH	256

/* A call's worth of dirty ranges. */
struct batch {
	struct dbgmem_segment segs[BATCH];
	struct dbgmem__page *of[BATCH];
	size_t nr;
};

/* What was written is clean; the rest stays, with the first reason of its page. */
static void batch_write(struct dbgmem_cache *c, struct batch *b)
{
	struct dbgmem_segment *seg;
	struct dbgmem__page *p;
	size_t i, clean;
	ssize_t ret;

	ret = c->ops->write_segments(c->m, b->segs, b->nr, c->write_flags, NULL);
	for (i = 0; i < b->nr; i++) {
		seg = &b->segs[i];
		p = b->of[i];
		clean = dbgmem__page_clean(p, (size_t)(seg->addr - p->addr),
					   (size_t)seg->done);
		c->stats.flushed += clean;
		p->result.done += clean;
		if (seg->done == seg->len || p->code)
			continue;
		p->code = ret < 0 ? (int)ret : dbgmem__reason_errno(seg->reason);
		p->result.reason = seg->reason;
		p->result.fault_addr = seg->addr + seg->done;
	}
	b->nr = 0;
}

static void batch_add(struct dbgmem_cache *c, struct batch *b,
		      struct dbgmem__page *p)
{
	size_t off = 0, len;

	/*
	 * What a batch before this one cleaned is behind @off; what it could not
	 * write is too, and is not tried twice.
	 */
	while ((len = dbgmem__page_dirty(p, &off, c->page_size))) {
		b->segs[b->nr] = (struct dbgmem_segment){
			.addr = p->addr + off,
			.buf = (uintptr_t)p->data + off,
			.len = len,
		};
		b->of[b->nr++] = p;
		off += len;
		if (b->nr == BATCH)
			batch_write(c, b);
	}
}

int dbgmem__cache_flush(struct dbgmem_cache *c, struct dbgmem__page **pages,
			size_t nr)
{
	struct batch b = { .nr = 0 };
	int ret = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		pages[i]->code = 0;
		pages[i]->result = (struct dbgmem_result){ 0 };
	}
	for (i = 0; i < nr; i++)
		batch_add(c, &b, pages[i]);
	if (b.nr)
		batch_write(c, &b);
	for (i = 0; i < nr; i++) {
		/* It was kept only for what was dirty. */
		if (!dbgmem__page_valid(pages[i]))
			dbgmem__page_forget(pages[i]);
		if (!pages[i]->code)
			continue;
		c->stats.failed++;
		if (!ret)
			ret = pages[i]->code;
	}
	return ret;
}

static int by_address(const void *a, const void *b)
{
	const struct dbgmem__page *const *p = a, *const *q = b;

	return (*p)->addr < (*q)->addr ? -1 : (*p)->addr > (*q)->addr;
}

static int flush_fail(struct dbgmem_cache *c, const struct dbgmem__page *p,
		      size_t failed, size_t nr)
{
	const struct dbgmem_transfer t = {
		.flags = c->write_flags,
		.addr = p->addr,
		.fault_addr = p->result.fault_addr,
		.reason = p->result.reason,
	};
	char what[128];

	snprintf(what, sizeof(what),
		 "cannot flush %zu of %zu pages to process %d, they stay in the cache",
		 failed, nr, (int)c->m->pid);
	return dbgmem__transfer_fail(c->m, DBGMEM_IOC_WRITE, &t, -p->code,
				     what);
}

DBGMEM_EXPORT int dbgmem_cache_flush(struct dbgmem_cache *c,
				     struct dbgmem_cache_failure *failures,
				     size_t room, size_t *nr)
{
	const struct dbgmem__page *p, *first = NULL;
	size_t dirty = 0, failed = 0, i;
	int ret = 0;

	pthread_mutex_lock(&c->lock);
	for (i = 0; i < c->nr; i++)
		if (c->pages[i].dirty)
			c->order[dirty++] = &c->pages[i];
	qsort(c->order, dirty, sizeof(*c->order), by_address);
	dbgmem__cache_flush(c, c->order, dirty);
	for (i = 0; i < dirty; i++) {
		p = c->order[i];
		if (!p->code)
			continue;
		if (!first)
			first = p;
		if (failures && failed < room)
			failures[failed] = (struct dbgmem_cache_failure){
				.result = p->result,
				.page = p->addr,
				.code = p->code,
			};
		failed++;
	}
	if (first)
		ret = flush_fail(c, first, failed, dirty);
	pthread_mutex_unlock(&c->lock);
	if (nr)
		*nr = failed;
	return ret;
}
