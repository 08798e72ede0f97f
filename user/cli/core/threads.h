/* SPDX-License-Identifier: GPL-2.0 */
/* The threads of a process as notes of a core. */
#ifndef DBGMEM_THREADS_H
#define DBGMEM_THREADS_H

#include "core/core.h"

/* What came of them. */
struct threads {
	unsigned int nr;
	unsigned int asleep;	/* of which sp, pc and arguments are known */
	unsigned int running;	/* of which nothing is */
	unsigned int refused;	/* of the last two, those that were to be stopped */
	pid_t refused_tid;	/* the first of them, and why */
	int refused_code;
};

/* Whether the tool knows where such a program has its registers. */
bool threads_known(const struct core_kind *kind);

/*
 * Write NT_PRSTATUS and the like for each thread of process @pid, of which @dir
 * is /proc/PID, the first one first. Without @stop no thread is stopped: those
 * that sleep in a system call have the registers that /proc/PID/task/TID/syscall
 * tells, others have zeros. With @stop each is stopped while its registers are
 * read, if it stops before the time is over that all have together. Last comes a
 * note of dbgmem's own that says which is which. 0 or a negative errno: -ESRCH,
 * there are no more.
 */
int threads_write(struct notes *n, const struct core_kind *kind, int dir,
		  pid_t pid, bool stop, struct threads *t);

#endif /* DBGMEM_THREADS_H */
