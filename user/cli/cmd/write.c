// SPDX-License-Identifier: GPL-2.0
/* dbgmem write: change memory of a process. */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dbgmem.h>

#include "cmd/cmd.h"
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
	puts("Usage: dbgmem write [OPTION...] PID ADDR VALUE\n"
	     "       dbgmem write [OPTION...] PID ADDR [-]\n\n"
	     "Examples:\n"
	     "  dbgmem write 1234 '[heap]+0x10' --hex 'de ad be ef'\n"
	     "  dbgmem write 1234 0x5581d2a0 --int 42\n\n"
	     "Write a value to the memory of process PID at ADDR. VALUE is one of:\n\n"
	     TYPED_HELP("bytes in hexadecimal, in memory order: 'de ad be ef'")
	     "  -i, --file FILE    the contents of FILE\n"
	     "  -                  standard input, also without - if it is not a terminal\n\n"
	     "  -e, --exact        write all bytes or none\n"
	     "  -f, --force        write through read-only protections of private memory\n"
	     "  -h, --help         show this text\n\n"
	     "ADDR is as for 'dbgmem read'. Exit status: 0 all, 1 nothing, 2 usage, 3 a part.");
	return finish(STATUS_OK);
}

/* The bytes to write: @mem, or @f if that is NULL. */
struct source {
	const uint8_t *mem;
	size_t nr;
	FILE *f;
	const char *name;
};

/* Get up to @len bytes, fewer at the end or after an error, see ferror(). */
static size_t source_get(struct source *src, uint8_t *buf, size_t len)
{
	if (!src->mem)
		return fread(buf, 1, len, src->f);
	if (len > src->nr)
		len = src->nr;
	memcpy(buf, src->mem, len);
	src->mem += len;
	src->nr -= len;
	return len;
}

/* Returns STATUS_OK, or another status after a message about a read error. */
static int source_check(const struct source *src, uint64_t done)
{
	if (!src->f || !ferror(src->f))
		return STATUS_OK;
	msg("cannot read all of %s: %s; %llu bytes were written", src->name,
	    strerror(errno), (unsigned long long)done);
	return done ? STATUS_PARTIAL : STATUS_FAILED;
}

/* Read the whole source into *@out, if it has at most @limit bytes. */
static int source_all(struct source *src, uint64_t limit, uint8_t **out,
		      size_t *len)
{
	size_t room = 0, n;
	uint8_t *more;

	*out = NULL;
	*len = 0;
	do {
		if (*len > limit)
			return STATUS_OK;
		if (*len == room) {
			room = room ? 2 * room : CHUNK;
			more = realloc(*out, room);
			if (!more) {
				msg("out of memory; leave out --exact");
				return STATUS_FAILED;
			}
			*out = more;
		}
		n = source_get(src, *out + *len, room - *len);
		*len += n;
	} while (n);
	return source_check(src, 0);
}

static int write_exact(struct dbgmem *m, struct transfer *p, struct source *src)
{
	uint8_t *buf = NULL;
	uint64_t limit;
	int status;
	size_t len;

	status = transfer_exact(m, 0, &limit);
	if (status)
		return status;
	status = source_all(src, limit, &buf, &len);
	if (!status)
		status = transfer_exact(m, len, &limit);
	if (!status) {
		p->len = len;
		if (dbgmem_write_flags(m, p->addr, buf, len, p->flags, NULL) < 0)
			status = transfer_failed(p);
	}
	free(buf);
	return status;
}

static int write_stream(struct dbgmem *m, struct transfer *p,
			struct source *src)
{
	struct dbgmem_result res;
	int status = STATUS_OK;
	uint8_t *buf;
	size_t n;

