// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which pages of a process are there: /proc/PID/pagemap. Kernels since 6.7 pass over
 * what has no page tables in no time (PAGEMAP_SCAN). Before them each page is told of,
 * which takes seconds a TiB: the module says where there are tables.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "dbgmem.h"
#include "present.h"

/* Documentation/admin-guide/mm/pagemap.rst */
#define ENTRY_SWAPPED	(1ULL << 62)
#define ENTRY_PRESENT	(1ULL << 63)

/* The headers may be older than the kernel. */
#define SCAN_PRESENT	(1ULL << 3)
#define SCAN_SWAPPED	(1ULL << 4)
#define SCAN_ZERO	(1ULL << 5)

struct scan_region {
	uint64_t start, end, categories;
};

struct scan_arg {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t inverted, mask, anyof_mask, return_mask;
};

#define SCAN_IOCTL	_IOWR('f', 16, struct scan_arg)

/*
 * One call goes over at most so many bytes, and finds at most so many pages, in so
 * many runs: the kernel keeps the process from changing its mappings meanwhile, and looks at no
 * signal but a fatal one.
 */
#define SCAN_SPAN	(1ULL << 36)
#define SCAN_PAGES	16384
#define SCAN_RUNS	512

/* Fewer entries than these are not worth a call: small mappings have one or two. */
#define READ_LEAST	512

int dbgmem__present_open(struct dbgmem__present *p, int session, int dir,
			 uint64_t page_size, uint32_t flags)
{
	uint64_t entry;
	ssize_t n;

	p->fd = openat(dir, "pagemap", O_RDONLY | O_CLOEXEC);
	if (p->fd < 0)
		return -errno;
	p->session = session;
	p->page_size = page_size;
	p->flags = flags;
	p->scan = true;
	p->tables = session >= 0;
	dbgmem__present_forget(p);
	/* That of a first thread that has exited is empty. */
	n = pread(p->fd, &entry, sizeof(entry), 0);
	if (n == (ssize_t)sizeof(entry))
		return 0;
	n = n < 0 ? -errno : -ESRCH;
	dbgmem__present_close(p);
	return (int)n;
}

