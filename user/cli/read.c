// SPDX-License-Identifier: GPL-2.0
/* dbgmem read: print or save memory of a process. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dbgmem.h>

#include "cli.h"
#include "hexdump.h"
#include "stop.h"

static const struct option options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "hexdump", no_argument, NULL, 'x' },
	{ "exact", no_argument, NULL, 'e' },
	{ "force", no_argument, NULL, 'f' },
	{ "zero-fill", no_argument, NULL, 'z' },
	{ "no-fault", no_argument, NULL, 'n' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem read [OPTION...] PID ADDR LEN\n"
	     "Print LEN bytes at ADDR of process PID as hexdump -C does, with the target's\n"
	     "addresses; raw when standard output is not a terminal.\n\n"
	     "  -o, --output FILE  raw to FILE (- for standard output)\n"
	     "  -x, --hexdump      the dump, also to a file or pipe\n"
	     "  -e, --exact        all of it or nothing\n"
	     "  -f, --force        ignore the target's page protections\n"
	     "  -z, --zero-fill    go on behind holes: zeros, or ?? in the dump\n"
	     "  -n, --no-fault     only what is resident: bring no page in\n"
	     "  -h, --help         show this text\n\n"
	     "ADDR is 0x... or decimal, or MAPPING+OFFSET, MAPPING-OFFSET or MAPPING, for\n"
	     "example '[heap]+0x10' or libc.so.6+0x1c000. LEN may end in K, M or G.\n\n"
	     "Exit status: 0 all, 1 nothing, 2 usage, 3 a part: fewer bytes, or holes.");
	return finish(STATUS_OK);
}

/* Where the bytes go. Not opened before there are some. */
struct sink {
	const char *path;	/* NULL: standard output */
	FILE *f;
	int err;		/* errno of the first failure to write */
	bool dump;
	uint64_t addr;
	struct hexdump hex;
};

static const char *sink_name(const struct sink *s)
{
	return s->path ? s->path : "standard output";
}

static int sink_open(struct sink *s)
{
	int fd;

	if (s->f)
		return STATUS_OK;
	if (!s->path) {
		s->f = stdout;
	} else {
		/* Another process's memory is nobody else's to read. */
		fd = open(s->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (fd >= 0)
			s->f = fdopen(fd, "w");
		if (!s->f) {
			msg("cannot write to %s: %s", s->path, strerror(errno));
			if (fd >= 0)
				close(fd);
			return STATUS_FAILED;
		}
	}
	hexdump_start(&s->hex, s->f, s->addr);
	return STATUS_OK;
}

static int sink_check(struct sink *s)
{
	if (!ferror(s->f))
		return STATUS_OK;
	if (!s->err)
		s->err = errno;
	return STATUS_PARTIAL;
}

/* @len bytes from @addr; @valid has a bit for each page, or is NULL. */
static int sink_put(struct sink *s, uint64_t addr, const uint8_t *buf,
		    size_t len, const uint8_t *valid, uint64_t page_size)
{
	size_t pos, n, page;
	int ret;

	ret = sink_open(s);
	if (ret)
		return ret;
	if (!s->dump) {
		fwrite(buf, 1, len, s->f);
		return sink_check(s);
	}
	if (!valid) {
		hexdump_add(&s->hex, buf, len);
		return sink_check(s);
	}
	for (pos = 0, page = 0; pos < len; pos += n, page++) {
		n = (size_t)(page_size - (addr + pos) % page_size);
		if (n > len - pos)
			n = len - pos;
		hexdump_add(&s->hex,
			    valid[page / 8] >> page % 8 & 1 ? buf + pos : NULL,
			    n);
	}
	return sink_check(s);
}

/* Everything out; @status, or STATUS_PARTIAL if it did not go out. */
static int sink_close(struct sink *s, int status)
{
	if (!s->f)
		return status;
	if (s->dump)
		hexdump_end(&s->hex);
	fflush(s->f);
	sink_check(s);
	if (s->path && fclose(s->f) && !s->err)
		s->err = errno;
	if (!s->err)
		return status;
	msg("cannot write all of it to %s: %s; what is there is not complete",
	    sink_name(s), strerror(s->err));
	return STATUS_PARTIAL;
}

static int read_exact(struct dbgmem *m, struct progress *p, struct sink *s)
{
	uint64_t limit;
	uint8_t *buf;
	int status;

	status = stop_exact(m, p->len, &limit);
	if (status)
		return status;
	buf = malloc(p->len ? p->len : 1);
	if (!buf) {
		msg("out of memory for %llu bytes; leave out --exact",
		    (unsigned long long)p->len);
		return STATUS_FAILED;
	}
	if (dbgmem_read_flags(m, p->addr, buf, p->len, p->flags, NULL))
		status = stop_failed(p);
	else
		status = sink_put(s, p->addr, buf, p->len, NULL, 0);
	free(buf);
	return status;
}

static int read_stream(struct dbgmem *m, struct progress *p, struct sink *s)
{
	struct dbgmem_result res, hole = { 0 };
	bool zero = p->flags & DBGMEM_ZEROFILL;
	uint64_t pos = 0, page_size = 0;
	struct dbgmem_info info;
	size_t n, valid_size;
	int status = STATUS_FAILED;
	uint8_t *buf, *valid;

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
			if (dbgmem_read_valid(m, addr, buf, n, p->flags, valid,
					      valid_size, &res)) {
				status = stop_failed(p);
				break;
			}
		} else if (dbgmem_read_flags(m, addr, buf, n, p->flags, &res)) {
			status = stop_failed(p);
			break;
		}
		p->done += res.done;
		if (res.done < n && !hole.reason)
			hole = res;
		status = sink_put(s, addr, buf, zero ? n : res.done,
				  zero ? valid : NULL, page_size);
		if (!status && !zero && res.done < n)
			status = stop_short(p, &res);
		pos += n;
	}
	if (!status && !p->len)
		status = sink_open(s);
	if (!status && hole.reason)
		status = stop_holes(p, &hole);
