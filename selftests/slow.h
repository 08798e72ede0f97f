/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much slower than usual the kernel is: DBGMEM_SLOW in the environment, which
 * the runner sets for the debug kernel.
 */
#ifndef SELFTESTS_SLOW_H
#define SELFTESTS_SLOW_H

#include <stdio.h>
#include <stdlib.h>

static inline long slow_factor(void)
{
	const char *s = getenv("DBGMEM_SLOW");
	long n = s ? strtol(s, NULL, 10) : 1;

	return n > 1 ? n : 1;
}

/*
 * The rounds of a long race: @n, or as many as take about as long on a slow
 * kernel. The runner shows the line.
 */
static inline long slow_rounds(long n)
{
	long fewer = n / slow_factor();

	if (fewer != n)
		fprintf(stderr, "# scaled down: %ld of %ld rounds\n", fewer, n);
	return fewer;
}

/*
 * Seconds by which what happens at once has happened, however busy the machine
 * is: far less than what it would take otherwise.
 */
static inline double soon(void)
{
	return 5.0 * slow_factor();
}

#endif /* SELFTESTS_SLOW_H */
