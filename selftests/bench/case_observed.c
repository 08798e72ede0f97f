// SPDX-License-Identifier: GPL-2.0
/*
 * Cases mmap_munmap, mprotect, fork_cow: what a target pays for it that a session
 * has a mirror of it. It does the same as another that nobody looks at, and looks
 * at the clock itself. Before each time what it is going to change is read, so
 * that the mirror knows it.
 */
#include "bench.h"

#include <sys/wait.h>
#include <time.h>

#define PAGES	64
#define TIMES	20

static struct {
	struct target plain, mirrored;
	int session;
	char *area;
	char buf[PAGES * PAGE];
} pair;

/* In the target: map as much again, fill it and unmap it. */
static long do_mmap(void *arg)
{
	char *p;
	size_t i;
	int n;

	(void)arg;
	for (n = 0; n < TIMES; n++) {
		p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			return -errno;
		for (i = 0; i < PAGES; i++)
			p[i * PAGE] = i;
		munmap(p, PAGES * PAGE);
	}
	return 0;
}

/* Protect what is read, and open it again. */
static long do_mprotect(void *arg)
{
	int n;

	(void)arg;
	for (n = 0; n < TIMES; n++)
		if (mprotect(pair.area, PAGES * PAGE, PROT_READ) ||
		    mprotect(pair.area, PAGES * PAGE, PROT_READ | PROT_WRITE))
			return -errno;
	return 0;
}

/* A child, and what is read is copied as it is written to. */
static long do_fork(void *arg)
{
	size_t i;
	pid_t pid;
	int n;

	(void)arg;
	for (n = 0; n < 2; n++) {
		pid = fork();
		if (pid < 0)
			return -errno;
		if (!pid)
			_exit(0);
		for (i = 0; i < PAGES; i++)
			pair.area[i * PAGE]++;
		waitpid(pid, NULL, 0);
	}
	return 0;
}

static double clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

static const struct {
	const char *name;
	target_fn fn;
} groups[] = {
	{ "mmap_munmap", do_mmap },
	{ "mprotect", do_mprotect },
	{ "fork_cow", do_fork },
};

/* In the target: how long it takes, or -errno. */
static long timed(void *arg)
{
	target_fn fn = arg;
	double start = clock_ns();
	long ret = fn(NULL);

	return ret ? ret : clock_ns() - start;
}

/* The best of several rounds, of both in turns. */
static int compare(const char *name, target_fn fn)
{
	long ns, best[2] = { 0, 0 };
	struct dbgmem_transfer t;
	unsigned int i, round;

	for (round = 0; round < clock_mode.rounds; round++) {
		if (mem_read(pair.session, pair.area, pair.buf,
			     sizeof(pair.buf), 0, &t))
			return -errno;
		for (i = 0; i < 2; i++) {
			ns = target_call(i ? &pair.plain : &pair.mirrored,
					 timed, fn);
			if (ns < 0)
				return ns;
			if (!round || ns < best[i])
				best[i] = ns;
		}
	}
	printf("%s,%zu,%u,mirror,%ld,unobserved,%ld,%.2f\n", name,
	       PAGES * PAGE, 1, best[0], best[1], (double)best[1] / best[0]);
	return 0;
}

static int compare_all(void)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(groups) && !ret; i++)
		ret = compare(groups[i].name, groups[i].fn);
	return ret;
}

int case_observed(void)
{
	int ret;

	if (run_only)
		return 0;
	pair.area = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pair.area == MAP_FAILED)
		return -errno;
	madvise(pair.area, PAGES * PAGE, MADV_NOHUGEPAGE);
	memset(pair.area, 1, PAGES * PAGE);
	ret = target_start(&pair.plain);
	if (ret)
		return ret;
	ret = target_start(&pair.mirrored);
	if (ret)
		goto stop_plain;
	attach_flags = DBGMEM_ATTACH_MIRROR;
	pair.session = session_open(pair.mirrored.pid, O_RDONLY);
	attach_flags = 0;
	if (pair.session < 0) {
		ret = pair.session;
		goto stop;
	}
	ret = compare_all();
	close(pair.session);
stop:
	target_stop(&pair.mirrored);
stop_plain:
	target_stop(&pair.plain);
	if (ret)
		printf("# error: observed: %s\n", strerror(-ret));
	return ret;
}
