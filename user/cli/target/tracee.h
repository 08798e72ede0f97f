/* SPDX-License-Identifier: GPL-2.0 */
/* Stop a thread by ptrace(2) for a moment. */
#ifndef DBGMEM_TRACEE_H
#define DBGMEM_TRACEE_H

#include <sys/types.h>

struct tracee {
	pid_t tid;
	int signal;	/* a signal to deliver, or 0 */
};

/*
 * Stop thread @tid within @patience_ms, only if it belongs to the process of the /proc
 * directory @dir; -1: any. Returns 0, and the calling thread traces it until
 * tracee_go(); or a negative errno: -ESRCH (it does not exist or has exited), -EBUSY
 * (another process traces it), -EDEADLK (it is a thread of this process), -EINVAL (it
 * is a kernel thread), -EPERM, -ETIMEDOUT (its sleep cannot be interrupted). After a
 * failure the thread may be traced until the calling thread ends.
 */
int tracee_stop(int dir, pid_t tid, long patience_ms, struct tracee *t);

/* Let the thread continue. */
void tracee_go(const struct tracee *t);

/* Describe the errno of tracee_stop(). */
const char *tracee_strerror(int code);

/*
 * Returns the tracer of the process or thread of the /proc directory @dir; 0 if there
 * is none, or none visible from here; or a negative errno.
 */
pid_t tracee_tracer(int dir);

#endif /* DBGMEM_TRACEE_H */
