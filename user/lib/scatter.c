// SPDX-License-Identifier: LGPL-2.1-or-later
/* A vector built piece by piece: prepare many, execute once, use again. */
#include <errno.h>
#include <limits.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define SEGMENTS_MIN	16
#define BLOCK_MIN	4096

/* Memory for pieces that bring none. Never moved: data() gave it away. */
struct block {
	struct block *older;
	size_t size, used;
	max_align_t data[];
};

struct dbgmem_scatter {
	struct dbgmem *m;
	uint32_t op, flags;
	struct dbgmem_segment *segs;
	size_t nr, room;
	size_t executed;	/* those before it have an answer */
	int status;		/* of the last execution: 0 or a negative errno */
	uint64_t fault_addr;	/* what EXACT met at its first bad piece */
	uint64_t total;		/* of all len */
	struct block *block;	/* the newest, which is the largest */
};

DBGMEM_EXPORT int dbgmem_scatter_new(struct dbgmem *m, uint32_t op,
				     uint32_t flags,
				     struct dbgmem_scatter **out)
{
	struct dbgmem_scatter *s;

	*out = NULL;
	if (op != DBGMEM_OP_READ && op != DBGMEM_OP_WRITE)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot prepare a vector: %u is neither DBGMEM_OP_READ nor DBGMEM_OP_WRITE",
			op);
	s = calloc(1, sizeof(*s));
	if (!s)
		return dbgmem__fail_simple(ENOMEM, DBGMEM_SOURCE_SYSTEM,
			"cannot prepare a vector: out of memory");
	s->m = m;
	s->op = op;
	s->flags = flags;
	*out = s;
	return 0;
}

static void blocks_free(struct block *b)
{
	struct block *older;

	for (; b; b = older) {
		older = b->older;
		free(b);
	}
}

DBGMEM_EXPORT void dbgmem_scatter_free(struct dbgmem_scatter *s)
{
	if (!s)
		return;
	blocks_free(s->block);
	free(s->segs);
	free(s);
}

/* The newest block is kept: as large as all before it together, or larger. */
DBGMEM_EXPORT void dbgmem_scatter_clear(struct dbgmem_scatter *s)
{
	s->nr = 0;
	s->executed = 0;
	s->status = 0;
	s->total = 0;
	if (!s->block)
		return;
	blocks_free(s->block->older);
	s->block->older = NULL;
	s->block->used = 0;
}

/* @len is at most SSIZE_MAX, so that no sum here overflows. NULL: no memory. */
static void *memory_get(struct dbgmem_scatter *s, size_t len)
{
	const size_t align = alignof(max_align_t);
	struct block *b = s->block;
	size_t size, need;
	void *p;

	/* Without bytes an address of its own all the same. */
	need = len ? (len + align - 1) / align * align : align;
	if (!b || b->size - b->used < need) {
		size = BLOCK_MIN;
		if (b)
			size = b->size <= SSIZE_MAX / 2 ? 2 * b->size : SSIZE_MAX;
		if (size < need)
			size = need;
		b = malloc(sizeof(*b) + size);
		if (!b)
			return NULL;
		b->older = s->block;
		b->size = size;
		b->used = 0;
		s->block = b;
	}
	p = (unsigned char *)b->data + b->used;
	b->used += need;
	return memset(p, 0, len);
}

static int room_get(struct dbgmem_scatter *s)
{
	struct dbgmem_segment *segs;
	size_t room;

	if (s->nr < s->room)
		return 0;
	room = s->room ? 2 * s->room : SEGMENTS_MIN;
	if (room > SSIZE_MAX / sizeof(*segs))
		return -ENOMEM;
	segs = realloc(s->segs, room * sizeof(*segs));
	if (!segs)
		return -ENOMEM;
	s->segs = segs;
	s->room = room;
	return 0;
}

static int add_fail(struct dbgmem_scatter *s, uint64_t addr, size_t len,
		    int code, const char *why)
{
	enum dbgmem_source source = code == ENOMEM ? DBGMEM_SOURCE_SYSTEM :
						 DBGMEM_SOURCE_USAGE;

	return dbgmem__fail_simple(code, source,
		"cannot add %zu bytes at 0x%llx of process %d to a vector of %zu segments: %s",
		len, (unsigned long long)addr, (int)s->m->pid, s->nr, why);
}

