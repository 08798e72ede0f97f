// SPDX-License-Identifier: LGPL-2.1-or-later
/* A walk over memory of the target that may have holes. */
#include <errno.h>
#include <stdlib.h>

#include "walk.h"

/* Flags that a reader may be asked to have. */
#define WALK_FLAGS	(DBGMEM_FORCE | DBGMEM_NOFAULT | DBGMEM_FAULT_IN | \
			 DBGMEM_RAW)

int dbgmem__walk_resize(struct dbgmem__walk *w, size_t max)
{
	unsigned char *room;
	uint8_t *valid;
	size_t size;

	/* Wherever a piece begins in its first page. */
	size = dbgmem_valid_size(w->m, w->m->page_size - 1, max);
	valid = realloc(w->valid, size);
	if (!valid)
		return -ENOMEM;
	w->valid = valid;
	w->valid_size = size;
	if (w->front > SIZE_MAX / 2 - max)
		return -ENOMEM;
	room = realloc(w->room, w->front + max);
	if (!room)
		return -ENOMEM;
	w->room = room;
	w->buf = room + w->front;
	w->max = max;
	return 0;
}

static int extent_at(struct dbgmem__walk *w, uint64_t addr, uint64_t end,
		     struct dbgmem__extent *x)
{
	return dbgmem__extent_at(w->extents, addr, end, x);
}

/* Where pages cannot be seen, those that are resident are read. */
static void extents_open(struct dbgmem__walk *w, uint32_t flags)
{
	w->extents = dbgmem__extents_new(w->m, flags);
	if (w->extents)
		w->extent = extent_at;
	else if (w->m->features & DBGMEM_FEATURE_NOFAULT)
		w->flags |= DBGMEM_NOFAULT;
}

int dbgmem__walk_init(struct dbgmem__walk *w, struct dbgmem *m, uint32_t flags,
		      size_t front, const char *what)
{
	/* What is in front is copied for every piece: keep that in proportion. */
	size_t max = front > DBGMEM__PIECE ? front : DBGMEM__PIECE;

	*w = (struct dbgmem__walk){
		.m = m,
		.read = dbgmem_read_valid,
		.flags = flags & ~DBGMEM_FAULT_IN,
		.front = front,
	};
	if (flags & ~WALK_FLAGS)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"%s process %d: flags 0x%x: only FORCE, NOFAULT, FAULT_IN and RAW are allowed",
			what, (int)m->pid, flags);
	if (flags & DBGMEM_FAULT_IN && flags & DBGMEM_NOFAULT)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"%s process %d: NOFAULT and FAULT_IN exclude each other",
			what, (int)m->pid);
	if (!dbgmem__walk_resize(w, max)) {
		if (!(flags & DBGMEM_FAULT_IN))
			extents_open(w, flags);
		return 0;
	}
	dbgmem__walk_free(w);
	return dbgmem__fail_simple(ENOMEM, DBGMEM_SOURCE_SYSTEM,
		"%s process %d: out of memory", what, (int)m->pid);
}

void dbgmem__walk_free(struct dbgmem__walk *w)
{
	dbgmem__extents_free(w->extents);
	free(w->room);
	free(w->valid);
	w->extents = NULL;
	w->room = NULL;
	w->valid = NULL;
}

/* Did the reader stop there, rather than fill with zeros and go on? */
static bool ends_reading(uint32_t reason)
{
	switch (reason) {
	case DBGMEM_REASON_EXITED:
	case DBGMEM_REASON_EXECED:
	case DBGMEM_REASON_NOMEM:
	case DBGMEM_REASON_INTERRUPTED:
		return true;
	default:
		return false;
	}
}

/*
 * Nothing of the piece was readable: how many bytes are so for sure, at most
 * @left. Nobody needs to look at each page of terabytes of nothing.
 */
