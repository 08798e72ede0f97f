/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Targets: children that change their memory, fork, execute and exit as the
 * program says. They die with the caller.
 */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include "program.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

struct fuzz_target {
	pthread_mutex_t lock;	/* the rest */
	pid_t pid;		/* 0: not started yet */
	int to, from;
	bool deaf;		/* it does not answer: do not wait for it */
	/* It may have done something to its address space, or be gone. */
	atomic_bool changed;
};

void targets_init(struct fuzz_target targets[NR_TARGETS]);

/* Its pid; started when it is asked for the first time. 0 if there is none. */
pid_t fuzz_target_pid(struct fuzz_target *t);

/* Have the target do @c, and wait for it, but not for long. */
void fuzz_target_do(struct fuzz_target *t, const struct call *c);

/* What main() is to be when the program was executed with this argument. */
#define TARGET_EXECUTED	"executed"

#endif /* FUZZ_TARGET_H */
