// SPDX-License-Identifier: GPL-2.0
#include "shadow.h"

#define MAX_PIECES	256

/* Sizes of pieces: words, and some that are not. */
static size_t way_piece(size_t i)
{
	static const size_t sizes[] = { 8, 1, 3, 4, 16, 2, 24, 8, 8, 100, 4096 };

	return sizes[i % ARRAY_SIZE(sizes)];
}

static ssize_t way_rwv(int fd, bool write, uint64_t addr, char *buf,
		       size_t len)
{
	struct iovec v[MAX_PIECES];
	size_t n = 0, at = 0;

	while (at < len && n < MAX_PIECES) {
		v[n].iov_base = buf + at;
		v[n].iov_len = way_piece(n + 4);
		if (v[n].iov_len > len - at)
			v[n].iov_len = len - at;
		at += v[n++].iov_len;
	}
	return write ? pwritev(fd, v, n, addr) : preadv(fd, v, n, addr);
}

ssize_t way_vector(int fd, bool write, uint64_t addr, char *buf, size_t len,
		   bool pieces, uint32_t flags)
{
	struct dbgmem_segment s[MAX_PIECES] = {};
	struct dbgmem_vector v = {
		.size = sizeof(v),
		.flags = flags,
		.segments = (uintptr_t)s,
		.segment_size = sizeof(s[0]),
		.op = write ? DBGMEM_OP_WRITE : DBGMEM_OP_READ,
	};
	size_t at = 0, n = 0;

	while (at < len && n < MAX_PIECES) {
		s[n].addr = addr + at;
		s[n].buf = (uintptr_t)buf + at;
		s[n].len = pieces ? way_piece(n) : len;
		if (s[n].len > len - at)
			s[n].len = len - at;
		at += s[n++].len;
	}
	v.nr_segments = n;
	if (ioctl(fd, DBGMEM_IOC_VECTOR, &v))
		return -errno;
	return v.done;
}

ssize_t go(int fd, bool write, enum way way, const void *addr, void *buf,
	   size_t len)
{
	static const uint32_t flags[WAYS_TO_READ] = {
		[WAY_EXACT] = DBGMEM_EXACT,
		[WAY_FORCE] = DBGMEM_FORCE,
		[WAY_ZEROFILL] = DBGMEM_ZEROFILL,
		[WAY_NOFAULT] = DBGMEM_NOFAULT,
		[WAY_VECTOR_EXACT] = DBGMEM_EXACT,
		[WAY_VECTOR_NOFAULT] = DBGMEM_NOFAULT,
	};
	uint32_t f = takes_flags(flags[way]) ? flags[way] : 0;
	uint64_t a = (uintptr_t)addr;
	struct dbgmem_transfer t;
	ssize_t ret;

	switch (way) {
	case WAY_RW:
		ret = write ? pwrite(fd, buf, len, a) : pread(fd, buf, len, a);
		return ret < 0 ? -errno : ret;
	case WAY_RWV:
		ret = way_rwv(fd, write, a, buf, len);
		return ret < 0 ? -errno : ret;
	case WAY_VECTOR:
	case WAY_VECTOR_PIECES:
	case WAY_VECTOR_EXACT:
	case WAY_VECTOR_NOFAULT:
		return way_vector(fd, write, a, buf, len,
				  way != WAY_VECTOR, f);
	default:
		ret = xfer(fd, write ? DBGMEM_IOC_WRITE : DBGMEM_IOC_READ, a,
			   buf, len, f, &t);
		return ret ? ret : (ssize_t)t.done;
	}
}
