// SPDX-License-Identifier: GPL-2.0
/* dbgmem compare: where memory differs from other memory or a file. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dbgmem.h>

#include "cmd/cmd.h"
#include "run/interrupt.h"
#include "target/difference.h"
#include "target/options.h"
#include "target/target.h"
#include "text/message.h"
#include "text/num.h"

static const struct option options[] = {
	{ "with", required_argument, NULL, 'w' },
	{ "file", required_argument, NULL, 'i' },
	{ "offset", required_argument, NULL, 'o' },
	{ "brief", no_argument, NULL, 'b' },
	OPTIONS_SCAN,
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem compare [OPTION...] PID ADDR OTHER LEN\n"
	     "       dbgmem compare [OPTION...] --file FILE PID ADDR [LEN]\n\n"
	     "Examples:\n"
	     "  dbgmem compare --with 5678 1234 '[heap]' '[heap]' 64K\n"
	     "  dbgmem compare --file saved 1234 '[heap]'\n\n"
	     "Compare the LEN bytes at ADDR of process PID with those at OTHER, or with FILE.\n"
	     "Print each stretch that differs: its place on both sides, length, first bytes.\n"
	     "Print also what cannot be read, and on which side.\n\n"
	     "  -w, --with PID2  OTHER is in process PID2\n"
	     "  -i, --file FILE  compare with FILE, - for standard input\n"
	     "  -o, --offset N   start at byte N of FILE\n"
	     "  -l, --limit N    stop after N stretches\n"
	     "  -b, --brief      print no bytes\n"
	     "  -j, --json       print JSON\n"
	     "  -f, --force      ignore page protections\n"
	     "      --no-fault   read only resident pages, bring no page in\n"
	     "      --fault-in   read unused pages too, which allocates them\n"
	     "  -h, --help       show this text\n\n"
	     "ADDR and LEN are as for 'dbgmem read'. Ctrl-C stops it and says how far it got.\n"
	     "Exit status: 0 equal, 1 different, 2 usage or failure, 3 a part was compared.");
	return finish(STATUS_OK);
}

/* The command line. */
struct query {
	pid_t pid, other;	/* @other is 0 for the same process */
	struct target_range at, other_at;
	uint64_t addr, other_addr;
	uint64_t len;		/* UINT64_MAX: to the end of the file */
	const char *file;
	uint64_t offset, limit;
	struct options options;
};

/* The result, over all pieces. */
struct outcome {
	struct differences out;
	struct dbgmem_compare_stats sum;
	uint64_t file_end;	/* bytes in the file; UINT64_MAX: enough */
	bool failed;		/* after a message */
};

static bool go_on(const struct outcome *o)
{
	return !o->failed && !interrupt_seen() && !ferror(stdout) &&
	       o->out.nr < o->out.limit;
}

/*
 * Print the differences of @c, which begins @from bytes after the start of the whole.
 * With @buf, @c is one piece of @len bytes.
 */
static void drain(const struct query *q, struct dbgmem_compare *c,
		  uint64_t from, const uint8_t *buf, size_t len,
		  struct outcome *o)
{
	struct dbgmem_compare_stats stats = { .size = sizeof(stats) };
	struct dbgmem_difference d;
	const uint8_t *bytes;
	bool cut;
	int ret;

	while (go_on(o)) {
		ret = dbgmem_compare_next(c, &d);
		if (ret <= 0) {
			o->failed = ret && ret != -ECANCELED;
			if (o->failed)
				msg("%s", dbgmem_errstr());
			break;
		}
		/* With --no-fault, a page that is not resident is not a difference. */
		if (q->options.flags & DBGMEM_NOFAULT && d.kind != DBGMEM_DIFFERENT)
			continue;
		bytes = buf ? buf + d.offset : NULL;
		cut = buf && d.offset + d.len == len;
		d.offset += from;
		if (differences_add(&o->out, &d, cut, bytes)) {
			msg("out of memory");
			o->failed = true;
		}
	}
	dbgmem_compare_get_stats(c, &stats);
	o->sum.done += stats.done;
	o->sum.equal += stats.equal;
	o->sum.different += stats.different;
	o->sum.holes += stats.holes;
	dbgmem_compare_free(c);
}

