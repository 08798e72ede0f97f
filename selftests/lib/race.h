/* SPDX-License-Identifier: GPL-2.0 */
/* A page of the target that comes and goes. */
#ifndef SELFTESTS_RACE_H
#define SELFTESTS_RACE_H

#include "memory.h"
#include "slow.h"

#include <pthread.h>

struct race {
	char *page;
	int flips, failed;
};

/* A target_fn; the thread goes on until the target is stopped. */
long job_race(void *arg);
bool race_enough(struct race *r);

#endif /* SELFTESTS_RACE_H */
