// SPDX-License-Identifier: GPL-2.0
#include "pair_transfer.h"

#include <sys/uio.h>

#define SEGMENTS	6

/* Most of the memory, from somewhere before the first breakpoint. */
static size_t span(struct pair_side *s, size_t *len)
{
	size_t off = pair_below(s, 0x140);

	*len = pair_below(s, 4) ? PAGE + pair_below(s, 0x700) :
				  1 + pair_below(s, 0x400);
	return off;
}

/* A word of the first breakpoints', or another. */
static size_t word(struct pair_side *s)
{
	return 0x100 + 8 * pair_below(s, 2) + 64 * pair_below(s, 16);
}

/* One whole pattern to write. */
static char *image(struct pair_side *s)
{
	return s->p->image[pair_below(s, 2)];
}

/* Does a session's own trap show, with these flags, or that of another? */
static bool traps_show(const struct pair_side *s, uint32_t flags)
{
	return pair_traps_show(s->p) || pair_traps_break(s->p) ||
	       (flags & DBGMEM_RAW && s->p->flags & PAIR_TRAPS);
}

/* --- READ and WRITE --- */

/* All of that is resident, and may be read. */
static void read_with(struct pair_side *s, const char *what, size_t off,
		      size_t len, uint32_t flags)
{
	struct dbgmem_transfer t;
	int ret;

	memset(s->buf, 0xee, len);
	ret = mem_read(s->fd, s->p->mem + off, s->buf, len, flags, &t);
	if (ret == -EOPNOTSUPP && flags & DBGMEM_NOFAULT)
		return;
	if (ret == -EFAULT && t.reason == DBGMEM_REASON_NOT_RESIDENT &&
	    flags & DBGMEM_NOFAULT)
		return;
	if (ret) {
		pair_complain(s, "%s answers %s, reason %u", what,
			      strerror(-ret), t.reason);
		return;
	}
	if (t.done > len || (t.done < len && !(flags & DBGMEM_NOFAULT))) {
		pair_complain(s, "%s: done is %llu of %zu, reason %u", what,
			      (unsigned long long)t.done, len, t.reason);
		return;
	}
	pair_check(s, what, s->buf, off, t.done, traps_show(s, flags));
	if (byte_differs(s->buf + t.done, 0xee, len - t.done) >= 0)
		pair_complain(s, "%s: bytes behind done", what);
}

static void read_span(struct pair_side *s, const char *what, uint32_t flags)
{
	size_t len, off = span(s, &len);

	read_with(s, what, off, len, flags);
}

/* A failed write, while the target's protection is changed. */
static bool flipped(const struct pair_side *s, int ret, uint32_t flags)
{
	return s->p->flags & PAIR_FLIPS && !(flags & DBGMEM_FORCE) &&
	       (ret == -EFAULT || ret == -EACCES);
}

static void write_with(struct pair_side *s, const char *what, size_t off,
		       size_t len, uint32_t flags)
{
	struct dbgmem_transfer t;
	int ret;

	ret = mem_write(s->fd, s->p->mem + off, image(s) + off, len, flags, &t);
	if (flipped(s, ret, flags))
		return;
	if (ret)
		pair_complain(s, "%s answers %s, reason %u", what,
			      strerror(-ret), t.reason);
	else if (t.done > len || (t.done < len && !(s->p->flags & PAIR_FLIPS)))
		pair_complain(s, "%s: done is %llu of %zu, reason %u", what,
			      (unsigned long long)t.done, len, t.reason);
}

static void write_span(struct pair_side *s, const char *what, uint32_t flags)
{
	size_t len, off = span(s, &len);

	write_with(s, what, off, len, flags);
}

void pair_read_word(struct pair_side *s)
{
	read_with(s, __func__, word(s), 8, 0);
}

void pair_read(struct pair_side *s)
{
	read_span(s, __func__, 0);
}

void pair_read_exact(struct pair_side *s)
{
	read_span(s, __func__, DBGMEM_EXACT);
}

void pair_read_force(struct pair_side *s)
{
	read_span(s, __func__, DBGMEM_FORCE);
}

void pair_read_nofault(struct pair_side *s)
{
	read_span(s, __func__, DBGMEM_NOFAULT);
}

void pair_read_raw(struct pair_side *s)
{
	read_span(s, __func__, DBGMEM_RAW);
}

/* Into the hole behind the memory, which reads as zeros. */
void pair_read_zerofill(struct pair_side *s)
{
	size_t off = PAIR_SIZE - PAGE - pair_below(s, 64);
	unsigned char valid[1];
	struct dbgmem_transfer t = {
		.size = sizeof(t),
		.flags = DBGMEM_ZEROFILL,
		.addr = (uintptr_t)s->p->mem + off,
		.buf = (uintptr_t)s->buf,
		.len = PAIR_SIZE - off + 16,
		.valid = (uintptr_t)valid,
		.valid_size = sizeof(valid),
	};
	int ret = ioctl(s->fd, DBGMEM_IOC_READ, &t) ? -errno : 0;

	if (ret) {
		pair_complain(s, "%s answers %s, reason %u", __func__,
			      strerror(-ret), t.reason);
		return;
	}
	if (t.done != PAIR_SIZE - off || valid[0] & ~7 ||
	    t.reason != DBGMEM_REASON_UNMAPPED) {
		pair_complain(s, "%s: done is %llu, reason %u, valid 0x%x",
			      __func__, (unsigned long long)t.done, t.reason,
			      valid[0]);
		return;
	}
	pair_check(s, __func__, s->buf, off, t.done, traps_show(s, 0));
	if (byte_differs(s->buf + t.done, 0, 16) >= 0)
		pair_complain(s, "%s: a hole is not zero", __func__);
}

