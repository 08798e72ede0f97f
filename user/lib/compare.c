// SPDX-License-Identifier: LGPL-2.1-or-later
/* Compare two ranges of targets, or one with a buffer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "walk.h"

static const char what[] = "the comparison of";

/* Not a difference; behind those of enum dbgmem_difference_kind. */
#define SAME	(DBGMEM_HOLE_BOTH + 1)

struct side {
	struct dbgmem__walk walk;
	uint64_t addr;			/* where it begins */
	const unsigned char *buf;	/* the caller's; then there is no walk */
	/* at the place at hand, in the piece */
	bool readable;
	uint64_t until;
};

struct dbgmem_compare {
	struct side a, b;
	const struct dbgmem_progress *progress;
	uint64_t pos;			/* where the piece at hand begins */
	uint64_t len;			/* of that piece */
	uint64_t off;			/* the place at hand in it */
	struct dbgmem_difference found;	/* may go on; none if its len is 0 */
	struct dbgmem_compare_stats stats;
};

static int bad_range(const struct dbgmem *m, uint64_t addr, uint64_t len)
{
	return dbgmem__fail_simple(EOVERFLOW, DBGMEM_SOURCE_USAGE,
		"cannot compare %llu bytes at 0x%llx of process %d: address plus length exceeds 64 bits",
		(unsigned long long)len, (unsigned long long)addr, (int)m->pid);
}

static struct dbgmem_compare *compare_new(struct dbgmem *m, uint64_t len,
					  const struct dbgmem_progress *p)
{
	static const struct dbgmem_error e = {
		.code = ENOMEM,
		.source = DBGMEM_SOURCE_SYSTEM,
	};
	struct dbgmem_compare *c = calloc(1, sizeof(*c));

	if (!c) {
		dbgmem__fail(&e, "cannot compare %llu bytes of process %d: out of memory",
			     (unsigned long long)len, (int)m->pid);
		return NULL;
	}
	c->progress = p;
	c->stats.total = len;
	return c;
}

static int side_init(struct side *s, struct dbgmem *m, uint64_t addr,
		     uint64_t len, uint32_t flags)
{
	if (len > UINT64_MAX - addr)
		return bad_range(m, addr, len);
	s->addr = addr;
	return dbgmem__walk_init(&s->walk, m, flags, 0, what);
}

DBGMEM_EXPORT int dbgmem_compare_new(struct dbgmem *a, uint64_t a_addr,
				     struct dbgmem *b, uint64_t b_addr,
				     uint64_t len, uint32_t flags,
				     const struct dbgmem_progress *progress,
				     struct dbgmem_compare **out)
{
	struct dbgmem_compare *c = compare_new(a, len, progress);
	int ret;

	*out = NULL;
	if (!c)
		return -ENOMEM;
	ret = side_init(&c->a, a, a_addr, len, flags);
	if (!ret)
		ret = side_init(&c->b, b, b_addr, len, flags);
	if (ret)
		dbgmem_compare_free(c);
	else
		*out = c;
	return ret;
}

DBGMEM_EXPORT int dbgmem_compare_new_buffer(struct dbgmem *m, uint64_t addr,
					    const void *buf, size_t len,
					    uint32_t flags,
					    const struct dbgmem_progress *progress,
					    struct dbgmem_compare **out)
{
	struct dbgmem_compare *c;
	int ret;

	*out = NULL;
	if (len && !buf)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot compare %zu bytes of process %d: no buffer",
			len, (int)m->pid);
	c = compare_new(m, len, progress);
	if (!c)
		return -ENOMEM;
	c->b.buf = buf;
	ret = side_init(&c->a, m, addr, len, flags);
	if (ret)
		dbgmem_compare_free(c);
	else
		*out = c;
	return ret;
}

DBGMEM_EXPORT void dbgmem_compare_free(struct dbgmem_compare *c)
{
	if (!c)
		return;
	dbgmem__walk_free(&c->a.walk);
	dbgmem__walk_free(&c->b.walk);
	free(c);
}

struct dbgmem__walk *dbgmem__compare_walk(struct dbgmem_compare *c, bool second)
{
	return second ? &c->b.walk : &c->a.walk;
}

static int side_limit(struct side *s, uint64_t pos, size_t *len, uint64_t left)
{
	if (s->buf)
		return 0;
	return dbgmem__walk_limit(&s->walk, s->addr + pos, len, left);
}

static int side_read(struct side *s, uint64_t pos, size_t len, uint64_t left)
{
	s->until = 0;
	if (s->buf)
		return 0;
	return dbgmem__walk_read(&s->walk, s->addr + pos, len, left);
}

static bool is_zero(const struct side *s)
{
	return !s->buf && s->walk.zero;
}

/* Bytes for zeros that are not there, if they are needed; then no more than room. */
static void zeros_fill(struct dbgmem_compare *c, struct side *s,
		       const struct side *other)
{
	if (!is_zero(s) || is_zero(other) ||
	    (!other->buf && !other->walk.readable))
		return;
	if (c->len > s->walk.max)
		c->len = s->walk.max;
	memset(s->walk.buf, 0, (size_t)c->len);
}

