// SPDX-License-Identifier: GPL-2.0
#include "cgroup.h"

const char *cgroup_start(void)
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

int cgroup_enter(const char *limit)
{
	return mlockall(MCL_CURRENT) ||
	       file_write(CGROUP "/small/memory.max", limit) ||
	       file_write(CGROUP "/small/cgroup.procs", "0");
}

void cgroup_stop(void)
{
	rmdir(CGROUP "/small");
	umount2(CGROUP, MNT_DETACH);
	rmdir(CGROUP);
}
