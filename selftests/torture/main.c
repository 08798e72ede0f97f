// SPDX-License-Identifier: GPL-2.0
/*
 * The controller of the torture, see torture.h. Runs for TORTURE_SECONDS with
 * TORTURE_WORKERS agents and as many targets, and prints TAP and figures.
 */
#include "torture.h"

#define ROUND_MS	20000
/* What a guest's memory may differ by, when all is over, in kB */
#define SLACK_KB	(24 << 10)

/* --- figures, all of which must be more than 0 --- */

static unsigned int zeros;
static long most_swapped;	/* kB */

static void figure(const char *name, uint64_t n)
{
	printf("# torture: %s %llu\n", name, (unsigned long long)n);
	zeros += !n;
}

static void figures(unsigned int rounds, unsigned int reloads)
{
	char name[40];
	int i;

	figure("rounds", rounds);
	figure("module reloads", reloads);
	figure("agents", ended.agents);
	figure("agents killed", ended.agents_killed);
	figure("sessions", torture->sessions);
	figure("sessions that saw their target end", torture->stopped);
	figure("targets that exited", ended.way[WAY_EXIT]);
	figure("targets that exec'ed", ended.way[WAY_EXEC]);
	figure("targets that the OOM killer took", ended.way[WAY_OOM]);
	figure("targets killed", ended.way[WAY_KILL]);
	for (i = 0; i < NR_OPS; i++) {
		snprintf(name, sizeof(name), "%s of %s", op_names[i],
			 i < NR_AGENT_OPS ? "agents" : "targets");
		figure(name, torture->ops[i]);
	}
	figure("bytes checked", torture->bytes);
	if (machine_disk())
		figure("kB swapped out at most", most_swapped);
}

/* --- rounds --- */

static bool module_is(bool load)
{
	const char *const argv[] = { "dbgmem", load ? "load" : "unload", NULL };

	return machine_run(argv) &&
	       !access("/sys/module/dbgmem", F_OK) == load;
}

/* False: it makes no sense to go on. */
static bool one_round(unsigned int n, long ms, uint64_t *random)
{
	static const char *const engines[] = { "auto", "remote", "pinned" };
	long end = now_ms() + ms;

	if (param_set("engine", engines[n % 3])) {
		complain("cannot set the engine");
		return false;
	}
	supervisor_begin();
	while (now_ms() < end && !torture->nr_complaints) {
		long swapped = machine_swapped();

		if (swapped > most_swapped)
			most_swapped = swapped;
		supervisor_tend(random);
		sleep_ms(20);
	}
	if (!supervisor_end_agents())
		return false;
	/* The module is not there any more when what it left is looked for. */
	if (!module_is(false)) {
		complain("the module cannot be unloaded");
		return false;
	}
	return supervisor_judge() && supervisor_end() && !torture->nr_complaints;
}

static unsigned int run(long seconds, unsigned int *reloads, long *before)
{
	uint64_t random = now_ms();
	long end = now_ms() + seconds * 1000;
	long ms = seconds * 1000 / 3;
	unsigned int n;

	if (ms > ROUND_MS)
		ms = ROUND_MS;
	for (n = 0; now_ms() < end; n++) {
		if (!one_round(n, ms, &random))
			break;
		if (!module_is(true)) {
			complain("the module cannot be loaded");
			break;
		}
		++*reloads;
		/* what the first round has made the kernel keep is not lost */
		if (!n)
			*before = machine_free();
	}
	return n;
}

/* --- the verdict --- */

static int tests, failures;

static void result(bool ok, const char *name)
{
	printf("%sok %d torture.%s\n", ok ? "" : "not ", ++tests, name);
	failures += !ok;
}

static bool memory_is_back(long before, long after)
{
	printf("# torture: kB free, at the end %ld, before %ld\n", after,
	       before);
	return before && after > before - SLACK_KB;
}

static bool begin(void)
{
	const char *workers = getenv("TORTURE_WORKERS");

	torture = mmap(NULL, sizeof(*torture), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (torture == MAP_FAILED)
		return false;
	torture->workers = workers ? atoi(workers) : MAX_WORKERS;
	if (torture->workers < 1 || torture->workers > MAX_WORKERS)
		return false;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return cgroup_make() && machine_swap(true);
}

int main(int argc, char **argv)
{
	const char *seconds = getenv("TORTURE_SECONDS");
	long before = 0, after;
	unsigned int rounds, reloads = 0;
	uint32_t i;

	if (argc == 2 && !strcmp(argv[1], "exec")) {
		sleep_ms(20);
		return EXEC_STATUS;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..5\n");
	if (!begin()) {
		printf("# cannot begin: %s\n", strerror(errno));
		return 1;
	}
	rounds = run(seconds ? atol(seconds) : 60, &reloads, &before);
	param_set("engine", "auto");
	result(machine_swap(false), "swap_is_given_back");
	result(cgroup_remove(), "nobody_is_left_in_a_cgroup");
	after = machine_free();
	if (!machine_remove_disk())
		complain("the disk cannot be removed");
	figures(rounds, reloads);
	for (i = 0; i < torture->nr_complaints && i < MAX_COMPLAINTS; i++)
		printf("# %s\n", torture->complaint[i]);
	result(!torture->nr_complaints,
	       "nothing_is_lost_or_stuck_or_left_behind");
	result(memory_is_back(before, after), "memory_is_back");
	result(!zeros, "all_of_it_has_happened");
	return failures;
}
