// SPDX-License-Identifier: GPL-2.0
/* dbgmem cmpxchg: compare and exchange one word of a process. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <dbgmem.h>

#include "cmd/cmd.h"
#include "target/options.h"
#include "target/transfer.h"
#include "target/target.h"
#include "text/message.h"
#include "text/num.h"
#include "text/typed.h"

static const struct option options[] = {
	TYPED_OPTIONS,
	{ "force", no_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem cmpxchg [--force] PID ADDR WIDTH EXPECTED DESIRED\n"
	     "       dbgmem cmpxchg [--force] PID ADDR VALUE VALUE\n\n"
	     "Examples:\n"
	     "  dbgmem cmpxchg 1234 0x5581d2a0 4 0 1\n"
	     "  dbgmem cmpxchg 1234 0x5581d2a0 --f64 0.5 --f64 1.5\n\n"
	     "If the word at ADDR of process PID is EXPECTED, set it to DESIRED, atomically\n"
	     "for the target. Print the word that was there. The word has WIDTH bytes (1, 2,\n"
	     "4 or 8). The two numbers may be VALUEs of the same size, the expected one first:\n\n"
	     TYPED_HELP("bytes in hexadecimal, in memory order: 'de ad be ef'")
	     TYPED_HELP_FILE
	     "\n"
	     "  -f, --force        write through read-only protections of private memory\n"
	     "  -h, --help         show this text\n\n"
	     "ADDR is as for 'dbgmem read', and a multiple of WIDTH.\n"
	     "Exit status: 0 exchanged, 1 failed, 2 usage, 3 the word was different.");
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
		return msg_usage("cmpxchg", "'%s' does not fit in %llu byte%s", s,
				 (unsigned long long)width,
				 width == 1 ? "" : "s");
	return STATUS_OK;
}

static bool is_width(uint64_t v)
{
	return v == 1 || v == 2 || v == 4 || v == 8;
}

static int exchange_parse(char **args, struct exchange *x)
{
	int status;

	if (num_parse(args[0], &x->width) || !is_width(x->width))
		return msg_usage("cmpxchg", "'%s' is not a width: 1, 2, 4 or 8 bytes",
				 args[0]);
	status = value_parse(args[1], x->width, &x->expected);
	if (!status)
		status = value_parse(args[2], x->width, &x->desired);
	return status;
}

/* Returns the bytes of @p as a number. */
static uint64_t word_of(const struct pattern *p)
{
	uint16_t v16;
	uint32_t v32;
	uint64_t v64;

	switch (p->len) {
	case 1:
		return p->bytes[0];
	case 2:
		memcpy(&v16, p->bytes, sizeof(v16));
		return v16;
	case 4:
		memcpy(&v32, p->bytes, sizeof(v32));
		return v32;
	default:
		memcpy(&v64, p->bytes, sizeof(v64));
		return v64;
	}
}

static int exchange_typed(const struct typed *t, struct exchange *x)
{
	struct pattern expected, desired;
	int status;

	status = typed_get(t, 0, "cmpxchg", &expected);
	if (status)
		return status;
	status = typed_get(t, 1, "cmpxchg", &desired);
	if (!status) {
		x->width = expected.len;
		if (expected.len != desired.len || !is_width(x->width))
			status = msg_usage("cmpxchg", "both values must have the same size, 1, 2, 4 or 8 bytes: these have %zu and %zu",
					   expected.len, desired.len);
	}
	if (!status) {
		x->expected = word_of(&expected);
		x->desired = word_of(&desired);
	}
	pattern_free(&desired);
	pattern_free(&expected);
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

static int run(struct transfer *p, struct target_range *r,
	       const struct exchange *x)
{
	uint64_t observed = 0;
	struct dbgmem *m;
	int ret, status;

	status = target_attach(p->pid, DBGMEM_OPEN_WRITE, r, 1, &m);
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
		status = transfer_failed(p);
	} else {
		printf("0x%0*llx\n", (int)(2 * x->width),
		       (unsigned long long)observed);
		status = ret ? STATUS_OK : STATUS_PARTIAL;
		if (!ret)
			msg("not exchanged: the word at 0x%llx was 0x%0*llx, not 0x%0*llx; nothing was written",
			    (unsigned long long)p->addr, (int)(2 * x->width),
			    (unsigned long long)observed, (int)(2 * x->width),
			    (unsigned long long)x->expected);
	}
	dbgmem_close(m);
	return finish(status);
}

/* Returns STATUS_OK, or another status after a message. */
static int arguments_parse(struct typed *t, char **args, int nr, pid_t *pid,
			   struct exchange *x)
{
	int status;

	status = typed_end(t, "cmpxchg", args, &nr);
	if (!status)
		status = target_pid("cmpxchg", args, nr, pid);
	if (status)
		return status;
	if (t->nr == 2 && nr == 2)
		return exchange_typed(t, x);
	if (t->nr || nr != 5)
		return msg_usage("cmpxchg", "PID, ADDR, WIDTH, EXPECTED and DESIRED are needed, or PID, ADDR and two of %s",
				 TYPED_NAMES);
	return exchange_parse(args + 2, x);
}

int cmd_cmpxchg(int argc, char **argv)
{
	struct transfer p = { .write = true };
	struct typed t = { .most = 2 };
	struct options o = { 0 };
	struct target_range r;
	struct exchange x = { .width = 1 };
	int c, status;

	while ((c = getopt_long(argc, argv, "x:s:fh", options, NULL)) != -1) {
		if (typed_option(&t, c, optarg, argv[optind]) ||
		    options_take(&o, c))
			continue;
		return c == 'h' ? help() : typed_hint("cmpxchg");
	}
	p.flags = o.flags;
	argv += optind;
	status = arguments_parse(&t, argv, argc - optind, &p.pid, &x);
	if (!status)
		status = target_parse("cmpxchg", argv[1], NULL, &r);
	if (!status)
		status = aligned(&r, &x);
	return status ? status : run(&p, &r, &x);
}
