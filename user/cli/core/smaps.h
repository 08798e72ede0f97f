/* SPDX-License-Identifier: GPL-2.0 */
/* Information that only /proc/PID/smaps has about a mapping. */
#ifndef DBGMEM_SMAPS_H
#define DBGMEM_SMAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct smaps {
	FILE *f;
	char *line;
	size_t room;
	bool again;	/* @line is the first line of the next mapping */
};

struct smaps_entry {
	uint64_t start, end;
	bool excluded;	/* MADV_DONTDUMP: the process excludes it from cores */
	bool own;	/* some of its pages, in memory or swap, belong to no file */
};

/*
 * @dir is /proc/PID. Returns 0 or a negative errno; -ENOENT: the kernel has no smaps.
 */
int smaps_open(struct smaps *s, int dir);
void smaps_close(struct smaps *s);

/*
 * Read the next mapping, sorted by address. Returns 1; 0 after the last one; or a
 * negative errno: -EINTR, a signal; -ENODATA, smaps has no VmFlags.
 */
int smaps_next(struct smaps *s, struct smaps_entry *e);

#endif /* DBGMEM_SMAPS_H */