static uint64_t hole_size(const struct dbgmem__walk *w, uint64_t left)
{
	const uint64_t filter = w->flags & DBGMEM_FORCE ? 0 : DBGMEM_REGION_READ;
	struct dbgmem_region region;
	uint64_t size;
	int ret;

	if (!(w->m->features & DBGMEM_FEATURE_REGION))
		return w->len;
	ret = dbgmem_region_next(w->m, w->addr + w->len, filter, &region, NULL,
				 0);
	/* Of an error the next reading will tell, too. */
	if (ret < 0)
		return w->len;
	if (!ret)
		return left;
	if (region.start <= w->addr + w->len)
		return w->len;
	size = region.start - w->addr;
	return size < left ? size : left;
}

static int known_at(struct dbgmem__walk *w, uint64_t addr, uint64_t left)
{
	int ret;

	if (addr >= w->known_from && addr < w->known.end)
		return 0;
	ret = w->extent(w, addr, addr + left, &w->known);
	/* Nothing is known of nothing. */
	w->known_from = ret ? UINT64_MAX : addr;
	return ret;
}

/* Is there something to be read, and of @len bytes how many: *@len? */
static int data_at(struct dbgmem__walk *w, uint64_t addr, size_t *len,
		   uint64_t left)
{
	uint64_t n;
	int ret;

	ret = known_at(w, addr, left);
	if (ret)
		return ret;
	n = w->known.end - addr;
	if (n > left)
		n = left;
	if (w->known.kind == DBGMEM__EXTENT_DATA) {
		if (*len > n)
			*len = (size_t)n;
		return 1;
	}
	w->len = n;
	w->zero = w->known.kind == DBGMEM__EXTENT_ZERO;
	return 0;
}

int dbgmem__walk_limit(struct dbgmem__walk *w, uint64_t addr, size_t *len,
		       uint64_t left)
{
	int ret;

	if (!w->extent)
		return 0;
	ret = known_at(w, addr, left);
	if (!ret && w->known.end - addr < *len)
		*len = (size_t)(w->known.end - addr);
	return ret;
}

int dbgmem__walk_read(struct dbgmem__walk *w, uint64_t addr, size_t len,
		      uint64_t left)
{
	struct dbgmem_result res;
	ssize_t ret;

	w->addr = addr;
	w->len = 0;
	w->readable = 0;
	w->zero = false;
	if (w->extent) {
		ret = data_at(w, addr, &len, left);
		if (ret <= 0)
			return (int)ret;
	}
	ret = w->read(w->m, addr, w->buf, len, w->flags | DBGMEM_ZEROFILL,
		      w->valid, w->valid_size, &res);
	if (ret < 0)
		return (int)ret;
	w->len = len;
	w->readable = res.done;
	/* The rest will be the next piece, which then says why not. */
	if (ends_reading(res.reason))
		w->len = res.fault_addr - addr;
	else if (!res.done && left > len &&
		 (res.reason == DBGMEM_REASON_UNMAPPED ||
		  res.reason == DBGMEM_REASON_PROTECTION))
		w->len = hole_size(w, left);
	return 0;
}

static bool is_valid(const struct dbgmem__walk *w, uint64_t page)
{
	return w->valid[page / 8] >> page % 8 & 1;
}

/* The first page in [@page, @end) that is valid, or is not; or @end. */
static uint64_t page_find(const struct dbgmem__walk *w, uint64_t page,
			  uint64_t end, bool valid)
{
	const uint8_t other = valid ? 0 : 0xff;

	while (page < end && is_valid(w, page) != valid) {
		page++;
		while (page % 8 == 0 && end - page >= 8 && page < end &&
		       w->valid[page / 8] == other)
			page += 8;
	}
	return page;
}

bool dbgmem__walk_run(const struct dbgmem__walk *w, uint64_t *off,
		      uint64_t *len)
{
	const uint64_t ps = w->m->page_size, in_page = w->addr % ps;
	uint64_t first, end, pages;

	if (*off >= w->len || !w->readable)
		return false;
	if (w->readable == w->len) {
		*len = w->len - *off;
		return true;
	}
	pages = (in_page + w->len + ps - 1) / ps;
	first = page_find(w, (in_page + *off) / ps, pages, true);
	if (first == pages)
		return false;
	end = page_find(w, first, pages, false);
	if (first * ps > in_page + *off)
		*off = first * ps - in_page;
	end = end * ps - in_page;
	*len = (end < w->len ? end : w->len) - *off;
	return true;
}
