/* SPDX-License-Identifier: GPL-2.0 */
/* Which parts of a shared mapping have data: holes of its file. */
#ifndef DBGMEM_DATAMAP_H
#define DBGMEM_DATAMAP_H

#include <stdint.h>

#include <dbgmem.h>

#include "backing.h"

/*
 * The file that is mapped at @region, whatever its name; @dir is /proc/PID. A
 * descriptor, or a negative errno: -EPERM, only root may; -EAGAIN, a process has a
 * lease on it; -EOPNOTSUPP, it is of a file system that may keep waiting who opens
 * it. It never waits.
 */
int datamap_open(const struct dbgmem__mounts *mounts, int dir,
		 const struct dbgmem_region *region);

/*
 * The first pages from @addr to @end that the file @fd has data for. 1, *@start and
 * *@len, in bytes; 0 if there are none; or a negative errno.
 */
int datamap_run(int fd, const struct dbgmem_region *region, uint64_t addr,
		uint64_t end, uint64_t page_size, uint64_t *start,
		uint64_t *len);

#endif /* DBGMEM_DATAMAP_H */
