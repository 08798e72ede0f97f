/* SPDX-License-Identifier: GPL-2.0 */
/* Carry out a program, in a process of its own, and survive it. */
#ifndef FUZZ_EXEC_H
#define FUZZ_EXEC_H

#include "program.h"
#include "run.h"

/* Once, before the first one. */
int exec_init(void);

/*
 * NULL if nothing is wrong; or what is, until the next one. Whatever the program
 * started is gone afterwards.
 */
const char *exec_program(const struct program *p);

/* Calls made so far; programs that were stopped, or died of themselves. */
unsigned long exec_calls(void);
unsigned long exec_late(void);
unsigned long exec_died(void);

/* As they were: the module's parameters. */
void exec_end(void);

#endif /* FUZZ_EXEC_H */
