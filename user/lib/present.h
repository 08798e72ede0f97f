/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which pages of a process are there: /proc/PID/pagemap. */
#ifndef DBGMEM_PRESENT_H
#define DBGMEM_PRESENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Runs of pages that one call of the kernel tells of. */
#define DBGMEM__PRESENT_RUNS	512

/* Entries of pagemap that are read at once where the kernel cannot scan. */
#define DBGMEM__PRESENT_ENTRIES	8192

struct dbgmem__present {
	int fd;			/* negative: closed */
	uint64_t page_size;
	bool resident;		/* only what is in memory, not what is in swap */
	bool scan;		/* the kernel has PAGEMAP_SCAN, for all we know */
	/* what it said of [from, to) */
	uint64_t from, to;
	size_t nr;
	struct dbgmem__present_run {
		uint64_t start, end;
	} run[DBGMEM__PRESENT_RUNS];
	uint64_t entry[DBGMEM__PRESENT_ENTRIES];
};

/*
 * @dir is /proc/PID, which stays that of this process when its number is another's.
 * 0 or a negative errno: -ESRCH, it has no memory.
 */
int dbgmem__present_open(struct dbgmem__present *p, int dir,
			 uint64_t page_size, bool resident);
void dbgmem__present_close(struct dbgmem__present *p);

/*
 * Is the page at @addr there? And up to where, at most @end, are the pages behind
 * it as it is: *@until. 1, 0, or a negative errno. At most one call of the kernel,
 * so *@until may be no border. Of a process that has ended it may say that nothing
 * is there. @addr and @end are multiples of a page.
 */
int dbgmem__present_at(struct dbgmem__present *p, uint64_t addr, uint64_t end,
		       uint64_t *until);

#pragma GCC visibility pop

#endif /* DBGMEM_PRESENT_H */
