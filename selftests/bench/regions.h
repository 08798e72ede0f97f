/* SPDX-License-Identifier: GPL-2.0 */
/* What the methods of the cases regions and regions_at share. */
#ifndef BENCH_REGIONS_H
#define BENCH_REGIONS_H

#include "bench.h"

/* The process with many mappings. */
struct crowd {
	pid_t pid;
	int session;
	uint64_t addr;		/* in a mapping in the middle */
	uint64_t nr, sum;	/* mappings, and what their addresses add up to */
	uint64_t start;		/* of the one that addr is in */
};

extern struct crowd crowd;

/* Fill in what is to be found, from /proc; it has @least mappings or more. */
int crowd_expect(uint64_t least);

/* What was found: 0 or -EBADMSG. */
static inline int crowd_check(uint64_t nr, uint64_t sum)
{
	return nr == crowd.nr && sum == crowd.sum ? 0 : -EBADMSG;
}

/* Of one mapping, for the sum. */
static inline uint64_t crowd_term(uint64_t start, uint64_t end, bool readable)
{
	return start + 3 * end + readable;
}

/* ours_regions.c */
int ours_regions(const struct work *w);
int ours_region_at(const struct work *w);

/* peer_proc_maps.c: as lean as can be, and as everybody writes it */
int proc_maps_all(const struct work *w);
int proc_maps_at(const struct work *w);
int proc_maps_all_sscanf(const struct work *w);
int proc_maps_at_sscanf(const struct work *w);

#endif /* BENCH_REGIONS_H */
