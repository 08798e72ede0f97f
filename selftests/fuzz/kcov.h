/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module's code did, of a module that was built for it: the places in it
 * that a caller's threads have come by. Without such a kernel nothing is seen.
 */
#ifndef FUZZ_KCOV_H
#define FUZZ_KCOV_H

#include <stdbool.h>

/* Before the first fork; false if this kernel cannot tell. */
bool kcov_init(void);

/* In a thread of the caller, for its lane. */
void kcov_start(unsigned int lane);
void kcov_stop(unsigned int lane);

/* Before the program; and after it, when the caller is gone: what was new. */
void kcov_reset(void);
unsigned int kcov_collect(void);

unsigned int kcov_pcs(void);
unsigned int kcov_edges(void);

#endif /* FUZZ_KCOV_H */
