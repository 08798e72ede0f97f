// SPDX-License-Identifier: GPL-2.0
/* dbgmem read: print or save memory of a process. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dbgmem.h>

#include "cmd/cmd.h"
#include "run/sink.h"
#include "target/options.h"
#include "target/ranges.h"
#include "target/transfer.h"
#include "target/target.h"
#include "text/message.h"
#include "text/num.h"

/* Default number of retries of --stable. */
#define RETRIES		8

/* Default LEN. */
#define LEN_DEFAULT	"64"

/*
 * Options without a letter. A letter for --stable would take the next letter for its
 * number.
 */
enum {
	OPT_STABLE = 256,
	OPT_REPLACE,
};

static const struct option options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "hexdump", no_argument, NULL, 'x' },
	OPTIONS_TRANSFER,
	{ "zero-fill", no_argument, NULL, 'z' },
	{ "no-fault", no_argument, NULL, OPTION_NO_FAULT },
	{ "stable", optional_argument, NULL, OPT_STABLE },
	{ "replace", no_argument, NULL, OPT_REPLACE },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem read [OPTION...] PID ADDR [LEN]\n"
	     "       dbgmem read [OPTION...] PID ADDR LEN [ADDR LEN]...\n\n"
	     "Examples:\n"
	     "  dbgmem read 1234 '[heap]' 64\n"
	     "  dbgmem read --output header 1234 libc.so.6 4K\n\n"
	     "Print LEN bytes (default 64) at ADDR of process PID as hexdump -C does, or raw\n"
	     "if standard output is not a terminal. Several ranges are read in one call.\n\n"
	     "  -o, --output FILE  write the raw bytes to FILE, - for standard output\n"
	     "      --replace      replace FILE if it exists\n"
	     "  -x, --hexdump      print the dump also to a file or a pipe\n"
	     "  -e, --exact        read all bytes of all ranges, or none\n"
	     "  -f, --force        ignore the page protections of the target\n"
	     "  -z, --zero-fill    continue after holes: zeros, or ?? in the dump\n"
	     "      --no-fault     read only resident pages, bring no page in\n"
	     "      --stable[=N]   read twice, and up to N times more (8) while bytes change\n"
	     "  -h, --help         show this text\n\n"
	     "ADDR is a number (0x... or decimal) or a mapping: '[heap]+0x10', libc.so.6.\n"
	     "LEN may end in K, M, G or T.\n"
	     "Exit status: 0 all, 1 nothing, 2 usage, 3 a part, holes, or bytes that changed.");
	return finish(STATUS_OK);
}

static int read_exact(struct dbgmem *m, struct transfer *p, struct sink *s)
{
	uint64_t limit;
	uint8_t *buf;
	int status;

	status = transfer_exact(m, p->len, &limit);
	if (status)
		return status;
	buf = malloc(p->len ? p->len : 1);
	if (!buf) {
		msg("out of memory for %llu bytes; leave out --exact",
		    (unsigned long long)p->len);
		return STATUS_FAILED;
	}
	if (dbgmem_read_flags(m, p->addr, buf, p->len, p->flags, NULL) < 0)
		status = transfer_failed(p);
	else
		status = sink_range(s, p->addr, NULL);
	if (!status)
		status = sink_put(s, p->addr, buf, p->len, NULL, 0);
	free(buf);
	return status;
}

/* Read one range. @several: it is one of several. */
static int read_stream(struct dbgmem *m, struct transfer *p, struct sink *s,
		       bool several)
{
	struct dbgmem_result res, hole = { 0 };
	bool zero = p->flags & DBGMEM_ZEROFILL;
	const uint64_t *head = several ? &p->len : NULL;
	uint64_t pos = 0, page_size = 0;
	struct dbgmem_info info = { .size = sizeof(info) };
	size_t n, valid_size;
	int status = STATUS_FAILED;
	uint8_t *buf, *valid;
	ssize_t got;

	buf = malloc(CHUNK);
	valid = malloc(CHUNK / 8);
	if (!buf || !valid) {
		msg("out of memory");
		goto out;
	}
	if (dbgmem_get_info(m, &info)) {
		msg("%s", dbgmem_errstr());
		goto out;
	}
	page_size = info.page_size;
	status = STATUS_OK;
	while (pos < p->len && !status) {
		uint64_t addr = p->addr + pos;

		n = CHUNK - addr % CHUNK;
		if (n > p->len - pos)
			n = p->len - pos;
		if (zero) {
			valid_size = dbgmem_valid_size(m, addr, n);
			got = dbgmem_read_valid(m, addr, buf, n, p->flags,
						valid, valid_size, &res);
		} else {
			got = dbgmem_read_flags(m, addr, buf, n, p->flags,
						&res);
		}
		if (got < 0) {
			status = transfer_failed(p);
			break;
		}
		p->done += res.done;
		if (res.done < n && !hole.reason)
			hole = res;
		if (!pos)
			status = sink_range(s, p->addr, head);
		if (!status)
			status = sink_put(s, addr, buf, zero ? n : res.done,
					  zero ? valid : NULL, page_size);
		if (!status && !zero && res.done < n)
			status = transfer_short(p, &res);
		pos += n;
	}
	if (!status && !p->len)
		status = sink_range(s, p->addr, head);
	if (!status && hole.reason)
		status = transfer_holes(p, &hole);
out:
	free(buf);
	free(valid);
	return status;
}

