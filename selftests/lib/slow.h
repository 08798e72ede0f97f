/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much slower than usual things are, by the environment. DBGMEM_SLOW is for the
 * kernel: the runner sets it for the debug kernel. DBGMEM_MACHINE is for the
 * machine: the guest measures it when it has booted.
 */
#ifndef SELFTESTS_SLOW_H
#define SELFTESTS_SLOW_H

#include <stdio.h>
#include <stdlib.h>

static inline long slow_env(const char *name)
{
	const char *s = getenv(name);
	long n = s ? strtol(s, NULL, 10) : 1;

	return n > 1 ? n : 1;
}

static inline long slow_factor(void)
{
	return slow_env("DBGMEM_SLOW");
}

/* For limits on what may take long on a busy machine too. */
static inline long slow_limit(void)
{
	return slow_factor() * slow_env("DBGMEM_MACHINE");
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
	return 5.0 * slow_limit();
}

#endif /* SELFTESTS_SLOW_H */