/* 1, 0 at the end, or a negative errno. */
static int piece_begin(struct dbgmem_compare *c)
{
	const uint64_t left = c->stats.total - c->pos;
	size_t len;
	int ret;

	if (!left)
		return 0;
	len = dbgmem__walk_piece(&c->a.walk, c->a.addr + c->pos, left);
	ret = side_limit(&c->a, c->pos, &len, left);
	if (!ret)
		ret = side_limit(&c->b, c->pos, &len, left);
	if (!ret)
		ret = side_read(&c->a, c->pos, len, left);
	if (!ret)
		ret = side_read(&c->b, c->pos, len, left);
	if (ret)
		return ret;
	c->len = c->a.walk.len;
	if (!c->b.buf && c->b.walk.len < c->len)
		c->len = c->b.walk.len;
	zeros_fill(c, &c->a, &c->b);
	zeros_fill(c, &c->b, &c->a);
	c->off = 0;
	return 1;
}

static int piece_end(struct dbgmem_compare *c)
{
	c->pos += c->len;
	c->len = 0;
	c->off = 0;
	return dbgmem__progress(c->progress, c->a.walk.m, what, c->pos,
				c->stats.total);
}

/* Is the side readable at @off of the piece of @len bytes, and up to where? */
static void side_look(struct side *s, uint64_t off, uint64_t len)
{
	uint64_t run = off, run_len;

	if (off < s->until)
		return;
	s->readable = true;
	s->until = len;
	if (s->buf || s->walk.zero)
		return;
	if (!dbgmem__walk_run(&s->walk, &run, &run_len)) {
		s->readable = false;
	} else if (run > off) {
		s->readable = false;
		s->until = run;
	} else {
		s->until = off + run_len;
	}
}

/* The bytes from which on two buffers are equal, or @len. */
static size_t unequal_bytes(const unsigned char *a, const unsigned char *b,
			    size_t len)
{
	size_t i = 0;

	while (i < len && a[i] != b[i])
		i++;
	return i;
}

/* The bytes from which on they are not equal, or @len. */
static size_t equal_bytes(const unsigned char *a, const unsigned char *b,
			  size_t len)
{
	const size_t block = 256;
	size_t i = 0;

	if (!memcmp(a, b, len))
		return len;
	while (len - i >= block && !memcmp(a + i, b + i, block))
		i += block;
	while (i < len && a[i] == b[i])
		i++;
	return i;
}

static const unsigned char *bytes(const struct dbgmem_compare *c,
				  const struct side *s)
{
	return s->buf ? s->buf + c->pos + c->off : s->walk.buf + c->off;
}

/* What it is at the place at hand, and for how many bytes of the piece. */
static unsigned int stretch(struct dbgmem_compare *c, uint64_t *len)
{
	const unsigned char *a, *b;

	side_look(&c->a, c->off, c->len);
	side_look(&c->b, c->off, c->len);
	*len = c->a.until < c->b.until ? c->a.until : c->b.until;
	*len = (*len < c->len ? *len : c->len) - c->off;
	if (!c->a.readable)
		return c->b.readable ? DBGMEM_HOLE_A : DBGMEM_HOLE_BOTH;
	if (!c->b.readable)
		return DBGMEM_HOLE_B;
	if (is_zero(&c->a) && is_zero(&c->b))
		return SAME;
	a = bytes(c, &c->a);
	b = bytes(c, &c->b);
	if (*a != *b) {
		*len = unequal_bytes(a, b, *len);
		return DBGMEM_DIFFERENT;
	}
	*len = equal_bytes(a, b, *len);
	return SAME;
}

static void advance(struct dbgmem_compare *c, unsigned int kind, uint64_t len)
{
	c->off += len;
	c->stats.done += len;
	if (kind == SAME)
		c->stats.equal += len;
	else if (kind == DBGMEM_DIFFERENT)
		c->stats.different += len;
	else
		c->stats.holes += len;
}

/* Does a difference end here, or does what was found go on? */
static bool look(struct dbgmem_compare *c)
{
	struct dbgmem_difference *f = &c->found;
	unsigned int kind;
	uint64_t len;

	kind = stretch(c, &len);
	if (kind == SAME) {
		advance(c, kind, len);
		return f->len;
	}
	if (f->len && f->kind != kind)
		return true;
	if (!f->len)
		f->offset = c->pos + c->off;
	f->kind = kind;
	f->len += len;
	advance(c, kind, len);
	return false;
}

static int tell(struct dbgmem_compare *c, struct dbgmem_difference *d)
{
	*d = c->found;
	c->found.len = 0;
	return 1;
}

DBGMEM_EXPORT int dbgmem_compare_next(struct dbgmem_compare *c,
				      struct dbgmem_difference *d)
{
	int ret;

	for (;;) {
		while (c->off < c->len) {
			if (look(c))
				return tell(c, d);
		}
		ret = c->len ? piece_end(c) : 0;
		if (ret)
			return ret;
		ret = piece_begin(c);
		if (ret <= 0)
			return c->found.len ? tell(c, d) : ret;
	}
}

#define FIRST_STATS \
	dbgmem__first_size(struct dbgmem_compare_stats, holes, uint64_t)

DBGMEM_EXPORT int dbgmem_compare_get_stats(const struct dbgmem_compare *c,
					   struct dbgmem_compare_stats *stats)
{
	return dbgmem__give(stats, FIRST_STATS, &c->stats, sizeof(*stats),
			    "dbgmem_compare_stats");
}
