/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file that a region maps, and where that has data. */
#ifndef DBGMEM_BACKING_H
#define DBGMEM_BACKING_H

#include <stdbool.h>
#include <stdint.h>

#include "dbgmem.h"
#include "mounts.h"

#pragma GCC visibility push(hidden)

/*
 * The kernel's own link to the file of @region, whatever its name; @dir is /proc/PID.
 * An O_PATH descriptor, or a negative errno: -EPERM, only root may; -EOPNOTSUPP, it
 * is of a file system that is not one of @mounts.
 */
int dbgmem__backing_path(const struct dbgmem__mounts *mounts, int dir,
			 const struct dbgmem_region *region);

/*
 * Open the file of an O_PATH descriptor to see its holes, if it is a regular one: a
 * device might take it for a request to do something. A descriptor, or a negative
 * errno: -EAGAIN, a process has a lease on it; -EOPNOTSUPP, it is another kind of
 * file. It never waits.
 */
int dbgmem__backing_regular(int path);

struct dbgmem__backing {
	int fd;			/* negative: none */
	bool zero;		/* /dev/zero, of which all pages are zeros */
};

/*
 * @dir is /proc/PID. The kernel's own link to the file is for root; for others it is
 * opened by @name, and taken if it is the same. Neither waits for a lease, nor for a
 * file system that is not one of @mounts.
 */
void dbgmem__backing_open(struct dbgmem__backing *b,
			  const struct dbgmem__mounts *mounts, int dir,
			  const struct dbgmem_region *region, const char *name);
void dbgmem__backing_close(struct dbgmem__backing *b);

enum dbgmem__backing_kind {
	DBGMEM__BACKING_DATA,
	DBGMEM__BACKING_ZERO,	/* a hole of the file */
	DBGMEM__BACKING_NONE,	/* behind its end */
	DBGMEM__BACKING_UNKNOWN,
};

/*
 * What the page at @addr is of, and up to where, at most @end, those behind it are
 * of that, too: *@until.
 */
enum dbgmem__backing_kind
dbgmem__backing_at(const struct dbgmem__backing *b,
		   const struct dbgmem_region *region, uint64_t page_size,
		   uint64_t addr, uint64_t end, uint64_t *until);

#pragma GCC visibility pop

#endif /* DBGMEM_BACKING_H */
