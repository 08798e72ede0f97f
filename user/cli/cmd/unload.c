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
	puts("Usage: dbgmem unload\n"
	     "Unload the kernel module. Refused while a session is open; nothing happens if it\n"
	     "is not loaded.\n\n"
	     "  -h, --help  show this text\n\n"
	     "Exit status: 0 it is not loaded any more, 1 it still is, 2 usage.");
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
