// SPDX-License-Identifier: LGPL-2.1-or-later
/* Move memory, and explain what would not move. */
#define _FILE_OFFSET_BITS 64
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

#include "internal.h"

/* read(2) and its relatives move at most this much in one call. */
#define VECTOR_MAX	0x7ffff000ULL

/* File offsets are signed; the VFS refuses those that look negative. */
#define OFFSET_MAX	((uint64_t)INT64_MAX)

static const char *const policies[] = {
	[DBGMEM_FORCE_POLICY_NEVER] = "never (nobody may)",
	[DBGMEM_FORCE_POLICY_PTRACE] = "ptrace (only the target's tracer may)",
	[DBGMEM_FORCE_POLICY_CAPABLE] =
		"capable (the target's tracer may, and CAP_SYS_PTRACE)",
	[DBGMEM_FORCE_POLICY_ALWAYS] = "always",
};

static const char *policy_str(struct dbgmem *m)
{
	struct dbgmem_info info = { .size = sizeof(info) };

	if (dbgmem__node_ioctl(m->fd, DBGMEM_IOC_INFO, &info) ||
	    info.force_policy >= sizeof(policies) / sizeof(policies[0]))
		return "unknown";
	return policies[info.force_policy];
}

static unsigned long long max_exact(struct dbgmem *m)
{
	struct dbgmem_info info = { .size = sizeof(info) };

	dbgmem__node_ioctl(m->fd, DBGMEM_IOC_INFO, &info);
	return info.max_exact;
}

static const char *advice(uint32_t cmd, const struct dbgmem_transfer *t)
{
	switch (t->reason) {
	case DBGMEM_REASON_PROTECTION:
		if (t->flags & DBGMEM_FORCE)
			return ": a shared mapping that its owner may not write cannot be forced";
		return cmd == DBGMEM_IOC_READ ?
			": FORCE can read it" :
			": FORCE can write it, if it is private";
	case DBGMEM_REASON_NOT_RESIDENT:
		return ": without NOFAULT it would be faulted in";
	case DBGMEM_REASON_UNMAPPED:
		return ": see /proc/PID/maps for what is mapped";
	case DBGMEM_REASON_SPECIAL:
		return t->flags & DBGMEM_EXACT ?
			": it cannot be pinned, and EXACT needs that" : "";
	default:
		return "";
	}
}

/*
 * @t is the request as the kernel answered it, @code the errno value, @what the
 * begin of the sentence.
 */
int dbgmem__transfer_fail(struct dbgmem *m, uint32_t cmd,
			  const struct dbgmem_transfer *t, int code,
			  const char *what)
{
	struct dbgmem_error e = {
		.code = code,
		.source = DBGMEM_SOURCE_SYSTEM,
		.pid = m->pid,
		.result.reason = t->reason,
		.result.fault_addr = t->fault_addr,
		.result.done = t->done,
	};
	const char *whose = "";

	/* Of a mapping that may not be written CMPXCHG says EACCES. */
	if (code == EFAULT || (code == EACCES && t->reason)) {
		e.source = DBGMEM_SOURCE_MEMORY;
		if (t->reason == DBGMEM_REASON_BUFFER)
			whose = " of this process";
		return dbgmem__fail(&e, "%s: at 0x%llx%s: %s%s%s", what,
				    (unsigned long long)t->fault_addr, whose,
				    dbgmem_reason_str(t->reason),
				    advice(cmd, t),
				    t->flags & DBGMEM_EXACT ?
				    "; nothing was transferred" : "");
	}
	switch (code) {
	case EACCES:
		e.source = DBGMEM_SOURCE_SESSION;
		return dbgmem__fail(&e, "%s: the session has no %s access: open it, and the mem_fd if that came from elsewhere, for both directions",
				    what, m->access & DBGMEM_ACCESS_READ &&
				    cmd != DBGMEM_IOC_READ ? "write" : "read");
	case EPERM:
		e.source = DBGMEM_SOURCE_POLICY;
		return dbgmem__fail(&e, "%s: FORCE is refused, the module's force= policy is %s: trace the target, run as root, or change /sys/module/dbgmem/parameters/force",
				    what, policy_str(m));
	case ESRCH:
		e.source = DBGMEM_SOURCE_TARGET;
		return dbgmem__fail(&e, "%s: it has exited", what);
	case ESTALE:
		e.source = DBGMEM_SOURCE_TARGET;
		return dbgmem__fail(&e, "%s: it has executed another program since it was opened: open it again",
				    what);
	case EMSGSIZE:
		e.source = DBGMEM_SOURCE_USAGE;
		return dbgmem__fail(&e, "%s: an exact transfer takes at most %llu bytes: split it, or transfer without EXACT",
				    what, max_exact(m));
	case EOVERFLOW:
		e.source = DBGMEM_SOURCE_USAGE;
		return dbgmem__fail(&e, "%s: address plus length exceeds 64 bits",
				    what);
	case EOPNOTSUPP:
		e.source = DBGMEM_SOURCE_USAGE;
		if (t->flags & DBGMEM_NOFAULT &&
		    !(m->features & DBGMEM_FEATURE_NOFAULT))
			return dbgmem__fail(&e, "%s: this kernel cannot read memory without faulting it in (NOFAULT, --no-fault)",
					    what);
		return dbgmem__fail(&e, "%s: the module or the kernel does not know one of the flags 0x%x: compare with transfer_flags of dbgmem_get_info()",
				    what, t->flags);
	case EINVAL:
		e.source = DBGMEM_SOURCE_USAGE;
		return dbgmem__fail(&e, "%s: flags 0x%x do not go together or with this call, or the validity bitmap is too small",
				    what, t->flags);
	case ENOTCONN:
		e.source = DBGMEM_SOURCE_USAGE;
		return dbgmem__fail(&e, "%s: the session is not attached", what);
	case ENOMEM:
		return dbgmem__fail(&e, "%s: the kernel is out of memory", what);
	case EINTR:
		return dbgmem__fail(&e, "%s: interrupted, this process is being killed",
				    what);
	default:
		return dbgmem__fail(&e, "%s: %s", what, strerror(code));
	}
}

