// SPDX-License-Identifier: GPL-2.0
#include "slow.h"

static long slow_env(const char *name)
{
	const char *s = getenv(name);
	long n = s ? strtol(s, NULL, 10) : 1;

	return n > 1 ? n : 1;
}

long slow_factor(void)
{
	return slow_env("DBGMEM_SLOW");
}

long slow_limit(void)
{
	return slow_factor() * slow_env("DBGMEM_MACHINE");
}

long slow_rounds(long n)
{
	long fewer = n / slow_factor();

	if (fewer != n)
		fprintf(stderr, "# scaled down: %ld of %ld rounds\n", fewer, n);
	return fewer;
}

double soon(void)
{
	return 5.0 * slow_limit();
}
