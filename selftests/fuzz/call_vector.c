// SPDX-License-Identifier: GPL-2.0
/* VECTOR: segments and expectations, made from one number */
#include "call.h"
#include "random.h"
#include "oracle.h"
#include "request.h"

#include <errno.h>
#include <dbgmem/uapi.h>
#include <string.h>

#define MAX_SEGMENTS	(ARRAY_SIZE_MAX / 2 / sizeof(struct dbgmem_segment))
#define MAX_EXPECTS	(ARRAY_SIZE_MAX / 2 / sizeof(struct dbgmem_expect))

/* What call.arg says of the form of all of them. */
enum {
	DENSE,			/* word after word */
	WORDS,			/* at random places */
	MIXED,
	SAME,			/* all over each other */
};

static uint32_t count(uint32_t v)
{
	/* more than there is room for must fail, or run into what is not there */
	static const uint32_t counts[16] = {
		2, 1, 3, 4, 8, 16, 5, 64, 0, 200, 512, 513, 65536, 65537,
		(uint32_t)-1, 33,
	};

	return counts[v & 15];
}

static void make_segment(struct lane *l, const struct call *c,
			 struct dbgmem_segment *s, uint64_t *random, uint32_t i)
{
	uint64_t base = (uintptr_t)l->mem->buf + PAGE;
	uint32_t form = c->arg >> 4 & 3;

	*s = (struct dbgmem_segment){
		.addr = place_addr(c->addr) + i * 8,
		.buf = base + i * 8 % (6 * PAGE),
		.len = 8,
	};
	if (form == SAME) {
		s->addr = place_addr(c->addr);
		s->buf = base;
		s->len = place_len(random_below(random, 8));
	}
	if (form == MIXED) {
		s->len = place_len(random_percent(random, 90) ?
				   random_below(random, 16) :
				   random_next(random));
		s->buf = base + random_below(random, 2 * PAGE);
	}
	if (form == MIXED || form == WORDS) {
		s->addr = place_addr(random_next(random));
		/* in those that can be had, as a rule */
		if (random_percent(random, 80))
			s->addr = place_start(random_below(random, 3)) +
				  random_below(random, PAGE / 8) * 8;
	}
	if (c->arg >> 6 & 1 && random_percent(random, 5))
		s->buf = caller_buf(l->mem, random_next(random));
	if (c->arg >> 7 & 1 && random_percent(random, 1))
		s->reserved = 1;
}

static void make_expect(const struct call *c, struct dbgmem_expect *e,
			uint64_t *random)
{
	uint32_t at = random_below(random, PLACE_SIZE / 8) * 8;

	*e = (struct dbgmem_expect){ .addr = place_start(PLACE_SHARED) + at };
	/* one that holds, if nobody writes meanwhile */
	memcpy(&e->value, shared_view + at, 8);
	if (random_percent(random, 5))
		e->addr = place_addr(random_next(random));
	if (c->arg >> 8 & 1 && random_percent(random, 10))
		e->addr++;
}

static void judge(struct lane *l, const struct call *c,
		  const struct dbgmem_vector *v, const struct dbgmem_segment *s,
		  int ret)
{
	uint64_t done = 0;
	uint32_t i, complete = 0, first = v->nr_segments;

	for (i = 0; i < v->nr_segments; i++) {
		done += s[i].done;
		if (s[i].done > s[i].len)
			run_failed(l, c, "segment %u: %#llx bytes done of %#llx",
				   i, (long long)s[i].done,
				   (long long)s[i].len);
		if (s[i].done == s[i].len)
			complete++;
		else if (first > i)
			first = i;
		if (!ret && s[i].done < s[i].len && !s[i].reason)
			run_failed(l, c, "segment %u: incomplete for no reason",
				   i);
	}
	if (v->done != done)
		run_failed(l, c, "%#llx bytes done, in segments %#llx",
			   (long long)v->done, (long long)done);
	if (v->flags & DBGMEM_EXACT && done &&
	    (ret || complete < v->nr_segments))
		run_failed(l, c, "EXACT moved %#llx bytes, and not all",
			   (long long)done);
	if (ret)
		return;
	if (v->nr_complete != complete || v->first_incomplete != first)
		run_failed(l, c, "%u complete, first not %u; really %u, %u",
			   v->nr_complete, v->first_incomplete, complete,
			   first);
	if (v->first_unmet > v->nr_expects)
		run_failed(l, c, "expectation %u of %u", v->first_unmet,
			   v->nr_expects);
}