void pair_read_hole(struct pair_side *s)
{
	struct dbgmem_transfer t;
	int ret;

	ret = mem_read(s->fd, s->p->mem + PAIR_SIZE, s->buf, 8, 0, &t);
	if (ret != -EFAULT || t.reason != DBGMEM_REASON_UNMAPPED || t.done)
		pair_complain(s, "%s answers %s, reason %u", __func__,
			      strerror(-ret), t.reason);
}

void pair_write_word(struct pair_side *s)
{
	write_with(s, __func__, word(s), 8, 0);
}

void pair_write(struct pair_side *s)
{
	write_span(s, __func__, 0);
}

void pair_write_exact(struct pair_side *s)
{
	write_span(s, __func__, DBGMEM_EXACT);
}

void pair_write_force(struct pair_side *s)
{
	write_span(s, __func__, DBGMEM_FORCE);
}

void pair_write_raw(struct pair_side *s)
{
	write_span(s, __func__, DBGMEM_RAW);
}

/* --- VECTOR --- */

struct call {
	struct dbgmem_vector v;
	struct dbgmem_segment segs[SEGMENTS];
	size_t off[SEGMENTS];
	struct dbgmem_expect expect;
};

/* Pieces that do not overlap in the buffer; words among them. */
static void prepare(struct pair_side *s, struct call *c, uint32_t op,
		    uint32_t flags)
{
	char *from = op == DBGMEM_OP_WRITE ? image(s) : NULL;
	size_t len;
	int i;

	memset(c, 0, sizeof(*c));
	for (i = 0; i < SEGMENTS; i++) {
		c->off[i] = i % 2 ? word(s) : span(s, &len);
		if (i % 2)
			len = 8;
		c->segs[i] = (struct dbgmem_segment){
			.addr = (uintptr_t)s->p->mem + c->off[i],
			.buf = (uintptr_t)(from ? from + c->off[i] :
					   s->buf + i * 2 * PAGE),
			.len = len,
		};
	}
	c->v = (struct dbgmem_vector){
		.size = sizeof(c->v),
		.flags = flags,
		.segments = (uintptr_t)c->segs,
		.nr_segments = SEGMENTS,
		.segment_size = sizeof(c->segs[0]),
		.op = op,
	};
}

/* A word that is one of two; that it is this one holds half the time. */
static void expect(struct pair_side *s, struct call *c)
{
	size_t off = word(s);

	c->expect.addr = (uintptr_t)s->p->mem + off;
	memcpy(&c->expect.value, image(s) + off, 8);
	c->v.expects = (uintptr_t)&c->expect;
	c->v.nr_expects = 1;
	c->v.expect_size = sizeof(c->expect);
}

static void vector(struct pair_side *s, const char *what, struct call *c)
{
	bool write = c->v.op == DBGMEM_OP_WRITE;
	size_t off = c->expect.addr - (uintptr_t)s->p->mem;
	uint32_t reason;
	int i, ret;

	ret = ioctl(s->fd, DBGMEM_IOC_VECTOR, &c->v) ? -errno : 0;
	if (ret == -ECANCELED && c->v.nr_expects) {
		if (c->expect.reason == DBGMEM_REASON_NONE)
			pair_check(s, what, &c->expect.observed, off, 8,
				   traps_show(s, c->v.flags));
		return;
	}
	if (write && flipped(s, ret, c->v.flags))
		return;
	if (ret) {
		pair_complain(s, "%s answers %s", what, strerror(-ret));
		return;
	}
	for (i = 0; i < SEGMENTS; i++) {
		reason = c->segs[i].reason;
		if (c->segs[i].done != c->segs[i].len &&
		    !(write && s->p->flags & PAIR_FLIPS)) {
			pair_complain(s, "%s: done is %llu of %llu, reason %u",
				      what,
				      (unsigned long long)c->segs[i].done,
				      (unsigned long long)c->segs[i].len,
				      reason);
			return;
		}
		if (!write)
			pair_check(s, what, s->buf + i * 2 * PAGE, c->off[i],
				   c->segs[i].done,
				   traps_show(s, c->v.flags));
	}
}

static void vector_with(struct pair_side *s, const char *what, uint32_t op,
			uint32_t flags, bool expects)
{
	struct call c;

	prepare(s, &c, op, flags);
	if (expects)
		expect(s, &c);
	vector(s, what, &c);
}

