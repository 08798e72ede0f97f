/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fault injection: the n-th allocation or user copy of a call fails.
 *
 * If the kernel has fault injection, the kernel makes the fault, anywhere below
 * the call (/proc/self/fail-nth). Otherwise the module's test build is loaded: it
 * makes only the module's own allocations and copies fail, and can tell the
 * module that its caller is being killed.
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

/* Always use the test build: for work in other tasks, and for loading the module. */
extern bool fault_by_build;

bool fault_by_kernel(void);

/* Load the test build; 0 or -errno. */
int fault_build_load(const char *params);

/* Make all kinds of faults possible. 0 or -errno. */
int fault_begin(void);

/* Only these kinds; the test build only. */
int fault_kinds(unsigned int kinds);

/* The normal module again. */
int fault_end(void);

/* The @nth fails from now on; false: that is not possible. */
bool fault_arm(unsigned int nth);

/*
 * Stop, and return whether one failed. The kernel counts this function's own
 * calls too, so one of them may have failed instead.
 */
bool fault_disarm(void);

#endif /* SELFTESTS_FAULT_H */
