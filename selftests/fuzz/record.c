// SPDX-License-Identifier: GPL-2.0
#include "record.h"
#include "program.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* QEMU's ivshmem-plain */
#define IDS		"0x1af4\n0x1110\n"
#define NR_RECORDS	64

static char *memory;

static void read_id(const char *dir, const char *name, char *to, size_t size)
{
	char path[160];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, to, size - 1);
		close(fd);
	}
	to[n > 0 ? n : 0] = 0;
}

static bool map_device(const char *dir)
{
	size_t size = NR_RECORDS * MAX_TEXT;
	char path[160];
	int fd;

	snprintf(path, sizeof(path), "%s/resource2", dir);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return false;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (memory == MAP_FAILED) {
		memory = NULL;
		return false;
	}
	/* not for those whose program it is */
	madvise(memory, size, MADV_DONTFORK);
	memset(memory, '\n', size);
	return true;
}

bool record_init(void)
{
	char ids[32];
	size_t i;
	glob_t g;

	if (glob("/sys/bus/pci/devices/*", 0, NULL, &g))
		return false;
	for (i = 0; i < g.gl_pathc && !memory; i++) {
		read_id(g.gl_pathv[i], "vendor", ids, sizeof(ids));
		read_id(g.gl_pathv[i], "device", ids + strlen(ids),
			sizeof(ids) - strlen(ids));
		if (!strcmp(ids, IDS))
			map_device(g.gl_pathv[i]);
	}
	globfree(&g);
	return memory;
}

void record(unsigned long number, const char *text)
{
	char *at = memory + number % NR_RECORDS * MAX_TEXT;

	if (memory)
		snprintf(at, MAX_TEXT, "%lu %s\n", number, text);
}
