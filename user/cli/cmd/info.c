// SPDX-License-Identifier: GPL-2.0
/* dbgmem info: what the module can do, and whether a process can be opened. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dbgmem.h>

#include "cmd/cmd.h"
#include "target/comm.h"
#include "target/target.h"
#include "text/json.h"
#include "text/message.h"
#include "text/num.h"
#include "text/text.h"

static const struct option options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem info [--json] [PID]\n\n"
	     "Examples:\n"
	     "  dbgmem info\n"
	     "  dbgmem info 1234\n\n"
	     "Show whether the module is loaded, and what it can do. With PID, attach to that\n"
	     "process for a moment and show what access there is.\n\n"
	     "  -j, --json  print JSON\n"
	     "  -h, --help  show this text\n\n"
	     "Exit status: 0 all was shown, 1 not loaded or refused, 2 usage.");
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
	{ DBGMEM_FEATURE_BREAKPOINT, "breakpoint" },
	{ DBGMEM_FEATURE_CMPXCHG, "cmpxchg" },
	{ DBGMEM_FEATURE_EXPECT, "expect" },
	{ DBGMEM_FEATURE_REGION, "region" },
	{ DBGMEM_FEATURE_MIRROR, "mirror" },
	{ DBGMEM_FEATURE_WINDOW, "window" },
	{ DBGMEM_FEATURE_TABLES, "tables" },
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
	{ DBGMEM_FORCE_POLICY_NEVER, "never (nobody)" },
	{ DBGMEM_FORCE_POLICY_PTRACE, "ptrace (the target's tracer)" },
	{ DBGMEM_FORCE_POLICY_CAPABLE,
	  "capable (the target's tracer, or CAP_SYS_PTRACE over the target)" },
	{ DBGMEM_FORCE_POLICY_ALWAYS, "always (any session that may write)" },
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
	printf("%-15s %u expectations\n", "vector checks:", info->max_expects);
	printf("%-15s at most %u in a session\n", "breakpoints:",
	       info->max_breakpoints);
	printf("%-15s at most %u pages in a session\n", "mirror:",
	       info->max_mirror_pages);
	printf("%-15s at most %u pages in a session\n", "windows:",
	       info->max_window_pages);
	show_one("engine:", engines, NR(engines), info->engine);
	show_one("force policy:", policies, NR(policies), info->force_policy);
}

static struct json_object *json_one(const struct word *words, size_t nr,
				    uint64_t value)
{
	size_t i;

	/* Leave out the explanation in parentheses. */
	for (i = 0; i < nr; i++)
		if (words[i].value == value)
			return json_text(words[i].name,
					 strcspn(words[i].name, "(") -
					 !!strchr(words[i].name, '('));
	return json_hex(value);
}

static struct json_object *json_bits(const struct word *words, size_t nr,
				     uint64_t value)
{
	struct json_object *array = json_object_new_array();
	int bad = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (value & words[i].value)
			bad |= json_append(array,
					   json_object_new_string(words[i].name));
		value &= ~words[i].value;
	}
	if (value)
		bad |= json_append(array, json_hex(value));
	if (!bad)
		return array;
	json_object_put(array);
	return NULL;
}

static int json_info(struct json_object *o, const struct dbgmem_info *info)
{
	const struct {
		const char *key;
		uint64_t value;
	} numbers[] = {
		{ "abi_version", info->abi_version },
		{ "page_size", info->page_size },
		{ "max_exact", info->max_exact },
		{ "max_segments", info->max_segments },
		{ "max_exact_pages", info->max_exact_pages },
		{ "max_expects", info->max_expects },
		{ "max_breakpoints", info->max_breakpoints },
		{ "max_mirror_pages", info->max_mirror_pages },
		{ "max_window_pages", info->max_window_pages },
	};
	int bad = 0;
	size_t i;

	for (i = 0; i < NR(numbers); i++)
		bad |= json_put(o, numbers[i].key,
				json_object_new_int64((int64_t)numbers[i].value));
	bad |= json_put(o, "features",
			json_bits(features, NR(features), info->features));
	bad |= json_put(o, "transfer_flags",
			json_bits(flags, NR(flags), info->transfer_flags));
	bad |= json_put(o, "engine",
			json_one(engines, NR(engines), info->engine));
	bad |= json_put(o, "force_policy",
			json_one(policies, NR(policies), info->force_policy));
	return bad;
}

/* Print @o. Returns the exit status: @status if it was printed. */
static int json_finish(struct json_object *o, int bad, int status)
{
	int ret;

	if (bad) {
		json_object_put(o);
		msg("out of memory");
		return STATUS_FAILED;
	}
	ret = json_print(o);
	return ret ? ret : status;
}

