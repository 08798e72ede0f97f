/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much slower than usual this kernel and machine are. The runner sets
 * DBGMEM_SLOW for a slow kernel; the guest measures the machine after boot and
 * sets DBGMEM_MACHINE.
 */
#ifndef SELFTESTS_SLOW_H
#define SELFTESTS_SLOW_H

#include <stdio.h>
#include <stdlib.h>

long slow_factor(void);

/* For time limits: also longer on a busy machine. */
long slow_limit(void);

/*
 * The rounds of a long race: @n, or fewer on a slow kernel, so that it takes
 * about the same time. The runner shows the line.
 */
long slow_rounds(long n);

/*
 * The limit, in seconds, for something that happens at once, on a machine that
 * may be busy. If it did not happen at once, it would take much longer.
 */
double soon(void);

#endif /* SELFTESTS_SLOW_H */
