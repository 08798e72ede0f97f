// SPDX-License-Identifier: GPL-2.0
/* pread(2), preadv(2), lseek(2) and read(2), and the writing ones */
#include "call.h"
#include "oracle.h"

#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

/* Two pieces of the buffer, one behind the other, and one that is not there. */
static int pieces(struct lane *l, const struct call *c, uint64_t buf,
		  uint64_t len, struct iovec *v)
{
	uint64_t first = len / 3;

	v[0] = (struct iovec){ (void *)(uintptr_t)buf, first };
	v[1] = (struct iovec){ (void *)(uintptr_t)(buf + first), len - first };
	v[2] = (struct iovec){ caller_bad(l->mem, c->arg), 8 };
	return 2 + (c->flags & 1);
}

static long carry_out(struct lane *l, const struct call *c, int fd,
		      uint64_t addr, uint64_t buf, uint64_t len)
{
	void *p = (void *)(uintptr_t)buf;
	struct iovec v[3];
	int nr = pieces(l, c, buf, len, v);

	switch (c->op) {
	case OP_PREAD:
		return pread(fd, p, len, addr);
	case OP_PWRITE:
		return pwrite(fd, p, len, addr);
	case OP_READV:
		return preadv(fd, v, nr, addr);
	case OP_WRITEV:
		return pwritev(fd, v, nr, addr);
	default:
		/* addresses may look like errors here */
		errno = 0;
		lseek(fd, addr, c->flags >> 1 & 3);
		if (errno == EBADF)
			return -1;
		return c->flags & 1 ? write(fd, p, len) : read(fd, p, len);
	}
}

void call_rw(struct lane *l, const struct call *c)
{
	bool write = c->op == OP_PWRITE || c->op == OP_WRITEV ||
		     (c->op == OP_SEEK && c->flags & 1);
	uint64_t addr = place_addr(c->addr), len = place_len(c->len);
	uint64_t buf = caller_buf(l->mem, c->buf);
	struct shared_before before;
	long ret;

	oracle_fill(l);
	oracle_shared_before(l, c, &before);
	ret = carry_out(l, c, run_fd(l, c), addr, buf, len);
	if (ret < 0)
		ret = -errno;
	oracle_rw_errno(l, c, ret);
	if (ret > 0 && (uint64_t)ret > len + 8)
		run_failed(l, c, "%#lx bytes of %#lx", ret, (long)len);
	if (!caller_buf_is_plain(c->buf) || (ret > 0 && (uint64_t)ret > len))
		return;
	if (ret < 0)
		ret = 0;
	if (write)
		oracle_buffer(l, c, buf, 0);
	else
		oracle_buffer(l, c, buf, ret);
	/* lseek(2) goes somewhere else, from where it was */
	if (write && c->op != OP_SEEK)
		oracle_shared(l, c, &before, addr, ret);
}
