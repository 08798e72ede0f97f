/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of a shared mapping that have data: its file may have holes. */
#ifndef DBGMEM_DATAMAP_H
#define DBGMEM_DATAMAP_H

#include <stdint.h>

#include <backing.h>
#include <dbgmem.h>

/*
 * Open the file that is mapped at @region, whatever its name; @dir is /proc/PID.
 * Returns a descriptor, or a negative errno: -EPERM, only root may; -EAGAIN, a process
 * has a lease on it; -EOPNOTSUPP, its file system may block an open(). This never
 * blocks.
 */
int datamap_open(const struct dbgmem__mounts *mounts, int dir,
		 const struct dbgmem_region *region);

/*
 * Find the first pages from @addr to @end for which the file @fd has data. Returns 1,
 * with *@start and *@len in bytes; 0 if there are none; or a negative errno.
 */
int datamap_run(int fd, const struct dbgmem_region *region, uint64_t addr,
		uint64_t end, uint64_t page_size, uint64_t *start,
		uint64_t *len);

#endif /* DBGMEM_DATAMAP_H */
