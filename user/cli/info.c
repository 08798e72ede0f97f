// SPDX-License-Identifier: GPL-2.0
/* dbgmem info: what the module can do, and whether a process can be opened. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <dbgmem.h>

#include "cli.h"
#include "num.h"

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem info [PID]\n"
	     "Show whether the module is loaded, and what it can do. With PID, attach to that\n"
	     "process for a moment and show what access there is.\n\n"
	     "  -h, --help  show this text\n\n"
	     "Exit status: 0 all was shown, 1 not loaded, or refused, 2 usage.");
	return finish(STATUS_OK);
}

struct word {
	uint64_t value;
	const char *name;
};

#define NR(array)	(sizeof(array) / sizeof((array)[0]))

static const struct word features[] = {
	{ DBGMEM_FEATURE_EXACT, "exact" },
	{ DBGMEM_FEATURE_FORCE, "force" },
	{ DBGMEM_FEATURE_ZEROFILL, "zero-fill" },
	{ DBGMEM_FEATURE_NOFAULT, "no-fault" },
	{ DBGMEM_FEATURE_RW, "pread/pwrite" },
	{ DBGMEM_FEATURE_POLL, "poll" },
	{ DBGMEM_FEATURE_VECTOR, "vector" },
};

static const struct word flags[] = {
	{ DBGMEM_EXACT, "EXACT" },
	{ DBGMEM_FORCE, "FORCE" },
	{ DBGMEM_ZEROFILL, "ZEROFILL" },
	{ DBGMEM_NOFAULT, "NOFAULT" },
	{ DBGMEM_RAW, "RAW" },
};

static const struct word access_words[] = {
	{ DBGMEM_ACCESS_READ, "read" },
	{ DBGMEM_ACCESS_WRITE, "write" },
};

static const struct word engines[] = {
	{ DBGMEM_ENGINE_AUTO, "auto" },
	{ DBGMEM_ENGINE_REMOTE, "remote" },
	{ DBGMEM_ENGINE_PINNED, "pinned" },
};

static const struct word policies[] = {
	{ DBGMEM_FORCE_NEVER, "never (nobody)" },
	{ DBGMEM_FORCE_PTRACE, "ptrace (the target's tracer)" },
	{ DBGMEM_FORCE_CAPABLE,
	  "capable (the target's tracer, or CAP_SYS_PTRACE over the target)" },
	{ DBGMEM_FORCE_ALWAYS, "always (any session that may write)" },
};

static const struct word states[] = {
	{ DBGMEM_STATE_UNBOUND, "unbound" },
	{ DBGMEM_STATE_ATTACHED, "attached" },
	{ DBGMEM_STATE_EXITED, "exited" },
	{ DBGMEM_STATE_EXECED, "exec'ed" },
};

static const struct word modules[] = {
	{ DBGMEM_MODULE_ABSENT, "not loaded" },
	{ DBGMEM_MODULE_LIVE, "loaded" },
	{ DBGMEM_MODULE_BUILTIN, "built in" },
	{ DBGMEM_MODULE_COMING, "being loaded" },
	{ DBGMEM_MODULE_GOING, "being unloaded" },
};

static void show_one(const char *key, const struct word *words, size_t nr,
		     uint64_t value)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (words[i].value == value) {
			printf("%-15s %s\n", key, words[i].name);
			return;
		}
	}
	printf("%-15s unknown (%llu)\n", key, (unsigned long long)value);
}

static void show_bits(const char *key, const struct word *words, size_t nr,
		      uint64_t value)
{
	size_t i;

	printf("%-15s", key);
	if (!value)
		printf(" none");
	for (i = 0; i < nr; i++) {
		if (value & words[i].value)
			printf(" %s", words[i].name);
		value &= ~words[i].value;
	}
	if (value)
		printf(" unknown:0x%llx", (unsigned long long)value);
	putchar('\n');
}

static void show_info(const struct dbgmem_info *info)
{
	printf("%-15s %u\n", "abi version:", info->abi_version);
	printf("%-15s %u bytes\n", "page size:", info->page_size);
	show_bits("features:", features, NR(features), info->features);
	show_bits("transfer flags:", flags, NR(flags), info->transfer_flags);
	printf("%-15s %llu bytes\n", "exact limit:",
	       (unsigned long long)info->max_exact);
	printf("%-15s %u segments, exact %u pages\n", "vector limit:",
	       info->max_segments, info->max_exact_pages);
	show_one("engine:", engines, NR(engines), info->engine);
	show_one("force policy:", policies, NR(policies), info->force_policy);
}

static int info_module(void)
{
	struct dbgmem_info info;
	int state;

	state = dbgmem_module_state();
	if (state < 0) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	show_one("module:", modules, NR(modules), (uint64_t)state);
	if (dbgmem_get_info(NULL, &info)) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	show_info(&info);
	return finish(STATUS_OK);
}

static void show_comm(pid_t pid)
{
	char path[64], comm[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(comm, sizeof(comm), f)) {
		comm[strcspn(comm, "\n")] = '\0';
		printf("%-15s %s\n", "command:", comm);
	}
	fclose(f);
}

static int info_pid(pid_t pid)
{
	struct dbgmem_info info;
	struct dbgmem *m;
	int ret;

	ret = dbgmem_open(pid, 0, &m);
	/* The node may be readable only; the target's own answer is one. */
	if (ret && dbgmem_last_error()->gate == DBGMEM_GATE_NODE)
		ret = dbgmem_open(pid, DBGMEM_OPEN_RDONLY, &m);
	if (!ret)
		ret = dbgmem_get_info(m, &info);
	if (ret) {
		msg("%s", dbgmem_errstr());
		dbgmem_close(m);
		return STATUS_FAILED;
	}
	printf("%-15s %d\n", "process:", (int)pid);
	show_comm(pid);
	show_one("state:", states, NR(states), info.state);
	show_bits("access:", access_words, NR(access_words), info.access);
	show_info(&info);
	dbgmem_close(m);
	return finish(STATUS_OK);
}

int cmd_info(int argc, char **argv)
{
	pid_t pid;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h')
			return help();
		return msg_hint("info");
	}
	if (argc - optind > 1)
		return msg_usage("info", "only one PID can be given");
	if (argc == optind)
		return info_module();
	if (num_parse_pid(argv[optind], &pid))
		return msg_usage("info", "'%s' is not a process id", argv[optind]);
	return info_pid(pid);
}
