// SPDX-License-Identifier: LGPL-2.1-or-later
/* Search ranges of the target for a pattern. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "needle.h"
#include "runs.h"

/* Zeros that are not there, as far as they matter. */
struct zeros {
	uint64_t addr, end;
	uint64_t told;		/* up to where the caller knows of it */
};

struct dbgmem_search {
	struct dbgmem__needle needle;
	struct dbgmem_runs runs;
	size_t kept;		/* bytes of the last run in front of the buffer, */
	uint64_t kept_end;	/* and where they end in the target */
	const unsigned char *hay; /* the run at hand, with those, or NULL */
	size_t hay_len;
	uint64_t hay_addr;
	size_t hay_pos;
	bool finds_zeros;	/* the pattern is nothing else */
	struct zeros zeros[2];	/* of the run at hand */
	uint64_t matches;
};

static bool is_zeros(const struct dbgmem__needle *n)
{
	size_t i = 0;

	while (i < n->len && !n->bytes[i])
		i++;
	return i == n->len;
}

DBGMEM_EXPORT int dbgmem_search_new(struct dbgmem *m,
				    const struct dbgmem_range *ranges,
				    size_t nr,
				    const struct dbgmem_pattern *pattern,
				    uint32_t flags,
				    const struct dbgmem_progress *progress,
				    struct dbgmem_search **out)
{
	struct dbgmem_search *s;
	int ret;

	*out = NULL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return dbgmem__fail_simple(ENOMEM, DBGMEM_SOURCE_SYSTEM,
			"cannot search process %d: out of memory", (int)m->pid);
	ret = dbgmem__needle_init(&s->needle, pattern);
	/* All but one byte of a match may be in the piece before. */
	if (!ret)
		ret = dbgmem__runs_init(&s->runs, m, ranges, nr, flags,
					s->needle.len - 1, progress,
					"the search of");
	if (ret) {
		dbgmem_search_free(s);
		return ret;
	}
	s->finds_zeros = is_zeros(&s->needle);
	*out = s;
	return 0;
}

DBGMEM_EXPORT void dbgmem_search_free(struct dbgmem_search *s)
{
	if (!s)
		return;
	dbgmem__runs_done(&s->runs);
	dbgmem__needle_free(&s->needle);
	free(s);
}

struct dbgmem__walk *dbgmem__search_walk(struct dbgmem_search *s)
{
	return &s->runs.walk;
}

/* Of a run in which nothing else matches only both ends may be part of a match. */
static void zeros_begin(struct dbgmem_search *s, const struct dbgmem_run *run)
{
	const uint64_t ends = s->needle.len - 1, end = run->addr + run->len;

	s->zeros[0] = (struct zeros){ run->addr, end, run->addr };
	if (s->finds_zeros || run->len <= 2 * ends)
		return;
	s->zeros[0].end = run->addr + ends;
	s->zeros[1] = (struct zeros){ end - ends, end, end - ends };
}

/* Some of these, in the buffer: 1, 0 if there are none, or a negative errno. */
static int zeros_next(struct dbgmem_search *s, struct dbgmem_run *run)
{
	struct zeros *z = s->zeros[0].addr < s->zeros[0].end ? &s->zeros[0] :
							       &s->zeros[1];
	const struct dbgmem__walk *w = &s->runs.walk;
	const struct dbgmem_runs_stats *stats = &s->runs.stats;

	if (z->addr == z->end)
		return 0;
	/* There may be terabytes of them. */
	if (z->told < z->addr) {
		z->told = z->addr;
		if (dbgmem__progress(s->runs.progress, w->m, s->runs.what,
				     stats->done + (z->addr - w->addr),
				     stats->total))
			return -ECANCELED;
	}
	run->addr = z->addr;
	run->len = z->end - z->addr < w->max ? z->end - z->addr : w->max;
	run->bytes = w->buf;
	memset(w->buf, 0, (size_t)run->len);
	z->addr += run->len;
	return 1;
}

/* The next run, of bytes in any case: 1, 0 or a negative errno. */
static int run_next(struct dbgmem_search *s, struct dbgmem_run *run)
{
	int ret;

	for (;;) {
		ret = zeros_next(s, run);
		if (ret)
			return ret;
		ret = dbgmem_runs_next(&s->runs, run);
		if (ret <= 0 || run->bytes)
			return ret;
		zeros_begin(s, run);
	}
}

/* The next run, with what is kept if it goes on from there: 1, 0, or an errno. */
static int hay_begin(struct dbgmem_search *s)
{
	struct dbgmem_run run;
	size_t front = 0;
	int ret;

	ret = run_next(s, &run);
	if (ret <= 0)
		return ret;
	if (s->kept_end == run.addr && run.bytes == s->runs.walk.buf)
		front = s->kept;
	s->hay = (const unsigned char *)run.bytes - front;
	s->hay_len = front + (size_t)run.len;
	s->hay_addr = run.addr - front;
	s->hay_pos = 0;
	return 1;
}

static void hay_end(struct dbgmem_search *s)
{
	const struct dbgmem__walk *w = &s->runs.walk;

	s->kept = s->hay_len < w->front ? s->hay_len : w->front;
	s->kept_end = s->hay_addr + s->hay_len;
	memmove(w->buf - s->kept, s->hay + s->hay_len - s->kept, s->kept);
	s->hay = NULL;
}

DBGMEM_EXPORT int dbgmem_search_next(struct dbgmem_search *s, uint64_t *addr)
{
	size_t at;
	int ret;

	for (;;) {
		if (!s->hay) {
			ret = hay_begin(s);
			if (ret <= 0)
				return ret;
		}
		at = dbgmem__needle_find(&s->needle, s->hay, s->hay_len,
					 s->hay_addr, s->hay_pos);
		if (at != SIZE_MAX) {
			s->hay_pos = at + 1;
			s->matches++;
			*addr = s->hay_addr + at;
			return 1;
		}
		hay_end(s);
	}
}

#define FIRST_STATS \
	dbgmem__first_size(struct dbgmem_search_stats, matches, uint64_t)

DBGMEM_EXPORT int dbgmem_search_get_stats(const struct dbgmem_search *s,
					  struct dbgmem_search_stats *stats)
{
	const struct dbgmem_search_stats now = {
		.total = s->runs.stats.total,
		.done = s->runs.stats.done,
		.skipped = s->runs.stats.skipped,
		.matches = s->matches,
	};

	return dbgmem__give(stats, FIRST_STATS, &now, sizeof(*stats),
			    "dbgmem_search_stats");
}
