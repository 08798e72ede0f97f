// SPDX-License-Identifier: GPL-2.0
/* dbgmem bp list: the breakpoints of all sessions on a process. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "target/comm.h"
#include "target/target.h"
#include "text/hex.h"
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
	puts("Usage: dbgmem bp list [--json] PID\n\n"
	     "Examples:\n"
	     "  dbgmem bp list 1234\n"
	     "  dbgmem bp list --json 1234\n\n"
	     "List the breakpoints of all sessions on process PID by address: length in\n"
	     "bytes, state (standing; lost: something else is in memory; unknown), original\n"
	     "bytes, trap, and the process that set it (- if it is not visible from here).\n\n"
	     "  -j, --json  print JSON\n"
	     "  -h, --help  show this text\n\n"
	     "Exit status: 0 all were shown or there are none, 1 failed, 2 usage.");
	return finish(STATUS_OK);
}

static const char *state_name(uint32_t state)
{
	static const char *const names[] = {
		[DBGMEM_BP_STATE_STANDING] = "standing",
		[DBGMEM_BP_STATE_LOST] = "lost",
		[DBGMEM_BP_STATE_UNKNOWN] = "unknown",
	};

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "?";
}

static int print_json(const struct dbgmem_bp *bp, size_t nr)
{
	struct json_object *array = json_object_new_array(), *o;
	char comm[COMM_SIZE];
	int bad = 0;

	for (; nr-- && !bad; bp++) {
		o = json_object_new_object();
		bad |= json_put(o, "address", json_hex(bp->addr));
		bad |= json_put(o, "length", json_object_new_int64(bp->len));
		bad |= json_put(o, "state",
				json_object_new_string(state_name(bp->state)));
		bad |= json_put(o, "original",
				json_bytes(bp->original, bp->len));
		bad |= json_put(o, "trap", json_bytes(bp->trap, bp->len));
		if (bp->owner) {
			comm_get(bp->owner, comm);
			bad |= json_put(o, "owner",
					json_object_new_int64(bp->owner));
			bad |= json_put(o, "command",
					json_text(comm, strlen(comm)));
		}
		bad |= json_append(array, o);
	}
	if (!array || bad) {
		json_object_put(array);
		msg("out of memory");
		return STATUS_FAILED;
	}
	return json_print(array);
}

static int print_table(pid_t pid, const struct dbgmem_bp *bp, size_t nr)
{
	char original[2 * DBGMEM_BP_MAX_LEN + 1], trap[sizeof(original)];
	int width = (int)strlen("ORIGINAL");
	char comm[COMM_SIZE];
	size_t i;

	if (!nr) {
		msg("process %d has no breakpoints", (int)pid);
		return STATUS_OK;
	}
	for (i = 0; i < nr; i++)
		if ((int)(2 * bp[i].len) > width)
			width = (int)(2 * bp[i].len);
	printf("%-18s %3s %-8s %-*s %-*s %s\n", "ADDRESS", "LEN", "STATE",
	       width, "ORIGINAL", width, "TRAP", "OWNER");
	for (; nr--; bp++) {
		printf("0x%016llx %3u %-8s %-*s %-*s ",
		       (unsigned long long)bp->addr, bp->len,
		       state_name(bp->state), width,
		       hex_format(bp->original, bp->len, original), width,
		       hex_format(bp->trap, bp->len, trap));
		if (!bp->owner) {
			puts("-");
			continue;
		}
		comm_get(bp->owner, comm);
		printf("%d (", bp->owner);
		text_print(stdout, comm, strlen(comm));
		puts(")");
	}
	return finish(STATUS_OK);
}

int cmd_bp_list(int argc, char **argv)
{
	struct dbgmem_bp *bps;
	bool json = false;
	struct dbgmem *m;
	int c, status;
	size_t nr;
	pid_t pid;

	while ((c = getopt_long(argc, argv, "jh", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			json = true;
			break;
		case 'h':
			return help();
		default:
			return msg_hint("bp list");
		}
	}
	status = target_pid("bp list", argv + optind, argc - optind, &pid);
	if (status)
		return status;
	if (argc - optind != 1)
		return msg_usage("bp list", "PID is needed, and nothing else");
	if (target_open(pid, DBGMEM_OPEN_RDONLY, &m))
		return STATUS_FAILED;
	status = dbgmem_bp_list(m, DBGMEM_BP_ALL, &bps, &nr);
	dbgmem_close(m);
	if (status) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	status = json ? print_json(bps, nr) : print_table(pid, bps, nr);
	dbgmem_bp_list_free(bps);
	return status;
}
