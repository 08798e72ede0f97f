/* SPDX-License-Identifier: GPL-2.0 */
/* The calls of a program, each in one of the files call_KIND.c. */
#ifndef FUZZ_CALL_H
#define FUZZ_CALL_H

#include "run.h"

void call_do(struct lane *l, const struct call *c);

/* By kind. */
void call_session(struct lane *l, const struct call *c);
void call_transfer(struct lane *l, const struct call *c);
void call_rw(struct lane *l, const struct call *c);
void call_vector(struct lane *l, const struct call *c);
void call_breakpoint(struct lane *l, const struct call *c);
void call_region(struct lane *l, const struct call *c);

#endif /* FUZZ_CALL_H */
