/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A made-up target for the library's page cache: it counts what it is asked for,
 * has holes and read-only pages, and can be looked into.
 */
#ifndef SELFTESTS_WORLD_H
#define SELFTESTS_WORLD_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "../../user/lib/cache.h"

#define PAGE	64
#define PAGES	80
#define SIZE	(PAGE * PAGES)
#define BASE	0x10000ULL

struct world {
	struct dbgmem m;	/* must be first */
	unsigned char mem[SIZE];	/* at BASE */
	bool hole[PAGES];
	bool locked[PAGES];	/* not to be written */
	uint64_t cut;		/* nothing is read or written from here on; 0: no such */
	bool gone;
	unsigned int reads, writes, vectors;
	size_t segments;
};

static inline bool is_there(const struct world *w, uint64_t addr, bool write)
{
	size_t i = (addr - BASE) / PAGE;

	if (addr < BASE || addr >= BASE + SIZE || (w->cut && addr >= w->cut))
		return false;
	return !w->hole[i] && !(write && w->locked[i]);
}

static inline int move(struct world *w, bool write, uint64_t addr, void *buf,
		size_t len, struct dbgmem_result *res)
{
	unsigned char *at;

	*res = (struct dbgmem_result){ 0 };
	if (len > UINT64_MAX - addr)
		return -EOVERFLOW;
	if (w->gone)
		return -ESRCH;
	for (; res->done < len; res->done++) {
		if (!is_there(w, addr + res->done, write)) {
			res->fault_addr = addr + res->done;
			res->reason = is_there(w, res->fault_addr, false) ?
				DBGMEM_REASON_PROTECTION :
				DBGMEM_REASON_UNMAPPED;
			return res->done ? 0 : -EFAULT;
		}
		at = &w->mem[addr + res->done - BASE];
		if (write)
			*at = ((unsigned char *)buf)[res->done];
		else
			((unsigned char *)buf)[res->done] = *at;
	}
	return 0;
}

static inline int world_read(struct dbgmem *m, uint64_t addr, void *buf, size_t len,
		      uint32_t flags, struct dbgmem_result *res)
{
	struct world *w = (struct world *)m;

	__atomic_add_fetch(&w->reads, 1, __ATOMIC_RELAXED);
	return move(w, false, addr, buf, len, res);
}

static inline int world_write(struct dbgmem *m, uint64_t addr, const void *buf,
		       size_t len, uint32_t flags, struct dbgmem_result *res)
{
	struct world *w = (struct world *)m;

	w->writes++;
	return move(w, true, addr, (void *)buf, len, res);
}

static inline ssize_t world_writev(struct dbgmem *m, struct dbgmem_segment *segs,
			    size_t nr, uint32_t flags,
			    struct dbgmem_vector_result *total)
{
	struct world *w = (struct world *)m;
	struct dbgmem_result res;
	ssize_t sum = 0;
	size_t i;

	w->vectors++;
	w->segments += nr;
	for (i = 0; i < nr; i++)
		segs[i].done = 0;
	if (w->gone)
		return -ESRCH;
	for (i = 0; i < nr; i++) {
		move(w, true, segs[i].addr, (void *)(uintptr_t)segs[i].buf,
		     segs[i].len, &res);
		segs[i].done = res.done;
		segs[i].reason = res.reason;
		sum += res.done;
	}
	return sum;
}

static const struct dbgmem__cache_ops ops = {
	world_read, world_write, world_writev,
};

static inline void world_init(struct world *w)
{
	size_t i;

	memset(w, 0, sizeof(*w));
	w->m.page_size = PAGE;
	w->m.pid = 1;
	w->m.access = DBGMEM_ACCESS_READ | DBGMEM_ACCESS_WRITE;
	for (i = 0; i < SIZE; i++)
		w->mem[i] = (unsigned char)(i * 7 + i / 251);
}

/* With a fixture that has all this. */
#define READ(addr, len) \
	dbgmem_read_virtual(self->c, addr, self->buf, len, &self->n)
#define WRITE(addr, data, len) \
	dbgmem_write_virtual(self->c, addr, data, len, &self->n)
#define IS_MEMORY(from, len) \
	EXPECT_EQ(0, memcmp(self->buf, self->w.mem + (from), len))

static inline struct dbgmem_cache_stats stats_of(struct dbgmem_cache *c)
{
	struct dbgmem_cache_stats stats;

	dbgmem_cache_get_stats(c, &stats);
	return stats;
}

#endif /* SELFTESTS_WORLD_H */
