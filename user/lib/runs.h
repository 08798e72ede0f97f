/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ranges of the target, read run by run. */
#ifndef DBGMEM_RUNS_H
#define DBGMEM_RUNS_H

#include "walk.h"

struct dbgmem_runs {
	struct dbgmem__walk walk;
	const char *what;
	const struct dbgmem_progress *progress;
	struct dbgmem_range *ranges;
	size_t nr;
	size_t range;		/* the one at hand, */
	uint64_t pos;		/* and where in it the piece at hand begins */
	bool in_piece;
	uint64_t off;		/* in the piece: the end of the run at hand */
	struct dbgmem_runs_stats stats;
};

/*
 * @front as in dbgmem__walk_init(); @what begins sentences. 0 or a negative errno;
 * dbgmem__runs_done() is to be called either way.
 */
int dbgmem__runs_init(struct dbgmem_runs *r, struct dbgmem *m,
		      const struct dbgmem_range *ranges, size_t nr,
		      uint32_t flags, size_t front,
		      const struct dbgmem_progress *progress, const char *what)
	__attribute__((visibility("hidden")));
void dbgmem__runs_done(struct dbgmem_runs *r)
	__attribute__((visibility("hidden")));

#endif /* DBGMEM_RUNS_H */
