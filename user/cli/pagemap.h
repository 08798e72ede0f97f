/* SPDX-License-Identifier: GPL-2.0 */
/* Which pages a process has: /proc/PID/pagemap. */
#ifndef DBGMEM_PAGEMAP_H
#define DBGMEM_PAGEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGEMAP_ENTRIES	8192

/* As the kernel has it, struct page_region. */
struct pagemap_run {
	uint64_t start, end;
	uint64_t categories;
};

struct pagemap {
	int fd;
	uint64_t page_size;
	bool scan;		/* the kernel has PAGEMAP_SCAN, as far as known */
	uint64_t from, to;	/* addresses of which all is known */
	size_t nr, at;		/* runs, and the last one that was asked for */
	struct pagemap_run run[PAGEMAP_ENTRIES / 2];
	uint64_t entry[PAGEMAP_ENTRIES];
};

/* @dir is /proc/PID. 0 or a negative errno. */
int pagemap_open(struct pagemap *p, int dir, uint64_t page_size);
void pagemap_close(struct pagemap *p);

/*
 * The first pages from @addr to @end, which are multiples of a page, that are in
 * memory or in swap; pages of zeros that several share need not be among them. 1,
 * *@start and *@len, in bytes, @max of them at most, and there may be more behind
 * them; 0 if there are none; or a negative errno: -ESRCH, the process has ended or
 * executed another program; -EINTR, a signal.
 */
int pagemap_run(struct pagemap *p, uint64_t addr, uint64_t end, uint64_t max,
		uint64_t *start, uint64_t *len);

/* What pagemap_run() could not do, in a few words. */
const char *pagemap_strerror(int code);

/* What was read so far is old. */
void pagemap_forget(struct pagemap *p);

#endif /* DBGMEM_PAGEMAP_H */
