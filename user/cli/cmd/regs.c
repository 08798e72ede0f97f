// SPDX-License-Identifier: GPL-2.0
/* dbgmem regs: print the registers of a thread. */
#define _DEFAULT_SOURCE
#include <endian.h>
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dbgmem_interfaces.h>

#include "cmd/cmd.h"
#include "target/psinfo.h"
#include "target/target.h"
#include "target/tracee.h"
#include "text/json.h"
#include "text/message.h"
#include "text/num.h"

/* More than any machine has. */
#define REGISTERS	512
#define REGISTER_MAX	256

/* An interruptible thread stops within microseconds on an idle machine. */
#define PATIENCE_MS	3000

static const struct option options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem regs [OPTION...] PID|TID [NAME...]\n\n"
	     "Examples:\n"
	     "  dbgmem regs 1234\n"
	     "  dbgmem regs --json 1240 pc sp xmm0\n\n"
	     "Print the registers of thread TID, or of the first thread of process PID: the\n"
	     "general ones, or those that are named. The thread is stopped as briefly as\n"
	     "possible. The module is not needed.\n\n"
	     "  -a, --all   print also floating point and vector registers\n"
	     "  -j, --json  print JSON\n"
	     "  -h, --help  show this text\n\n"
	     "NAME is as in gdb: rax, xmm0, x30. Every machine has pc, sp, fp and flags.\n"
	     "A vector is printed as one number; its last digits are its first element.\n"
	     "Exit status: 0 all were shown, 1 none, 2 usage.");
	return finish(STATUS_OK);
}

/* A register with its bytes. */
struct value {
	struct dbgmem_register reg;
	uint8_t bytes[REGISTER_MAX];
};

static const char *kind_name(enum dbgmem_register_kind kind)
{
	static const char *const names[] = {
		[DBGMEM_REGISTER_GENERAL] = "general",
		[DBGMEM_REGISTER_PC] = "pc",
		[DBGMEM_REGISTER_FLAGS] = "flags",
		[DBGMEM_REGISTER_SEGMENT] = "segment",
		[DBGMEM_REGISTER_FLOAT] = "float",
		[DBGMEM_REGISTER_VECTOR] = "vector",
		[DBGMEM_REGISTER_CONTROL] = "control",
	};

	return (size_t)kind < sizeof(names) / sizeof(names[0]) ? names[kind] :
								 "?";
}

/* Is it printed without --all? */
static bool is_plain(enum dbgmem_register_kind kind)
{
	return kind == DBGMEM_REGISTER_GENERAL || kind == DBGMEM_REGISTER_PC ||
	       kind == DBGMEM_REGISTER_FLAGS || kind == DBGMEM_REGISTER_SEGMENT;
}

static int value_read(pid_t tid, struct value *v)
{
	const struct dbgmem_context ctx = { .tid = tid };
	const struct dbgmem_location loc = {
		.kind = DBGMEM_LOCATION_REGISTER,
		.reg = v->reg.id,
	};

	if (v->reg.size > sizeof(v->bytes))
		v->reg.size = sizeof(v->bytes);
	return dbgmem_context_read(&ctx, &loc, v->bytes, v->reg.size, NULL);
}

/*
 * Read the registers of a stopped thread. Returns how many, or a negative errno of the
 * library.
 */
static int collect(pid_t tid, char **names, int nr_names, bool all,
		   struct value *values)
{
	uint32_t cursor = 0;
	int nr = 0, ret = 1;

	for (; nr < nr_names; nr++) {
		ret = dbgmem_register_find(tid, names[nr], &values[nr].reg);
		if (!ret)
			ret = value_read(tid, &values[nr]);
		if (ret < 0)
			return ret;
	}
	while (!nr_names && nr < REGISTERS) {
		ret = dbgmem_register_next(tid, &cursor, &values[nr].reg);
		if (ret <= 0)
			break;
		if (!all && !is_plain(values[nr].reg.kind))
			continue;
		ret = value_read(tid, &values[nr++]);
		if (ret < 0)
			break;
	}
	return ret < 0 ? ret : nr;
}

