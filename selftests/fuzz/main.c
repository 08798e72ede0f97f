// SPDX-License-Identifier: GPL-2.0
/*
 * helper_fuzz: make programs and carry them out, until the time is over or one of
 * them makes the kernel complain or break a promise. TAP. What it is to do is in
 * the environment, where the guest's command line goes:
 *
 *	FUZZ_SEED=N	of all that is random here
 *	FUZZ_COUNT=N	so many programs, or
 *	FUZZ_TIME=S	for so many seconds, whichever is over first
 *	FUZZ_CORPUS=F	the programs to begin with, one to a line
 *	FUZZ_REPLAY=F	these and no others, FUZZ_COUNT times each
 *	FUZZ_BLIND=1	without looking at what the module's code does
 *
 * On a module built with KCOV programs that come by new code are kept, and said
 * in lines "# corpus PROGRAM". On any other each is made from nothing, and all of
 * them follow from the seed.
 */
#include "proc.h"
#include "corpus.h"
#include "exec.h"
#include "kcov.h"
#include "record.h"
#include "splat.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define REPORT_SECONDS	10
#define NR_BEFORE	8	/* programs to tell of, when one was found */

static char before[NR_BEFORE][MAX_TEXT];
static unsigned long executions;
static bool found;

static unsigned long number(const char *name, unsigned long otherwise)
{
	const char *s = getenv(name);

	return s && *s ? strtoul(s, NULL, 0) : otherwise;
}

static void report(double since)
{
	double t = now() - since;

	printf("# fuzz: %.0f s, %lu programs (%.1f/s), %lu calls, %lu late, %lu died, corpus %u, %u places in the code, %u edges\n",
	       t, executions, executions / (t > 0.001 ? t : 0.001),
	       exec_calls(), exec_late(), exec_died(), corpus_size(),
	       kcov_pcs(), kcov_edges());
	fflush(stdout);
}

/* The one that did it, after those that ran before it. */
static void tell(const char *why)
{
	unsigned long i = executions < NR_BEFORE ? 0 : executions - NR_BEFORE;

	found = true;
	printf("# found: %s\n", why);
	for (; i < executions; i++)
		printf("# crash %s\n", before[i % NR_BEFORE]);
	fflush(stdout);
}

/* Carry out @p; false if it is the last one. */
static bool run(const struct program *p, bool keep)
{
	char *text = before[executions % NR_BEFORE];
	const char *broken, *splat;
	unsigned int new;

	program_print(p, text);
	record(executions, text);
	executions++;
	broken = exec_program(p);
	splat = splat_look();
	new = kcov_collect();
	if (broken || splat) {
		tell(splat ?: broken);
		return false;
	}
	if (new && keep) {
		corpus_add(p);
		printf("# corpus %s\n", text);
	}
	return true;
}

static bool replay(const char *path, unsigned long times)
{
	FILE *f = fopen(path, "re");
	bool going = true, any = false;
	struct program p;
	unsigned long i;

	if (!f)
		return false;
	while (going && corpus_read(f, &p)) {
		any = true;
		for (i = 0; i < times && going; i++)
			going = run(&p, true);
	}
	fclose(f);
	return any;
}

static void fuzz(uint64_t seed, unsigned long count, double end)
{
	double since = now(), next = since + REPORT_SECONDS;
	unsigned long until = executions + count;
	struct program p;

	while (executions < until && now() < end) {
		corpus_next(&p, &seed);
		if (!run(&p, true))
			break;
		if (now() < next)
			continue;
		report(since);
		next += REPORT_SECONDS;
	}
	report(since);
}

static void set(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, value, 1) != 1)
		printf("# fuzz: %s stays\n", path);
	close(fd);
}

/* Some huge pages; no word of targets that are killed by their own memory. */
static void prepare(bool on)
{
	set("/proc/sys/vm/nr_hugepages", on ? "2" : "0");
	set("/proc/sys/debug/exception-trace", on ? "0" : "1");
}

int main(int argc, char **argv)
{
	const char *corpus = getenv("FUZZ_CORPUS");
	const char *again = getenv("FUZZ_REPLAY");
	unsigned long seed = number("FUZZ_SEED", 1);
	bool ok = true;

	if (argc > 1 && !strcmp(argv[1], TARGET_EXECUTED))
		for (;;)
			pause();

	printf("TAP version 13\n1..2\n# fuzz: seed %lu%s\n", seed,
	       !getenv("FUZZ_BLIND") && kcov_init() ? "" : ", without KCOV");
	if (!record_init())
		printf("# fuzz: no recorder\n");
	prepare(true);
	if (exec_init() || splat_init()) {
		perror("# fuzz: cannot begin");
		return 1;
	}
	fflush(stdout);
	if (again) {
		ok = replay(again, number("FUZZ_COUNT", 100));
	} else {
		if (corpus && !access(corpus, R_OK)) {
			replay(corpus, 1);
			printf("# fuzz: %u of the old corpus\n", corpus_size());
		}
		if (!found)
			fuzz(seed, number("FUZZ_COUNT", ULONG_MAX / 2),
			     now() + number("FUZZ_TIME", 3600));
	}
	exec_end();
	places_unmap();
	prepare(false);
	printf("%s 1 fuzz.nothing_is_found\n", found ? "not ok" : "ok");
	printf("%s 2 fuzz.programs_were_carried_out\n",
	       ok && exec_calls() > executions ? "ok" : "not ok");
	return found || !ok;
}