static int transfer_fail(struct dbgmem *m, uint32_t cmd,
			 const struct dbgmem_transfer *t, int code)
{
	char what[128];

	snprintf(what, sizeof(what), "cannot %s%s %llu bytes at 0x%llx of process %d",
		 cmd == DBGMEM_IOC_READ ? "read" : "write",
		 t->flags & DBGMEM_EXACT ? " exactly" : "",
		 (unsigned long long)t->len, (unsigned long long)t->addr,
		 (int)m->pid);
	return dbgmem__transfer_fail(m, cmd, t, code, what);
}

/* A success that the caller may ask about all the same: why it is not all. */
static void transfer_short(struct dbgmem *m, uint32_t cmd,
			   const struct dbgmem_transfer *t)
{
	char what[128];

	snprintf(what, sizeof(what), "could %s only %llu of %llu bytes at 0x%llx of process %d",
		 cmd == DBGMEM_IOC_READ ? "read" : "write",
		 (unsigned long long)t->done, (unsigned long long)t->len,
		 (unsigned long long)t->addr, (int)m->pid);
	dbgmem__transfer_fail(m, cmd, t, -dbgmem__reason_errno(t->reason),
			      what);
}

static int transfer(struct dbgmem *m, uint32_t cmd, struct dbgmem_transfer *t,
		    struct dbgmem_result *res)
{
	int ret;

	t->size = sizeof(*t);
	ret = dbgmem__node_ioctl(m->fd, cmd, t);
	if (res) {
		res->done = t->done;
		res->fault_addr = t->fault_addr;
		res->reason = t->reason;
	}
	if (ret)
		return transfer_fail(m, cmd, t, -ret);
	if (t->done < t->len)
		transfer_short(m, cmd, t);
	return 0;
}

/* The count as the result, which must hold it. */
static ssize_t counted(struct dbgmem *m, uint32_t cmd,
		       struct dbgmem_transfer *t, struct dbgmem_result *res)
{
	int ret;

	if (t->len <= SSIZE_MAX) {
		ret = transfer(m, cmd, t, res);
		return ret ? ret : (ssize_t)t->done;
	}
	if (res)
		*res = (struct dbgmem_result){ 0 };
	return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
		"cannot %s %llu bytes at 0x%llx: the result cannot hold a length above SSIZE_MAX: split it",
		cmd == DBGMEM_IOC_READ ? "read" : "write",
		(unsigned long long)t->len, (unsigned long long)t->addr);
}

static ssize_t simple(struct dbgmem *m, uint32_t cmd, uint64_t addr,
		      const void *buf, size_t len, uint32_t flags,
		      struct dbgmem_result *res)
{
	struct dbgmem_transfer t = {
		.flags = flags,
		.addr = addr,
		.buf = (uintptr_t)buf,
		.len = len,
	};

	return counted(m, cmd, &t, res);
}

/* All or nothing, of which the count says no more than success. */
static int exact(struct dbgmem *m, uint32_t cmd, uint64_t addr, const void *buf,
		 size_t len)
{
	struct dbgmem_transfer t = {
		.flags = DBGMEM_EXACT,
		.addr = addr,
		.buf = (uintptr_t)buf,
		.len = len,
	};

	return transfer(m, cmd, &t, NULL);
}

DBGMEM_EXPORT ssize_t dbgmem_read(struct dbgmem *m, uint64_t addr, void *buf,
				  size_t len)
{
	return simple(m, DBGMEM_IOC_READ, addr, buf, len, 0, NULL);
}

DBGMEM_EXPORT ssize_t dbgmem_write(struct dbgmem *m, uint64_t addr,
				   const void *buf, size_t len)
{
	return simple(m, DBGMEM_IOC_WRITE, addr, buf, len, 0, NULL);
}

DBGMEM_EXPORT int dbgmem_read_exact(struct dbgmem *m, uint64_t addr, void *buf,
				    size_t len)
{
	return exact(m, DBGMEM_IOC_READ, addr, buf, len);
}

