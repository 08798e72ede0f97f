/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which pages of a process are there: /proc/PID/pagemap. The tool has this file, too.
 */
#ifndef DBGMEM_PRESENT_H
#define DBGMEM_PRESENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Entries of pagemap that are read at once where the kernel cannot scan, */
#define DBGMEM__PRESENT_ENTRIES	8192

/* and runs of pages that they may tell of. */
#define DBGMEM__PRESENT_RUNS	(DBGMEM__PRESENT_ENTRIES / 2)

/* Only what is in memory, not what is in swap. */
#define DBGMEM__PRESENT_RESIDENT	(1U << 0)
/* Pages of zeros that several share need not be there. */
#define DBGMEM__PRESENT_NONZERO		(1U << 1)

struct dbgmem__present {
	int fd;			/* negative: closed */
	int session;		/* of the process, or negative */
	uint64_t page_size;
	uint32_t flags;
	bool scan;		/* the kernel has PAGEMAP_SCAN, for all we know */
	bool tables;		/* the module has DBGMEM_REGION_LIST_TABLES, the same */
	/* what they said of [from, to) */
	uint64_t from, to;
	size_t nr;
	struct dbgmem__present_run {
		uint64_t start, end;
	} run[DBGMEM__PRESENT_RUNS];
	uint64_t entry[DBGMEM__PRESENT_ENTRIES];
};

/*
 * @dir is /proc/PID, which stays that of this process when its number is another's;
 * @session is the descriptor of a session with it, or negative: without, kernels
 * before 6.7 take seconds a TiB. 0 or a negative errno: -ESRCH, it has no memory.
 */
int dbgmem__present_open(struct dbgmem__present *p, int session, int dir,
			 uint64_t page_size, uint32_t flags);
void dbgmem__present_close(struct dbgmem__present *p);

/* What was seen so far is old. */
void dbgmem__present_forget(struct dbgmem__present *p);

/*
 * Is the page at @addr there? And up to where, at most @end, are the pages behind
 * it as it is: *@until. 1, 0, or a negative errno: -ESRCH, the process has ended or
 * executed another program. A few calls of the kernel at most, of a known size, so
 * *@until may be no border. Of a process that has ended it may say that nothing is
 * there. @addr and @end are multiples of a page.
 */
int dbgmem__present_at(struct dbgmem__present *p, uint64_t addr, uint64_t end,
		       uint64_t *until);

#pragma GCC visibility pop

#endif /* DBGMEM_PRESENT_H */
