// SPDX-License-Identifier: GPL-2.0
/* dbgmem: the memory of another process, from the command line. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "text/message.h"
#include "text/text.h"
#include "text/typo.h"

static const struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} verbs[] = {
	{ "info", cmd_info, "what the module can do, and whether PID can be opened" },
	{ "read", cmd_read, "print or save memory of a process" },
	{ "write", cmd_write, "change memory of a process" },
	{ "cmpxchg", cmd_cmpxchg, "compare and exchange one word of a process" },
	{ "bp", cmd_bp, "set and list breakpoints in a process" },
	{ "maps", cmd_maps, "list what is mapped in a process" },
	{ "search", cmd_search, "find bytes, a string or a number in a process" },
	{ "strings", cmd_strings, "list the strings in a process" },
	{ "compare", cmd_compare, "show where memory differs, from other memory or a file" },
	{ "fill", cmd_fill, "write a pattern over and over" },
	{ "watch", cmd_watch, "show a value over time" },
	{ "dump", cmd_dump, "save a process to an ELF core, without stopping it" },
	{ "regs", cmd_regs, "show the registers of a thread" },
	{ "load", cmd_load, "load the kernel module" },
	{ "unload", cmd_unload, "unload the kernel module" },
};

#define NR_VERBS (sizeof(verbs) / sizeof(verbs[0]))

static int help(void)
{
	size_t i;

	puts("Usage: dbgmem VERB [OPTION...] [ARGUMENT...]\n\n"
	     "Examples:\n"
	     "  dbgmem maps 1234\n"
	     "  dbgmem read 1234 '[heap]' 64\n\n"
	     "Read and write the memory of another process through /dev/dbgmem.\n\n"
	     "Verbs:");
	for (i = 0; i < NR_VERBS; i++)
		printf("  %-8s %s\n", verbs[i].name, verbs[i].summary);
	puts("\n"
	     "'dbgmem VERB --help' or 'dbgmem help VERB' describes a verb; see also dbgmem(1).\n\n"
	     "  -h, --help     show this text\n"
	     "  -V, --version  show the version\n\n"
	     "Exit status: 0 all was done, 1 it failed, nothing was done, 2 usage, 3 a part.\n"
	     "search, strings, compare: 1 not found or different, 2 usage or failure.");
	return finish(STATUS_OK);
}

static int version(void)
{
	puts("dbgmem " DBGMEM_VERSION);
	return finish(STATUS_OK);
}

/*
 * Open descriptors 0 to 2 if the caller has closed them. Otherwise the session could
 * get one of them, and a message would be written to the target. Reads and writes fail
 * on these as on closed ones.
 */
static void descriptors_open(void)
{
	int fd;

	do {
		fd = open("/", O_PATH);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		exit(STATUS_FAILED);
	close(fd);
}

static int unknown(const char *word)
{
	const char *names[NR_VERBS], *meant;
	size_t i;

	for (i = 0; i < NR_VERBS; i++)
		names[i] = verbs[i].name;
	meant = typo_meant(word, names, NR_VERBS);
	if (meant)
		return msg_usage("", "unknown verb or option '%s': did you mean '%s'?",
				 word, meant);
	return msg_usage("", "unknown verb or option '%s'", word);
}

/* Run the verb at argv[1]. */
static int verb_run(int argc, char **argv)
{
	size_t i;

	for (i = 0; i < NR_VERBS; i++)
		if (!strcmp(argv[1], verbs[i].name)) {
			/* getopt_long() begins its messages with argv[0]. */
			argv[1] = argv[0];
			return verbs[i].run(argc - 1, argv + 1);
		}
	return unknown(argv[1]);
}

/* Handle "help VERB" and "help bp VERB" like --help after the verb. */
static int verb_help(int argc, char **argv)
{
	char option[] = "--help", *args[5] = { argv[0] };
	int i;

	for (i = 2; i < argc && i < 4; i++)
		args[i - 1] = argv[i];
	args[i - 1] = option;
	return verb_run(i, args);
}

int main(int argc, char **argv)
{
	descriptors_open();
	text_use_locale();
	if (argc < 2)
		return msg_usage("", "no verb given");
	if (!strcmp(argv[1], "help") && argc > 2)
		return verb_help(argc, argv);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
	    !strcmp(argv[1], "help"))
		return help();
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V") ||
	    !strcmp(argv[1], "version"))
		return version();
	return verb_run(argc, argv);
}
