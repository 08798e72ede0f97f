// SPDX-License-Identifier: LGPL-2.1-or-later
/* Copy memory within a target, or from one to another. */
#include <errno.h>
#include <stdlib.h>

#include "walk.h"

#define MOVE_FLAGS	(DBGMEM_EXACT | DBGMEM_FORCE | DBGMEM_RAW)

static const char what[] = "the move to";

/*
 * What stops a piece in its middle is met again at the begin of the next one, and
 * then is the failure.
 */
struct move {
	struct dbgmem *to, *from;
	uint64_t to_addr, from_addr, len;
	uint32_t flags;
	const struct dbgmem_progress *progress;
	struct dbgmem_move_result *res;
};

/* Keep what stopped a transfer. */
static int moved(const struct move *v, uint32_t op,
		 const struct dbgmem_result *r, ssize_t ret)
{
	if (ret >= 0)
		return 0;
	v->res->result.fault_addr = r->fault_addr;
	v->res->result.reason = r->reason;
	v->res->op = op;
	return (int)ret;
}

static int move_read(const struct move *v, uint64_t at, void *buf, size_t len,
		     uint64_t *done)
{
	struct dbgmem_result r;
	ssize_t ret;

	ret = dbgmem_read_flags(v->from, v->from_addr + at, buf, len, v->flags,
				&r);
	*done = r.done;
	return moved(v, DBGMEM_OP_READ, &r, ret);
}

static int move_write(const struct move *v, uint64_t at, const void *buf,
		      size_t len, uint64_t *done)
{
	struct dbgmem_result r;
	ssize_t ret;

	ret = dbgmem_write_flags(v->to, v->to_addr + at, buf, len, v->flags, &r);
	*done = r.done;
	return moved(v, DBGMEM_OP_WRITE, &r, ret);
}

/* Account for a piece, and go on? */
static int piece_end(const struct move *v, uint64_t done, int ret)
{
	v->res->result.done += done;
	if (!ret)
		ret = dbgmem__progress(v->progress, v->to, what, v->res->result.done,
				       v->len);
	if (ret)
		dbgmem__fail_done(v->res->result.done);
	return ret;
}

static int move_up(const struct move *v)
{
	const size_t max = v->flags & DBGMEM_EXACT ? SIZE_MAX : DBGMEM__PIECE;
	uint64_t left = v->len, at, done, got;
	unsigned char *buf;
	int ret = 0;

	buf = malloc(left < max ? left : max);
	if (!buf)
		return dbgmem__fail_simple(ENOMEM, DBGMEM_SOURCE_SYSTEM,
			"%s process %d: no memory for %llu bytes", what,
			(int)v->to->pid, (unsigned long long)left);
	while (left && !ret) {
		done = 0;
		at = v->len - left;
		ret = move_read(v, at, buf, left < max ? left : max, &got);
		if (!ret)
			ret = move_write(v, at, buf, got, &done);
		left -= done;
		ret = piece_end(v, done, ret);
	}
	free(buf);
	return ret;
}

/*
 * Write @len bytes so that the last go first where not all can be written: all
 * at once if that is possible, or else each page for itself.
 */
static int write_down(const struct move *v, uint64_t at,
		      const unsigned char *buf, size_t len, uint64_t *done)
{
	const uint64_t ps = v->to->page_size;
	uint64_t end = v->to_addr + at + len, n, put, from;
	ssize_t ret;

	ret = dbgmem_write_flags(v->to, v->to_addr + at, buf, len,
				 v->flags | DBGMEM_EXACT, NULL);
	*done = ret > 0 ? (uint64_t)ret : 0;
	if (ret != -EFAULT)
		return ret < 0 ? (int)ret : 0;
	for (; *done < len; *done += n, end -= n) {
		n = (end - 1) % ps + 1;
		n = n < len - *done ? n : len - *done;
		from = len - *done - n;
		ret = move_write(v, at + from, buf + from, n, &put);
		if (!ret && put < n)
			ret = move_write(v, at + from + put, buf + from + put,
					 n - put, &put);
		if (ret)
			return *done ? 0 : (int)ret;
	}
	return 0;
}

/* Where in the piece the run begins that goes up to its end, or its length. */
static uint64_t last_run(const struct dbgmem__walk *w)
{
	uint64_t off = 0, len, last = w->len;

	while (dbgmem__walk_run(w, &off, &len)) {
		last = off;
		off += len;
		if (off < w->len)
			last = w->len;
	}
	return last;
}

static int move_down(const struct move *v)
{
	uint64_t left = v->len, at, done, from, got;
	struct dbgmem__walk w;
	unsigned char byte;
	size_t len;
	int ret;

	ret = dbgmem__walk_init(&w, v->from, v->flags | DBGMEM_FAULT_IN, 0,
				what);
	while (left && !ret) {
		done = 0;
		len = left < w.max ? left : w.max;
		at = left - len;
		ret = dbgmem__walk_read(&w, v->from_addr + at, len, len);
		from = last_run(&w);
		if (ret)
			v->res->op = DBGMEM_OP_READ;
		else if (w.len < len || from == w.len)
			ret = move_read(v, left - 1, &byte, 1, &got);
		else
			ret = write_down(v, at + from, w.buf + from, len - from,
					 &done);
		left -= done;
		ret = piece_end(v, done, ret);
	}
	dbgmem__walk_free(&w);
	return ret;
}

DBGMEM_EXPORT int64_t dbgmem_move(struct dbgmem *to, uint64_t to_addr,
				  struct dbgmem *from, uint64_t from_addr,
				  uint64_t len, uint32_t flags,
				  const struct dbgmem_progress *progress,
				  struct dbgmem_move_result *res)
{
	struct dbgmem_move_result none = { 0 };
	const struct move v = {
		.to = to,
		.from = from,
		.to_addr = to_addr,
		.from_addr = from_addr,
		.len = len,
		.flags = flags,
		.progress = progress,
		.res = res ? res : &none,
	};
	int ret;

	*v.res = (struct dbgmem_move_result){ 0 };
	ret = dbgmem__long_check(from, DBGMEM_IOC_READ, from_addr, len, flags,
				 MOVE_FLAGS);
	if (!ret)
		ret = dbgmem__long_check(to, DBGMEM_IOC_WRITE, to_addr, len,
					 flags, MOVE_FLAGS);
	if (ret || !len)
		return ret;
	if (to_addr > from_addr && to_addr - from_addr < len &&
	    !(flags & DBGMEM_EXACT))
		ret = move_down(&v);
	else
		ret = move_up(&v);
	return v.res->result.done ? (int64_t)v.res->result.done : ret;
}