static void compare_memory(const struct query *q, struct dbgmem *a,
			   struct dbgmem *b, struct outcome *o)
{
	struct dbgmem_compare *c;

	if (dbgmem_compare_new(a, q->addr, b, q->other_addr, q->len, q->options.flags,
			       &interrupt_progress, &c)) {
		msg("%s", dbgmem_errstr());
		o->failed = true;
		return;
	}
	drain(q, c, 0, NULL, 0, o);
}

/*
 * Read @len bytes of @fd, fewer only at its end or after a signal. Returns how many, or
 * a negative errno.
 */
static ssize_t file_read(int fd, uint8_t *buf, size_t len)
{
	size_t done = 0;
	ssize_t n;

	do {
		n = interrupt_read(fd, buf + done, len - done);
		if (n < 0 && !interrupt_seen())
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	} while (n > 0 && done < len);
	return (ssize_t)done;
}

/*
 * Go to byte @offset, by reading into @buf if @fd cannot seek. Returns 0 or a negative
 * errno.
 */
static int file_skip(int fd, uint64_t offset, uint8_t *buf)
{
	ssize_t n;

	if (offset <= INT64_MAX && lseek(fd, (off_t)offset, SEEK_SET) >= 0)
		return 0;
	for (; offset; offset -= (uint64_t)n) {
		n = file_read(fd, buf, offset < CHUNK ? (size_t)offset : CHUNK);
		if (n <= 0)
			return (int)n;
	}
	return 0;
}

static void file_failed(const struct query *q, int code, struct outcome *o)
{
	msg("cannot read all of %s: %s", q->file, strerror(-code));
	o->failed = true;
}

static void compare_file(const struct query *q, struct dbgmem *m, int fd,
			 uint8_t *buf, struct outcome *o)
{
	struct dbgmem_compare *c;
	uint64_t pos = 0;
	size_t want;
	ssize_t n;

	n = file_skip(fd, q->offset, buf);
	if (n)
		file_failed(q, (int)n, o);
	for (; pos < q->len && go_on(o); pos += (uint64_t)n) {
		want = q->len - pos < CHUNK ? (size_t)(q->len - pos) : CHUNK;
		n = file_read(fd, buf, want);
		if (n < 0) {
			file_failed(q, (int)n, o);
			return;
		}
		if ((size_t)n < want && !interrupt_seen())
			o->file_end = pos + (uint64_t)n;
		if (n && dbgmem_compare_new_buffer(m, q->addr + pos, buf,
						   (size_t)n, q->options.flags,
						   &interrupt_progress, &c)) {
			msg("%s", dbgmem_errstr());
			o->failed = true;
			return;
		}
		if (n)
			drain(q, c, pos, buf, (size_t)n, o);
		if ((size_t)n < want)
			return;
	}
}

/* Print what was not compared. Returns the exit status. */
static int verdict(const struct query *q, const struct outcome *o)
{
	const struct dbgmem_compare_stats *s = &o->sum;
	const uint64_t len = o->file_end < q->len ? o->file_end : q->len;
	const bool cut = o->failed || interrupt_seen();
	char of[32] = "";
	bool part = cut;

	if (len < UINT64_MAX)
		snprintf(of, sizeof(of), " of %llu", (unsigned long long)len);
	if (cut)
		msg("%s%llu%s bytes at 0x%llx of process %d were compared",
		    interrupt_seen() ? "interrupted: " : "",
		    (unsigned long long)(s->done - s->holes), of,
		    (unsigned long long)q->addr, (int)q->pid);
	if (o->file_end < q->len && (q->len < UINT64_MAX || !o->file_end) &&
	    !o->failed) {
		msg("%s is too short: it has %llu bytes to compare with", q->file,
		    (unsigned long long)o->file_end);
		part = true;
	}
	if (s->holes && !(q->options.flags & DBGMEM_NOFAULT)) {
		msg("%llu bytes could not be read, on one side or both",
		    (unsigned long long)s->holes);
		part = true;
	}
	if (part && s->done == s->holes)
		return STATUS_FAILED;
	if (part)
		return STATUS_PARTIAL;
	return s->different ? STATUS_NO : STATUS_OK;
}

