// SPDX-License-Identifier: LGPL-2.1-or-later
/* Pages of the target kept here, so that they need not be read again. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache.h"

/* The pages of the set where the page at @addr has its place. */
static struct dbgmem__page *set_of(const struct dbgmem_cache *c, uint64_t addr,
				   size_t *nr)
{
	uint64_t n = addr / c->page_size;
	size_t set, from;

	/* Neighbours go to different sets, and so do powers of two apart. */
	set = (size_t)((n + n / c->nr_sets) % c->nr_sets);
	from = set * c->nr / c->nr_sets;
	*nr = (set + 1) * c->nr / c->nr_sets - from;
	return c->pages + from;
}

static struct dbgmem__page *page_find(const struct dbgmem_cache *c,
				      uint64_t addr)
{
	struct dbgmem__page *p;
	size_t nr;

	for (p = set_of(c, addr, &nr); nr--; p++)
		if (p->held && p->addr == addr)
			return p;
	return NULL;
}

/* Without the lock. */
static bool page_hit(const struct dbgmem_cache *c, uint64_t addr, size_t off,
		     void *buf, size_t len)
{
	struct dbgmem__page *p;
	size_t nr;

	for (p = set_of(c, addr, &nr); nr--; p++)
		if (dbgmem__page_read(p, addr, off, buf, len))
			return true;
	return false;
}

/*
 * A place for the page at @addr, which has none: a free one, or one whose page is
 * clean and was not found since last time, or any, flushed if need be. NULL if
 * they are all dirty and cannot be flushed.
 */
static struct dbgmem__page *room_make(struct dbgmem_cache *c, uint64_t addr)
{
	struct dbgmem__page *set, *p, *old = NULL;
	size_t nr, i;

	set = set_of(c, addr, &nr);
	for (i = 0; i < nr; i++)
		if (!set[i].held)
			return &set[i];
	for (i = 0; i < 2 * nr; i++) {
		p = &set[c->hand++ % nr];
		if (p->dirty)
			continue;
		old = p;
		if (!__atomic_exchange_n(&p->recent, 0, __ATOMIC_RELAXED))
			break;
	}
	for (i = 0; !old && i < nr; i++) {
		p = &set[c->hand++ % nr];
		if (!dbgmem__cache_flush(c, &p, 1))
			old = p;
	}
	if (old) {
		dbgmem__page_forget(old);
		c->stats.evictions++;
	}
	return old;
}

/*
 * Read the page at @addr, whose place is @p, or NULL and then as many behind it
 * as are not here, up to those that @len bytes touch. The number of pages that
 * are in c->run now; those for which there was room are in the cache too.
 */
static size_t fetch(struct dbgmem_cache *c, struct dbgmem__page *p,
		    uint64_t addr, uint64_t len)
{
	const size_t ps = c->page_size;
	struct dbgmem_result res = { 0 };
	struct dbgmem__page *q;
	size_t nr = 1, whole, i;

	while (!p && nr < CACHE_RUN && nr * ps < len &&
	       !page_find(c, addr + nr * ps))
		nr++;
	if (c->ops->read(c->m, addr, c->run, nr * ps, c->flags, &res) < 0)
		res.done = 0;
	whole = (size_t)(res.done / ps);
	c->stats.misses += whole ? whole : 1;
	for (i = 0; i < whole; i++) {
		if (p) {
			dbgmem__page_renew(p, c->run, ps);
			break;
		}
		q = room_make(c, addr + i * ps);
		if (q)
			dbgmem__page_set(q, addr + i * ps, c->run + i * ps, ps);
	}
	return whole;
}

/*
 * What is asked for is not here, or was being changed. Gives it as far as it was
 * not here, at least up to the end of the first page.
 */
static int miss(struct dbgmem_cache *c, uint64_t addr, void *buf, size_t len,
		size_t *done)
{
	const size_t off = (size_t)(addr % c->page_size);
	const uint64_t page = addr - off;
	struct dbgmem_result res = { 0 };
	size_t first = c->page_size - off, n;
	struct dbgmem__page *p;
	ssize_t ret;

	if (first > len)
		first = len;
	p = page_find(c, page);
	if (p && dbgmem__page_read(p, page, off, buf, first)) {
		*done = first;
		return 0;
	}
	n = fetch(c, p, page, off + len) * c->page_size;
	if (n) {
		n = n - off < len ? n - off : len;
		memcpy(buf, c->run + off, n);
		*done = n;
	} else {
		/* Not a whole page, or none: it says why, of these bytes. */
		ret = c->ops->read(c->m, addr, buf, first, c->flags, &res);
		if (ret < 0)
			return (int)ret;
		*done = (size_t)res.done;
	}
	if (p)
		dbgmem__page_copy_dirty(p, off, buf, *done < first ? *done : first);
	return 0;
}

