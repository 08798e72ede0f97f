// SPDX-License-Identifier: GPL-2.0
/* dbgmem bp set: plant breakpoints, and hold them or take them out again. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bp.h"
#include "cli.h"
#include "hex.h"
#include "hold.h"

static const struct option options[] = {
	{ "trap", required_argument, NULL, 't' },
	{ "hold", no_argument, NULL, 'H' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem bp set [--trap HEX] [--hold] PID ADDR...\n"
	     "Plant a breakpoint at each ADDR of process PID and print its address, its length\n"
	     "and the original bytes. Breakpoints live as long as their session: without\n"
	     "--hold they are taken out at once, which shows that they can be set.\n\n"
	     "  -t, --trap HEX  what to plant, 1 to 16 bytes; default: this machine's trap\n"
	     "  -H, --hold      hold them until SIGINT, SIGTERM or SIGHUP, or until the target\n"
	     "                  ends, or until all are cleared by 'dbgmem bp clear'; if one\n"
	     "                  cannot be set, all are taken out\n"
	     "  -h, --help      show this text\n\n"
	     "ADDR is 0x... or decimal, or MAPPING+OFFSET, MAPPING-OFFSET or MAPPING. A process\n"
	     "that nobody traces dies of SIGTRAP where it meets one.\n\n"
	     "Exit status: 0 all were set, and put back or gone with the target; 1 none was, or\n"
	     "not all that --hold should hold; 2 usage; 3 not all were set, or some were lost.");
	return finish(STATUS_OK);
}

struct plan {
	pid_t pid;
	struct target_range *at;
	size_t nr;
	const uint8_t *trap;
	size_t len;
	bool hold;
};

/* How many could be planted; of the others the message is out. */
static size_t plant(struct dbgmem *m, const struct plan *p)
{
	uint8_t original[DBGMEM_BP_MAX_LEN];
	char text[2 * DBGMEM_BP_MAX_LEN + 1];
	size_t i, done = 0;

	for (i = 0; i < p->nr; i++) {
		if (!dbgmem_bp_set(m, p->at[i].addr, p->trap, p->len, original)) {
			printf("0x%llx %zu %s\n",
			       (unsigned long long)p->at[i].addr, p->len,
			       hex_format(original, p->len, text));
			done++;
			continue;
		}
		msg("%s", dbgmem_errstr());
		switch (dbgmem_last_error()->gate) {
		case DBGMEM_GATE_MEMORY:
		case DBGMEM_GATE_BREAKPOINT:
		case DBGMEM_GATE_POLICY:
			break;
		default:
			/* The others would meet the same. */
			return done;
		}
	}
	return done;
}

/* Not to be held, or not all there, or @status says that stdout is gone. */
static int take_out(struct dbgmem *m, const struct plan *p, size_t done,
		    int status)
{
	uint32_t cleared, lost;
	bool bad;

	bad = dbgmem_bp_clear_all(m, &cleared, &lost);
	if (bad)
		msg("%s", dbgmem_errstr());
	if (lost)
		bp_report(p->pid, cleared, lost);
	if (done && p->hold)
		msg("nothing is held: what was set has been taken out");
	else if (done && !bad)
		msg("what was set has been taken out again: it lives as long as its session, which --hold keeps");
	if (status || !done || p->hold)
		return STATUS_FAILED;
	return done < p->nr || bad || lost ? STATUS_PARTIAL : STATUS_OK;
}

static int run(const struct plan *p)
{
	int status, signals = -1;
	struct dbgmem *m;
	size_t done;

	status = target_attach(p->pid, 0, p->at, p->nr, &m);
	if (status)
		return status;
	/* From before there is something to take out. */
	if (p->hold) {
		signals = hold_signals();
		if (signals < 0) {
			dbgmem_close(m);
			return STATUS_FAILED;
		}
	}
	done = plant(m, p);
	status = finish(STATUS_OK);
	if (p->hold && done == p->nr && !status)
		status = hold(m, signals);
	else
		status = take_out(m, p, done, status);
	if (signals >= 0)
		close(signals);
	dbgmem_close(m);
	return status;
}

int bp_set(int argc, char **argv)
{
	const char *hex = NULL;
	uint8_t *bytes = NULL;
	struct plan p = { 0 };
	char err[256];
	int c, status;

	while ((c = getopt_long(argc, argv, "t:Hh", options, NULL)) != -1) {
		switch (c) {
		case 't':
			hex = optarg;
			break;
		case 'H':
			p.hold = true;
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
			return msg_usage("bp set", "--trap: %zu bytes, %d are the most",
					 p.len, DBGMEM_BP_MAX_LEN);
		}
		p.trap = bytes;
	} else {
		p.trap = dbgmem_bp_trap(&p.len);
		if (!p.trap)
			return msg_usage("bp set", "%s", dbgmem_errstr());
	}
	p.nr = (size_t)(argc - optind - 1);
	status = bp_parse("bp set", argv + optind + 1, p.nr, &p.at);
	if (!status) {
		status = run(&p);
		free(p.at);
	}
	free(bytes);
	return status;
}
