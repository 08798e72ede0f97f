// SPDX-License-Identifier: GPL-2.0
/* link: -pie -pthread */
/*
 * A program to be dumped: known variables, memory of all kinds, threads that
 * sleep in functions with known names, and one that never sleeps. It prints
 * addresses, and waits until it is killed.
 */
#define _GNU_SOURCE
#include "sleep.h"

#include <alloca.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOINLINE	__attribute__((noinline, noclone))

/* Not the end of a function, or the call would be a jump. */
#define STAY()		__asm__ volatile("" ::: "memory")

volatile struct sleep_known known = { SLEEP_NUMBER, SLEEP_TEXT };
volatile unsigned long ticks;

NOINLINE static void sleeper_inner(int seconds)
{
	while (seconds)
		seconds = (int)sleep((unsigned int)seconds);
	STAY();
}

NOINLINE static void sleeper_middle(int seconds)
{
	char room[100];

	memset(room, seconds, sizeof(room));
	__asm__ volatile("" :: "r"(room) : "memory");
	sleeper_inner(seconds);
	STAY();
}

NOINLINE static void *sleeper_outer(void *arg)
{
	sleeper_middle(100000);
	STAY();
	return arg;
}

/*
 * The frame of this one is found by its frame pointer, which nobody below saves: a
 * core without that register does not lead further.
 */
NOINLINE static void framed_inner(void *size)
{
	char *room = alloca((size_t)size);

	__asm__ volatile("" :: "r"(room) : "memory");
	for (;;)
		syscall(SYS_ppoll, NULL, 0, NULL, NULL, 0);
}

NOINLINE static void *framed_outer(void *arg)
{
	framed_inner(arg);
	STAY();
	return arg;
}

NOINLINE static void *runner(void *arg)
{
	for (;;)
		ticks++;
	return arg;
}

NOINLINE static void main_waits(void)
{
	char c;

	/* for ever: the other end is the test's, and stays open */
	while (read(0, &c, 1) > 0)
		;
	STAY();
}

static char *map(size_t size, int flags)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       flags | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		_exit(1);
	return p;
}

int main(void)
{
	struct sleep_places p = { .known = (uintptr_t)&known };
	pthread_attr_t attr;
	pthread_t thread;
	void *stack;
	size_t size;
	char *mem;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	p.ticks = (uintptr_t)&ticks;

	/* Three pages of many are used; a huge page would be more. */
	mem = map(SLEEP_SPARSE, MAP_PRIVATE | MAP_NORESERVE);
	madvise(mem, SLEEP_SPARSE, MADV_NOHUGEPAGE);
	strcpy(mem, SLEEP_TEXT);
	strcpy(mem + SLEEP_SPARSE / 2, SLEEP_TEXT);
	strcpy(mem + SLEEP_SPARSE - SLEEP_PAGE, SLEEP_TEXT);
	p.sparse = (uintptr_t)mem;

	/* Unlike its neighbours, so that it is no part of one. */
	mem = map(SLEEP_PAGE, MAP_PRIVATE);
	madvise(mem, SLEEP_PAGE, MADV_DONTFORK);
	p.untouched = (uintptr_t)mem;

	mem = map(SLEEP_SPARSE, MAP_SHARED);
	strcpy(mem, SLEEP_TEXT);
	strcpy(mem + SLEEP_SPARSE / 2, SLEEP_TEXT);
	p.shared = (uintptr_t)mem;

	mem = map(SLEEP_PAGE, MAP_PRIVATE);
	strcpy(mem, SLEEP_TEXT);
	madvise(mem, SLEEP_PAGE, MADV_DONTDUMP);
	p.excluded = (uintptr_t)mem;

	mem = map(SLEEP_PAGE, MAP_PRIVATE);
	strcpy(mem, SLEEP_TEXT);
	mprotect(mem, SLEEP_PAGE, PROT_NONE);
	p.unreadable = (uintptr_t)mem;

	if (pthread_create(&thread, NULL, sleeper_outer, NULL) ||
	    pthread_create(&thread, NULL, framed_outer, (void *)64) ||
	    pthread_create(&thread, NULL, runner, NULL) ||
	    pthread_getattr_np(thread, &attr) ||
	    pthread_attr_getstack(&attr, &stack, &size))
		return 1;
	p.runner = (uintptr_t)stack;
	if (write(1, &p, sizeof(p)) != sizeof(p))
		return 1;
	main_waits();
	return 0;
}