/* Returns a descriptor, or -1 after a message. */
static int file_open(const struct query *q)
{
	int fd;

	if (!strcmp(q->file, "-"))
		return STDIN_FILENO;
	fd = open(q->file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		msg("cannot read %s: %s", q->file, strerror(errno));
	return fd;
}

/* Open the sessions. *@b stays NULL for the same process. */
static int targets_open(struct query *q, struct dbgmem **a, struct dbgmem **b)
{
	int status;

	status = target_attach(q->pid, DBGMEM_OPEN_RDONLY, &q->at, 1, a);
	if (!status && q->other)
		status = target_attach(q->other, DBGMEM_OPEN_RDONLY,
				       &q->other_at, 1, b);
	else if (!status && !q->file)
		status = target_resolve(*a, &q->other_at, 1);
	q->addr = q->at.addr;
	q->other_addr = q->other_at.addr;
	return status;
}

static int compare(struct query *q, int fd, uint8_t *buf)
{
	struct dbgmem *a = NULL, *b = NULL;
	struct outcome o = { .file_end = UINT64_MAX };
	int status, ret;

	status = targets_open(q, &a, &b);
	if (!status) {
		differences_start(&o.out, a, q->addr,
				  q->file ? NULL : b ? b : a,
				  q->file ? q->offset : q->other_addr);
		o.out.flags = q->options.flags;
		o.out.limit = q->limit;
		o.out.brief = q->options.brief;
		o.out.json = q->options.json;
		interrupt_catch();
		if (q->file)
			compare_file(q, a, fd, buf, &o);
		else
			compare_memory(q, a, b ? b : a, &o);
		status = differences_end(&o.out);
		ret = verdict(q, &o);
		if (!status || ret == STATUS_PARTIAL)
			status = ret;
	}
	dbgmem_close(a);
	dbgmem_close(b);
	return status;
}

static int run(struct query *q)
{
	uint8_t *buf;
	int status, fd;

	if (!q->file)
		return compare(q, -1, NULL);
	fd = file_open(q);
	if (fd < 0)
		return STATUS_FAILED;
	buf = malloc(CHUNK);
	if (!buf)
		msg("out of memory");
	status = buf ? compare(q, fd, buf) : STATUS_FAILED;
	free(buf);
	close(fd);
	return status;
}

/* PID ADDR OTHER LEN, or with --file PID ADDR [LEN]. */
static int query_parse(struct query *q, char **args, int nr)
{
	const char *len = nr > 2 ? args[nr - 1] : NULL;
	int status;

	status = target_pid("compare", args, nr, &q->pid);
	if (status)
		return status;
	if (q->file ? nr < 2 || nr > 3 : nr != 4)
		return msg_usage("compare", q->file ?
				 "PID and ADDR are needed, and at most LEN" :
				 "PID, ADDR, OTHER and LEN are needed, or --file");
	status = target_parse("compare", args[1], len, &q->at);
	if (!status && len)
		q->len = q->at.len;
	if (!status && !q->file)
		status = target_parse("compare", args[2], len, &q->other_at);
	return status;
}

int cmd_compare(int argc, char **argv)
{
	struct query q = { .len = UINT64_MAX, .limit = UINT64_MAX };
	bool offset = false;
	int c, status;

	while ((c = getopt_long(argc, argv, "w:i:o:l:bjfh", options,
				NULL)) != -1) {
		if (options_take(&q.options, c))
			continue;
		switch (c) {
		case 'w':
			if (target_pid("compare", &optarg, 1, &q.other))
				return STATUS_USAGE;
			break;
		case 'i':
			q.file = optarg;
			break;
		case 'o':
			offset = true;
			if (num_parse_len(optarg, &q.offset))
				return msg_usage("compare", "--offset: '%s' is not a number of bytes",
						 optarg);
			break;
		case 'l':
			if (options_number("compare", "--limit", optarg, 1,
					   UINT64_MAX, &q.limit))
				return STATUS_USAGE;
			break;
		case 'h':
			return exit_answer(help());
		default:
			return msg_hint("compare");
		}
	}
	if (q.file && q.other)
		return msg_usage("compare", "--with and --file exclude each other");
	if (offset && !q.file)
		return msg_usage("compare", "--offset is for --file");
	status = query_parse(&q, argv + optind, argc - optind);
	return exit_answer(status ? status : run(&q));
}
