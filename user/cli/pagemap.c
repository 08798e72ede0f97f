// SPDX-License-Identifier: GPL-2.0
/* Which pages a process has: /proc/PID/pagemap. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "pagemap.h"

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGE_FILE	(1ULL << 61)	/* of a file, or shared */
#define PAGE_SWAPPED	(1ULL << 62)
#define PAGE_PRESENT	(1ULL << 63)

int pagemap_open(struct pagemap *p, int dir, uint64_t page_size)
{
	p->fd = openat(dir, "pagemap", O_RDONLY | O_CLOEXEC);
	if (p->fd < 0)
		return -errno;
	p->page_size = page_size;
	p->nr = 0;
	return 0;
}

const char *pagemap_strerror(int code)
{
	return code == -ESRCH ? "it has exited or executed another program" :
				strerror(-code);
}

void pagemap_forget(struct pagemap *p)
{
	p->nr = 0;
}

void pagemap_close(struct pagemap *p)
{
	close(p->fd);
}

/* The entries from @page on, up to @end at most. */
static int fill(struct pagemap *p, uint64_t page, uint64_t end)
{
	size_t nr = end - page < PAGEMAP_ENTRIES ? (size_t)(end - page) :
						   PAGEMAP_ENTRIES;
	ssize_t n;

	p->nr = 0;
	n = pread(p->fd, p->entry, nr * sizeof(p->entry[0]),
		  (off_t)(page * sizeof(p->entry[0])));
	if (n < 0)
		return -errno;
	if ((size_t)n < sizeof(p->entry[0]))
		return -ESRCH;
	p->first = page;
	p->nr = (size_t)n / sizeof(p->entry[0]);
	return 0;
}

static bool is_there(uint64_t entry, bool own)
{
	return entry & (PAGE_PRESENT | PAGE_SWAPPED) &&
	       !(own && entry & PAGE_FILE);
}

int pagemap_run(struct pagemap *p, uint64_t addr, uint64_t end, uint64_t max,
		bool own, uint64_t *start, uint64_t *len)
{
	uint64_t page = addr / p->page_size, first = 0;
	uint64_t last = end / p->page_size;
	bool in = false;
	int ret;

	max /= p->page_size;
	for (; page < last; page++) {
		if (page < p->first || page - p->first >= p->nr) {
			ret = fill(p, page, last);
			if (ret)
				return ret;
		}
		if (is_there(p->entry[page - p->first], own) == in)
			continue;
		if (in)
			break;
		in = true;
		first = page;
		if (last - page > max)
			last = page + max;
	}
	if (!in)
		return 0;
	*start = first * p->page_size;
	*len = (page - first) * p->page_size;
	return 1;
}
