// SPDX-License-Identifier: LGPL-2.1-or-later
/* Search ranges of the target for a pattern. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "needle.h"
#include "walk.h"

static const char what[] = "the search of";

struct dbgmem_search {
	struct dbgmem__needle needle;
	struct dbgmem__walk walk;
	const struct dbgmem_progress *progress;
	struct dbgmem_range *ranges;
	size_t nr;
	size_t range;		/* the one at hand, */
	uint64_t pos;		/* and where in it the piece at hand begins */
	bool in_piece;
	uint64_t off;		/* in the piece: the end of the run at hand */
	size_t kept;		/* bytes of the last run in front of walk.buf, */
	uint64_t kept_end;	/* and where they end in the target */
	const unsigned char *hay; /* the run at hand, with those, or NULL */
	size_t hay_len;
	size_t hay_pos;
	struct dbgmem_search_stats stats;
};

static int ranges_copy(struct dbgmem_search *s, const struct dbgmem_range *r)
{
	uint64_t *total = &s->stats.total;
	size_t i;

	if (s->nr && !r)
		return dbgmem__fail_simple(EINVAL, DBGMEM_GATE_USAGE,
			"cannot search %zu ranges: no array of them", s->nr);
	for (i = 0; i < s->nr; i++) {
		if (r[i].len > UINT64_MAX - r[i].addr)
			return dbgmem__fail_simple(EOVERFLOW, DBGMEM_GATE_USAGE,
				"cannot search %llu bytes at 0x%llx: address plus length exceeds 64 bits",
				(unsigned long long)r[i].len,
				(unsigned long long)r[i].addr);
		if (r[i].len > UINT64_MAX - *total)
			return dbgmem__fail_simple(EOVERFLOW, DBGMEM_GATE_USAGE,
				"cannot search %zu ranges: their lengths exceed 64 bits together",
				s->nr);
		*total += r[i].len;
	}
	s->ranges = calloc(s->nr ? s->nr : 1, sizeof(*s->ranges));
	if (!s->ranges)
		return dbgmem__fail_simple(ENOMEM, DBGMEM_GATE_SYSTEM,
			"cannot search %zu ranges: out of memory", s->nr);
	if (s->nr)
		memcpy(s->ranges, r, s->nr * sizeof(*s->ranges));
	return 0;
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
		return dbgmem__fail_simple(ENOMEM, DBGMEM_GATE_SYSTEM,
			"cannot search process %d: out of memory", (int)m->pid);
	s->nr = nr;
	s->progress = progress;
	ret = dbgmem__needle_init(&s->needle, pattern);
	if (ret)
		goto err;
	ret = ranges_copy(s, ranges);
	if (ret)
		goto err;
	/* All but one byte of a match may be in the piece before. */
	ret = dbgmem__walk_init(&s->walk, m, flags, s->needle.len - 1, what);
	if (ret)
		goto err;
	*out = s;
	return 0;
err:
	dbgmem_search_free(s);
	return ret;
}

DBGMEM_EXPORT void dbgmem_search_free(struct dbgmem_search *s)
{
	if (!s)
		return;
	dbgmem__walk_free(&s->walk);
	dbgmem__needle_free(&s->needle);
	free(s->ranges);
	free(s);
}

struct dbgmem__walk *dbgmem__search_walk(struct dbgmem_search *s)
{
	return &s->walk;
}

/* Read on: 1, 0 at the end of the last range, or a negative errno. */
static int piece_begin(struct dbgmem_search *s)
{
	const struct dbgmem_range *r;
	uint64_t addr, left;
	int ret;

	while (s->range < s->nr && s->pos == s->ranges[s->range].len) {
		s->range++;
		s->pos = 0;
	}
	if (s->range == s->nr)
		return 0;
	r = &s->ranges[s->range];
	addr = r->addr + s->pos;
	left = r->len - s->pos;
	ret = dbgmem__walk_read(&s->walk, addr,
				dbgmem__walk_piece(&s->walk, addr, left), left);
	if (ret)
		return ret;
	s->in_piece = true;
	s->off = 0;
	return 1;
}

static int piece_end(struct dbgmem_search *s)
{
	s->in_piece = false;
	s->pos += s->walk.len;
	s->stats.done += s->walk.len;
	s->stats.skipped += s->walk.len - s->walk.readable;
	return dbgmem__progress(s->progress, s->walk.m, what, s->stats.done,
				s->stats.total);
}

/* The next run of the piece, with what is kept if it goes on from there. */
static bool hay_begin(struct dbgmem_search *s)
{
	size_t front = 0;
	uint64_t len;

	if (!dbgmem__walk_run(&s->walk, &s->off, &len))
		return false;
	if (!s->off && s->kept_end == s->walk.addr)
		front = s->kept;
	s->hay = s->walk.buf + s->off - front;
	s->hay_len = front + len;
	s->hay_pos = 0;
	s->off += len;
	return true;
}

static void hay_end(struct dbgmem_search *s)
{
	s->kept = s->hay_len < s->walk.front ? s->hay_len : s->walk.front;
	s->kept_end = s->walk.addr + s->off;
	memmove(s->walk.buf - s->kept, s->hay + s->hay_len - s->kept, s->kept);
	s->hay = NULL;
}

DBGMEM_EXPORT int dbgmem_search_next(struct dbgmem_search *s, uint64_t *addr)
{
	uint64_t hay_addr;
	size_t at;
	int ret;

	for (;;) {
		if (s->hay) {
			hay_addr = s->walk.addr + s->off - s->hay_len;
			at = dbgmem__needle_find(&s->needle, s->hay, s->hay_len,
						 hay_addr, s->hay_pos);
			if (at != SIZE_MAX) {
				s->hay_pos = at + 1;
				s->stats.matches++;
				*addr = hay_addr + at;
				return 1;
			}
			hay_end(s);
		}
		if (s->in_piece && hay_begin(s))
			continue;
		ret = s->in_piece ? piece_end(s) : 0;
		if (ret)
			return ret;
		ret = piece_begin(s);
		if (ret <= 0)
			return ret;
	}
}

DBGMEM_EXPORT void dbgmem_search_get_stats_sized(const struct dbgmem_search *s,
						 struct dbgmem_search_stats *stats,
						 size_t size)
{
	dbgmem__give(stats, size, &s->stats, sizeof(s->stats));
}

DBGMEM_EXPORT void (dbgmem_search_get_stats)(const struct dbgmem_search *s,
					     struct dbgmem_search_stats *stats)
{
	const size_t first = dbgmem__first_size(struct dbgmem_search_stats,
						matches, uint64_t);

	dbgmem_search_get_stats_sized(s, stats, first);
}
