// SPDX-License-Identifier: GPL-2.0
/* Which parts of a shared mapping have data: holes of its file. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "datamap.h"

/*
 * Whoever mounts FUSE answers when it likes, and a file of overlayfs may be one of
 * FUSE.
 */
static const char *const types[] = {
	"tmpfs", "ramfs", "hugetlbfs", "ext2", "ext3", "ext4", "xfs", "btrfs",
	"f2fs", "zfs",
};

/* Longer than any list of mounts that a kernel allows by default. */
#define MOUNTS_MAX	(1U << 17)

static void device_add(struct datamap_devices *d, uint32_t major,
		       uint32_t minor)
{
	if (d->nr == sizeof(d->device) / sizeof(d->device[0]))
		return;
	d->device[d->nr].major = major;
	d->device[d->nr++].minor = minor;
}

static bool known(const struct datamap_devices *d, uint32_t major,
		  uint32_t minor)
{
	size_t i;

	for (i = 0; i < d->nr; i++)
		if (d->device[i].major == major && d->device[i].minor == minor)
			return true;
	return false;
}

/* "36 35 98:0 / /mnt rw,noatime master:1 - ext3 /dev/root rw"; blanks are \040. */
static void parse_mount(struct datamap_devices *d, const char *line)
{
	const char *type = strstr(line, " - ");
	unsigned int major, minor;
	size_t i, len;

	if (!type || sscanf(line, "%*d %*d %u:%u ", &major, &minor) != 2 ||
	    known(d, major, minor))
		return;
	type += strlen(" - ");
	len = strcspn(type, " ");
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strlen(types[i]) == len && !strncmp(types[i], type, len))
			device_add(d, major, minor);
}

void datamap_begin(struct datamap_devices *d)
{
	const int fd = memfd_create("shared", MFD_CLOEXEC);
	unsigned int nr = 0;
	char *line = NULL;
	size_t room = 0;
	struct stat st;
	FILE *f;

	d->nr = 0;
	/* The file system of shared memory without a name is mounted nowhere. */
	if (fd >= 0 && !fstat(fd, &st))
		device_add(d, major(st.st_dev), minor(st.st_dev));
	if (fd >= 0)
		close(fd);
	f = fopen("/proc/self/mountinfo", "re");
	while (f && nr++ < MOUNTS_MAX && getline(&line, &room, f) > 0)
		parse_mount(d, line);
	free(line);
	if (f)
		fclose(f);
}

int datamap_open(const struct datamap_devices *d, int dir,
		 const struct dbgmem_region *region)
{
	char name[64];
	struct stat st;
	int fd, path;

	if (!known(d, region->dev_major, region->dev_minor))
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
