// SPDX-License-Identifier: GPL-2.0
/*
 * Which pages a process has: /proc/PID/pagemap. Kernels since 6.7 go over what has no
 * page tables in no time (PAGEMAP_SCAN); others tell of each page, which takes
 * seconds a TiB.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "interrupt.h"
#include "pagemap.h"

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGE_SWAPPED	(1ULL << 62)
#define PAGE_PRESENT	(1ULL << 63)

/* The headers may be older than the kernel: struct pm_scan_arg. */
struct scan_arg {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t inverted, mask, anyof_mask, return_mask;
};

#define SCAN		_IOWR('f', 16, struct scan_arg)
#define SCAN_PRESENT	(1ULL << 3)
#define SCAN_SWAPPED	(1ULL << 4)
#define SCAN_ZERO	(1ULL << 5)

/*
 * Addresses that one call goes over: the kernel keeps the process from changing its
 * mappings meanwhile, and looks at no signal but a fatal one.
 */
#define SCAN_MAX	(1ULL << 36)

int pagemap_open(struct pagemap *p, int dir, uint64_t page_size)
{
	p->fd = openat(dir, "pagemap", O_RDONLY | O_CLOEXEC);
	if (p->fd < 0)
		return -errno;
	p->page_size = page_size;
	p->scan = true;
	pagemap_forget(p);
	return 0;
}

const char *pagemap_strerror(int code)
{
	return code == -ESRCH ? "it has exited or executed another program" :
				strerror(-code);
}

void pagemap_forget(struct pagemap *p)
{
	p->from = 0;
	p->to = 0;
	p->nr = 0;
	p->at = 0;
}

void pagemap_close(struct pagemap *p)
{
	close(p->fd);
}

static int fill_by_scan(struct pagemap *p, uint64_t addr, uint64_t end)
{
	struct scan_arg arg = {
		.size = sizeof(arg),
		.start = addr,
		.end = end - addr < SCAN_MAX ? end : addr + SCAN_MAX,
		.vec = (uintptr_t)p->run,
		.vec_len = sizeof(p->run) / sizeof(p->run[0]),
		.inverted = SCAN_ZERO,
		.mask = SCAN_ZERO,
		.anyof_mask = SCAN_PRESENT | SCAN_SWAPPED,
		.return_mask = SCAN_PRESENT,
	};
	int nr;

	nr = ioctl(p->fd, SCAN, &arg);
	if (nr < 0)
		return -errno;
	p->nr = (size_t)nr;
	/* walk_end may be where a part of the walk ended, not the last one. */
	p->to = p->nr < arg.vec_len ? arg.end : p->run[p->nr - 1].end;
	return 0;
}

static int fill_by_read(struct pagemap *p, uint64_t addr, uint64_t end)
{
	const uint64_t page = p->page_size;
	struct pagemap_run *run = NULL;
	size_t nr = PAGEMAP_ENTRIES, i;
	ssize_t n;

	if ((end - addr) / page < nr)
		nr = (size_t)((end - addr) / page);
	n = pread(p->fd, p->entry, nr * sizeof(p->entry[0]),
		  (off_t)(addr / page * sizeof(p->entry[0])));
	if (n < 0)
		return -errno;
	nr = (size_t)n / sizeof(p->entry[0]);
	if (!nr)
		return -ESRCH;
	for (i = 0; i < nr; i++) {
		if (!(p->entry[i] & (PAGE_PRESENT | PAGE_SWAPPED))) {
			run = NULL;
			continue;
		}
		if (!run) {
			run = &p->run[p->nr++];
			run->start = addr + i * page;
		}
		run->end = addr + (i + 1) * page;
	}
	p->to = addr + nr * page;
	return 0;
}

/*
 * What is behind @addr. Small mappings lie side by side: a few pages beyond @end
 * serve those that are asked for next.
 */
static int fill(struct pagemap *p, uint64_t addr, uint64_t end)
{
	const uint64_t more = addr + PAGEMAP_ENTRIES * p->page_size;
	int ret = -ENOTTY;

	pagemap_forget(p);
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
	if (!ret)
		p->from = addr;
	return ret;
}

/* The run that ends behind @addr, or NULL: there is none up to p->to. */
static const struct pagemap_run *run_find(struct pagemap *p, uint64_t addr)
{
	if (p->at && p->run[p->at - 1].end > addr)
		p->at = 0;
	while (p->at < p->nr && p->run[p->at].end <= addr)
		p->at++;
	return p->at < p->nr ? &p->run[p->at] : NULL;
}

int pagemap_run(struct pagemap *p, uint64_t addr, uint64_t end, uint64_t max,
		uint64_t *start, uint64_t *len)
{
	const struct pagemap_run *run;
	uint64_t last;
	int ret;

	for (; addr < end; addr = p->to) {
		if (interrupt_seen())
			return -EINTR;
		if (addr < p->from || addr >= p->to) {
			ret = fill(p, addr, end);
			if (ret)
				return ret;
		}
		run = run_find(p, addr);
		if (!run)
			continue;
		if (run->start >= end)
			return 0;
		*start = run->start > addr ? run->start : addr;
		last = run->end < end ? run->end : end;
		*len = last - *start < max ? last - *start : max;
		return 1;
	}
	return 0;
}