static int info_module(bool json)
{
	struct json_object *o = NULL;
	struct dbgmem_info info = { .size = sizeof(info) };
	int state, bad = 0, status = STATUS_OK;

	state = dbgmem_module_state();
	if (state < 0) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	if (json) {
		o = json_object_new_object();
		bad = json_put(o, "module",
			       json_one(modules, NR(modules), (uint64_t)state));
	} else {
		show_one("module:", modules, NR(modules), (uint64_t)state);
	}
	if (dbgmem_get_info(NULL, &info)) {
		msg("%s", dbgmem_errstr());
		status = STATUS_FAILED;
	} else if (json) {
		bad |= json_info(o, &info);
	} else {
		show_info(&info);
	}
	return json ? json_finish(o, bad, status) : finish(status);
}

/* What is shown of a process. */
struct facts {
	pid_t pid;
	char comm[COMM_SIZE];
	bool has_comm;
	struct dbgmem_info info;
	struct dbgmem_session_info session;
	bool has_planted;	/* breakpoints are supported */
	size_t planted;		/* by all sessions */
};

static int facts_get(struct facts *f, struct dbgmem *m)
{
	struct dbgmem_bp *bps;
	int ret;

	f->info.size = sizeof(f->info);
	f->session.size = sizeof(f->session);
	ret = dbgmem_get_info(m, &f->info);
	if (!ret)
		ret = dbgmem_get_session_info(m, &f->session);
	if (ret)
		return ret;
	f->has_comm = comm_get(f->pid, f->comm);
	f->has_planted = f->info.features & DBGMEM_FEATURE_BREAKPOINT;
	if (!f->has_planted)
		return 0;
	/* Ask for all sessions: this one has no breakpoints. */
	ret = dbgmem_bp_list(m, DBGMEM_BP_ALL, &bps, &f->planted);
	dbgmem_bp_list_free(bps);
	return ret;
}

static int facts_show(const struct facts *f)
{
	printf("%-15s %d\n", "process:", (int)f->pid);
	if (f->has_comm) {
		printf("%-15s ", "command:");
		text_print(stdout, f->comm, strlen(f->comm));
		putchar('\n');
	}
	show_one("state:", states, NR(states), f->session.state);
	show_bits("access:", access_words, NR(access_words), f->session.access);
	if (f->has_planted)
		printf("%-15s %zu breakpoints, of all sessions\n", "planted:",
		       f->planted);
	show_info(&f->info);
	return finish(STATUS_OK);
}

static int facts_json(const struct facts *f)
{
	struct json_object *o = json_object_new_object();
	int bad;

	bad = json_put(o, "process", json_object_new_int64(f->pid));
	if (f->has_comm)
		bad |= json_put(o, "command", json_text(f->comm,
						    strlen(f->comm)));
	bad |= json_put(o, "state",
			json_one(states, NR(states), f->session.state));
	bad |= json_put(o, "access",
			json_bits(access_words, NR(access_words),
				  f->session.access));
	if (f->has_planted)
		bad |= json_put(o, "planted",
				json_object_new_int64((int64_t)f->planted));
	bad |= json_info(o, &f->info);
	return json_finish(o, bad, STATUS_OK);
}

static int info_pid(pid_t pid, bool json)
{
	struct facts f = { .pid = pid };
	struct dbgmem *m;
	int ret;

	ret = dbgmem_open(pid, DBGMEM_OPEN_WRITE, &m);
	/* The device may be read-only; show what the target allows then. */
	if (ret && dbgmem_last_error()->source == DBGMEM_SOURCE_NODE)
		ret = dbgmem_open(pid, DBGMEM_OPEN_RDONLY, &m);
	if (!ret)
		ret = facts_get(&f, m);
	if (ret)
		msg("%s", dbgmem_errstr());
	dbgmem_close(m);
	if (ret)
		return STATUS_FAILED;
	return json ? facts_json(&f) : facts_show(&f);
}

int cmd_info(int argc, char **argv)
{
	bool json = false;
	pid_t pid;
	int c;

	while ((c = getopt_long(argc, argv, "jh", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			json = true;
			break;
		case 'h':
			return help();
		default:
			return msg_hint("info");
		}
	}
	if (argc == optind)
		return info_module(json);
	if (target_pid("info", argv + optind, argc - optind, &pid))
		return STATUS_USAGE;
	if (argc - optind > 1)
		return msg_usage("info", "only one PID can be given");
	return info_pid(pid, json);
}