void pair_vec_read(struct pair_side *s)
{
	vector_with(s, __func__, DBGMEM_OP_READ, 0, false);
}

void pair_vec_read_exact(struct pair_side *s)
{
	vector_with(s, __func__, DBGMEM_OP_READ, DBGMEM_EXACT, false);
}

void pair_vec_expect(struct pair_side *s)
{
	vector_with(s, __func__, DBGMEM_OP_READ, 0, true);
}

void pair_vec_write(struct pair_side *s)
{
	vector_with(s, __func__, DBGMEM_OP_WRITE, 0, false);
}

void pair_vec_write_exact(struct pair_side *s)
{
	vector_with(s, __func__, DBGMEM_OP_WRITE, DBGMEM_EXACT, false);
}

void pair_vec_write_expect(struct pair_side *s)
{
	vector_with(s, __func__, DBGMEM_OP_WRITE, 0, true);
}

/* --- CMPXCHG --- */

static void cmpxchg(struct pair_side *s, const char *what, uint32_t flags)
{
	size_t off = word(s);
	struct dbgmem_cmpxchg_args c = {
		.size = sizeof(c),
		.flags = flags,
		.addr = (uintptr_t)s->p->mem + off,
		.width = 8,
	};
	int ret;

	memcpy(&c.expected, image(s) + off, 8);
	memcpy(&c.desired, image(s) + off, 8);
	ret = ioctl(s->fd, DBGMEM_IOC_CMPXCHG, &c) ? -errno : 0;
	if (flipped(s, ret, flags))
		return;
	if (ret)
		pair_complain(s, "%s answers %s, reason %u", what,
			      strerror(-ret), c.reason);
	else if (c.exchanged != (c.observed == c.expected))
		pair_complain(s, "%s: exchanged is %u", what, c.exchanged);
	else
		pair_check(s, what, &c.observed, off, 8, traps_show(s, flags));
}

void pair_cmpxchg(struct pair_side *s)
{
	cmpxchg(s, __func__, 0);
}

void pair_cmpxchg_raw(struct pair_side *s)
{
	cmpxchg(s, __func__, DBGMEM_RAW);
}

/* --- read(2) and the like --- */

static void rw_read(struct pair_side *s, const char *what, ssize_t n,
		    size_t off, size_t len)
{
	if (n < 0)
		pair_complain(s, "%s answers %s", what, strerror(errno));
	else if (n != (ssize_t)len)
		pair_complain(s, "%s: %zd of %zu", what, n, len);
	else
		pair_check(s, what, s->buf, off, n, traps_show(s, 0));
}

static void rw_write(struct pair_side *s, const char *what, ssize_t n,
		     size_t len)
{
	if (n < 0 && flipped(s, -errno, 0))
		return;
	if (n < 0)
		pair_complain(s, "%s answers %s", what, strerror(errno));
	else if (n != (ssize_t)len && !(s->p->flags & PAIR_FLIPS))
		pair_complain(s, "%s: %zd of %zu", what, n, len);
}

void pair_pread(struct pair_side *s)
{
	size_t len, off = span(s, &len);

	rw_read(s, __func__, pread(s->fd, s->buf, len,
				   (uintptr_t)s->p->mem + off), off, len);
}

void pair_pwrite(struct pair_side *s)
{
	size_t len, off = span(s, &len);

	rw_write(s, __func__, pwrite(s->fd, image(s) + off, len,
				     (uintptr_t)s->p->mem + off), len);
}

void pair_preadv(struct pair_side *s)
{
	size_t len, off = span(s, &len);
	struct iovec v[2] = {
		{ s->buf, len / 3 }, { s->buf + len / 3, len - len / 3 },
	};

	rw_read(s, __func__, preadv(s->fd, v, 2, (uintptr_t)s->p->mem + off),
		off, len);
}

void pair_pwritev(struct pair_side *s)
{
	size_t len, off = span(s, &len);
	char *from = image(s) + off;
	struct iovec v[2] = {
		{ from, len / 3 }, { from + len / 3, len - len / 3 },
	};

	rw_write(s, __func__, pwritev(s->fd, v, 2, (uintptr_t)s->p->mem + off),
		 len);
}

/*
 * At the file's position, which the other thread may move. A session that comes in
 * the place of this one begins at 0, where nothing is mapped.
 */
void pair_read2(struct pair_side *s)
{
	off_t at = (uintptr_t)s->p->mem + 0x100;

	if (lseek(s->fd, at, SEEK_SET) != at)
		pair_complain(s, "lseek answers %s", strerror(errno));
	else if (read(s->fd, s->buf, 8) < 0 && errno != EFAULT)
		pair_complain(s, "%s answers %s", __func__, strerror(errno));
}

/* No byte: it might go anywhere. */
void pair_write2(struct pair_side *s)
{
	off_t at = (uintptr_t)s->p->mem + 0x100;

	if (lseek(s->fd, at, SEEK_SET) != at)
		pair_complain(s, "lseek answers %s", strerror(errno));
	else if (write(s->fd, s->buf, 0))
		pair_complain(s, "%s answers %s", __func__, strerror(errno));
}
