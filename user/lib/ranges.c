// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is mapped, as ranges. */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

#define RANGES_MIN	64

struct list {
	struct dbgmem_range *ranges;
	size_t nr, room;
};

static int range_add(struct list *l, uint64_t start, uint64_t end)
{
	struct dbgmem_range *last = l->nr ? &l->ranges[l->nr - 1] : NULL;
	struct dbgmem_range *more;
	size_t room;

	if (last && last->addr + last->len == start) {
		last->len += end - start;
		return 0;
	}
	if (l->nr == l->room) {
		room = l->room ? 2 * l->room : RANGES_MIN;
		more = reallocarray(l->ranges, room, sizeof(*more));
		if (!more)
			return dbgmem__fail_simple(ENOMEM, DBGMEM_SOURCE_SYSTEM,
				"cannot list more than %zu ranges: out of memory",
				l->nr);
		l->ranges = more;
		l->room = room;
	}
	l->ranges[l->nr++] = (struct dbgmem_range){
		.addr = start,
		.len = end - start,
	};
	return 0;
}

DBGMEM_EXPORT int dbgmem_ranges_find(struct dbgmem *m, uint64_t addr,
				     uint64_t len, uint64_t filter,
				     struct dbgmem_range **ranges, size_t *nr)
{
	const uint64_t end = addr + len;
	struct dbgmem_regions *regions;
	struct dbgmem_region r;
	struct list l = { 0 };
	int ret;

	*ranges = NULL;
	*nr = 0;
	if (len > UINT64_MAX - addr)
		return dbgmem__fail_simple(EOVERFLOW, DBGMEM_SOURCE_USAGE,
			"cannot list what is mapped in %llu bytes at 0x%llx: address plus length exceeds 64 bits",
			(unsigned long long)len, (unsigned long long)addr);
	/* To dbgmem_regions_new() an end of 0 is the top of everything. */
	if (!len)
		return 0;
	ret = dbgmem_regions_new(m, addr, end, filter, 0, &regions);
	if (ret)
		return ret;
	while ((ret = dbgmem_regions_next(regions, &r, NULL)) > 0) {
		ret = range_add(&l, r.start > addr ? r.start : addr,
				r.end < end ? r.end : end);
		if (ret)
			break;
	}
	dbgmem_regions_free(regions);
	if (ret) {
		free(l.ranges);
		return ret;
	}
	*ranges = l.ranges;
	*nr = l.nr;
	return 0;
}

DBGMEM_EXPORT void dbgmem_ranges_free(struct dbgmem_range *ranges)
{
	free(ranges);
}
