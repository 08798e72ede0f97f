// SPDX-License-Identifier: GPL-2.0
/* dbgmem load: load the kernel module. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dbgmem.h>

#include "cmd/cmd.h"
#include "text/message.h"

static const struct option options[] = {
	{ "path", required_argument, NULL, 'p' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem load [--path FILE] [PARAM=VALUE...]\n\n"
	     "Examples:\n"
	     "  dbgmem load\n"
	     "  dbgmem load force=never\n\n"
	     "Load the kernel module: FILE, or the one in the module directory of the running\n"
	     "kernel. Do nothing if it is loaded already.\n\n"
	     "  -p, --path FILE  load this file\n"
	     "  -h, --help       show this text\n\n"
	     "Parameters, with their defaults:\n"
	     "  engine=auto|remote|pinned          how memory is moved (auto)\n"
	     "  force=always|capable|ptrace|never  who may use FORCE (capable, or ptrace where\n"
	     "                                     the kernel restricts /proc/PID/mem so)\n"
	     "  audit=Y|N                          write to the audit log (Y)\n"
	     "  mirror_pages=N                     most pages in a mirror (262144; 0: none)\n"
	     "  window_pages=N                     most pages in windows (65536; 0: none)\n"
	     "  window_lease=MS                    how long windows hold a page, in\n"
	     "                                     milliseconds (100; 0: no limit)\n\n"
	     "Exit status: 0 loaded, 1 not loaded, or it has other parameters, 2 usage.");
	return finish(STATUS_OK);
}

/*
 * Join the arguments to "a=b c=d". The result is the caller's to free, NULL when out of
 * memory.
 */
static char *params_join(int nr, char **args)
{
	size_t len = 1, pos = 0;
	char *s;
	int i;

	for (i = 0; i < nr; i++)
		len += strlen(args[i]) + 1;
	s = calloc(1, len);
	if (!s)
		return NULL;
	for (i = 0; i < nr; i++)
		pos += (size_t)sprintf(s + pos, "%s%s", i ? " " : "", args[i]);
	return s;
}

int cmd_load(int argc, char **argv)
{
	const char *path = NULL;
	int c, i, state, status = STATUS_FAILED;
	char *params;

	while ((c = getopt_long(argc, argv, "p:h", options, NULL)) != -1) {
		switch (c) {
		case 'p':
			path = optarg;
			break;
		case 'h':
			return help();
		default:
			return msg_hint("load");
		}
	}
	for (i = optind; i < argc; i++)
		if (!strchr(argv[i], '=') || argv[i][0] == '=' ||
		    strpbrk(argv[i], " \t\n\""))
			return msg_usage("load", "'%s' is not PARAM=VALUE%s",
					 argv[i], strchr(argv[i], '=') ? "" :
					 " (a file is given with --path)");
	state = dbgmem_module_state();
	if (state == DBGMEM_MODULE_LIVE || state == DBGMEM_MODULE_BUILTIN) {
		if (optind == argc)
			return STATUS_OK;
		msg("the module is loaded already and keeps its parameters; run 'dbgmem unload' first, or write to /sys/module/dbgmem/parameters");
		return STATUS_FAILED;
	}
	params = params_join(argc - optind, argv + optind);
	if (!params)
		msg("out of memory");
	else if (dbgmem_module_load(path, params))
		msg("%s", dbgmem_errstr());
	else
		status = STATUS_OK;
	free(params);
	return status;
}
