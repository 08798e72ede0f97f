/* SPDX-License-Identifier: GPL-2.0 */
/* A thread that ptrace(2) stops for a moment. */
#ifndef DBGMEM_TRACEE_H
#define DBGMEM_TRACEE_H

#include <sys/types.h>

struct tracee {
	pid_t tid;
	int signal;	/* that was on its way to the thread, or 0 */
};

/*
 * Stop thread @tid within @patience_ms, but only one of the process whose
 * directory in /proc @dir is; -1: any. 0, and until tracee_go() the calling thread
 * traces it; or a negative errno: -ESRCH (there is none, or it has exited), -EBUSY
 * (another process traces it), -EDEADLK (it is one of this process), -EINVAL (it is
 * one of the kernel), -EPERM, -ETIMEDOUT: it sleeps where nothing interrupts it. If
 * it fails, the thread may be traced until the calling thread ends.
 */
int tracee_stop(int dir, pid_t tid, long patience_ms, struct tracee *t);

/* Let it go on as if nothing had been. */
void tracee_go(const struct tracee *t);

/* What tracee_stop() could not do, in a few words. */
const char *tracee_strerror(int code);

/*
 * Who traces the process or thread whose directory in /proc @dir is; 0 if nobody
 * does, or nobody who is visible from here; or a negative errno.
 */
pid_t tracee_tracer(int dir);

#endif /* DBGMEM_TRACEE_H */
