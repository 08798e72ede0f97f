/* SPDX-License-Identifier: GPL-2.0 */
/* A cgroup whose memory is counted, and may be short. */
#ifndef SELFTESTS_CGROUP_H
#define SELFTESTS_CGROUP_H

#include "proc.h"

#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define CGROUP	"/tmp/cgroup-test"

/*
 * Make a memory cgroup CGROUP "/small" without processes; or return the reason
 * why not.
 */
const char *cgroup_start(void);

/*
 * Join it with @limit bytes of memory. Pages that a child still shares with its
 * parent are copied first; otherwise copying them later could exceed the limit.
 */
int cgroup_enter(const char *limit);
void cgroup_stop(void);

#endif /* SELFTESTS_CGROUP_H */
