/* SPDX-License-Identifier: GPL-2.0 */
/* A cgroup whose memory is counted, and may be short. */
#ifndef SELFTESTS_CGROUP_H
#define SELFTESTS_CGROUP_H

#include "proc.h"

#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define CGROUP	"/tmp/cgroup-test"

/* A memory cgroup, CGROUP "/small", with nobody in it; or why there is none. */
static inline const char *cgroup_start(void)
{
	if (mkdir(CGROUP, 0700) && errno != EEXIST)
		return "cannot create a directory";
	if (mount("none", CGROUP, "cgroup2", 0, NULL))
		return "the kernel has no cgroup2";
	if (file_write(CGROUP "/cgroup.subtree_control", "+memory"))
		return "no memory controller";
	if (mkdir(CGROUP "/small", 0700) && errno != EEXIST)
		return "cannot create a cgroup";
	return NULL;
}

/*
 * Go there, where @limit is all the memory that there is. What a child still shares
 * with its parent is copied before: else that could be what is too much.
 */
static inline int cgroup_enter(const char *limit)
{
	return mlockall(MCL_CURRENT) ||
	       file_write(CGROUP "/small/memory.max", limit) ||
	       file_write(CGROUP "/small/cgroup.procs", "0");
}

static inline void cgroup_stop(void)
{
	rmdir(CGROUP "/small");
	umount2(CGROUP, MNT_DETACH);
	rmdir(CGROUP);
}

#endif /* SELFTESTS_CGROUP_H */
