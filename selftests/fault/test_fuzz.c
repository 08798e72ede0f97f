// SPDX-License-Identifier: GPL-2.0
/*
 * The fuzzer (selftests/fuzz), for a short while and always in the same way: no
 * program out of these many makes the kernel complain, breaks a promise that can be
 * checked of any answer, or leaves a process behind. "make fuzz" goes on from
 * there, guided by what the module's code does.
 */
#include "proc.h"
#include "slow.h"

#include <glob.h>
#include <kselftest_harness.h>

#define PROGRAMS	200
#define SECONDS		"60"	/* no more of them, on a busy machine */
#define TIMEOUT		240
#define MAX_OUTPUT	(64 << 10)

/* Run it with @seed; its exit code, and what it said. */
static int fuzz(const char *seed, long count, char *output)
{
	char path[256], number[24];
	size_t len = 0;
	ssize_t n;
	int fds[2];
	pid_t pid;

	if (beside("helper_fuzz", path, sizeof(path)) ||
	    pipe2(fds, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(fds[1], 1);
		snprintf(number, sizeof(number), "%ld", count);
		setenv("FUZZ_SEED", seed, 1);
		setenv("FUZZ_COUNT", number, 1);
		setenv("FUZZ_TIME", SECONDS, 1);
		execl(path, path, NULL);
		_exit(127);
	}
	close(fds[1]);
	while (len < MAX_OUTPUT - 1 &&
	       (n = read(fds[0], output + len, MAX_OUTPUT - 1 - len)) > 0)
		len += n;
	output[len] = 0;
	close(fds[0]);
	return child_wait(pid);
}

/* Say what it said, in a form that the runner does not take for its own. */
static void show(char *output)
{
	char *line;

	for (line = strtok(output, "\n"); line; line = strtok(NULL, "\n"))
		fprintf(stderr, "fuzz| %s\n", line);
}

/* Processes of that name, whoever started them. */
static int fuzzers_running(void)
{
	char path[64], text[64];
	int nr = 0;
	size_t i;
	glob_t g;

	if (glob("/proc/[0-9]*", GLOB_ONLYDIR, NULL, &g))
		return -1;
	for (i = 0; i < g.gl_pathc; i++) {
		snprintf(path, sizeof(path), "%.32s/comm", g.gl_pathv[i]);
		if (file_read(path, text, sizeof(text)) > 0 &&
		    !strcmp(text, "helper_fuzz"))
			nr++;
	}
	globfree(&g);
	return nr;
}

FIXTURE(fuzz)
{
	char output[MAX_OUTPUT];
};

FIXTURE_SETUP(fuzz)
{
}

FIXTURE_TEARDOWN(fuzz)
{
}

TEST_F_TIMEOUT(fuzz, a_fixed_seed_finds_nothing_and_leaves_nothing, TIMEOUT)
{
	long programs = 0, calls = 0, wanted = slow_rounds(PROGRAMS);
	char *line;
	int rc;

	rc = fuzz("6", wanted, self->output);
	/* the last report */
	for (line = self->output; (line = strstr(line, " s, ")); line++)
		if (sscanf(line, " s, %ld programs (%*f/s), %ld", &programs,
			   &calls) != 2)
			programs = 0;
	if (rc)
		show(self->output);
	ASSERT_EQ(0, rc);
	if (programs < wanted)
		fprintf(stderr, "# scaled down: %ld of %ld programs\n",
			programs, wanted);
	/* sessions were opened and used, not refused one by one */
	EXPECT_LT(0, programs);
	EXPECT_LT(2 * programs, calls);
	EXPECT_EQ(0, fuzzers_running());
}

TEST_HARNESS_MAIN
