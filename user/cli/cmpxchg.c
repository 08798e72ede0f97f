// SPDX-License-Identifier: GPL-2.0
/* dbgmem cmpxchg: compare and exchange one word of a process. */
#include <getopt.h>
#include <stdio.h>

#include <dbgmem.h>

#include "cli.h"
#include "num.h"
#include "stop.h"

static const struct option options[] = {
	{ "force", no_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem cmpxchg [--force] PID ADDR WIDTH EXPECTED DESIRED\n"
	     "If the word of WIDTH bytes (1, 2, 4 or 8) at ADDR of process PID is EXPECTED, make\n"
	     "it DESIRED, atomically for the target. Prints what was there. The values are\n"
	     "numbers, decimal or hexadecimal after 0x, in the machine's byte order.\n\n"
	     "  -f, --force  also through read-only protections of private memory\n"
	     "  -h, --help   show this text\n\n"
	     "ADDR is 0x... or decimal, or MAPPING+OFFSET, MAPPING-OFFSET or MAPPING; it must be\n"
	     "a multiple of WIDTH.\n\n"
	     "Exit status: 0 exchanged, 1 it failed, 2 usage, 3 the word was another and was\n"
	     "left alone.");
	return finish(STATUS_OK);
}

struct exchange {
	uint64_t width, expected, desired;
};

static int value_parse(const char *s, uint64_t width, uint64_t *val)
{
	if (num_parse(s, val))
		return msg_usage("cmpxchg", "'%s' is not a number of 64 bits", s);
	if (width < 8 && *val >> 8 * width)
		return msg_usage("cmpxchg", "'%s' does not fit in %llu bytes", s,
				 (unsigned long long)width);
	return STATUS_OK;
}

static int exchange_parse(char **args, struct exchange *x)
{
	int status;

	if (num_parse(args[0], &x->width) ||
	    (x->width != 1 && x->width != 2 && x->width != 4 && x->width != 8))
		return msg_usage("cmpxchg", "'%s' is not a width: 1, 2, 4 or 8 bytes",
				 args[0]);
	status = value_parse(args[1], x->width, &x->expected);
	if (!status)
		status = value_parse(args[2], x->width, &x->desired);
	return status;
}

static int aligned(const struct target_range *r, const struct exchange *x)
{
	if (r->named || !(r->addr % x->width))
		return STATUS_OK;
	return msg_usage("cmpxchg", "0x%llx is not a multiple of %llu",
			 (unsigned long long)r->addr,
			 (unsigned long long)x->width);
}

static int run(struct progress *p, struct target_range *r,
	       const struct exchange *x)
{
	uint64_t observed;
	struct dbgmem *m;
	int ret, status;

	status = target_attach(p->pid, 0, r, 1, &m);
	if (status)
		return status;
	p->addr = r->addr;
	p->len = x->width;
	status = aligned(r, x);
	if (status) {
		dbgmem_close(m);
		return status;
	}
	ret = dbgmem_cmpxchg(m, p->addr, (unsigned int)x->width, x->expected,
			     x->desired, p->flags, &observed);
	if (ret < 0) {
		status = stop_failed(p);
	} else {
		printf("0x%0*llx\n", (int)(2 * x->width),
		       (unsigned long long)observed);
		status = ret ? STATUS_OK : STATUS_PARTIAL;
	}
	dbgmem_close(m);
	return finish(status);
}

int cmd_cmpxchg(int argc, char **argv)
{
	struct progress p = { .write = true };
	struct target_range r;
	struct exchange x;
	int c, status;

	while ((c = getopt_long(argc, argv, "fh", options, NULL)) != -1) {
		switch (c) {
		case 'f':
			p.flags |= DBGMEM_FORCE;
			break;
		case 'h':
			return help();
		default:
			return msg_hint("cmpxchg");
		}
	}
	status = target_pid("cmpxchg", argv + optind, argc - optind, &p.pid);
	if (status)
		return status;
	if (argc - optind != 5)
		return msg_usage("cmpxchg", "PID, ADDR, WIDTH, EXPECTED and DESIRED are needed");
	status = exchange_parse(argv + optind + 2, &x);
	if (!status)
		status = target_parse("cmpxchg", argv[optind + 1], NULL, &r);
	if (!status)
		status = aligned(&r, &x);
	return status ? status : run(&p, &r, &x);
}
