/* SPDX-License-Identifier: GPL-2.0 */
/* A session with breakpoints, held until somebody or something ends it. */
#ifndef DBGMEM_HOLD_H
#define DBGMEM_HOLD_H

#include <dbgmem.h>

/*
 * A descriptor that tells of SIGINT, SIGTERM and SIGHUP, but for those that are
 * ignored; from now on they do nothing else. Or -1, and the message is out.
 */
int hold_signals(void);

/*
 * Hold the breakpoints of @m until one of @signals comes, the target ends, or
 * 'dbgmem bp clear' has had the last of them cleared. Takes the rest out, and
 * says what became of them; the exit status.
 */
int hold(struct dbgmem *m, int signals);

#endif /* DBGMEM_HOLD_H */
