// SPDX-License-Identifier: LGPL-2.1-or-later
/* Ranges of the target, read run by run. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runs.h"

static int ranges_copy(struct dbgmem_runs *r, const struct dbgmem_range *from)
{
	uint64_t *total = &r->stats.total;
	size_t i;

	if (r->nr && !from)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot search %zu ranges: the array is NULL", r->nr);
	for (i = 0; i < r->nr; i++) {
		if (from[i].len > UINT64_MAX - from[i].addr)
			return dbgmem__fail_simple(EOVERFLOW, DBGMEM_SOURCE_USAGE,
				"cannot search %llu bytes at 0x%llx: address plus length exceeds 64 bits",
				(unsigned long long)from[i].len,
				(unsigned long long)from[i].addr);
		if (from[i].len > UINT64_MAX - *total)
			return dbgmem__fail_simple(EOVERFLOW, DBGMEM_SOURCE_USAGE,
				"cannot search %zu ranges: the sum of their lengths exceeds 64 bits",
				r->nr);
		*total += from[i].len;
	}
	r->ranges = calloc(r->nr ? r->nr : 1, sizeof(*r->ranges));
	if (!r->ranges)
		return dbgmem__fail_simple(ENOMEM, DBGMEM_SOURCE_SYSTEM,
			"cannot search %zu ranges: out of memory", r->nr);
	if (r->nr)
		memcpy(r->ranges, from, r->nr * sizeof(*r->ranges));
	return 0;
}

int dbgmem__runs_init(struct dbgmem_runs *r, struct dbgmem *m,
		      const struct dbgmem_range *ranges, size_t nr,
		      uint32_t flags, size_t front,
		      const struct dbgmem_progress *progress, const char *what)
{
	int ret;

	*r = (struct dbgmem_runs){
		.what = what,
		.progress = progress,
		.nr = nr,
	};
	ret = ranges_copy(r, ranges);
	return ret ? ret : dbgmem__walk_init(&r->walk, m, flags, front, what);
}

void dbgmem__runs_done(struct dbgmem_runs *r)
{
	dbgmem__walk_free(&r->walk);
	free(r->ranges);
}

struct dbgmem__walk *dbgmem__runs_walk(struct dbgmem_runs *r)
{
	return &r->walk;
}

DBGMEM_EXPORT int dbgmem_runs_new(struct dbgmem *m,
				  const struct dbgmem_range *ranges, size_t nr,
				  uint32_t flags,
				  const struct dbgmem_progress *progress,
				  struct dbgmem_runs **out)
{
	struct dbgmem_runs *r;
	int ret;

	*out = NULL;
	r = malloc(sizeof(*r));
	if (!r)
		return dbgmem__fail_simple(ENOMEM, DBGMEM_SOURCE_SYSTEM,
			"cannot read process %d: out of memory", (int)m->pid);
	ret = dbgmem__runs_init(r, m, ranges, nr, flags, 0, progress,
				"the reading of");
	if (ret)
		dbgmem_runs_free(r);
	else
		*out = r;
	return ret;
}

DBGMEM_EXPORT void dbgmem_runs_free(struct dbgmem_runs *r)
{
	if (!r)
		return;
	dbgmem__runs_done(r);
	free(r);
}

/* Read on: 1, 0 at the end of the last range, or a negative errno. */
static int piece_begin(struct dbgmem_runs *r)
{
	const struct dbgmem_range *range;
	uint64_t addr, left;
	int ret;

	while (r->range < r->nr && r->pos == r->ranges[r->range].len) {
		r->range++;
		r->pos = 0;
	}
	if (r->range == r->nr)
		return 0;
	range = &r->ranges[r->range];
	addr = range->addr + r->pos;
	left = range->len - r->pos;
	ret = dbgmem__walk_read(&r->walk, addr,
				dbgmem__walk_piece(&r->walk, addr, left), left);
	if (ret)
		return ret;
	r->in_piece = true;
	r->off = 0;
	return 1;
}

static int piece_end(struct dbgmem_runs *r)
{
	r->in_piece = false;
	r->pos += r->walk.len;
	r->stats.done += r->walk.len;
	if (!r->walk.zero)
		r->stats.skipped += r->walk.len - r->walk.readable;
	return dbgmem__progress(r->progress, r->walk.m, r->what, r->stats.done,
				r->stats.total);
}

/* The next run of the piece. */
static bool run_find(struct dbgmem_runs *r, struct dbgmem_run *run)
{
	if (r->walk.zero) {
		run->addr = r->walk.addr + r->off;
		run->len = r->walk.len - r->off;
		run->bytes = NULL;
		r->off = r->walk.len;
		return run->len;
	}
	if (!dbgmem__walk_run(&r->walk, &r->off, &run->len))
		return false;
	run->addr = r->walk.addr + r->off;
	run->bytes = r->walk.buf + r->off;
	r->off += run->len;
	return true;
}

DBGMEM_EXPORT int dbgmem_runs_next(struct dbgmem_runs *r,
				   struct dbgmem_run *run)
{
	int ret;

	for (;;) {
		if (r->in_piece && run_find(r, run))
			return 1;
		ret = r->in_piece ? piece_end(r) : 0;
		if (ret)
			return ret;
		ret = piece_begin(r);
		if (ret <= 0)
			return ret;
	}
}

#define FIRST_STATS \
	dbgmem__first_size(struct dbgmem_runs_stats, skipped, uint64_t)

DBGMEM_EXPORT int dbgmem_runs_get_stats(const struct dbgmem_runs *r,
					struct dbgmem_runs_stats *stats)
{
	return dbgmem__give(stats, FIRST_STATS, &r->stats, sizeof(*stats),
			    "dbgmem_runs_stats");
}