int dbgmem__cache_read(struct dbgmem_cache *c, uint64_t addr, void *buf,
		       size_t len, size_t *done)
{
	struct dbgmem_result res;
	size_t off, n, pos = 0;
	int ret = 0;

	*done = 0;
	/* More than there are addresses: the kernel says so. */
	if (len > UINT64_MAX - addr)
		return (int)c->ops->read(c->m, addr, buf, len, c->flags, &res);
	while (pos < len) {
		off = (size_t)((addr + pos) % c->page_size);
		n = c->page_size - off;
		if (n > len - pos)
			n = len - pos;
		if (!page_hit(c, addr + pos - off, off, (char *)buf + pos, n)) {
			pthread_mutex_lock(&c->lock);
			ret = miss(c, addr + pos, (char *)buf + pos, len - pos,
				   &n);
			pthread_mutex_unlock(&c->lock);
			if (ret)
				break;
		}
		pos += n;
	}
	*done = pos;
	return pos ? 0 : ret;
}

/* To the target, and to what is here of it. */
static int write_through(struct dbgmem_cache *c, uint64_t addr,
			 const uint8_t *buf, size_t len, size_t *done)
{
	struct dbgmem_result res = { 0 };
	struct dbgmem__page *p;
	size_t pos, off, n;
	ssize_t ret;

	*done = 0;
	ret = c->ops->write(c->m, addr, buf, len, c->write_flags, &res);
	if (ret < 0)
		return (int)ret;
	*done = (size_t)res.done;
	c->stats.through += res.done;
	for (pos = 0; pos < *done; pos += n) {
		off = (size_t)((addr + pos) % c->page_size);
		n = c->page_size - off;
		if (n > *done - pos)
			n = *done - pos;
		p = page_find(c, addr + pos - off);
		if (!p)
			continue;
		dbgmem__page_write(p, off, buf + pos, n, false);
		dbgmem__page_clean(p, off, n);
		if (!dbgmem__page_valid(p))
			dbgmem__page_forget(p);
	}
	return 0;
}

/*
 * To the cache alone, up to the end of the page. Where that cannot be read, or
 * the cache has no room, or writing is not allowed, the target has to answer.
 */
static int write_back(struct dbgmem_cache *c, uint64_t addr,
		      const uint8_t *buf, size_t len, size_t *done)
{
	const size_t off = (size_t)(addr % c->page_size);
	const uint64_t page = addr - off;
	struct dbgmem__page *p;
	size_t n = c->page_size - off;

	if (n > len)
		n = len;
	if (!(c->m->access & DBGMEM_ACCESS_WRITE))
		return write_through(c, addr, buf, n, done);
	p = page_find(c, page);
	if (!p || !dbgmem__page_valid(p)) {
		fetch(c, p, page, off + len);
		p = page_find(c, page);
	}
	if (!p || !dbgmem__page_valid(p))
		return write_through(c, addr, buf, n, done);
	dbgmem__page_write(p, off, buf, n, true);
	*done = n;
	return 0;
}

int dbgmem__cache_write(struct dbgmem_cache *c, uint64_t addr,
			const void *buf, size_t len, size_t *done)
{
	size_t pos = 0, n = 0;
	int ret = 0;

	pthread_mutex_lock(&c->lock);
	if (c->mode == DBGMEM_CACHE_WRITE_THROUGH || len > UINT64_MAX - addr) {
		ret = write_through(c, addr, buf, len, &pos);
	} else {
		while (!ret && pos < len) {
			ret = write_back(c, addr + pos,
					 (const uint8_t *)buf + pos, len - pos,
					 &n);
			if (!ret)
				pos += n;
		}
	}
	pthread_mutex_unlock(&c->lock);
	*done = pos;
	return pos ? 0 : ret;
}

/* Does the page at @addr have any of the bytes from @from to @last? */
static bool within(const struct dbgmem_cache *c, const struct dbgmem__page *p,
		   uint64_t from, uint64_t last)
{
	return p->held && p->addr <= last &&
	       p->addr + (c->page_size - 1) >= from;
}

static uint64_t last_of(uint64_t addr, uint64_t len)
{
	return len - 1 > UINT64_MAX - addr ? UINT64_MAX : addr + (len - 1);
}

DBGMEM_EXPORT void dbgmem_cache_invalidate(struct dbgmem_cache *c,
					   uint64_t addr, uint64_t len)
{
	struct dbgmem__page *p;
	uint64_t last;
	size_t i;

	if (!len)
		return;
	last = last_of(addr, len);
	pthread_mutex_lock(&c->lock);
	for (i = 0; i < c->nr; i++) {
		p = &c->pages[i];
		if (!within(c, p, addr, last) || !dbgmem__page_valid(p))
			continue;
		dbgmem__page_forget(p);
		c->stats.invalidations++;
	}
	pthread_mutex_unlock(&c->lock);
}

DBGMEM_EXPORT void dbgmem_cache_ran(struct dbgmem_cache *c)
{
	dbgmem_cache_invalidate(c, 0, UINT64_MAX);
}

