// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups with little memory, of which targets are members: CGROUPS in
 * which it is short, so that pages are swapped out, and one that has none to
 * spare, and no swap: who asks for more there is killed.
 */
#include "torture.h"

#include <sys/mount.h>
#include <sys/stat.h>

#define ROOT	"/tmp/dbgmem-cgroup"

static void path(char *p, size_t size, int i, const char *file)
{
	snprintf(p, size, ROOT "/%d%s%s", i, file ? "/" : "", file ?: "");
}

static int set(int i, const char *file, const char *value)
{
	char p[100];

	path(p, sizeof(p), i, file);
	return file_write(p, value);
}

static bool limit(int i, const char *high, const char *max, const char *swap)
{
	char p[100];

	path(p, sizeof(p), i, NULL);
	return (!mkdir(p, 0755) || errno == EEXIST) &&
	       !set(i, "memory.high", high) && !set(i, "memory.max", max) &&
	       !set(i, "memory.swap.max", swap);
}

bool cgroup_make(void)
{
	int i;

	mkdir(ROOT, 0755);
	if (mount("dbgmem", ROOT, "cgroup2", 0, NULL) && errno != EBUSY)
		return false;
	if (file_write(ROOT "/cgroup.subtree_control", "+memory"))
		return false;
	for (i = 0; i < CGROUPS; i++)
		if (!limit(i, "7M", "12M", "max"))
			return false;
	return limit(CGROUP_OOM, "max", "8M", "0");
}

/* The calling process, with what it will allocate. */
bool cgroup_join(int i)
{
	return !set(i, "cgroup.procs", "0");
}

/* When nobody is in them any more. */
bool cgroup_remove(void)
{
	bool ret = true;
	char p[100];
	int i;

	for (i = 0; i <= CGROUP_OOM; i++) {
		path(p, sizeof(p), i, NULL);
		ret &= !rmdir(p);
	}
	ret &= !file_write(ROOT "/cgroup.subtree_control", "-memory");
	return !umount(ROOT) && !rmdir(ROOT) && ret;
}
