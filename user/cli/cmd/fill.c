// SPDX-License-Identifier: GPL-2.0
/* dbgmem fill: write a pattern repeatedly. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include <dbgmem.h>

#include "cmd/cmd.h"
#include "run/interrupt.h"
#include "target/options.h"
#include "target/transfer.h"
#include "target/target.h"
#include "text/message.h"
#include "text/typed.h"

static const struct option options[] = {
	TYPED_OPTIONS,
	OPTIONS_TRANSFER,
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem fill [OPTION...] PID ADDR LEN HEX|VALUE\n\n"
	     "Examples:\n"
	     "  dbgmem fill 1234 0x5581d2a0 4K 'de ad be ef'\n"
	     "  dbgmem fill 1234 '[heap]' 64 --u32 0\n\n"
	     "Write a pattern repeatedly to the LEN bytes at ADDR of process PID. The last\n"
	     "copy may be cut short. The pattern is HEX, or a VALUE:\n\n"
	     TYPED_HELP("bytes in hexadecimal, in memory order: 'de ad be ef'")
	     TYPED_HELP_FILE
	     "\n"
	     "  -e, --exact        write all bytes or none\n"
	     "  -f, --force        write through read-only protections of private memory\n"
	     "  -h, --help         show this text\n\n"
	     "ADDR and LEN are as for 'dbgmem read'. Ctrl-C stops it and says how far it got.\n"
	     "Exit status: 0 all, 1 nothing, 2 usage, 3 a part: the message says how much.");
	return finish(STATUS_OK);
}

static int run(struct transfer *p, struct target_range *r,
	       const uint8_t *pattern, size_t nr)
{
	uint64_t limit;
	struct dbgmem *m;
	int64_t done;
	int status;

	status = target_attach(p->pid, DBGMEM_OPEN_WRITE, r, 1, &m);
	if (status)
		return status;
	p->addr = r->addr;
	p->len = r->len;
	if (p->flags & DBGMEM_EXACT)
		status = transfer_exact(m, p->len, &limit);
	if (!status) {
		interrupt_catch();
		done = dbgmem_fill(m, p->addr, p->len, pattern, nr, p->flags,
				   &interrupt_progress, NULL);
		p->done = done > 0 ? (uint64_t)done : 0;
		if (done >= 0 && p->done == p->len) {
			status = STATUS_OK;
		} else if (dbgmem_last_error()->code == ECANCELED) {
			msg("interrupted: %llu of %llu bytes at 0x%llx of process %d were filled",
			    (unsigned long long)p->done,
			    (unsigned long long)p->len,
			    (unsigned long long)p->addr, (int)p->pid);
			status = p->done ? STATUS_PARTIAL : STATUS_FAILED;
		} else {
			status = transfer_failed(p);
		}
	}
	dbgmem_close(m);
	return status;
}

/* Returns STATUS_OK, or STATUS_USAGE after a message. */
static int arguments_check(struct typed *t, char **args, int nr, pid_t *pid)
{
	int status;

	status = typed_end(t, "fill", args, &nr);
	if (!status)
		status = target_pid("fill", args, nr, pid);
	if (status)
		return status;
	if (nr == 4)
		typed_option(t, TYPED_HEX, args[3], NULL);
	if (t->nr > 1 || nr > 4)
		return msg_usage("fill", "PID, ADDR, LEN, and only one of HEX, " TYPED_NAMES " can be given");
	if (nr < 3 || !t->nr)
		return msg_usage("fill", "PID, ADDR, LEN and HEX are needed, or for HEX one of %s",
				 TYPED_NAMES);
	return STATUS_OK;
}

int cmd_fill(int argc, char **argv)
{
	struct transfer p = { .write = true };
	struct typed t = { .most = 1 };
	struct options o = { 0 };
	struct pattern pattern;
	struct target_range r;
	int c, status;

	while ((c = getopt_long(argc, argv, "x:s:efh", options, NULL)) != -1) {
		if (typed_option(&t, c, optarg, argv[optind]) ||
		    options_take(&o, c))
			continue;
		return c == 'h' ? help() : typed_hint("fill");
	}
	p.flags = o.flags;
	argv += optind;
	status = arguments_check(&t, argv, argc - optind, &p.pid);
	if (!status)
		status = typed_get(&t, 0, "fill", &pattern);
	if (status)
		return status;
	status = target_parse("fill", argv[1], argv[2], &r);
	if (!status)
		status = run(&p, &r, pattern.bytes, pattern.len);
	pattern_free(&pattern);
	return status;
}
