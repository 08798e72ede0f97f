/* SPDX-License-Identifier: GPL-2.0 */
/* Several ranges of a target, read in one call. */
#ifndef DBGMEM_RANGES_H
#define DBGMEM_RANGES_H

#include <stddef.h>
#include <stdint.h>

#include "run/sink.h"
#include "target/transfer.h"

/* All ranges are held in memory before they are printed. */
#define RANGES_MAX	(1ULL << 30)

struct range {
	uint64_t addr, len;
};

/*
 * Read @nr ranges with pid, flags and retries of @p, each as far as it is readable, or
 * with DBGMEM_EXACT all or none. Print the bytes, and why a range is incomplete or,
 * with DBGMEM_STABLE, that it changed. Returns the exit status.
 */
int ranges_read(struct dbgmem *m, const struct transfer *p,
		const struct range *range, size_t nr, struct sink *s);

/* Combine the exit status of the parts so far and of the next part. */
int ranges_status(int before, int next);

#endif /* DBGMEM_RANGES_H */
