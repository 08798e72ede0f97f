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

long slow_factor(void);

/* For limits on what may take long on a busy machine too. */
long slow_limit(void);

/*
 * The rounds of a long race: @n, or as many as take about as long on a slow
 * kernel. The runner shows the line.
 */
long slow_rounds(long n);

/*
 * Seconds by which what happens at once has happened, however busy the machine
 * is: far less than what it would take otherwise.
 */
double soon(void);

#endif /* SELFTESTS_SLOW_H */
