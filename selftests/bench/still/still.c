// SPDX-License-Identifier: GPL-2.0
/*
 * How long a process stands still while others look at its memory.
 *
 *	still ROUNDS [NAME COMMAND]...
 *
 * A target with 200 MiB of memory does nothing but look at the clock, and keeps the
 * longest gap between two looks. Each COMMAND of the shell is run with the target's
 * number in $pid, one after the other, ROUNDS times. For each, a line goes to
 * standard output: still,NAME,round,gap in us,time of the command in ms.
 */
#include <err.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BYTES	(200UL << 20)
#define NEEDLE	123456789	/* what is searched; in memory once */

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* All pages differ, and no word but the last is the needle. */
static void fill(uint32_t *words, size_t nr)
{
	uint32_t x = 1;
	size_t i;

	for (i = 0; i < nr; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		words[i] = x | 1U << 31;
	}
	words[nr - 1] = NEEDLE;
}

static void be_target(volatile uint64_t *gap)
{
	uint32_t *words = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t last, now;

	if (words == MAP_FAILED)
		err(1, "mmap");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fill(words, BYTES / sizeof(*words));
	gap[1] = 1;
	for (last = now_us();; last = now) {
		now = now_us();
		if (now - last > gap[0])
			gap[0] = now - last;
	}
}

static void measure(volatile uint64_t *gap, const char *name,
		    const char *command, int round)
{
	uint64_t start, took;

	gap[0] = 0;
	start = now_us();
	if (system(command))
		errx(1, "%s failed", name);
	took = now_us() - start;
	/* A gap is known when the target looks at the clock again. */
	usleep(100000);
	printf("still,%s,%d,%llu,%llu\n", name, round,
	       (unsigned long long)gap[0], (unsigned long long)took / 1000);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	volatile uint64_t *gap = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char number[16];
	int round, i;
	pid_t pid;

	if (argc < 4 || argc % 2)
		errx(2, "usage: still ROUNDS [NAME COMMAND]...");
	if (gap == MAP_FAILED)
		err(1, "mmap");
	pid = fork();
	if (!pid)
		be_target(gap);
	snprintf(number, sizeof(number), "%d", (int)pid);
	setenv("pid", number, 1);
	while (!gap[1])
		usleep(10000);
	for (round = 1; round <= atoi(argv[1]); round++)
		for (i = 2; i < argc; i += 2)
			measure(gap, argv[i], argv[i + 1], round);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return 0;
}
