// SPDX-License-Identifier: LGPL-2.1-or-later
/* The file that a region maps, and where that has data. */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "backing.h"

/* Which device is that, without asking its file system? */
static bool is_local(const struct dbgmem__mounts *mounts, int fd)
{
	struct statx st;

	return !statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_INO,
		      &st) &&
	       dbgmem__mounts_local(mounts, st.stx_dev_major, st.stx_dev_minor);
}

/*
 * An absolute path, one component after the other: what is mounted on the way may
 * be somebody's file system, which is not entered. A descriptor or -1.
 */
static int walk(const struct dbgmem__mounts *mounts, const char *path)
{
	int fd = open("/", O_PATH | O_CLOEXEC), next;
	char name[NAME_MAX + 1];
	size_t len;

	while (fd >= 0 && *(path += strspn(path, "/"))) {
		len = strcspn(path, "/");
		next = -1;
		if (len <= NAME_MAX && is_local(mounts, fd)) {
			memcpy(name, path, len);
			name[len] = '\0';
			next = openat(fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		}
		close(fd);
		fd = next;
		path += len;
	}
	return fd;
}

int dbgmem__backing_path(const struct dbgmem__mounts *mounts, int dir,
			 const struct dbgmem_region *region)
{
	char link[64];
	int path;

	if (!dbgmem__mounts_local(mounts, region->dev_major, region->dev_minor))
		return -EOPNOTSUPP;
	snprintf(link, sizeof(link), "map_files/%llx-%llx",
		 (unsigned long long)region->start,
		 (unsigned long long)region->end);
	path = openat(dir, link, O_PATH | O_CLOEXEC);
	return path < 0 ? -errno : path;
}

int dbgmem__backing_regular(int path)
{
	char link[32];
	struct stat st;
	int fd;

	if (fstat(path, &st) || !S_ISREG(st.st_mode))
		return -EOPNOTSUPP;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", path);
	fd = open(link, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int path_open(const struct dbgmem__mounts *mounts, int dir,
		     const struct dbgmem_region *region, const char *name)
{
	int path = dbgmem__backing_path(mounts, dir, region);
	struct stat st;

	if (path >= 0 || path == -EOPNOTSUPP || *name != '/' ||
	    region->flags & DBGMEM_REGION_DELETED)
		return path;
	/* Of btrfs stat(2) tells another device, and the file is not taken. */
	path = walk(mounts, name);
	if (path >= 0 && is_local(mounts, path) && !fstat(path, &st) &&
	    st.st_ino == region->inode)
		return path;
	if (path >= 0)
		close(path);
	return -1;
}

void dbgmem__backing_open(struct dbgmem__backing *b,
			  const struct dbgmem__mounts *mounts, int dir,
			  const struct dbgmem_region *region, const char *name)
{
	const int path = path_open(mounts, dir, region, name);
	struct stat st;
	int fd;

	b->fd = -1;
	b->zero = false;
	if (path < 0)
		return;
	b->zero = !fstat(path, &st) && S_ISCHR(st.st_mode) &&
		  st.st_rdev == makedev(1, 5);
	fd = dbgmem__backing_regular(path);
	b->fd = fd < 0 ? -1 : fd;
	close(path);
}

void dbgmem__backing_close(struct dbgmem__backing *b)
{
	if (b->fd >= 0)
		close(b->fd);
	b->fd = -1;
	b->zero = false;
}

/* Offset @off of the file, in whole pages, as an address of the region. */
static uint64_t addr_of(const struct dbgmem_region *r, uint64_t off,
			uint64_t page_size, bool up)
{
	if (up && off % page_size)
		off += page_size - off % page_size;
	off -= off % page_size;
	if (off < r->offset)
		return r->start;
	return off - r->offset > r->end - r->start ? r->end :
						     r->start + (off - r->offset);
}

static uint64_t lower(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

enum dbgmem__backing_kind
dbgmem__backing_at(const struct dbgmem__backing *b,
		   const struct dbgmem_region *region, uint64_t page_size,
		   uint64_t addr, uint64_t end, uint64_t *until)
{
	const off_t off = (off_t)(region->offset + (addr - region->start));
	uint64_t eof, data;
	struct stat st;
	off_t at;

	*until = end;
	if (b->zero)
		return DBGMEM__BACKING_ZERO;
	if (b->fd < 0 || off < 0 || fstat(b->fd, &st))
		return DBGMEM__BACKING_UNKNOWN;
	eof = addr_of(region, (uint64_t)st.st_size, page_size, true);
	if (addr >= eof)
		return DBGMEM__BACKING_NONE;
	*until = lower(end, eof);
	at = lseek(b->fd, off, SEEK_DATA);
	if (at < 0)
		return errno == ENXIO ? DBGMEM__BACKING_ZERO :
					DBGMEM__BACKING_UNKNOWN;
	data = addr_of(region, (uint64_t)at, page_size, false);
	if (data > addr) {
		*until = lower(*until, data);
		return DBGMEM__BACKING_ZERO;
	}
	at = lseek(b->fd, at, SEEK_HOLE);
	/* It has become a hole meanwhile: the page is all that is known. */
	if (at < 0)
		*until = lower(*until, addr + page_size);
	else
		*until = lower(*until, addr_of(region, (uint64_t)at, page_size,
					       true));
	return DBGMEM__BACKING_DATA;
}
