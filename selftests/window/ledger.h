/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A target that moves, copies, discards, replaces, protects and migrates its
 * pages without a pause, and keeps a ledger of it in shared memory.
 *
 * A page of it has in all its words where it is, and how often it was written
 * there; or zeros, when it is new. Where a page goes when it is taken away, to
 * another address, to a child or back to the system, it gets other contents at
 * once.
 */
#ifndef SELFTESTS_LEDGER_H
#define SELFTESTS_LEDGER_H

#include "memory.h"

#include <sched.h>

#define PAGES	96
#define AREA	(PAGES * PAGE)
#define WORDS	(PAGE / 8)

struct ledger {
	struct {
		uint32_t flux;		/* odd while something is done to it */
		uint32_t number;	/* at least this, in all words */
	} page[PAGES];
	int stop;
	long changes, moves, forks;
};

struct race {
	struct ledger *l;
	char *mem, *aside;
	bool copies_are_flux;
	double until;		/* by now(); 0: so many rounds */
};

/* --- in the test --- */

struct race *race_alloc(void);
bool race_goes_on(const struct race *r, long done, long rounds);
void race_begin(struct target *t, struct race *r);
long race_end(struct target *t, struct race *r);

/* What is known of a page before and after a look. */
struct look {
	unsigned int page;
	uint32_t flux, number;
};

void look_before(const struct race *r, struct look *l, unsigned int page);

/* Nothing but writing was done to it meanwhile. */
bool held_still(const struct race *r, const struct look *l);

/* May that word be there, of a page that held still, or of one that did not? */
bool is_right(const struct look *l, bool still, uint64_t word);

/* The same of one that was copied by the byte, while it was written perhaps. */
bool may_be_right(const struct look *l, bool still, uint64_t word);

#endif /* SELFTESTS_LEDGER_H */
