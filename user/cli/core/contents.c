// SPDX-License-Identifier: GPL-2.0
/* The memory of a process in a core. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/contents.h"
#include "run/interrupt.h"
#include "target/target.h"

/* How to find the pages of a segment that have data. */
struct source {
	const struct segment *seg;
	enum content content;
	int data;		/* file descriptor for CONTENT_DATA, or negative */
};

/* The state of a copy. */
struct copy {
	struct contents *c;
	struct source source;
	uint8_t *buf;		/* of CHUNK bytes */
	uint64_t done, total;	/* for the callback */
};

static int fail(struct contents *c, const char *what, int code)
{
	if (code == EINTR)
		return -1;
	snprintf(c->err, sizeof(c->err), "%s: %s", what, strerror(code));
	return -1;
}

static bool is_zero(const uint8_t *p, size_t len)
{
	return !p[0] && !memcmp(p, p + 1, len - 1);
}

/* Write the pages of @buf that are not all zeros, at @pos of the core. */
static int put(struct contents *c, const uint8_t *buf, size_t len,
	       uint64_t pos)
{
	size_t page = (size_t)c->page_size, from, to;
	int ret = 0;

	for (from = 0; from < len && !ret; from = to + page) {
		for (to = from; to < len && !is_zero(buf + to, page);)
			to += page;
		if (to > from)
			ret = stream_write(c->out, buf + from, to - from,
					   pos + from);
	}
	return ret;
}

static void miss(struct contents *c, uint64_t len, uint64_t addr,
		 uint32_t reason)
{
	if (len && !c->missing) {
		c->fault_addr = addr;
		c->reason = reason;
	}
	c->missing += len;
}

static void source_close(struct source *src)
{
	if (src->data >= 0)
		close(src->data);
	src->data = -1;
}

static void source_open(struct source *src, struct contents *c,
			const struct segment *seg)
{
	*src = (struct source){
		.seg = seg,
		.content = seg->content,
		.data = -1,
	};
	if (seg->content != CONTENT_DATA)
		return;
	src->data = datamap_open(&c->mounts, c->dir, &seg->region);
	if (src->data >= 0)
		return;
	/*
	 * Read all of it, as the kernel would. But a huge sparse file, or one that may
	 * block, only on request.
	 */
	if (c->all || src->data == -EPERM || src->data == -EACCES)
		src->content = CONTENT_WHOLE;
	else
		src->content = CONTENT_PRESENT;
}

static int present_fail(struct contents *c, int code)
{
	snprintf(c->err, sizeof(c->err),
		 "cannot read the page map of process %d: %s",
		 (int)dbgmem_pid(c->m), code == ESRCH ?
		 "it has exited or executed another program" : strerror(code));
	return -1;
}

/* Find the first present pages from @addr to @end. Returns 1, 0 or -1. */
static int present_next(struct contents *c, uint64_t addr, uint64_t end,
			uint64_t *start, uint64_t *len)
{
	uint64_t until;
	int ret;

	for (; addr < end; addr = until) {
		if (interrupt_seen())
			return -1;
		ret = dbgmem__present_at(c->present, addr, end, &until);
		if (ret < 0)
			return present_fail(c, -ret);
		if (!ret)
			continue;
		*start = addr;
		*len = until - addr;
		return 1;
	}
	return 0;
}

/* Find the next bytes to read from @addr on, at most @max. Returns 1, 0 or -1. */
static int source_next(struct contents *c, const struct source *src,
		       uint64_t addr, uint64_t end, uint64_t max,
		       uint64_t *start, uint64_t *len)
{
	int ret;

	if (interrupt_seen())
		return -1;
	if (src->content == CONTENT_PRESENT) {
		ret = present_next(c, addr, end, start, len);
		if (ret <= 0)
			return ret;
	} else if (src->data >= 0) {
		ret = datamap_run(src->data, &src->seg->region, addr, end,
				  c->page_size, start, len);
		if (ret < 0)
			return fail(c, "cannot look for holes of shared memory",
				    -ret);
		if (!ret)
			return 0;
	} else {
		*start = addr;
		*len = end - addr;
	}
	if (*len > max)
		*len = max;
	return *len > 0;
}

/* --- the plan --- */

/* Add a load from @start to @end with file contents for its first @size bytes. */
static int load_add(struct contents *c, uint64_t start, uint64_t end,
		    uint64_t size)
{
	size_t room = c->room ? 2 * c->room : 64;
	struct load *more;

	if (c->nr == c->room) {
		more = reallocarray(c->load, room, sizeof(*more));
		if (!more)
			return fail(c, "cannot plan the core", ENOMEM);
		c->load = more;
		c->room = room;
	}
	c->load[c->nr++] = (struct load){
		.start = start, .end = end, .size = size,
	};
	return 0;
}

