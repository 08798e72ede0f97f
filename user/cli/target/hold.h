/* SPDX-License-Identifier: GPL-2.0 */
/* Hold breakpoints until a signal or the target's end. */
#ifndef DBGMEM_HOLD_H
#define DBGMEM_HOLD_H

#include <stdint.h>
#include <sys/types.h>

#include <dbgmem.h>

/*
 * Hold the @held breakpoints of @m until SIGINT, SIGTERM or SIGHUP, or until the target
 * ends. Remove them and report the result. Returns the exit status.
 */
int hold(struct dbgmem *m, uint32_t held);

/*
 * Report that @cleared breakpoints were removed, and @lost of them lost. Returns the
 * exit status.
 */
int hold_report(pid_t pid, uint32_t cleared, uint32_t lost);

#endif /* DBGMEM_HOLD_H */
