// SPDX-License-Identifier: GPL-2.0
#include "oracle.h"

#include <errno.h>
#include <string.h>
#include <dbgmem/uapi.h>

/* of the structure itself */
#define STRUCTURE	EFAULT, EINVAL, E2BIG, EOPNOTSUPP
/* of any use of a target */
#define TARGET		ENOTCONN, ESRCH, ESTALE, EACCES

#define MAX_ERRNOS	16

/* From uapi/dbgmem/uapi.h, without EINTR: who gets that does not return. */
static const struct {
	unsigned long cmd;
	int errnos[MAX_ERRNOS];
} documented[] = {
	{ DBGMEM_IOC_INFO, { STRUCTURE } },
	{ DBGMEM_IOC_SESSION_INFO, { STRUCTURE } },
	{ DBGMEM_IOC_ATTACH, { STRUCTURE, EACCES, EBADF, EBADFD, EKEYREJECTED,
			       EXDEV, ESTALE, ESRCH, ENXIO, EISCONN,
			       ENOMEM } },
	{ DBGMEM_IOC_READ, { STRUCTURE, TARGET, EMSGSIZE, ENOMEM, EOVERFLOW,
			     EPERM } },
	{ DBGMEM_IOC_WRITE, { STRUCTURE, TARGET, EMSGSIZE, ENOMEM, EOVERFLOW,
			      EPERM } },
	{ DBGMEM_IOC_VECTOR, { STRUCTURE, TARGET, EMSGSIZE, ENOMEM, EOVERFLOW,
			       EPERM, ECANCELED } },
	{ DBGMEM_IOC_BP_SET, { STRUCTURE, TARGET, EBUSY, EEXIST, ENOMEM,
			       ENOSPC, EOVERFLOW, EPERM } },
	{ DBGMEM_IOC_BP_CLEAR, { STRUCTURE, ENOTCONN, ESRCH, ESTALE,
				 ENOENT } },
	{ DBGMEM_IOC_BP_LIST, { STRUCTURE, TARGET, ENOMEM } },
	{ DBGMEM_IOC_CMPXCHG, { STRUCTURE, TARGET, ENOMEM, EPERM } },
	{ DBGMEM_IOC_REGION_LIST, { STRUCTURE, TARGET, ENOMEM } },
	{ DBGMEM_IOC_WINDOW, { STRUCTURE, TARGET, ELOOP, ENOMEM,
			       EOVERFLOW } },
	{ DBGMEM_IOC_WINDOW_SYNC, { STRUCTURE, ENOTCONN } },
};

static const int rw_errnos[MAX_ERRNOS] = {
	EBADF, EFAULT, EINVAL, EMSGSIZE, ENOMEM, EOVERFLOW, TARGET,
};

static bool among(const int *errnos, long value)
{
	for (; *errnos; errnos++)
		if (*errnos == value)
			return true;
	return false;
}

void oracle_errno(struct lane *l, const struct call *c, unsigned long cmd,
		  int ret)
{
	size_t i;

	if (!ret || !l->run->trust_errno || run_fd(l, c) < 0)
		return;
	for (i = 0; i < ARRAY_SIZE(documented); i++)
		if (documented[i].cmd == cmd &&
		    among(documented[i].errnos, -ret))
			return;
	run_failed(l, c, "ioctl %#lx: %s is not what its errors are", cmd,
		   strerrorname_np(-ret));
}

void oracle_rw_errno(struct lane *l, const struct call *c, long ret)
{
	if (ret < 0 && l->run->trust_errno && run_fd(l, c) >= 0 &&
	    !among(rw_errnos, -ret))
		run_failed(l, c, "%s is not what its errors are",
			   strerrorname_np(-ret));
}

void oracle_fill(struct lane *l)
{
	l->fill = l->fill * 5 + 0x5b;
	memset(l->mem->buf, l->fill, BUF_SIZE);
}

/* Where the first of @len bytes is that is not @byte; @len if none. */
static size_t other_byte(const unsigned char *p, size_t len,
			 unsigned char byte)
{
	size_t i;

	if (!len || (*p == byte && !memcmp(p, p + 1, len - 1)))
		return len;
	for (i = 0; p[i] == byte; i++)
		;
	return i;
}

void oracle_buffer(struct lane *l, const struct call *c, uint64_t at,
		   uint64_t len)
{
	uint64_t from = at - (uintptr_t)l->mem->buf, to, n;

	/* it is not in there at all: all of it must be as it was */
	if (from >= BUF_SIZE)
		from = len = 0;
	to = len < BUF_SIZE - from ? from + len : BUF_SIZE;
	n = other_byte(l->mem->buf, from, l->fill);
	if (n == from) {
		n = other_byte(l->mem->buf + to, BUF_SIZE - to, l->fill);
		if (n == BUF_SIZE - to)
			return;
		n += to;
	}
	run_failed(l, c, "%#lx bytes at %#lx of the buffer, but %#lx changed",
		   (long)len, (long)from, (long)n);
}

void oracle_shared_before(struct lane *l, const struct call *c,
			  struct shared_before *before)
{
	before->known = run_knows_target(l, c);
	if (before->known)
		memcpy(before->byte, shared_view, PLACE_SIZE);
}

void oracle_shared(struct lane *l, const struct call *c,
		   const struct shared_before *before, uint64_t addr,
		   uint64_t len)
{
	uint64_t base = place_start(PLACE_SHARED), i;

	if (!before->known)
		return;
	for (i = 0; i < PLACE_SIZE; i++) {
		if (before->byte[i] == shared_view[i] ||
		    base + i - addr < len)
			continue;
		run_failed(l, c, "%#lx bytes written at %#lx, but %#lx changed",
			   (long)len, (long)addr, (long)(base + i));
		return;
	}
}

void oracle_same(struct lane *l, const struct call *c, uint64_t addr,
		 uint64_t buf, uint64_t len)
{
	uint64_t at = addr - place_start(PLACE_SHARED);

	if (!len || at >= PLACE_SIZE || len > PLACE_SIZE - at ||
	    !run_knows_target(l, c))
		return;
	if (memcmp(shared_view + at, (void *)(uintptr_t)buf, len))
		run_failed(l, c, "%#lx bytes at %#lx are not the same on both sides",
			   (long)len, (long)addr);
}
