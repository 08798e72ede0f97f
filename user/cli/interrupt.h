/* SPDX-License-Identifier: GPL-2.0 */
/* A verb that takes long, and is told to end. */
#ifndef DBGMEM_INTERRUPT_H
#define DBGMEM_INTERRUPT_H

#include <dbgmem.h>

/*
 * From now on the first SIGINT, SIGTERM or SIGHUP that is not ignored only makes
 * interrupt_seen() say so; the second of its kind ends the tool, as without this.
 */
void interrupt_catch(void);

/* The signal, or 0. */
int interrupt_seen(void);

/* For calls of the library that take one: ends them with -ECANCELED. */
extern const struct dbgmem_progress interrupt_progress;

#endif /* DBGMEM_INTERRUPT_H */
