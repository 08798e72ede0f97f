/* SPDX-License-Identifier: GPL-2.0 */
/* The notes of a core about the threads of a process. */
#ifndef DBGMEM_THREADS_H
#define DBGMEM_THREADS_H

#include "core/core.h"

/* The result. */
struct threads {
	unsigned int nr;
	unsigned int asleep;	/* sleeping: sp, pc and arguments are known */
	unsigned int running;	/* running: no registers are known */
	unsigned int refused;	/* of the last two: could not be stopped */
	pid_t refused_tid;	/* the first of them, and the reason */
	int refused_code;
};

/* Does the tool know the register layout of such a program? */
bool threads_known(const struct core_kind *kind);

/*
 * Write NT_PRSTATUS and the like for each thread of process @pid, the first thread
 * first; @dir is /proc/PID. Without @stop no thread is stopped: a thread in a system
 * call gets the registers of /proc/PID/task/TID/syscall, other threads get zeros. With
 * @stop each thread is stopped while its registers are read, if it stops within the
 * time for all threads. The last note, dbgmem's own, lists which is which. Returns 0 or
 * a negative errno: -ESRCH, no thread is left.
 */
int threads_write(struct notes *n, const struct core_kind *kind, int dir,
		  pid_t pid, bool stop, struct threads *t);

#endif /* DBGMEM_THREADS_H */
