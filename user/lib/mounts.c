// SPDX-License-Identifier: LGPL-2.1-or-later
/* File systems that answer without asking a process. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "mounts.h"

/* Whoever mounts FUSE answers when it likes. */
static const char *const types[] = {
	"overlay", "rootfs", "tmpfs", "ramfs", "hugetlbfs", "devtmpfs", "ext2",
	"ext3", "ext4", "xfs", "btrfs", "f2fs", "zfs", "jfs", "vfat", "exfat",
	"iso9660", "squashfs", "erofs",
};

/*
 * The first of them may have files of FUSE. Here only the administrator mounts it;
 * in a namespace of his own every user does.
 */
#define OWN_ONLY	1

/* Longer than any list of mounts that a kernel allows by default. */
#define MOUNTS_MAX	(1U << 17)

static void device_add(struct dbgmem__mounts *m, uint32_t major, uint32_t minor)
{
	if (m->nr == sizeof(m->device) / sizeof(m->device[0]))
		return;
	m->device[m->nr].major = major;
	m->device[m->nr++].minor = minor;
}

bool dbgmem__mounts_local(const struct dbgmem__mounts *m, uint32_t major,
			  uint32_t minor)
{
	size_t i;

	for (i = 0; i < m->nr; i++)
		if (m->device[i].major == major && m->device[i].minor == minor)
			return true;
	return false;
}

/* "36 35 98:0 / /mnt rw,noatime master:1 - ext3 /dev/root rw"; blanks are \040. */
static void parse_mount(struct dbgmem__mounts *m, const char *line, bool own)
{
	const char *type = strstr(line, " - ");
	unsigned int major, minor;
	size_t i, len;

	if (!type || sscanf(line, "%*d %*d %u:%u ", &major, &minor) != 2 ||
	    dbgmem__mounts_local(m, major, minor))
		return;
	type += strlen(" - ");
	len = strcspn(type, " ");
	for (i = own ? 0 : OWN_ONLY; i < sizeof(types) / sizeof(types[0]); i++)
		if (strlen(types[i]) == len && !strncmp(types[i], type, len))
			device_add(m, major, minor);
}

static void parse_all(struct dbgmem__mounts *m, int fd, bool own)
{
	unsigned int nr = 0;
	char *line = NULL;
	size_t room = 0;
	FILE *f;

	if (fd < 0)
		return;
	f = fdopen(fd, "r");
	if (!f) {
		close(fd);
		return;
	}
	while (nr++ < MOUNTS_MAX && getline(&line, &room, f) > 0)
		parse_mount(m, line, own);
	free(line);
	fclose(f);
}

void dbgmem__mounts_read(struct dbgmem__mounts *m, int dir)
{
	const int fd = memfd_create("shared", MFD_CLOEXEC);
	struct stat st;

	m->nr = 0;
	/* The file system of shared memory without a name is mounted nowhere. */
	if (fd >= 0 && !fstat(fd, &st))
		device_add(m, major(st.st_dev), minor(st.st_dev));
	if (fd >= 0)
		close(fd);
	parse_all(m, open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC), true);
	parse_all(m, openat(dir, "mountinfo", O_RDONLY | O_CLOEXEC), false);
}
