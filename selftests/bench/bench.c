// SPDX-License-Identifier: GPL-2.0
/*
 * Print a line of numbers for each case, engine and peer. To be run as root where
 * the module is loaded.
 *
 *	-w		the clock is real time, not counted instructions
 *	-r ROUNDS	best of so many
 *	-p CASE,SIZE,PIECES,METHOD
 *			only that, again and again without end, for a profiler
 *
 * Lines that begin with # are remarks: what was skipped and why, what was not
 * steady, errors. Exit status 1 if anything failed.
 */
#include "bench.h"

static int bad_arguments(const char *name)
{
	fprintf(stderr, "usage: %s [-w] [-r ROUNDS] [-p CASE,SIZE,PIECES,METHOD]\n",
		name);
	return 2;
}

int main(int argc, char **argv)
{
	static int (*const cases[])(void) = {
		case_transfer, case_scatter, case_attach, case_floor,
		case_breakpoint, case_regions, case_search, case_observed,
		case_window,
	};
	unsigned int i;
	char *end;
	int opt, ret;

	while ((opt = getopt(argc, argv, "wr:p:")) != -1) {
		switch (opt) {
		case 'w':
			clock_mode.wall = true;
			break;
		case 'p':
			run_only = optarg;
			break;
		case 'r':
			clock_mode.rounds = strtoul(optarg, &end, 10);
			if (*end || !clock_mode.rounds ||
			    clock_mode.rounds > MAX_ROUNDS)
				return bad_arguments(argv[0]);
			break;
		default:
			return bad_arguments(argv[0]);
		}
	}
	if (optind != argc)
		return bad_arguments(argv[0]);
	if (!clock_mode.rounds)
		clock_mode.rounds = clock_mode.wall ? 15 : 9;

	ret = subject_start();
	if (ret)
		return 1;
	/* Every case has its chance, whatever became of the one before. */
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (cases[i]())
			ret = 1;
	}
	subject_stop();
	if (!ret)
		printf("# complete\n");
	return ret;
}
