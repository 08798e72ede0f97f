/* SPDX-License-Identifier: GPL-2.0 */
/* Several ranges of a target, read in one call. */
#ifndef DBGMEM_RANGES_H
#define DBGMEM_RANGES_H

#include <stddef.h>
#include <stdint.h>

#include "run/sink.h"
#include "target/transfer.h"

/* They are held in memory before they are printed. */
#define RANGES_MAX	(1ULL << 30)

struct range {
	uint64_t addr, len;
};

/*
 * Read @nr ranges with pid, flags and retries of @p, as far as each goes, or with
 * DBGMEM_EXACT all or none. Prints what came, and says of each that is not
 * complete why, and with DBGMEM_STABLE which changed; the exit status.
 */
int ranges_read(struct dbgmem *m, const struct transfer *p,
		const struct range *range, size_t nr, struct sink *s);

/* The exit status of a whole from that of its parts so far and the next. */
int ranges_status(int before, int next);

#endif /* DBGMEM_RANGES_H */
