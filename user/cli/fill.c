// SPDX-License-Identifier: GPL-2.0
/* dbgmem fill: write a pattern over and over. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include <dbgmem.h>

#include "cli.h"
#include "hex.h"
#include "interrupt.h"
#include "stop.h"

static const struct option options[] = {
	{ "exact", no_argument, NULL, 'e' },
	{ "force", no_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem fill [-ef] PID ADDR LEN HEX\n"
	     "Write the bytes HEX, in memory order as 'de ad be ef', over and over to the LEN\n"
	     "bytes at ADDR of process PID, the last time perhaps a part of them.\n\n"
	     "  -e, --exact  all of it or nothing\n"
	     "  -f, --force  write through read-only protections of private memory\n"
	     "  -h, --help   show this text\n\n"
	     "ADDR and LEN are as for 'dbgmem read'. Ctrl-C ends it, and says how far it came.\n\n"
	     "Exit status: 0 all, 1 nothing, 2 usage, 3 a part, the message says how much.");
	return finish(STATUS_OK);
}

static int run(struct progress *p, struct target_range *r,
	       const uint8_t *pattern, size_t nr)
{
	struct dbgmem_result res;
	uint64_t limit;
	struct dbgmem *m;
	int status, ret;

	status = target_attach(p->pid, 0, r, 1, &m);
	if (status)
		return status;
	p->addr = r->addr;
	p->len = r->len;
	if (p->flags & DBGMEM_EXACT)
		status = stop_exact(m, p->len, &limit);
	if (!status) {
		interrupt_catch();
		ret = dbgmem_fill(m, p->addr, p->len, pattern, nr, p->flags,
				  &interrupt_progress, &res);
		p->done = res.done;
		if (ret == -ECANCELED) {
			msg("interrupted: %llu of %llu bytes at 0x%llx of process %d were filled",
			    (unsigned long long)p->done,
			    (unsigned long long)p->len,
			    (unsigned long long)p->addr, (int)p->pid);
			status = p->done ? STATUS_PARTIAL : STATUS_FAILED;
		} else if (ret) {
			status = stop_failed(p);
		}
	}
	dbgmem_close(m);
	return status;
}

int cmd_fill(int argc, char **argv)
{
	struct progress p = { .write = true };
	struct target_range r;
	uint8_t *pattern;
	char err[256];
	int c, status;
	size_t nr;

	while ((c = getopt_long(argc, argv, "efh", options, NULL)) != -1) {
		switch (c) {
		case 'e':
			p.flags |= DBGMEM_EXACT;
			break;
		case 'f':
			p.flags |= DBGMEM_FORCE;
			break;
		case 'h':
			return help();
		default:
			return msg_hint("fill");
		}
	}
	status = target_pid("fill", argv + optind, argc - optind, &p.pid);
	if (status)
		return status;
	if (argc - optind != 4)
		return msg_usage("fill", "PID, ADDR, LEN and HEX are needed");
	if (hex_parse(argv[optind + 3], &pattern, &nr, err, sizeof(err)))
		return msg_usage("fill", "'%s': %s", argv[optind + 3], err);
	status = target_parse("fill", argv[optind + 1], argv[optind + 2], &r);
	if (!status)
		status = run(&p, &r, pattern, nr);
	free(pattern);
	return status;
}
