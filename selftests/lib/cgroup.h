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
const char *cgroup_start(void);

/*
 * Go there, where @limit is all the memory that there is. What a child still shares
 * with its parent is copied before: else that could be what is too much.
 */
int cgroup_enter(const char *limit);
void cgroup_stop(void);

#endif /* SELFTESTS_CGROUP_H */
