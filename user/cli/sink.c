// SPDX-License-Identifier: GPL-2.0
/* Where the bytes of a read go: a file or standard output, raw or as a dump. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "sink.h"

static const char *sink_name(const struct sink *s)
{
	return s->path ? s->path : "standard output";
}

int sink_open(struct sink *s)
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
			s->err = errno;
			msg("cannot write to %s: %s", s->path,
			    strerror(s->err));
			if (fd >= 0)
				close(fd);
			return STATUS_FAILED;
		}
	}
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
	size_t pos, n, page;

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

int sink_close(struct sink *s, int status)
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
