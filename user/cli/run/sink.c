// SPDX-License-Identifier: GPL-2.0
/* Output of a read: to a file or standard output, raw or as a dump. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "run/sink.h"
#include "text/message.h"

int sink_open(struct sink *s)
{
	int fd;

	if (s->f)
		return STATUS_OK;
	if (!s->path) {
		s->f = stdout;
		return STATUS_OK;
	}
	if (outfile_open(&s->out, s->path, s->replace)) {
		s->err = EIO;	/* the message is printed */
		return STATUS_FAILED;
	}
	fd = fcntl(s->out.fd, F_DUPFD_CLOEXEC, 0);
	if (fd >= 0)
		s->f = fdopen(fd, "w");
	if (s->f)
		return STATUS_OK;
	s->err = errno;
	msg("cannot write to %s: %s", s->path, strerror(s->err));
	if (fd >= 0)
		close(fd);
	outfile_discard(&s->out);
	return STATUS_FAILED;
}

static int sink_check(struct sink *s)
{
	if (!ferror(s->f))
		return STATUS_OK;
	if (!s->err)
		s->err = errno;
	return STATUS_PARTIAL;
}

int sink_range(struct sink *s, uint64_t addr, const uint64_t *len)
{
	int ret;

	ret = sink_open(s);
	if (ret || !s->dump)
		return ret;
	hexdump_end(&s->hex);
	if (len)
		fprintf(s->f, "# 0x%llx %llu\n", (unsigned long long)addr,
			(unsigned long long)*len);
	hexdump_start(&s->hex, s->f, addr);
	return sink_check(s);
}

int sink_put(struct sink *s, uint64_t addr, const uint8_t *buf, size_t len,
	     const uint8_t *valid, uint64_t page_size)
{
	if (!s->dump)
		fwrite(buf, 1, len, s->f);
	else if (valid)
		hexdump_add_valid(&s->hex, addr, buf, 0, len, valid, page_size);
	else
		hexdump_add(&s->hex, buf, len);
	return sink_check(s);
}

static int file_close(struct sink *s, int status)
{
	int ret;

	if (fclose(s->f) && !s->err)
		s->err = errno;
	if (s->err) {
		msg("cannot write to %s: %s; it is not made", s->path,
		    strerror(s->err));
		status = STATUS_FAILED;
	}
	if (status == STATUS_FAILED) {
		outfile_discard(&s->out);
		return status;
	}
	ret = outfile_commit(&s->out);
	return ret ? ret : status;
}

int sink_close(struct sink *s, int status)
{
	if (!s->f)
		return status;
	if (s->dump)
		hexdump_end(&s->hex);
	fflush(s->f);
	sink_check(s);
	if (s->path)
		return file_close(s, status);
	if (!s->err)
		return status;
	msg("cannot write everything to standard output: %s; the output is incomplete",
	    strerror(s->err));
	return STATUS_PARTIAL;
}