	buf = malloc(CHUNK);
	if (!buf) {
		msg("out of memory");
		return STATUS_FAILED;
	}
	while ((n = source_get(src, buf, CHUNK))) {
		if (n > UINT64_MAX - (p->addr + p->done)) {
			msg("write at 0x%llx: the data reach beyond the 64-bit address space; %llu bytes were written",
			    (unsigned long long)p->addr,
			    (unsigned long long)p->done);
			status = p->done ? STATUS_PARTIAL : STATUS_FAILED;
			break;
		}
		if (dbgmem_write_flags(m, p->addr + p->done, buf, n, p->flags,
				       &res) < 0) {
			status = transfer_failed(p);
			break;
		}
		p->done += res.done;
		if (res.done < n) {
			status = transfer_short(p, &res);
			break;
		}
	}
	if (!status)
		status = source_check(src, p->done);
	free(buf);
	return status;
}

static int run(struct transfer *p, struct target_range *r, struct source *src)
{
	struct dbgmem *m;
	int status;

	status = target_attach(p->pid, DBGMEM_OPEN_WRITE, r, 1, &m);
	if (status)
		return status;
	p->addr = r->addr;
	status = p->flags & DBGMEM_EXACT ? write_exact(m, p, src) :
					   write_stream(m, p, src);
	dbgmem_close(m);
	return status;
}

/* Open the source that the options name. pattern_free() frees *@bytes. */
static int source_open(const struct typed *t, struct source *src,
		       struct pattern *bytes)
{
	const struct typed_value *v = &t->value[0];
	int status;

	if (t->nr && v->type != TYPED_FILE) {
		status = typed_get(t, 0, "write", bytes);
		src->mem = bytes->bytes;
		src->nr = bytes->len;
		return status;
	}
	src->name = "standard input";
	src->f = stdin;
	if (!t->nr || !strcmp(v->text, "-"))
		return STATUS_OK;
	src->name = v->text;
	src->f = fopen(v->text, "re");
	if (src->f)
		return STATUS_OK;
	msg("cannot read %s: %s; nothing was written", v->text,
	    strerror(errno));
	return STATUS_FAILED;
}

/* Returns STATUS_OK, or STATUS_USAGE after a message. */
static int arguments_check(struct typed *t, char **args, int nr, pid_t *pid)
{
	int status;

	status = typed_end(t, "write", args, &nr);
	if (!status)
		status = target_pid("write", args, nr, pid);
	if (status)
		return status;
	if (nr == 3 && !t->nr && strcmp(args[2], "-"))
		return msg_usage("write", "'%s' could be a number or a string: one of " TYPED_NAMES " says which",
				 args[2]);
	if (nr < 2 || nr > 3 || (nr == 3 && strcmp(args[2], "-")))
		return msg_usage("write", "PID and ADDR are needed, and at most - for standard input");
	if (t->nr && nr == 3)
		return msg_usage("write", "only one of " TYPED_NAMES " and - can give the data");
	if (!t->nr && nr < 3 && isatty(STDIN_FILENO))
		return msg_usage("write", "one of " TYPED_NAMES " or - must give the data");
	return STATUS_OK;
}

int cmd_write(int argc, char **argv)
{
	struct transfer p = { .write = true, .len = LEN_UNKNOWN };
	struct typed t = { .most = 1 };
	struct options o = { 0 };
	struct pattern bytes = { 0 };
	struct source src = { 0 };
	struct target_range r;
	int c, status;

	while ((c = getopt_long(argc, argv, "x:s:i:efh", options, NULL)) != -1) {
		if (c == 'i')
			c = TYPED_FILE;
		if (typed_option(&t, c, optarg, argv[optind]) ||
		    options_take(&o, c))
			continue;
		return c == 'h' ? help() : typed_hint("write");
	}
	p.flags = o.flags;
	argv += optind;
	status = arguments_check(&t, argv, argc - optind, &p.pid);
	if (!status)
		status = source_open(&t, &src, &bytes);
	if (status)
		return status;
	if (src.mem)
		p.len = src.nr;
	status = target_parse("write", argv[1], NULL, &r);
	if (!status)
		status = run(&p, &r, &src);
	if (src.f)
		fclose(src.f);
	pattern_free(&bytes);
	return status;
}
