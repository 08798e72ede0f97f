// SPDX-License-Identifier: LGPL-2.1-or-later
/* What reading an address of the target would do. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "backing.h"
#include "extent.h"
#include "present.h"

/* What is known of so many bytes of data is not yet old when they are read. */
#define DATA_MAX	(64ULL << 20)

/* Threads that are tried where the first one has exited. */
#define THREADS_MAX	64

struct dbgmem__extents {
	struct dbgmem *m;
	uint32_t flags;
	int dir;			/* /proc/PID */
	struct dbgmem_region region;	/* the last one; none if its end is 0 */
	struct dbgmem__backing backing;	/* of that */
	struct dbgmem__mounts mounts;	/* none before the first file */
	struct dbgmem__present present;
	char name[4096];
};

static void dir_close(struct dbgmem__extents *e)
{
	dbgmem__present_close(&e->present);
	if (e->dir >= 0)
		close(e->dir);
	e->dir = -1;
}

static int dir_open(struct dbgmem__extents *e, long id)
{
	char path[32];
	int ret;

	snprintf(path, sizeof(path), "/proc/%ld", id);
	e->dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (e->dir < 0)
		return -errno;
	ret = dbgmem__present_open(&e->present, e->m->fd, e->dir,
				   e->m->page_size,
				   e->flags & DBGMEM_NOFAULT ?
				   DBGMEM__PRESENT_RESIDENT :
				   DBGMEM__PRESENT_NONZERO);
	if (ret)
		dir_close(e);
	return ret;
}

/* The first thread has exited, and took this away: that of another. */
static int dir_open_thread(struct dbgmem__extents *e)
{
	int ret = -ESRCH, tries = THREADS_MAX;
	struct dirent *d;
	char path[32];
	DIR *tasks;
	long tid;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)e->m->pid);
	tasks = opendir(path);
	if (!tasks)
		return -errno;
	while (ret && tries && (d = readdir(tasks))) {
		tid = strtol(d->d_name, NULL, 10);
		if (tid <= 0 || tid == e->m->pid)
			continue;
		ret = dir_open(e, tid);
		/* Its number may be another process's by now. */
		if (!ret && faccessat(dirfd(tasks), d->d_name, F_OK, 0)) {
			dir_close(e);
			ret = -ESRCH;
		}
		tries--;
	}
	closedir(tasks);
	return ret;
}

/* 0, or the negative errno that transfers fail with: what it was is over. */
static int target_check(const struct dbgmem__extents *e)
{
	const struct dbgmem_transfer t = { 0 };
	struct dbgmem_session_info info = { .size = sizeof(info) };
	char what[64];
	int ret;

	ret = dbgmem_get_session_info(e->m, &info);
	if (ret || info.state == DBGMEM_STATE_ATTACHED)
		return ret;
	snprintf(what, sizeof(what), "cannot read memory of process %d",
		 (int)e->m->pid);
	return dbgmem__transfer_fail(e->m, DBGMEM_IOC_READ, &t,
				     info.state == DBGMEM_STATE_EXECED ?
				     ESTALE : ESRCH, what);
}

struct dbgmem__extents *dbgmem__extents_new(struct dbgmem *m, uint32_t flags)
{
	struct dbgmem__extents *e;
	int ret;

	if (!(m->features & DBGMEM_FEATURE_REGION))
		return NULL;
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	e->m = m;
	e->flags = flags;
	e->dir = -1;
	e->present.fd = -1;
	e->backing.fd = -1;
	ret = dir_open(e, m->pid);
	if (ret == -ESRCH)
		ret = dir_open_thread(e);
	/* What was opened is of the session's target as long as that runs. */
	if (ret || target_check(e)) {
		dbgmem__extents_free(e);
		return NULL;
	}
	return e;
}

void dbgmem__extents_free(struct dbgmem__extents *e)
{
	if (!e)
		return;
	dbgmem__backing_close(&e->backing);
	dir_close(e);
	free(e);
}

static bool same_mapping(const struct dbgmem_region *a,
			 const struct dbgmem_region *b)
{
	return a->start == b->start && a->end == b->end &&
	       a->offset == b->offset && a->inode == b->inode &&
	       a->flags == b->flags;
}

