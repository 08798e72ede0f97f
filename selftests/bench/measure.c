// SPDX-License-Identifier: GPL-2.0
/*
 * The clock: how long one call takes, the methods in turns, best of several
 * rounds. Nothing is subtracted: neither the loop nor the clock's own cost.
 *
 * With counted instructions a round that no timer interrupt hits is exact, so
 * rounds are short and the median should be the best.
 */
#include "bench.h"

#include <time.h>

struct clock clock_mode;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

/*
 * Calls in a round, from what such a call may take. A constant, not measured:
 * the number of calls must not differ from run to run.
 */
static unsigned int calls(const struct work *w)
{
	unsigned long guess = 2000UL * w->nr + w->size * w->nr / 2;
	unsigned long budget = clock_mode.wall ? 4000000 : 400000;

	if (w->effort)
		guess *= w->effort;
	return guess < budget ? budget / guess : 1;
}

static int one_round(const struct method *m, const struct work *w,
		     unsigned int n, double *ns)
{
	double start;
	unsigned int i;
	int ret;

	ret = method_choose(m);
	if (ret)
		return ret;
	/* Its code and data are where they will be. */
	ret = m->call(w);
	if (ret)
		return ret;
	start = now();
	for (i = 0; i < n; i++) {
		ret = m->call(w);
		if (ret)
			return ret;
	}
	*ns = (now() - start) / n;
	return 0;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Time @nr methods on the same work, results in @r. */
int measure(const struct method *m, unsigned int nr, struct work *w,
	    struct result *r)
{
	double ns[MAX_METHODS][MAX_ROUNDS];
	unsigned int n = calls(w), rounds = clock_mode.rounds;
	unsigned int i, round;
	int ret;

	if (w->rounds && w->rounds < rounds)
		rounds = w->rounds;
	for (round = 0; round < rounds; round++) {
		work_place(w, round);
		for (i = 0; i < nr; i++) {
			ret = one_round(&m[i], w, n, &ns[i][round]);
			if (ret) {
				printf("# error: %s: %s\n", method_name(&m[i]),
				       strerror(-ret));
				return ret;
			}
		}
	}
	for (i = 0; i < nr; i++) {
		qsort(ns[i], rounds, sizeof(ns[i][0]), compare);
		r[i].best = ns[i][0];
		r[i].median = ns[i][rounds / 2];
	}
	return 0;
}
