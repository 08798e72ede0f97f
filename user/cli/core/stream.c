// SPDX-License-Identifier: GPL-2.0
/* A file that is written by position, or a pipe that is written in order. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/core.h"
#include "core/stream.h"
#include "run/interrupt.h"

void stream_ordered(struct stream *s, int fd)
{
	const int flags = fcntl(fd, F_GETFL);
	struct stat st;

	*s = (struct stream){ .fd = fd, .ordered = true };
	/* After the end of a regular file, a hole reads as zeros. */
	s->holes = flags >= 0 && !(flags & O_APPEND) && !fstat(fd, &st) &&
		   S_ISREG(st.st_mode) && lseek(fd, 0, SEEK_CUR) >= st.st_size;
}

static int put(struct stream *s, const char *p, size_t len)
{
	ssize_t n;

	for (; len; p += n, s->pos += (uint64_t)n, len -= (size_t)n) {
		if (interrupt_seen())
			return -EINTR;
		n = write(s->fd, p, len);
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return -errno;
	}
	return 0;
}

static int skip(struct stream *s, uint64_t to)
{
	static const char zeros[1 << 16];
	uint64_t len;
	int ret = 0;

	if (s->holes && to > s->pos) {
		if (lseek(s->fd, (off_t)(to - s->pos), SEEK_CUR) < 0)
			return -errno;
		s->pos = to;
	}
	while (s->pos < to && !ret) {
		len = to - s->pos < sizeof(zeros) ? to - s->pos : sizeof(zeros);
		ret = put(s, zeros, (size_t)len);
	}
	return ret;
}

int stream_write(struct stream *s, const void *buf, size_t len, uint64_t pos)
{
	int ret;

	if (!s->ordered)
		return core_pwrite(s->fd, buf, len, pos);
	ret = skip(s, pos);
	return ret ? ret : put(s, buf, len);
}

int stream_end(struct stream *s, uint64_t pos)
{
	int ret = 0;
	off_t at;

	if (s->ordered)
		ret = skip(s, pos);
	if (ret || (s->ordered && !s->holes))
		return ret;
	at = s->ordered ? lseek(s->fd, 0, SEEK_CUR) : (off_t)pos;
	return at < 0 || ftruncate(s->fd, at) ? -errno : 0;
}
