// SPDX-License-Identifier: GPL-2.0
/* The memory of a process on its way into a core. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "contents.h"
#include "core.h"
#include "datamap.h"

/* A copy under way. */
struct copy {
	struct contents *c;
	int data;		/* the file of CONTENT_DATA, or negative */
	uint8_t *buf;		/* of CHUNK bytes */
	uint64_t done, total;	/* for the callback */
};

static int fail(struct contents *c, const char *what, int code)
{
	snprintf(c->err, sizeof(c->err), "%s: %s", what, strerror(code));
	return -1;
}

static bool is_zero(const uint8_t *p, size_t len)
{
	return !p[0] && !memcmp(p, p + 1, len - 1);
}

/* The pages in @buf that are not zeros, to @pos of the core. */
static int put(const struct contents *c, const uint8_t *buf, size_t len,
	       uint64_t pos)
{
	size_t page = (size_t)c->page_size, from, to;
	int ret = 0;

	for (from = 0; from < len && !ret; from = to + page) {
		for (to = from; to < len && !is_zero(buf + to, page);)
			to += page;
		ret = core_pwrite(c->fd, buf + from, to - from, pos + from);
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

/* Bytes that were read of @len at @addr, CHUNK at most, or -1. */
static ssize_t copy_piece(struct copy *cp, const struct segment *seg,
			  uint64_t addr, size_t len)
{
	struct contents *c = cp->c;
	struct dbgmem_result res;
	int ret;

	if (dbgmem_read_flags(c->m, addr, cp->buf, len, DBGMEM_ZEROFILL,
			      &res)) {
		snprintf(c->err, sizeof(c->err), "%s", dbgmem_errstr());
		return -1;
	}
	/* It ended in the middle of this piece. */
	if (res.reason == DBGMEM_REASON_EXITED ||
	    res.reason == DBGMEM_REASON_EXECED) {
		snprintf(c->err, sizeof(c->err), "process %d: %s",
			 (int)dbgmem_pid(c->m), dbgmem_reason_str(res.reason));
		return -1;
	}
	miss(c, len - res.done, res.fault_addr, res.reason);
	ret = put(c, cp->buf, len, seg->pos + (addr - seg->region.start));
	if (ret)
		return fail(c, "cannot write", -ret);
	return (ssize_t)res.done;
}

/* What of @seg is to be read next, from @addr on: 1, 0 or -1. */
static int next_piece(struct copy *cp, const struct segment *seg,
		      uint64_t addr, uint64_t end, uint64_t *start,
		      uint64_t *len)
{
	struct contents *c = cp->c;
	int ret;

	if (seg->content == CONTENT_PRESENT) {
		ret = pagemap_run(c->pagemap, addr, end, CHUNK, false, start,
				  len);
		if (ret < 0)
			snprintf(c->err, sizeof(c->err),
				 "cannot read the page map of process %d: %s",
				 (int)dbgmem_pid(c->m), pagemap_strerror(ret));
		return ret < 0 ? -1 : ret;
	}
	if (cp->data >= 0) {
		ret = datamap_run(cp->data, &seg->region, addr, end,
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
	if (*len > CHUNK)
		*len = CHUNK;
	return *len > 0;
}

/*
 * Where pages are not there it may be that they never were, or that they have been
 * unmapped since.
 */
static int unmapped(struct contents *c, const struct segment *seg)
{
	uint64_t addr = seg->region.start, start, len;
	int ret;

	while (addr < seg->region.end) {
		ret = dbgmem_region_valid(c->m, addr, seg->region.end - addr, 0,
					  &start, &len);
		if (ret < 0) {
			snprintf(c->err, sizeof(c->err), "%s", dbgmem_errstr());
			return -1;
		}
		if (!ret)
			start = seg->region.end;
		miss(c, start - addr, addr, DBGMEM_REASON_UNMAPPED);
		addr = ret ? start + len : start;
	}
	return 0;
}

static int copy_segment(struct copy *cp, struct segment *seg)
{
	struct contents *c = cp->c;
	const struct dbgmem_progress *p = c->progress;
	const uint64_t before = c->missing;
	const uint64_t size = segment_len(seg, c->page_size);
	const uint64_t end = seg->region.start + size;
	uint64_t addr = seg->region.start, start, len, got = 0;
	ssize_t n;
	int ret;

	seg->pos = (c->pos + c->page_size - 1) / c->page_size * c->page_size;
	while ((ret = next_piece(cp, seg, addr, end, &start, &len)) > 0) {
		n = copy_piece(cp, seg, start, (size_t)len);
		if (n < 0)
			return -1;
		got += (uint64_t)n;
		addr = start + len;
		if (p->fn(p->arg, cp->done + (addr - seg->region.start),
			  cp->total))
			return -1;
	}
	if (!ret && c->missing == before &&
	    (seg->content == CONTENT_PRESENT || seg->content == CONTENT_DATA))
		ret = unmapped(c, seg);
	cp->done += size;
	if (c->missing > before)
		c->nr_missing++;
	/* Zeros are as good as others, but for those of which nothing is known. */
	if (got || c->missing == before) {
		seg->size = size;
		c->pos = seg->pos + size;
	}
	return ret;
}

int contents_write(struct contents *c, struct segments *s)
{
	struct copy cp = { .c = c };
	struct segment *seg;
	int ret = 0;
	size_t i;

	c->err[0] = '\0';
	pagemap_forget(c->pagemap);
	cp.buf = malloc(CHUNK);
	if (!cp.buf)
		return fail(c, "cannot copy", ENOMEM);
	for (i = 0; i < s->nr; i++)
		cp.total += segment_len(&s->segment[i], c->page_size);
	for (i = 0; i < s->nr && !ret; i++) {
		seg = &s->segment[i];
		/* Without, it is read from end to end, as the kernel would. */
		cp.data = seg->content == CONTENT_DATA ?
			datamap_open(c->dir, &seg->region) : -1;
		ret = copy_segment(&cp, seg);
		if (cp.data >= 0)
			close(cp.data);
	}
	free(cp.buf);
	/* It may end in a hole. */
	if (!ret && ftruncate(c->fd, (off_t)c->pos))
		ret = fail(c, "cannot write", errno);
	return ret;
}