/* Of hugetlbfs holes cannot be told. */
static bool has_backing(const struct dbgmem__extents *e)
{
	return e->region.flags & DBGMEM_REGION_FILE &&
	       !(e->region.flags & DBGMEM_REGION_HUGETLB) &&
	       !(e->flags & DBGMEM_NOFAULT);
}

/*
 * The region that @addr is in, as e->region: 1; 0 if it is in none, up to *@gap; or a
 * negative errno.
 */
static int region_find(struct dbgmem__extents *e, uint64_t addr, uint64_t *gap)
{
	const uint64_t filter = e->flags & DBGMEM_FORCE ? 0 : DBGMEM_REGION_READ;
	struct dbgmem_region r;
	int ret;

	ret = dbgmem_region_next(e->m, addr, filter, &r, e->name,
				 sizeof(e->name));
	if (ret < 0)
		return ret;
	if (!ret || r.start > addr) {
		*gap = ret ? r.start : UINT64_MAX;
		return 0;
	}
	if (same_mapping(&r, &e->region))
		return 1;
	dbgmem__backing_close(&e->backing);
	e->region = r;
	if (!has_backing(e))
		return 1;
	if (!e->mounts.nr)
		dbgmem__mounts_read(&e->mounts, e->dir);
	dbgmem__backing_open(&e->backing, &e->mounts, e->dir, &r, e->name);
	return 1;
}

static enum dbgmem__extent_kind kind_of_absent(const struct dbgmem__extents *e,
					       enum dbgmem__backing_kind kind)
{
	const uint32_t flags = e->region.flags;

	if (e->flags & DBGMEM_NOFAULT)
		return DBGMEM__EXTENT_ABSENT;
	if (has_backing(e))
		return kind == DBGMEM__BACKING_ZERO ? DBGMEM__EXTENT_ZERO :
		       kind == DBGMEM__BACKING_NONE ? DBGMEM__EXTENT_NONE :
						      DBGMEM__EXTENT_ABSENT;
	/* Another process may have put it there. */
	return flags & DBGMEM_REGION_SHARED ? DBGMEM__EXTENT_ABSENT :
					      DBGMEM__EXTENT_ZERO;
}

/* The page at @page, which is in the region, and those up to @end. */
static int page_look(struct dbgmem__extents *e, uint64_t page, uint64_t end,
		     struct dbgmem__extent *x)
{
	enum dbgmem__backing_kind backing = DBGMEM__BACKING_UNKNOWN;
	const uint64_t ps = e->m->page_size;
	int there;

	x->kind = DBGMEM__EXTENT_DATA;
	x->end = end;
	/* A device's, which somebody has asked for, or the vdso. */
	if (e->region.flags & (DBGMEM_REGION_SPECIAL | DBGMEM_REGION_KERNEL))
		return 0;
	if (has_backing(e))
		backing = dbgmem__backing_at(&e->backing, &e->region, ps, page,
					     end, &x->end);
	if (backing == DBGMEM__BACKING_DATA)
		return 0;
	there = dbgmem__present_at(&e->present, page, x->end, &x->end);
	if (there < 0)
		return dbgmem__fail_simple(-there, DBGMEM_SOURCE_SYSTEM,
			"cannot see which pages process %d has: reading its pagemap failed",
			(int)e->m->pid);
	if (there)
		return 0;
	x->kind = kind_of_absent(e, backing);
	/* Nothing is there of what has ended, either. */
	return target_check(e);
}

int dbgmem__extent_at(struct dbgmem__extents *e, uint64_t addr, uint64_t end,
		      struct dbgmem__extent *x)
{
	const uint64_t ps = e->m->page_size, page = addr - addr % ps;
	uint64_t last = end, gap;
	int ret;

	ret = region_find(e, addr, &gap);
	if (ret < 0)
		return ret;
	if (!ret) {
		x->kind = DBGMEM__EXTENT_NONE;
		x->end = gap < end ? gap : end;
		return 0;
	}
	if (last > e->region.end)
		last = e->region.end;
	/* Whole pages, which a region is made of. */
	else if (last % ps)
		last += ps - last % ps;
	ret = page_look(e, page, last, x);
	if (ret)
		return ret;
	if (x->kind == DBGMEM__EXTENT_DATA && x->end - addr > DATA_MAX)
		x->end = addr + DATA_MAX;
	if (x->end > end)
		x->end = end;
	return 0;
}