/* Format as one number with all digits: "0x00ff". */
static const char *value_text(const struct value *v,
			      char text[2 * REGISTER_MAX + 3])
{
	const bool little = htole16(1) == 1;
	uint32_t size = v->reg.size, i;
	char *p = text;

	p += sprintf(p, "0x");
	for (i = 0; i < size; i++)
		p += sprintf(p, "%02x", v->bytes[little ? size - 1 - i : i]);
	return text;
}

static int print_table(const struct value *v, int nr)
{
	char text[2 * REGISTER_MAX + 3];

	for (; nr--; v++)
		printf("%-10s %s\n", v->reg.name, value_text(v, text));
	return finish(STATUS_OK);
}

static int print_json(pid_t tid, const struct value *v, int nr)
{
	struct json_object *top = json_object_new_object();
	struct json_object *array = json_object_new_array(), *o;
	char text[2 * REGISTER_MAX + 3];
	int bad = 0;

	bad |= json_put(top, "thread", json_object_new_int64(tid));
	for (; nr-- && !bad; v++) {
		o = json_object_new_object();
		bad |= json_put(o, "name", json_object_new_string(v->reg.name));
		bad |= json_put(o, "kind",
				json_object_new_string(kind_name(v->reg.kind)));
		bad |= json_put(o, "size", json_object_new_int64(v->reg.size));
		bad |= json_put(o, "value",
				json_object_new_string(value_text(v, text)));
		bad |= json_append(array, o);
	}
	bad |= json_put(top, "registers", array);
	if (bad) {
		json_object_put(top);
		msg("out of memory");
		return STATUS_FAILED;
	}
	return json_print(top);
}

/* Returns a live thread of the process whose first thread is @tid, or 0. */
static pid_t other_thread(pid_t tid)
{
	struct psinfo info;
	pid_t *tids, other = 0;
	ssize_t nr, i;
	int dir;

	dir = ps_open(tid);
	if (dir < 0)
		return 0;
	nr = ps_threads(dir, tid, &tids);
	for (i = 0; i < nr && !other; i++)
		if (!psinfo_read(dir, tids[i], &info) && !psinfo_ended(&info))
			other = tids[i];
	if (nr >= 0)
		free(tids);
	close(dir);
	return other;
}

static int cannot_stop(pid_t tid, int code)
{
	const pid_t other = code == -ESRCH ? other_thread(tid) : 0;

	if (other)
		msg("cannot stop thread %d: it has exited, but other threads of the process have not, such as %d; /proc/%d/task lists them",
		    (int)tid, (int)other, (int)tid);
	else
		msg("cannot stop thread %d: %s", (int)tid,
		    tracee_strerror(code));
	return STATUS_FAILED;
}

int cmd_regs(int argc, char **argv)
{
	bool all = false, json = false;
	struct value *values;
	struct tracee t;
	int c, ret, status;
	pid_t tid;

	while ((c = getopt_long(argc, argv, "ajh", options, NULL)) != -1) {
		switch (c) {
		case 'a':
			all = true;
			break;
		case 'j':
			json = true;
			break;
		case 'h':
			return help();
		default:
			return msg_hint("regs");
		}
	}
	if (argc == optind)
		return msg_usage("regs", "PID or TID is needed");
	if (target_pid("regs", argv + optind, argc - optind, &tid))
		return STATUS_USAGE;
	optind++;
	if (argc - optind > REGISTERS)
		return msg_usage("regs", "more than %d names", REGISTERS);
	if (all && optind < argc)
		return msg_usage("regs", "--all and names exclude each other");
	values = calloc(REGISTERS, sizeof(*values));
	if (!values) {
		msg("out of memory");
		return STATUS_FAILED;
	}
	ret = tracee_stop(-1, tid, PATIENCE_MS, &t);
	if (ret) {
		free(values);
		return cannot_stop(tid, ret);
	}
	ret = collect(tid, argv + optind, argc - optind, all, values);
	/* Continue the thread before printing, which may take long. */
	tracee_go(&t);
	if (ret < 0) {
		msg("%s", dbgmem_errstr());
		status = STATUS_FAILED;
	} else {
		status = json ? print_json(tid, values, ret) :
				print_table(values, ret);
	}
	free(values);
	return status;
}
