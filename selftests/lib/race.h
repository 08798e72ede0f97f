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

static void *race_thread(void *arg)
{
	struct race *r = arg;
	volatile int spin;

	for (;;) {
		if (munmap(r->page, PAGE)) {
			r->failed = errno;
			break;
		}
		for (spin = 0; spin < 2000; spin++)
			;
		if (mmap(r->page, PAGE, PROT_READ | PROT_WRITE,
			 MAP_ANON_PRIVATE | MAP_FIXED, -1, 0) == MAP_FAILED) {
			r->failed = errno;
			break;
		}
		__atomic_add_fetch(&r->flips, 1, __ATOMIC_RELEASE);
		for (spin = 0; spin < 2000; spin++)
			;
	}
	return NULL;
}

/* A target_fn; the thread goes on until the target is stopped. */
static inline long job_race(void *arg)
{
	pthread_t thread;

	return -pthread_create(&thread, NULL, race_thread, arg);
}

static inline bool race_enough(struct race *r)
{
	static long enough;

	if (!enough)
		enough = slow_rounds(10000);
	return __atomic_load_n(&r->flips, __ATOMIC_ACQUIRE) >= enough;
}

#endif /* SELFTESTS_RACE_H */