DBGMEM_EXPORT uint64_t dbgmem_cache_discard(struct dbgmem_cache *c,
					    uint64_t addr, uint64_t len)
{
	uint64_t last, lost = 0;
	struct dbgmem__page *p;
	size_t i, from, to, n;

	if (!len)
		return 0;
	last = last_of(addr, len);
	pthread_mutex_lock(&c->lock);
	for (i = 0; i < c->nr; i++) {
		p = &c->pages[i];
		if (!within(c, p, addr, last))
			continue;
		from = addr > p->addr ? (size_t)(addr - p->addr) : 0;
		to = last - p->addr < c->page_size ?
			(size_t)(last - p->addr) + 1 : c->page_size;
		n = dbgmem__page_clean(p, from, to - from);
		if (n)
			dbgmem__page_forget(p);
		lost += n;
	}
	pthread_mutex_unlock(&c->lock);
	return lost;
}

#define FIRST_STATS \
	dbgmem__first_size(struct dbgmem_cache_stats, capacity, size_t)

DBGMEM_EXPORT int dbgmem_cache_get_stats(struct dbgmem_cache *c,
					 struct dbgmem_cache_stats *stats)
{
	struct dbgmem_cache_stats now;
	struct dbgmem__page *p;
	size_t i;

	pthread_mutex_lock(&c->lock);
	now = c->stats;
	now.capacity = c->nr;
	for (i = 0; i < c->nr; i++) {
		p = &c->pages[i];
		now.hits += __atomic_load_n(&p->hits, __ATOMIC_RELAXED);
		now.pages += p->held;
		now.dirty_pages += p->dirty > 0;
		now.dirty += p->dirty;
	}
	pthread_mutex_unlock(&c->lock);
	return dbgmem__give(stats, FIRST_STATS, &now, sizeof(*stats),
			    "dbgmem_cache_stats");
}

int dbgmem__cache_new(const struct dbgmem__cache_ops *ops, struct dbgmem *m,
		      size_t pages, enum dbgmem_cache_mode mode,
		      uint32_t flags, struct dbgmem_cache **out)
{
	const size_t ps = m->page_size;
	struct dbgmem_cache *c;
	size_t i;

	*out = NULL;
	if (!pages)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot make a cache: it must have at least one page");
	if (mode != DBGMEM_CACHE_WRITE_THROUGH &&
	    mode != DBGMEM_CACHE_WRITE_BACK)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot make a cache: its mode is neither WRITE_THROUGH nor WRITE_BACK");
	if (flags & ~(DBGMEM_FORCE | DBGMEM_RAW | DBGMEM_NOFAULT))
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot make a cache: flags 0x%x: only FORCE, RAW and NOFAULT are allowed",
			flags);
	c = calloc(1, sizeof(*c));
	if (!c)
		goto err;
	*c = (struct dbgmem_cache){
		.ops = ops,
		.m = m,
		.mode = mode,
		.flags = flags,
		.write_flags = flags & ~DBGMEM_NOFAULT,
		.page_size = ps,
		.nr = pages,
		.nr_sets = (pages - 1) / CACHE_WAYS + 1,
		.lock = PTHREAD_MUTEX_INITIALIZER,
	};
	c->pages = calloc(pages, sizeof(*c->pages));
	c->data = calloc(pages, ps);
	c->run = calloc(CACHE_RUN, ps);
	c->order = calloc(pages, sizeof(*c->order));
	if (mode == DBGMEM_CACHE_WRITE_BACK)
		c->maps = calloc(pages, ps / 8);
	if (!c->pages || !c->data || !c->run || !c->order ||
	    (mode == DBGMEM_CACHE_WRITE_BACK && !c->maps))
		goto err;
	for (i = 0; i < pages; i++) {
		c->pages[i].data = c->data + i * (ps / sizeof(*c->data));
		if (c->maps)
			c->pages[i].map = c->maps + i * (ps / 8);
	}
	*out = c;
	return 0;

err:
	dbgmem_cache_free(c);
	return dbgmem__fail_simple(ENOMEM, DBGMEM_SOURCE_SYSTEM,
		"cannot make a cache of %zu pages: out of memory", pages);
}

DBGMEM_EXPORT int dbgmem_cache_new(struct dbgmem *m, size_t pages,
				   enum dbgmem_cache_mode mode, uint32_t flags,
				   struct dbgmem_cache **out)
{
	static const struct dbgmem__cache_ops ops = {
		.read = dbgmem_read_flags,
		.write = dbgmem_write_flags,
		.write_segments = dbgmem_write_segments,
	};

	return dbgmem__cache_new(&ops, m, pages, mode, flags, out);
}

DBGMEM_EXPORT void dbgmem_cache_free(struct dbgmem_cache *c)
{
	if (!c)
		return;
	pthread_mutex_destroy(&c->lock);
	free(c->order);
	free(c->run);
	free(c->maps);
	free(c->data);
	free(c->pages);
	free(c);
}