out:
	free(buf);
	free(valid);
	return status;
}

static int run(struct progress *p, struct sink *s)
{
	struct dbgmem *m;
	int status;

	if (dbgmem_open(p->pid, DBGMEM_OPEN_RDONLY, &m)) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	s->addr = p->addr;
	status = p->flags & DBGMEM_EXACT ? read_exact(m, p, s) :
					   read_stream(m, p, s);
	status = sink_close(s, status);
	dbgmem_close(m);
	return status;
}

int cmd_read(int argc, char **argv)
{
	struct target_args args = { 0 };
	struct progress p = { .write = false };
	struct sink s = { .dump = isatty(STDOUT_FILENO) };
	bool dump = false;
	int c, status;

	while ((c = getopt_long(argc, argv, "o:xefznh", options, NULL)) != -1) {
		switch (c) {
		case 'o':
			s.path = optarg;
			break;
		case 'x':
			dump = true;
			break;
		case 'e':
			p.flags |= DBGMEM_EXACT;
			break;
		case 'f':
			p.flags |= DBGMEM_FORCE;
			break;
		case 'z':
			p.flags |= DBGMEM_ZEROFILL;
			break;
		case 'n':
			p.flags |= DBGMEM_NOFAULT;
			break;
		case 'h':
			return help();
		default:
			return msg_hint("read");
		}
	}
	if (argc - optind != 3)
		return msg_usage("read", "PID, ADDR and LEN are needed");
	if ((p.flags & DBGMEM_EXACT) && (p.flags & DBGMEM_ZEROFILL))
		return msg_usage("read", "--exact and --zero-fill exclude each other");
	if (s.path) {
		s.dump = false;
		if (!strcmp(s.path, "-"))
			s.path = NULL;
	}
	if (dump)
		s.dump = true;
	args.pid = argv[optind];
	args.addr = argv[optind + 1];
	args.len = argv[optind + 2];
	status = target_parse("read", &args, &p.pid, &p.addr, &p.len);
	return status ? status : run(&p, &s);
}
