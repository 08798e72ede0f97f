/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults: the n-th thing that a call asks of the kernel is refused: an
 * allocation, or a copy from or to the caller's memory.
 *
 * Where the kernel has fault injection it is the kernel that refuses, anywhere
 * below the call (/proc/self/fail-nth). Elsewhere it is the module's test
 * build, which is loaded for that, and refuses what the module itself asks for;
 * and tells it that its caller is being killed.
 */
#ifndef SELFTESTS_FAULT_H
#define SELFTESTS_FAULT_H

#include "proc.h"

#include <dbgmem.h>

/* As in inject/inject.h. */
#define FAULT_MEMORY	1
#define FAULT_COPY	2
#define FAULT_KILLED	4
#define FAULT_ANY	7

/* For what is done in other tasks, or by loading the module: always by that. */
extern bool fault_by_build;

bool fault_by_kernel(void);

/* Load the test build; 0 or -errno. */
int fault_build_load(const char *params);

/* Make all kinds of faults possible. 0 or -errno. */
int fault_begin(void);

/* Only these kinds, where the test build makes them. */
int fault_kinds(unsigned int kinds);

/* The normal module again. */
int fault_end(void);

/* From now on the @nth fails; false if that cannot be. */
bool fault_arm(unsigned int nth);

/*
 * No more of that. Did one fail? The kernel counts what is done here too, so
 * these may be hit in the call's stead.
 */
bool fault_disarm(void);

#endif /* SELFTESTS_FAULT_H */