void dbgmem__present_close(struct dbgmem__present *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

void dbgmem__present_forget(struct dbgmem__present *p)
{
	p->from = 0;
	p->to = 0;
	p->nr = 0;
}

/* Pages from @start to @end, behind those that are known to be there. */
static void run_add(struct dbgmem__present *p, uint64_t start, uint64_t end)
{
	if (p->nr && p->run[p->nr - 1].end == start)
		p->run[p->nr - 1].end = end;
	else
		p->run[p->nr++] = (struct dbgmem__present_run){ start, end };
}

static int fill_by_scan(struct dbgmem__present *p, uint64_t addr, uint64_t end)
{
	struct scan_region region[SCAN_RUNS];
	const uint64_t wanted = p->flags & DBGMEM__PRESENT_RESIDENT ?
				SCAN_PRESENT : SCAN_PRESENT | SCAN_SWAPPED;
	const uint64_t without = p->flags & DBGMEM__PRESENT_NONZERO ?
				 SCAN_ZERO : 0;
	struct scan_arg arg = {
		.size = sizeof(arg),
		.start = addr,
		.end = end - addr < SCAN_SPAN ? end : addr + SCAN_SPAN,
		.vec = (uintptr_t)region,
		.vec_len = SCAN_RUNS,
		.max_pages = SCAN_PAGES,
		.inverted = without,
		.mask = without,
		.anyof_mask = wanted,
		.return_mask = wanted,
	};
	int nr, i;

	nr = ioctl(p->fd, SCAN_IOCTL, &arg);
	if (nr < 0)
		return -errno;
	if (arg.walk_end <= addr || arg.walk_end > arg.end)
		return -EIO;
	for (i = 0; i < nr; i++)
		run_add(p, region[i].start, region[i].end);
	p->to = arg.walk_end;
	return 0;
}

/* Where the first page tables are from @addr to @end, as far as one call goes. */
static void tables_find(struct dbgmem__present *p, uint64_t addr, uint64_t end,
			uint64_t *start, uint64_t *stop)
{
	struct dbgmem_region r = { 0 };
	struct dbgmem_region_list l = {
		.size = sizeof(l),
		.flags = DBGMEM_REGION_LIST_TABLES,
		.addr = addr,
		.end = end,
		.entries = (uintptr_t)&r,
		.nr_entries = 1,
		.entry_size = sizeof(r),
	};

	*start = addr;
	*stop = end;
	if (!p->tables)
		return;
	/* Whatever the reason is, pagemap tells it, too. */
	if (ioctl(p->session, DBGMEM_IOC_REGION_LIST, &l)) {
		p->tables = false;
		return;
	}
	*start = l.nr ? r.start : l.more ? l.next : end;
	if (l.nr)
		*stop = r.end;
}

static int fill_by_read(struct dbgmem__present *p, uint64_t addr, uint64_t end)
{
	const uint64_t wanted = p->flags & DBGMEM__PRESENT_RESIDENT ?
				ENTRY_PRESENT : ENTRY_PRESENT | ENTRY_SWAPPED;
	const uint64_t ps = p->page_size;
	size_t nr = DBGMEM__PRESENT_ENTRIES, i;
	uint64_t start, stop;
	ssize_t n;

	tables_find(p, addr, end, &start, &stop);
	if (start > addr) {
		p->to = start;
		return 0;
	}
	if (stop - addr < READ_LEAST * ps)
		stop = addr + READ_LEAST * ps < end ? addr + READ_LEAST * ps : end;
	if ((stop - addr) / ps < nr)
		nr = (size_t)((stop - addr) / ps);
	n = pread(p->fd, p->entry, nr * sizeof(p->entry[0]),
		  (off_t)(addr / ps * sizeof(p->entry[0])));
	if (n < 0)
		return -errno;
	nr = (size_t)n / sizeof(p->entry[0]);
	if (!nr)
		return -ESRCH;
	for (i = 0; i < nr; i++)
		if (p->entry[i] & wanted)
			run_add(p, addr + i * ps, addr + (i + 1) * ps);
	p->to = addr + nr * ps;
	return 0;
}

/*
 * What is behind @addr. Small mappings lie side by side: a few pages beyond @end
 * serve those that are asked for next.
 */
static int fill(struct dbgmem__present *p, uint64_t addr, uint64_t end)
{
	const uint64_t more = addr + DBGMEM__PRESENT_ENTRIES * p->page_size;
	int ret = -ENOTTY;

	dbgmem__present_forget(p);
	p->from = addr;
	p->to = addr;
	if (p->scan)
		ret = fill_by_scan(p, addr, end < more ? more : end);
	/* The last ones of the address space */
	if (ret == -EFAULT)
		ret = fill_by_scan(p, addr, end);
	/* An older kernel; or a file system in place of /proc, for a test. */
	if (ret == -ENOTTY || ret == -EINVAL) {
		p->scan = false;
		ret = fill_by_read(p, addr, end < more ? more : end);
	}
	return ret;
}

/* The first run that ends behind @addr, or the number of them. */
static size_t run_find(const struct dbgmem__present *p, uint64_t addr)
{
	size_t low = 0, high = p->nr, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (p->run[mid].end > addr)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

int dbgmem__present_at(struct dbgmem__present *p, uint64_t addr, uint64_t end,
		       uint64_t *until)
{
	bool there;
	size_t i;
	int ret;

	if (addr < p->from || addr >= p->to) {
		ret = fill(p, addr, end);
		if (ret)
			return ret;
	}
	i = run_find(p, addr);
	there = i < p->nr && p->run[i].start <= addr;
	if (i == p->nr)
		*until = p->to;
	else
		*until = there ? p->run[i].end : p->run[i].start;
	if (*until > end)
		*until = end;
	return there;
}
