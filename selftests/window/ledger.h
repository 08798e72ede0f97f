/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A target that moves, copies, discards, replaces, protects and migrates its
 * pages all the time, and keeps a ledger of that in shared memory.
 *
 * All words of a page have its position and the number of times it was written
 * there, or zeros if it is new. A page that is taken away (to another address, to
 * a child, or back to the system) gets other contents at once.
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

/* The state of a page before and after a read. */
struct look {
	unsigned int page;
	uint32_t flux, number;
};

void look_before(const struct race *r, struct look *l, unsigned int page);

/* Was it only written to meanwhile? */
bool held_still(const struct race *r, const struct look *l);

/* Is this word allowed, in a page that held still or did not? */
bool is_right(const struct look *l, bool still, uint64_t word);

/* The same for a word that may have been copied byte by byte during a write. */
bool may_be_right(const struct look *l, bool still, uint64_t word);

#endif /* SELFTESTS_LEDGER_H */