DBGMEM_EXPORT ssize_t dbgmem_scatter_add(struct dbgmem_scatter *s,
					 uint64_t addr, void *buf, size_t len)
{
	if (len > UINT64_MAX - addr ||
	    (buf && len > UINTPTR_MAX - (uintptr_t)buf))
		return add_fail(s, addr, len, EOVERFLOW,
				"address plus length exceeds 64 bits");
	if (len > SSIZE_MAX - s->total)
		return add_fail(s, addr, len, EINVAL,
				"the sum of the lengths exceeds SSIZE_MAX");
	if (room_get(s))
		return add_fail(s, addr, len, ENOMEM, "out of memory");
	if (!buf)
		buf = memory_get(s, len);
	if (!buf)
		return add_fail(s, addr, len, ENOMEM, "out of memory");
	s->segs[s->nr] = (struct dbgmem_segment){
		.addr = addr,
		.buf = (uintptr_t)buf,
		.len = len,
	};
	s->total += len;
	return (ssize_t)s->nr++;
}

DBGMEM_EXPORT ssize_t dbgmem_scatter_add_copy(struct dbgmem_scatter *s,
					      uint64_t addr, const void *data,
					      size_t len)
{
	ssize_t index = dbgmem_scatter_add(s, addr, NULL, len);

	if (index >= 0 && len)
		memcpy(dbgmem_scatter_data(s, (size_t)index), data, len);
	return index;
}

DBGMEM_EXPORT size_t dbgmem_scatter_count(const struct dbgmem_scatter *s)
{
	return s->nr;
}

DBGMEM_EXPORT void *dbgmem_scatter_data(const struct dbgmem_scatter *s,
					size_t index)
{
	if (index < s->nr)
		return (void *)(uintptr_t)s->segs[index].buf;
	dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			    "there is no segment %zu: the vector has %zu",
			    index, s->nr);
	return NULL;
}

DBGMEM_EXPORT ssize_t dbgmem_scatter_execute(struct dbgmem_scatter *s,
					     struct dbgmem_vector_result *res)
{
	struct dbgmem_vector_options opt = { .flags = s->flags };
	struct dbgmem_vector_result none;
	ssize_t ret;

	if (!res)
		res = &none;
	ret = dbgmem__vector(s->m, s->op, s->segs, s->nr, &opt, res);
	s->status = ret < 0 ? (int)ret : 0;
	s->fault_addr = res->result.fault_addr;
	s->executed = s->nr;
	return ret;
}

static uint64_t fault_addr(const struct dbgmem_scatter *s,
			   const struct dbgmem_segment *seg)
{
	if (s->status && s->flags & DBGMEM_EXACT)
		return s->fault_addr;
	return seg->done + (seg->reason == DBGMEM_REASON_BUFFER ? seg->buf :
								  seg->addr);
}

static struct dbgmem_result segment_result(const struct dbgmem_scatter *s,
					   const struct dbgmem_segment *seg)
{
	return (struct dbgmem_result){
		.done = seg->done,
		.fault_addr = seg->done < seg->len && seg->reason ?
			      fault_addr(s, seg) : 0,
		.reason = seg->reason,
	};
}

DBGMEM_EXPORT int dbgmem_scatter_result(const struct dbgmem_scatter *s,
					size_t index,
					struct dbgmem_result *res)
{
	const struct dbgmem_result none = { 0 };
	const struct dbgmem_segment *seg = NULL;

	if (index < s->executed)
		seg = &s->segs[index];
	if (res)
		*res = seg ? segment_result(s, seg) : none;
	if (!seg)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"no result of segment %zu: the vector has %zu, of which %zu have been executed",
			index, s->nr, s->executed);
	if (seg->done < seg->len && seg->reason)
		return dbgmem__segment_fail(s->m, s->op, seg, s->flags,
					    fault_addr(s, seg),
					    -dbgmem__reason_errno(seg->reason));
	if (s->status && seg->done < seg->len)
		return dbgmem__fail_simple(-s->status, DBGMEM_SOURCE_USAGE,
			"segment %zu, %llu bytes at 0x%llx of process %d, was not transferred: the vector failed as a whole: %s",
			index, (unsigned long long)seg->len,
			(unsigned long long)seg->addr, (int)s->m->pid,
			strerror(-s->status));
	return 0;
}
