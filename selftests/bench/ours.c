// SPDX-License-Identifier: GPL-2.0
/*
 * dbgmem's own calls, as a program would write them.
 */
#include "bench.h"

static int transfer(const struct work *w, unsigned long cmd)
{
	struct dbgmem_transfer t = {
		.size = sizeof(t),
		.addr = w->addr,
		.buf = (uintptr_t)w->buf,
		.len = w->size,
	};

	if (ioctl(subject.session, cmd, &t))
		return -errno;
	return t.done == w->size ? 0 : -EIO;
}

int ours_read(const struct work *w)
{
	return transfer(w, DBGMEM_IOC_READ);
}

int ours_write(const struct work *w)
{
	return transfer(w, DBGMEM_IOC_WRITE);
}

int ours_pread(const struct work *w)
{
	ssize_t n = pread(subject.session, w->buf, w->size, w->addr);

	if (n < 0)
		return -errno;
	return (size_t)n == w->size ? 0 : -EIO;
}

int ours_vector(const struct work *w)
{
	struct dbgmem_vector v = {
		.size = sizeof(v),
		.segments = (uintptr_t)w->segments,
		.nr_segments = w->nr,
		.segment_size = sizeof(*w->segments),
		.op = w->write ? DBGMEM_OP_WRITE : DBGMEM_OP_READ,
	};

	if (ioctl(subject.session, DBGMEM_IOC_VECTOR, &v))
		return -errno;
	return v.nr_complete == w->nr ? 0 : -EIO;
}

/* From nothing to the first bytes, and nothing is left. */
int ours_attach(const struct work *w)
{
	struct dbgmem_transfer t = {
		.size = sizeof(t),
		.addr = w->addr,
		.buf = (uintptr_t)w->buf,
		.len = w->size,
	};
	int fd, ret = 0;

	fd = session_open(subject.target.pid, O_RDONLY);
	if (fd < 0)
		return fd;
	if (ioctl(fd, DBGMEM_IOC_READ, &t))
		ret = -errno;
	else if (t.done != w->size)
		ret = -EIO;
	close(fd);
	return ret;
}

/* A number that the module does not have: it is all entry and exit. */
int ours_floor(const struct work *w)
{
	(void)w;
	if (!ioctl(subject.session, _IO(DBGMEM_IOC_TYPE, 0xff), NULL))
		return -EINVAL;
	return errno == ENOTTY ? 0 : -errno;
}

int ours_bp_set_clear(const struct work *w)
{
	struct dbgmem_bp_clear_args c = {
		.size = sizeof(c),
		.addr = w->addr,
	};
	int ret = bp_set(w->addr);

	if (ret)
		return ret;
	if (ioctl(subject.session, DBGMEM_IOC_BP_CLEAR, &c))
		return -errno;
	return c.lost ? -EIO : 0;
}

/* One more than it was: what it was is known but for the first time. */
int ours_cmpxchg(const struct work *w)
{
	static uint64_t was;
	struct dbgmem_cmpxchg_args c = {
		.size = sizeof(c),
		.addr = w->addr,
		.width = 8,
	};

	do {
		c.expected = was;
		c.desired = was + 1;
		if (ioctl(subject.session, DBGMEM_IOC_CMPXCHG, &c))
			return -errno;
		was = c.exchanged ? c.desired : c.observed;
	} while (!c.exchanged);
	return 0;
}