/* Which stretches without pages are left out, in bytes. */
struct plan {
	uint64_t look;		/* examine segments that are longer than this */
	uint64_t stretch;	/* end a load at stretches of this length */
};

/* Split a large segment: a load ends where a long stretch without pages begins. */
static int plan_large(struct contents *c, const struct segment *seg,
		      const struct plan *plan)
{
	uint64_t begin = seg->region.start, used = begin, start, len = 0;
	const uint64_t end = seg->region.end;
	struct source src;
	int ret;

	source_open(&src, c, seg);
	while ((ret = source_next(c, &src, used, end, UINT64_MAX, &start,
				  &len)) > 0) {
		if (start - used >= plan->stretch) {
			ret = load_add(c, begin, start, used - begin);
			if (ret)
				break;
			begin = start;
		} else {
			c->zeros += start - used;
		}
		used = start + len;
	}
	source_close(&src);
	if (ret)
		return ret;
	if (end - used < plan->stretch) {
		c->zeros += end - used;
		used = end;
	}
	return load_add(c, begin, end, used - begin);
}

static int plan_segments(struct contents *c, struct segments *s,
			 const struct plan *plan)
{
	struct segment *seg;
	uint64_t len;
	int ret;

	c->nr = 0;
	c->zeros = 0;
	for (seg = s->segment; seg < s->segment + s->nr; seg++) {
		seg->first = c->nr;
		len = segment_len(seg, c->page_size);
		if (len > plan->look) {
			ret = plan_large(c, seg, plan);
		} else {
			/*
			 * All of it may be zeros. Segments below the least limit do not
			 * count.
			 */
			if (plan->look > CONTENTS_STRETCH_MIN)
				c->zeros += len;
			ret = load_add(c, seg->region.start, seg->region.end,
				       len);
		}
		if (ret)
			return ret;
		seg->nr = c->nr - seg->first;
	}
	return 0;
}

int contents_plan(struct contents *c, struct segments *s)
{
	const uint64_t most = c->out->ordered && !c->out->holes ?
			      CONTENTS_ZEROS_WRITTEN : CONTENTS_ZEROS_MAX;
	struct plan plan = {
		.look = CONTENTS_STRETCH,
		.stretch = CONTENTS_STRETCH,
	};
	int ret;

	c->err[0] = '\0';
	dbgmem__mounts_read(&c->mounts, c->dir);
	while (!(ret = plan_segments(c, s, &plan)) && c->zeros > most) {
		if (plan.look > CONTENTS_STRETCH_MIN)
			plan.look = CONTENTS_STRETCH_MIN;
		else if (plan.stretch > CONTENTS_STRETCH_MIN)
			plan.stretch >>= 7;
		else
			break;
	}
	dbgmem__present_forget(c->present);
	return ret;
}

void contents_free(struct contents *c)
{
	free(c->load);
	c->load = NULL;
	c->nr = 0;
}

uint64_t contents_place(struct contents *c, uint64_t pos)
{
	struct load *l;

	for (l = c->load; l < c->load + c->nr; l++) {
		l->pos = (pos + c->page_size - 1) / c->page_size * c->page_size;
		if (l->size)
			pos = l->pos + l->size;
	}
	return pos;
}

/* --- the copy --- */

/* Copy @len bytes at @addr, at most CHUNK. Returns how many were read, or -1. */
static ssize_t copy_piece(struct copy *cp, const struct load *l, uint64_t addr,
			  size_t len)
{
	struct contents *c = cp->c;
	struct dbgmem_result res;
	int ret;

	if (dbgmem_read_flags(c->m, addr, cp->buf, len, DBGMEM_ZEROFILL,
			      &res) < 0) {
		snprintf(c->err, sizeof(c->err), "%s", dbgmem_errstr());
		return -1;
	}
	/* The target ended during this piece. */
	if (res.reason == DBGMEM_REASON_EXITED ||
	    res.reason == DBGMEM_REASON_EXECED) {
		snprintf(c->err, sizeof(c->err), "process %d: %s",
			 (int)dbgmem_pid(c->m), dbgmem_reason_str(res.reason));
		return -1;
	}
	miss(c, len - res.done, res.fault_addr, res.reason);
	ret = put(c, cp->buf, len, l->pos + (addr - l->start));
	if (ret)
		return fail(c, "cannot write", -ret);
	return (ssize_t)res.done;
}

