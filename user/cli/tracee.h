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
 * Stop thread @tid. 0, and until tracee_go() the calling thread traces it; or a
 * negative errno: -ESRCH (there is none, or it is exiting), -EBUSY (another
 * process traces it), -EPERM, -ETIMEDOUT: it sleeps where nothing interrupts it,
 * and is still traced until the calling thread ends.
 */
int tracee_stop(pid_t tid, struct tracee *t);

/* Let it go on as if nothing had been. */
void tracee_go(const struct tracee *t);

/* What tracee_stop() could not do, in a few words. */
const char *tracee_strerror(int code);

#endif /* DBGMEM_TRACEE_H */
