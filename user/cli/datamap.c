// SPDX-License-Identifier: GPL-2.0
/* Which parts of a shared mapping have data: holes of its file. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "datamap.h"

int datamap_open(const struct dbgmem__mounts *mounts, int dir,
		 const struct dbgmem_region *region)
{
	char name[64];
	struct stat st;
	int fd, path;

	if (!dbgmem__mounts_local(mounts, region->dev_major, region->dev_minor))
		return -EOPNOTSUPP;
	snprintf(name, sizeof(name), "map_files/%llx-%llx",
		 (unsigned long long)region->start,
		 (unsigned long long)region->end);
	path = openat(dir, name, O_PATH | O_CLOEXEC);
	if (path < 0)
		return -errno;
	/* A device might take it for a request to do something. */
	fd = -EOPNOTSUPP;
	if (!fstat(path, &st) && S_ISREG(st.st_mode)) {
		snprintf(name, sizeof(name), "/proc/self/fd/%d", path);
		fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			fd = -errno;
	}
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
	/* Blocks of the file may be smaller than pages. */
	if ((uint64_t)data / page_size * page_size > from)
		from = (uint64_t)data / page_size * page_size;
	if (from >= to)
		return 0;
	hole = (off_t)(((uint64_t)hole + page_size - 1) / page_size * page_size);
	*start = region->start + (from - region->offset);
	*len = ((uint64_t)hole < to ? (uint64_t)hole : to) - from;
	return 1;
}