DBGMEM_EXPORT int dbgmem_write_exact(struct dbgmem *m, uint64_t addr,
				     const void *buf, size_t len)
{
	return exact(m, DBGMEM_IOC_WRITE, addr, buf, len);
}

DBGMEM_EXPORT ssize_t dbgmem_read_flags(struct dbgmem *m, uint64_t addr,
					void *buf, size_t len, uint32_t flags,
					struct dbgmem_result *res)
{
	return simple(m, DBGMEM_IOC_READ, addr, buf, len, flags, res);
}

DBGMEM_EXPORT ssize_t dbgmem_write_flags(struct dbgmem *m, uint64_t addr,
					 const void *buf, size_t len,
					 uint32_t flags,
					 struct dbgmem_result *res)
{
	return simple(m, DBGMEM_IOC_WRITE, addr, buf, len, flags, res);
}

DBGMEM_EXPORT ssize_t dbgmem_read_valid(struct dbgmem *m, uint64_t addr,
					void *buf, size_t len, uint32_t flags,
					uint8_t *valid, size_t valid_size,
					struct dbgmem_result *res)
{
	struct dbgmem_transfer t = {
		.flags = flags,
		.addr = addr,
		.buf = (uintptr_t)buf,
		.len = len,
		.valid = (uintptr_t)valid,
		.valid_size = valid_size,
	};

	return counted(m, DBGMEM_IOC_READ, &t, res);
}

DBGMEM_EXPORT size_t dbgmem_valid_size(const struct dbgmem *m, uint64_t addr,
				       size_t len)
{
	uint64_t ps = m->page_size, pages;

	if (!len)
		return 0;
	/* Split, so that no sum exceeds 64 bits. */
	pages = len / ps + (addr % ps + len % ps + ps - 1) / ps;
	return (size_t)(pages / 8 + (pages % 8 != 0));
}

static ssize_t vector_usage(const char *verb, uint64_t addr, int code,
			    const char *why)
{
	return dbgmem__fail_simple(code, DBGMEM_SOURCE_USAGE,
				   "cannot %s a vector at 0x%llx: %s", verb,
				   (unsigned long long)addr, why);
}

/*
 * preadv(2) and pwritev(2) are one call for many buffers, but know no addresses
 * above OFFSET_MAX and give no reasons. So what they cannot do, or leave, is done
 * buffer by buffer, which says why.
 */
static ssize_t vector(struct dbgmem *m, uint32_t cmd, const struct iovec *iov,
		      int iovcnt, uint64_t addr)
{
	const char *verb = cmd == DBGMEM_IOC_READ ? "read" : "write";
	uint64_t total = 0, done = 0, skip;
	ssize_t n;
	int i, cnt;

	if (iovcnt < 0 || (iovcnt && !iov))
		return vector_usage(verb, addr, EINVAL, "no buffers, or a negative number of them");
	for (i = 0; i < iovcnt; i++) {
		if (iov[i].iov_len > SSIZE_MAX - total)
			return vector_usage(verb, addr, EINVAL, "the sum of the lengths exceeds SSIZE_MAX");
		total += iov[i].iov_len;
	}
	if (total > UINT64_MAX - addr)
		return vector_usage(verb, addr, EOVERFLOW, "address plus length exceeds 64 bits");

	if (total <= VECTOR_MAX && addr <= OFFSET_MAX - total) {
		for (i = 0; i < iovcnt; i += cnt) {
			uint64_t want = 0;
			int j;

			cnt = iovcnt - i < IOV_MAX ? iovcnt - i : IOV_MAX;
			for (j = i; j < i + cnt; j++)
				want += iov[j].iov_len;
			n = cmd == DBGMEM_IOC_READ ?
				preadv(m->fd, iov + i, cnt, (off_t)(addr + done)) :
				pwritev(m->fd, iov + i, cnt, (off_t)(addr + done));
			if (n > 0)
				done += (uint64_t)n;
			if (n != (ssize_t)want)
				break;
		}
	}

	skip = done;
	for (i = 0; i < iovcnt; i++) {
		size_t len = iov[i].iov_len;

		if (skip >= len) {
			skip -= len;
			continue;
		}
		len -= skip;
		n = simple(m, cmd, addr + done, (char *)iov[i].iov_base + skip,
			   len, 0, NULL);
		if (n < 0)
			return done ? (ssize_t)done : n;
		done += (uint64_t)n;
		if ((size_t)n < len)
			break;
		skip = 0;
	}
	return (ssize_t)done;
}

DBGMEM_EXPORT ssize_t dbgmem_preadv(struct dbgmem *m, const struct iovec *iov,
				    int iovcnt, uint64_t addr)
{
	return vector(m, DBGMEM_IOC_READ, iov, iovcnt, addr);
}

DBGMEM_EXPORT ssize_t dbgmem_pwritev(struct dbgmem *m, const struct iovec *iov,
				     int iovcnt, uint64_t addr)
{
	return vector(m, DBGMEM_IOC_WRITE, iov, iovcnt, addr);
}
