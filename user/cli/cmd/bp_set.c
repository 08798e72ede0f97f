// SPDX-License-Identifier: GPL-2.0
/* dbgmem bp set: set breakpoints, and hold them. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "target/hold.h"
#include "target/psinfo.h"
#include "target/target.h"
#include "target/tracee.h"
#include "text/hex.h"
#include "text/message.h"

static const struct option options[] = {
	{ "trap", required_argument, NULL, 't' },
	{ "yes", no_argument, NULL, 'y' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem bp set [--trap HEX] [--yes] PID ADDR...\n\n"
	     "Examples:\n"
	     "  dbgmem bp set 1234 libc.so.6+0x8a3f0\n"
	     "  dbgmem bp set --yes --trap cc 1234 0x401136 0x401180\n\n"
	     "Set a breakpoint at each ADDR of process PID, or none if one cannot be set.\n"
	     "Print address, length and original bytes of each. Hold them until Ctrl-C,\n"
	     "SIGTERM or SIGHUP, or until the target ends; then restore the original bytes.\n\n"
	     "  -t, --trap HEX  the bytes to write, 1 to 16; default: this machine's trap\n"
	     "  -y, --yes       also if nobody traces the process: SIGTRAP ends it at a\n"
	     "                  breakpoint, unless it catches the signal\n"
	     "  -h, --help      show this text\n\n"
	     "ADDR is as for 'dbgmem read'. Attach a debugger first, which gets the SIGTRAP:\n"
	     "'bp set' in dbgmem(1) shows it for gdb.\n"
	     "Exit status: 0 all were set, and restored or gone with the target, 1 none,\n"
	     "2 usage, 3 some were lost: something else was written over their traps.");
	return finish(STATUS_OK);
}

struct plan {
	pid_t pid;
	struct target_range *at;
	size_t nr;
	const uint8_t *trap;
	size_t len;
	bool yes;
};

/*
 * Check that a debugger gets the SIGTRAP of a breakpoint. Otherwise it ends the
 * process.
 */
static int traced(const struct plan *p)
{
	pid_t tracer;
	int dir;

	if (p->yes)
		return STATUS_OK;
	dir = ps_open(p->pid);
	tracer = dir < 0 ? dir : tracee_tracer(dir);
	if (dir >= 0)
		close(dir);
	if (tracer > 0)
		return STATUS_OK;
	if (tracer < 0)
		msg("cannot tell whether a debugger traces process %d: /proc/%d/status: %s; without one SIGTRAP ends it at a breakpoint; --yes sets the breakpoints anyway",
		    (int)p->pid, (int)p->pid, strerror(-tracer));
	else
		msg("nobody traces process %d: at a breakpoint SIGTRAP would end it; attach a debugger first ('gdb -p %d'), or use --yes",
		    (int)p->pid, (int)p->pid);
	return STATUS_FAILED;
}

/* Set the breakpoints. Returns how many were set before one failed, with a message. */
static size_t plant(struct dbgmem *m, const struct plan *p)
{
	uint8_t original[DBGMEM_BP_MAX_LEN];
	char text[2 * DBGMEM_BP_MAX_LEN + 1];
	size_t i;

	for (i = 0; i < p->nr; i++) {
		if (dbgmem_bp_set(m, p->at[i].addr, p->trap, p->len, original)) {
			msg("%s", dbgmem_errstr());
			break;
		}
		printf("0x%llx %zu %s\n", (unsigned long long)p->at[i].addr,
		       p->len, hex_format(original, p->len, text));
	}
	return i;
}

static void take_out(struct dbgmem *m, const struct plan *p)
{
	uint32_t cleared, lost;

	if (dbgmem_bp_clear_all(m, &cleared, &lost))
		msg("%s", dbgmem_errstr());
	if (lost)
		hold_report(p->pid, cleared, lost);
	msg("nothing is held: the breakpoints were removed");
}

/*
 * Before hold() a signal ends the tool at once, also while it waits for a page of the
 * target. The breakpoints go with the session.
 */
static int run(const struct plan *p)
{
	struct dbgmem *m;
	size_t done;
	int status;

	status = target_attach(p->pid, DBGMEM_OPEN_WRITE, p->at, p->nr, &m);
	if (status)
		return status;
	status = traced(p);
	if (!status) {
		done = plant(m, p);
		status = finish(STATUS_OK);
		if (done == p->nr && !status) {
			status = hold(m, (uint32_t)done);
		} else {
			status = STATUS_FAILED;
			if (done)
				take_out(m, p);
		}
	}
	dbgmem_close(m);
	return status;
}

int cmd_bp_set(int argc, char **argv)
{
	const char *hex = NULL;
	uint8_t *bytes = NULL;
	struct plan p = { 0 };
	char err[256];
	int c, status;

	while ((c = getopt_long(argc, argv, "t:yh", options, NULL)) != -1) {
		switch (c) {
		case 't':
			hex = optarg;
			break;
		case 'y':
			p.yes = true;
			break;
		case 'h':
			return help();
		default:
			return msg_hint("bp set");
		}
	}
	status = target_pid("bp set", argv + optind, argc - optind, &p.pid);
	if (status)
		return status;
	if (argc - optind < 2)
		return msg_usage("bp set", "PID and ADDR are needed");
	if (hex) {
		if (hex_parse(hex, &bytes, &p.len, err, sizeof(err)))
			return msg_usage("bp set", "--trap: %s", err);
		if (p.len > DBGMEM_BP_MAX_LEN) {
			free(bytes);
			return msg_usage("bp set", "--trap: %zu bytes, but at most %d are allowed",
					 p.len, DBGMEM_BP_MAX_LEN);
		}
		p.trap = bytes;
	} else {
		p.trap = dbgmem_bp_trap(&p.len);
		if (!p.trap)
			return msg_usage("bp set", "%s", dbgmem_errstr());
	}
	status = target_parse_all("bp set", argv + optind + 1,
				  argc - optind - 1, TARGET_LEN_NONE, &p.at,
				  &p.nr);
	if (!status)
		status = run(&p);
	free(p.at);
	free(bytes);
	return status;
}
