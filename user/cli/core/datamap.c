// SPDX-License-Identifier: GPL-2.0
/* The parts of a shared mapping that have data: its file may have holes. */
#define _GNU_SOURCE
#include <errno.h>
#include <unistd.h>

#include "core/datamap.h"

int datamap_open(const struct dbgmem__mounts *mounts, int dir,
		 const struct dbgmem_region *region)
{
	int fd, path = dbgmem__backing_path(mounts, dir, region);

	if (path < 0)
		return path;
	fd = dbgmem__backing_regular(path);
	close(path);
	return fd;
}

int datamap_run(int fd, const struct dbgmem_region *region, uint64_t addr,
		uint64_t end, uint64_t page_size, uint64_t *start,
		uint64_t *len)
{
	const uint64_t to = region->offset + (end - region->start);
	uint64_t from = region->offset + (addr - region->start);
	off_t data, hole;

	if (addr >= end)
		return 0;
	data = lseek(fd, (off_t)from, SEEK_DATA);
	if (data < 0)
		return errno == ENXIO ? 0 : -errno;
	hole = lseek(fd, data, SEEK_HOLE);
	if (hole < 0)
		return errno == ENXIO ? 0 : -errno;
	/* A block of the file may be smaller than a page. */
	if ((uint64_t)data / page_size * page_size > from)
		from = (uint64_t)data / page_size * page_size;
	if (from >= to)
		return 0;
	hole = (off_t)(((uint64_t)hole + page_size - 1) / page_size * page_size);
	*start = region->start + (from - region->offset);
	*len = ((uint64_t)hole < to ? (uint64_t)hole : to) - from;
	return 1;
}
