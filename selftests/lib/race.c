// SPDX-License-Identifier: GPL-2.0
#include "race.h"

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

long job_race(void *arg)
{
	pthread_t thread;

	return -pthread_create(&thread, NULL, race_thread, arg);
}

bool race_enough(struct race *r)
{
	static long enough;

	if (!enough)
		enough = slow_rounds(10000);
	return __atomic_load_n(&r->flips, __ATOMIC_ACQUIRE) >= enough;
}