/* --zero-fill reads the ranges one by one. */
static int read_streams(struct dbgmem *m, const struct transfer *p,
			const struct range *range, size_t nr, struct sink *s)
{
	int status = STATUS_OK, ret;
	size_t i;

	for (i = 0; i < nr && !s->err; i++) {
		struct transfer part = *p;

		part.addr = range[i].addr;
		part.len = range[i].len;
		ret = read_stream(m, &part, s, true);
		status = i ? ranges_status(status, ret) : ret;
	}
	return status;
}

static int run(struct transfer *p, struct target_range *given, size_t nr,
	       struct sink *s)
{
	struct range *range = calloc(nr, sizeof(*range));
	struct dbgmem *m = NULL;
	int status;
	size_t i;

	if (!range) {
		msg("out of memory");
		return STATUS_FAILED;
	}
	status = target_attach(p->pid, DBGMEM_OPEN_RDONLY, given, nr, &m);
	if (status)
		goto out;
	for (i = 0; i < nr; i++)
		range[i] = (struct range){ given[i].addr, given[i].len };
	p->addr = range->addr;
	p->len = range->len;
	if (nr > 1 && p->flags & DBGMEM_ZEROFILL)
		status = read_streams(m, p, range, nr, s);
	else if (nr > 1 || p->flags & DBGMEM_STABLE)
		status = ranges_read(m, p, range, nr, s);
	else if (p->flags & DBGMEM_EXACT)
		status = read_exact(m, p, s);
	else
		status = read_stream(m, p, s, false);
	status = sink_close(s, status);
	dbgmem_close(m);
out:
	free(range);
	return status;
}

/* A single ADDR may have no LEN. *@range is as for target_parse_all(). */
static int ranges_parse(char **args, int nr_args, struct target_range **range,
			size_t *nr)
{
	char *const one[] = { args[0], (char *)LEN_DEFAULT };

	if (nr_args == 1)
		return target_parse_all("read", one, 2, TARGET_LEN_EACH, range,
					nr);
	return target_parse_all("read", args, nr_args, TARGET_LEN_EACH, range,
				nr);
}

/*
 * Parse the number of --stable, or NULL. Returns STATUS_OK, or another status after a
 * message.
 */
static int retries_parse(const char *s, uint32_t *retries)
{
	uint64_t v = RETRIES;

	if (s && (num_parse(s, &v) || v > UINT32_MAX))
		return msg_usage("read", "--stable: '%s' is not a number of retries",
				 s);
	*retries = (uint32_t)v;
	return STATUS_OK;
}

int cmd_read(int argc, char **argv)
{
	struct transfer p = { .write = false };
	struct options o = { 0 };
	struct sink s = { .dump = isatty(STDOUT_FILENO) };
	struct target_range *range;
	bool dump = false;
	int c, status, nr_args;
	size_t nr;

	while ((c = getopt_long(argc, argv, "o:xefzh", options, NULL)) != -1) {
		if (options_take(&o, c))
			continue;
		switch (c) {
		case 'o':
			s.path = optarg;
			break;
		case 'x':
			dump = true;
			break;
		case 'z':
			o.flags |= DBGMEM_ZEROFILL;
			break;
		case OPT_STABLE:
			o.flags |= DBGMEM_STABLE;
			if (retries_parse(optarg, &p.retries))
				return STATUS_USAGE;
			break;
		case OPT_REPLACE:
			s.replace = true;
			break;
		case 'h':
			return help();
		default:
			return msg_hint("read");
		}
	}
	p.flags = o.flags;
	status = target_pid("read", argv + optind, argc - optind, &p.pid);
	if (status)
		return status;
	nr_args = argc - optind - 1;
	if (nr_args < 1)
		return msg_usage("read", "PID and ADDR are needed");
	if ((p.flags & DBGMEM_EXACT) && (p.flags & DBGMEM_ZEROFILL))
		return msg_usage("read", "--exact and --zero-fill exclude each other");
	if ((p.flags & DBGMEM_STABLE) && (p.flags & DBGMEM_ZEROFILL))
		return msg_usage("read", "--stable and --zero-fill exclude each other");
	if (s.path) {
		s.dump = false;
		if (!strcmp(s.path, "-"))
			s.path = NULL;
	}
	if (dump)
		s.dump = true;
	status = ranges_parse(argv + optind + 1, nr_args, &range, &nr);
	if (!status)
		status = run(&p, range, nr, &s);
	free(range);
	return status;
}
