/* SPDX-License-Identifier: GPL-2.0 */
/* What only /proc/PID/smaps tells of a mapping. */
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
	bool again;	/* @line is the next mapping's first one */
};

struct smaps_entry {
	uint64_t start, end;
	bool excluded;	/* MADV_DONTDUMP: the process wants it in no core */
	bool own;	/* some pages of it, in memory or in swap, are of no file */
};

/* @dir is /proc/PID. 0 or a negative errno; ENOENT: a kernel without it. */
int smaps_open(struct smaps *s, int dir);
void smaps_close(struct smaps *s);

/*
 * The next mapping, in the order of addresses. 1; 0 behind the last one; or a
 * negative errno: -EINTR, a signal, -ENODATA, it does not tell what is excluded.
 */
int smaps_next(struct smaps *s, struct smaps_entry *e);

#endif /* DBGMEM_SMAPS_H */