/* Nothing that was read may be where no segment says. */
static void judge_buffer(struct lane *l, const struct call *c,
			 const struct dbgmem_vector *v,
			 const struct dbgmem_segment *s)
{
	uint64_t low = -1, high = 0;
	uint32_t i;

	if (v->op == DBGMEM_OP_READ) {
		for (i = 0; i < v->nr_segments; i++) {
			if (!s[i].done)
				continue;
			if (s[i].buf < low)
				low = s[i].buf;
			if (s[i].buf + s[i].done > high)
				high = s[i].buf + s[i].done;
		}
	}
	/* in any of them, if some are elsewhere */
	if (low < (uintptr_t)l->mem->buf)
		low = (uintptr_t)l->mem->buf;
	if (low < high)
		oracle_buffer(l, c, low, high - low);
	else
		oracle_buffer(l, c, 0, 0);
}

/* Of what was written, as far as one segment tells it. */
static void judge_shared(struct lane *l, const struct call *c,
			 const struct dbgmem_vector *v,
			 const struct dbgmem_segment *s,
			 const struct shared_before *before)
{
	uint64_t low = -1, high = 0;
	uint32_t i;

	for (i = 0; i < v->nr_segments; i++) {
		if (!s[i].done)
			continue;
		if (s[i].addr < low)
			low = s[i].addr;
		if (s[i].addr + s[i].done > high)
			high = s[i].addr + s[i].done;
	}
	oracle_shared(l, c, before, low, low < high ? high - low : 0);
}

void call_vector(struct lane *l, const struct call *c)
{
	struct dbgmem_segment *s = (void *)l->mem->array;
	struct dbgmem_expect *e =
		(void *)(l->mem->array + ARRAY_SIZE_MAX / 2);
	struct dbgmem_vector v = {
		.flags = c->flags & ~(c->arg & 1 ? 0 : DBGMEM_ZEROFILL),
		.nr_segments = count(c->len),
		.segment_size = sizeof(*s),
		.segments = (uintptr_t)s,
		.op = c->arg >> 1 & 7 ? c->arg & 1 : c->arg >> 16,
	};
	struct shared_before before;
	uint64_t random = c->arg;
	uint32_t i;
	bool sane;
	int ret;

	for (i = 0; i < v.nr_segments && i < MAX_SEGMENTS; i++)
		make_segment(l, c, &s[i], &random, i);
	if (c->arg >> 9 & 1) {
		v.expects = (uintptr_t)e;
		v.expect_size = sizeof(*e);
		v.nr_expects = count(c->len >> 4);
		for (i = 0; i < v.nr_expects && i < MAX_EXPECTS; i++)
			make_expect(c, &e[i], &random);
	}
	/* where the array is whole, or the end is not mapped */
	if (v.nr_segments > MAX_SEGMENTS && c->arg >> 10 & 1)
		v.segments = (uintptr_t)caller_bad(l->mem, c->arg >> 16);
	oracle_fill(l);
	oracle_shared_before(l, c, &before);
	ret = request(l, c, DBGMEM_IOC_VECTOR, &v, sizeof(v), &sane);
	/* it was not told, or not carried out */
	if (!sane || v.nr_segments > MAX_SEGMENTS ||
	    v.nr_expects > MAX_EXPECTS || c->arg >> 6 & 1 ||
	    (ret && ret != -EFAULT && ret != -ECANCELED))
		return;
	judge(l, c, &v, s, ret);
	judge_buffer(l, c, &v, s);
	judge_shared(l, c, &v, s, &before);
}
