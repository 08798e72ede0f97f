// SPDX-License-Identifier: GPL-2.0
#include "mock_cache.h"

static bool is_there(const struct mock_cache *w, uint64_t addr, bool write)
{
	size_t i = (addr - BASE) / CACHE_PAGE;

	if (addr < BASE || addr >= BASE + SIZE || (w->cut && addr >= w->cut))
		return false;
	return !w->hole[i] && !(write && w->locked[i]);
}

static ssize_t move(struct mock_cache *w, bool write, uint64_t addr, void *buf,
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
			return res->done ? (ssize_t)res->done : -EFAULT;
		}
		at = &w->mem[addr + res->done - BASE];
		if (write)
			*at = ((unsigned char *)buf)[res->done];
		else
			((unsigned char *)buf)[res->done] = *at;
	}
	return (ssize_t)res->done;
}

ssize_t mock_cache_read(struct dbgmem *m, uint64_t addr, void *buf, size_t len,
			uint32_t flags, struct dbgmem_result *res)
{
	struct mock_cache *w = (struct mock_cache *)m;

	__atomic_add_fetch(&w->reads, 1, __ATOMIC_RELAXED);
	return move(w, false, addr, buf, len, res);
}

ssize_t mock_cache_write(struct dbgmem *m, uint64_t addr, const void *buf,
			 size_t len, uint32_t flags, struct dbgmem_result *res)
{
	struct mock_cache *w = (struct mock_cache *)m;

	w->writes++;
	return move(w, true, addr, (void *)buf, len, res);
}

ssize_t mock_cache_write_segments(struct dbgmem *m, struct dbgmem_segment *segs,
				  size_t nr, uint32_t flags,
				  struct dbgmem_vector_result *total)
{
	struct mock_cache *w = (struct mock_cache *)m;
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

const struct dbgmem__cache_ops mock_cache_ops = {
	mock_cache_read, mock_cache_write, mock_cache_write_segments,
};

void mock_cache_init(struct mock_cache *w)
{
	size_t i;

	memset(w, 0, sizeof(*w));
	w->m.page_size = CACHE_PAGE;
	w->m.pid = 1;
	w->m.access = DBGMEM_ACCESS_READ | DBGMEM_ACCESS_WRITE;
	for (i = 0; i < SIZE; i++)
		w->mem[i] = (unsigned char)(i * 7 + i / 251);
}

struct dbgmem_cache_stats stats_of(struct dbgmem_cache *c)
{
	struct dbgmem_cache_stats stats = { .size = sizeof(stats) };

	dbgmem_cache_get_stats(c, &stats);
	return stats;
}
