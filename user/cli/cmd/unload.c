// SPDX-License-Identifier: GPL-2.0
/* dbgmem unload: unload the kernel module. */
#include <getopt.h>
#include <stdio.h>

#include <dbgmem.h>

#include "cmd/cmd.h"
#include "text/message.h"

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem unload\n\n"
	     "Examples:\n"
	     "  dbgmem unload\n"
	     "  dbgmem unload && dbgmem load force=never\n\n"
	     "Unload the kernel module. This is refused while a session is open. Do nothing\n"
	     "if it is not loaded.\n\n"
	     "  -h, --help  show this text\n\n"
	     "Exit status: 0 it is not loaded, 1 it is still loaded, 2 usage.");
	return finish(STATUS_OK);
}

int cmd_unload(int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h')
			return help();
		return msg_hint("unload");
	}
	if (argc != optind)
		return msg_usage("unload", "no arguments are taken");
	if (dbgmem_module_unload()) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	return STATUS_OK;
}
