// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is mapped: at an address, next, in a range, all of it. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

/* Regions in one call, and room for their names. */
#define BATCH		256
#define BATCH_NAMES	(64U << 10)
#define BATCH_VALID	32

struct dbgmem_regions {
	struct dbgmem *m;
	struct dbgmem_region_list list;	/* the last request, and its answer */
	uint32_t pos;			/* the next one of that */
	char *names;
	struct dbgmem_region region[BATCH];
};

static int region_fail(struct dbgmem *m, const struct dbgmem_region_list *l,
		       int code)
{
	const struct dbgmem_transfer t = { .addr = l->addr };
	struct dbgmem_error e = {
		.code = code,
		.source = DBGMEM_SOURCE_USAGE,
		.pid = m->pid,
	};
	char what[96];

	snprintf(what, sizeof(what),
		 "cannot list what is mapped at 0x%llx in process %d",
		 (unsigned long long)l->addr, (int)m->pid);
	switch (code) {
	case EINVAL:
		return dbgmem__fail(&e, "%s: the range ends before it starts, or the filter 0x%llx asks for a flag and for its absence",
				    what, (unsigned long long)l->filter);
	case EOPNOTSUPP:
		return dbgmem__fail(&e, "%s: the module does not know all flags of the filter 0x%llx",
				    what, (unsigned long long)l->filter);
	case EFAULT:
		return dbgmem__fail(&e, "%s: the buffer for the answer is not accessible",
				    what);
	default:
		return dbgmem__transfer_fail(m, DBGMEM_IOC_READ, &t, code,
					     what);
	}
}

/* @l says where and what, and where to put it. */
static int list(struct dbgmem *m, struct dbgmem_region_list *l)
{
	int ret;

	ret = dbgmem__feature(m, DBGMEM_FEATURE_REGION, "regions");
	if (ret)
		return ret;
	l->size = sizeof(*l);
	l->entry_size = sizeof(struct dbgmem_region);
	ret = dbgmem__node_ioctl(m->fd, DBGMEM_IOC_REGION_LIST, l);
	return ret ? region_fail(m, l, -ret) : 0;
}

static int one(struct dbgmem *m, uint64_t addr, uint64_t filter,
	       uint32_t flags, struct dbgmem_region *region, char *name,
	       size_t size)
{
	struct dbgmem_region r = { 0 };
	struct dbgmem_region_list l = {
		.flags = flags,
		.addr = addr,
		.filter = filter,
		.entries = (uintptr_t)&r,
		.nr_entries = 1,
		.names = (uintptr_t)name,
	};
	int ret;

	if (name && size) {
		*name = '\0';
		l.names_size = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
	}
	ret = list(m, &l);
	if (ret)
		return ret;
	if (l.nr)
		*region = r;
	return (int)l.nr;
}

DBGMEM_EXPORT int dbgmem_region_query(struct dbgmem *m, uint64_t addr,
				      uint64_t filter,
				      struct dbgmem_region *region, char *name,
				      size_t size)
{
	return one(m, addr, filter, DBGMEM_REGION_LIST_AT, region, name, size);
}

DBGMEM_EXPORT int dbgmem_region_next(struct dbgmem *m, uint64_t addr,
				     uint64_t filter,
				     struct dbgmem_region *region, char *name,
				     size_t size)
{
	return one(m, addr, filter, 0, region, name, size);
}

DBGMEM_EXPORT int dbgmem_region_change(struct dbgmem *m, uint64_t addr,
				       uint64_t filter, uint64_t *next)
{
	struct dbgmem_region r = { 0 };
	int ret;

	ret = one(m, addr, filter, 0, &r, NULL, 0);
	if (ret > 0)
		*next = r.start > addr ? r.start : r.end;
	return ret;
}

