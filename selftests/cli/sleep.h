/* SPDX-License-Identifier: GPL-2.0 */
/* The contents of helper_sleep, for tests that look into it. */
#ifndef SELFTESTS_SLEEP_H
#define SELFTESTS_SLEEP_H

#include <stdint.h>

#define SLEEP_NUMBER	20261121
#define SLEEP_TEXT	"what is known"	/* begins what is used */
#define SLEEP_PAGE	4096UL
#define SLEEP_SPARSE	(16UL << 20)

#define SLEEP_THREADS	4	/* of which the last one never sleeps */

struct sleep_known {
	int number;
	char text[20];
};

/* Addresses, as it writes them to its standard output when all is there. */
struct sleep_places {
	uint64_t known;		/* a struct sleep_known */
	uint64_t ticks;		/* a long that one thread counts up */
	uint64_t runner;	/* the lowest byte of that thread's stack */
	uint64_t sparse;	/* SLEEP_SPARSE bytes: first, middle, last page used */
	uint64_t shared;	/* SLEEP_SPARSE bytes: first and middle page used */
	uint64_t untouched;	/* a page, and these: */
	uint64_t excluded;	/* used, MADV_DONTDUMP */
	uint64_t unreadable;	/* used, PROT_NONE */
};

#endif /* SELFTESTS_SLEEP_H */
