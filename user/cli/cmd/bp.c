// SPDX-License-Identifier: GPL-2.0
/* dbgmem bp: breakpoints, with verbs of its own. */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "text/message.h"
#include "text/typo.h"

static const struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{ "set", cmd_bp_set },
	{ "list", cmd_bp_list },
};

static int help(void)
{
	puts("Usage: dbgmem bp set [--trap HEX] [--yes] PID ADDR...\n"
	     "       dbgmem bp list [--json] PID\n\n"
	     "Examples:\n"
	     "  dbgmem bp set 1234 libc.so.6+0x8a3f0\n"
	     "  dbgmem bp list 1234\n\n"
	     "Set breakpoints in process PID, or list the breakpoints of all sessions on it.\n"
	     "'dbgmem bp set' holds its breakpoints until Ctrl-C ends it.\n\n"
	     "  -h, --help  show this text; after set or list, the text of that verb\n\n"
	     "Exit status: 0 all, 1 nothing, 2 usage, 3 some breakpoints were lost.");
	return finish(STATUS_OK);
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