static int copy_load(struct copy *cp, struct segment *seg,
		     const struct load *l)
{
	const struct dbgmem_progress *p = cp->c->progress;
	const uint64_t end = l->start + l->size;
	uint64_t addr = l->start, start, len = 0;
	ssize_t n;
	int ret;

	while ((ret = source_next(cp->c, &cp->source, addr, end, CHUNK, &start,
				  &len)) > 0) {
		n = copy_piece(cp, l, start, (size_t)len);
		if (n < 0)
			return -1;
		seg->got |= n > 0;
		addr = start + len;
		if (p->fn(p->arg, cp->done + (addr - l->start), cp->total))
			return -1;
	}
	cp->done += l->size;
	return ret;
}

static int copy_segment(struct copy *cp, struct segment *seg)
{
	struct contents *c = cp->c;
	const uint64_t before = c->missing;
	int ret = 0;
	size_t i;

	source_open(&cp->source, c, seg);
	if (seg->content == CONTENT_DATA &&
	    cp->source.content == CONTENT_PRESENT && !c->nr_opaque++)
		c->opaque = seg->region.start;
	for (i = 0; i < seg->nr && !ret; i++)
		ret = copy_load(cp, seg, &c->load[seg->first + i]);
	source_close(&cp->source);
	seg->missing = c->missing > before;
	return ret;
}

/* Count the bytes of @seg that are not mapped any more. @r is the current region. */
static int segment_check(struct contents *c, const struct segment *seg,
			 struct dbgmem_regions *regions,
			 struct dbgmem_region *r)
{
	uint64_t addr = seg->region.start, next;
	const uint64_t end = seg->region.end;
	int ret;

	while (addr < end) {
		while (r->end <= addr) {
			ret = dbgmem_regions_next(regions, r, NULL);
			if (ret < 0)
				return ret;
			/* No more regions: use one at the end of the address space. */
			if (!ret)
				*r = (struct dbgmem_region){
					.start = UINT64_MAX,
					.end = UINT64_MAX,
				};
		}
		next = r->start < end ? r->start : end;
		if (next > addr)
			miss(c, next - addr, addr, DBGMEM_REASON_UNMAPPED);
		addr = r->end;
	}
	return 0;
}

/* Pages that are not present were never used, or were unmapped since the plan. */
static int unmapped(struct contents *c, struct segments *s)
{
	struct dbgmem_regions *regions;
	struct dbgmem_region r = { 0 };
	struct segment *seg;
	uint64_t before;
	int ret;

	ret = dbgmem_regions_new(c->m, 0, 0, 0, 0, &regions);
	for (seg = s->segment; !ret && seg < s->segment + s->nr; seg++) {
		if (seg->missing || (seg->content != CONTENT_PRESENT &&
				     seg->content != CONTENT_DATA))
			continue;
		before = c->missing;
		ret = segment_check(c, seg, regions, &r);
		seg->missing = c->missing > before;
	}
	if (ret)
		snprintf(c->err, sizeof(c->err), "%s", dbgmem_errstr());
	dbgmem_regions_free(regions);
	return ret ? -1 : 0;
}

/* Leave out loads of which nothing could be read: their zeros mean nothing. */
static void drop_unknown(struct contents *c, const struct segments *s)
{
	const struct segment *seg;
	size_t i;

	for (seg = s->segment; seg < s->segment + s->nr; seg++) {
		c->nr_missing += seg->missing;
		if (!seg->missing || seg->got)
			continue;
		for (i = 0; i < seg->nr; i++)
			c->load[seg->first + i].size = 0;
	}
}

int contents_write(struct contents *c, struct segments *s)
{
	struct copy cp = { .c = c };
	uint64_t end = 0;
	int ret = 0;
	size_t i;

	c->err[0] = '\0';
	cp.buf = malloc(CHUNK);
	if (!cp.buf)
		return fail(c, "cannot copy", ENOMEM);
	for (i = 0; i < c->nr; i++) {
		cp.total += c->load[i].size;
		if (c->load[i].size)
			end = c->load[i].pos + c->load[i].size;
	}
	for (i = 0; i < s->nr && !ret; i++)
		ret = copy_segment(&cp, &s->segment[i]);
	free(cp.buf);
	if (!ret)
		ret = unmapped(c, s);
	if (ret)
		return ret;
	drop_unknown(c, s);
	ret = end ? stream_end(c->out, end) : 0;
	return ret ? fail(c, "cannot write", -ret) : 0;
}