DBGMEM_EXPORT int dbgmem_region_valid(struct dbgmem *m, uint64_t addr,
				      uint64_t len, uint64_t filter,
				      uint64_t *start, uint64_t *valid)
{
	struct dbgmem_region r[BATCH_VALID];
	struct dbgmem_region_list l = {
		.flags = DBGMEM_REGION_LIST_CLIP,
		.addr = addr,
		.end = addr + len,	/* 2^64 is 0, which is what it means */
		.filter = filter,
		.entries = (uintptr_t)r,
		.nr_entries = BATCH_VALID,
	};
	const struct dbgmem_error e = {
		.code = EOVERFLOW,
		.source = DBGMEM_SOURCE_USAGE,
		.pid = m->pid,
	};
	uint64_t end = 0;
	bool found = false;
	uint32_t i;
	int ret;

	if (!len)
		return 0;
	if (len - 1 > UINT64_MAX - addr)
		return dbgmem__fail(&e, "cannot list what is mapped of %llu bytes at 0x%llx in process %d: address plus length exceeds 64 bits",
				    (unsigned long long)len,
				    (unsigned long long)addr, (int)m->pid);
	do {
		ret = list(m, &l);
		if (ret)
			return ret;
		for (i = 0; i < l.nr; i++) {
			if (found && r[i].start != end)
				break;
			if (!found)
				*start = r[i].start;
			found = true;
			end = r[i].end;
		}
		l.addr = l.next;
	} while (i == l.nr && l.more);
	if (found)
		*valid = end - *start;
	return found;
}

DBGMEM_EXPORT int dbgmem_regions_new(struct dbgmem *m, uint64_t addr,
				     uint64_t end, uint64_t filter,
				     unsigned int flags,
				     struct dbgmem_regions **out)
{
	struct dbgmem_regions *r;
	int ret;

	*out = NULL;
	if (flags & ~DBGMEM_REGIONS_NAMES)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot list what is mapped: unknown flags 0x%x",
			flags & ~DBGMEM_REGIONS_NAMES);
	r = malloc(sizeof(*r));
	if (!r)
		goto err_memory;
	r->m = m;
	r->pos = 0;
	r->names = NULL;
	if (flags & DBGMEM_REGIONS_NAMES) {
		r->names = malloc(BATCH_NAMES);
		if (!r->names)
			goto err_free;
	}
	r->list = (struct dbgmem_region_list){
		.addr = addr,
		.end = end,
		.filter = filter,
		.entries = (uintptr_t)r->region,
		.nr_entries = BATCH,
		.names = (uintptr_t)r->names,
		.names_size = r->names ? BATCH_NAMES : 0,
	};
	/* Whether it can be is found out here, not at the first one. */
	ret = list(m, &r->list);
	if (ret) {
		dbgmem_regions_free(r);
		return ret;
	}
	*out = r;
	return 0;

err_free:
	free(r);
err_memory:
	return dbgmem__fail_simple(ENOMEM, DBGMEM_SOURCE_SYSTEM,
				   "cannot list what is mapped: out of memory");
}

DBGMEM_EXPORT int dbgmem_regions_next(struct dbgmem_regions *r,
				      struct dbgmem_region *region,
				      const char **name)
{
	struct dbgmem_region_list *l = &r->list;
	const struct dbgmem_region *at;
	int ret;

	while (r->pos == l->nr) {
		if (!l->more)
			return 0;
		l->addr = l->next;
		l->flags = DBGMEM_REGION_LIST_CLIP;
		r->pos = 0;
		ret = list(r->m, l);
		if (ret) {
			/* Asked again it fails again. */
			l->nr = 0;
			l->next = l->addr;
			l->more = 1;
			return ret;
		}
	}
	at = &r->region[r->pos++];
	*region = *at;
	if (name)
		*name = at->name_len && !(at->flags & DBGMEM_REGION_LONG_NAME) ?
			r->names + at->name : "";
	return 1;
}

DBGMEM_EXPORT void dbgmem_regions_free(struct dbgmem_regions *r)
{
	if (!r)
		return;
	free(r->names);
	free(r);
}
