// SPDX-License-Identifier: GPL-2.0
/* dbgmem bp: breakpoints, with verbs of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "cmd/bp.h"
#include "text/typo.h"

static const struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{ "set", bp_set },
	{ "list", bp_list },
};

static int help(void)
{
	puts("Usage: dbgmem bp set [--trap HEX] [--yes] PID ADDR...\n"
	     "       dbgmem bp list [--json] PID\n"
	     "Set breakpoints in process PID, and list those of everybody. They stay as long as\n"
	     "the 'dbgmem bp set' that set them runs; Ctrl-C ends it and takes them out.\n\n"
	     "  -h, --help  show this text; with set or list, theirs\n\n"
	     "Exit status: 0 all of it, 1 nothing, 2 usage, 3 some were lost.");
	return finish(STATUS_OK);
}

int bp_parse(const char *verb, char **args, size_t nr,
	     struct target_range **at)
{
	int status = STATUS_OK;
	size_t i;

	*at = calloc(nr, sizeof(**at));
	if (!*at) {
		msg("out of memory");
		return STATUS_FAILED;
	}
	for (i = 0; i < nr && !status; i++)
		status = target_parse(verb, args[i], NULL, &(*at)[i]);
	if (status)
		free(*at);
	return status;
}

int bp_report(pid_t pid, uint32_t cleared, uint32_t lost)
{
	if (!lost) {
		msg("%u of %u breakpoint(s) of process %d put back", cleared,
		    cleared, (int)pid);
		return STATUS_OK;
	}
	msg("%u of %u breakpoint(s) of process %d put back; the others were lost: other bytes stand where their traps were, and were left alone",
	    cleared - lost, cleared, (int)pid);
	return STATUS_PARTIAL;
}

int cmd_bp(int argc, char **argv)
{
	static const char *const names[] = { "set", "list" };
	const char *meant;
	size_t i;

	if (argc < 2)
		return msg_usage("bp", "set or list is needed");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help();
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(argv[1], verbs[i].name)) {
			argv[1] = argv[0];
			return verbs[i].run(argc - 1, argv + 1);
		}
	meant = typo_meant(argv[1], names, sizeof(names) / sizeof(names[0]));
	if (meant)
		return msg_usage("bp", "'%s' is not set or list: did you mean '%s'?",
				 argv[1], meant);
	return msg_usage("bp", "'%s' is not set or list; to clear breakpoints, end the 'dbgmem bp set' that holds them",
			 argv[1]);
}
