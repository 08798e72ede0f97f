/* SPDX-License-Identifier: GPL-2.0 */
/* A session with breakpoints, held until a signal or the target's end. */
#ifndef DBGMEM_HOLD_H
#define DBGMEM_HOLD_H

#include <stdint.h>
#include <sys/types.h>

#include <dbgmem.h>

/*
 * Hold the @held breakpoints of @m until SIGINT, SIGTERM or SIGHUP comes, or the
 * target ends. Takes them out, and says what became of them; the exit status.
 */
int hold(struct dbgmem *m, uint32_t held);

/* Say what became of @cleared breakpoints that were taken out; the exit status. */
int hold_report(pid_t pid, uint32_t cleared, uint32_t lost);

#endif /* DBGMEM_HOLD_H */
