// SPDX-License-Identifier: LGPL-2.1-or-later
/* Pointers in the target, 4 or 8 bytes wide. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

/* So many pointers of 4 bytes are written without asking for memory. */
#define NARROW_STACK	64

static int width_fail(struct dbgmem *m, int code, enum dbgmem_source source,
		      const char *why)
{
	const struct dbgmem_error e = {
		.code = code,
		.source = source,
		.pid = m->pid,
	};

	return dbgmem__fail(&e, "cannot tell the width of pointers of process %d: /proc/%d/exe: %s",
			    (int)m->pid, (int)m->pid, why);
}

/* The process may have been another one by now: ask the session. */
static int still_there(struct dbgmem *m)
{
	struct dbgmem_session_info info = { .size = sizeof(info) };
	int ret;

	ret = dbgmem_get_session_info(m, &info);
	if (ret)
		return ret;
	if (info.state == DBGMEM_STATE_EXITED)
		return width_fail(m, ESRCH, DBGMEM_SOURCE_TARGET, "it has exited");
	if (info.state == DBGMEM_STATE_EXECED)
		return width_fail(m, ESTALE, DBGMEM_SOURCE_TARGET,
				  "it has executed another program since it was opened: open it again");
	return 0;
}

static int width_of_program(struct dbgmem *m)
{
	unsigned char ident[EI_NIDENT];
	char path[32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)m->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = pread(fd, ident, sizeof(ident), 0);
	if (n < 0)
		n = -errno;
	close(fd);
	if (n < 0)
		return (int)n;
	if (n != sizeof(ident) || memcmp(ident, ELFMAG, SELFMAG))
		return -ENOEXEC;
	switch (ident[EI_CLASS]) {
	case ELFCLASS32:
		return 4;
	case ELFCLASS64:
		return 8;
	default:
		return -ENOEXEC;
	}
}

DBGMEM_EXPORT int dbgmem_pointer_width(struct dbgmem *m)
{
	unsigned int width = __atomic_load_n(&m->pointer_width,
					     __ATOMIC_RELAXED);
	int ret, there;

	if (width)
		return (int)width;
	ret = width_of_program(m);
	there = still_there(m);
	if (there)
		return there;
	if (ret == -ENOEXEC)
		return width_fail(m, ENOEXEC, DBGMEM_SOURCE_TARGET,
				  "it is not an ELF file: give the width");
	if (ret < 0)
		return width_fail(m, -ret, DBGMEM_SOURCE_SYSTEM, strerror(-ret));
	__atomic_store_n(&m->pointer_width, (unsigned int)ret,
			 __ATOMIC_RELAXED);
	return ret;
}

/* 4 or 8 of what the caller gave, or a negative errno. */
static int width_get(struct dbgmem *m, unsigned int width)
{
	switch (width & ~DBGMEM_POINTER_SIGNED) {
	case 0:
		return dbgmem_pointer_width(m);
	case 4:
	case 8:
		return (int)(width & ~DBGMEM_POINTER_SIGNED);
	default:
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"the width of a pointer is 4 or 8, or 0 for the target's own, not %u",
			width & ~DBGMEM_POINTER_SIGNED);
	}
}

static int begin(struct dbgmem *m, uint64_t addr, size_t nr, unsigned int width)
{
	int bytes = width_get(m, width);

	if (bytes > 0 && nr > SSIZE_MAX / 8)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot transfer %zu pointers at 0x%llx of process %d: together they exceed SSIZE_MAX",
			nr, (unsigned long long)addr, (int)m->pid);
	return bytes;
}

/* Read or write, and if that is less than one pointer, say why. */
static int transfer(struct dbgmem *m, uint32_t op, uint64_t addr, void *buf,
		    size_t len, size_t width, uint32_t flags, uint64_t *done)
{
	struct dbgmem_result r;
	size_t at = 0;
	ssize_t ret;

	do {
		ret = op == DBGMEM_OP_READ ?
		      dbgmem_read_flags(m, addr + at, (char *)buf + at,
					len - at, flags, &r) :
		      dbgmem_write_flags(m, addr + at, (char *)buf + at,
					 len - at, flags, &r);
		at += r.done;
	} while (ret >= 0 && at < len && at < width);
	*done = at;
	return ret < 0 ? (int)ret : 0;
}

DBGMEM_EXPORT ssize_t dbgmem_read_pointers(struct dbgmem *m, uint64_t addr,
					   uint64_t *ptrs, size_t nr,
					   unsigned int width, uint32_t flags)
{
	int bytes = begin(m, addr, nr, width), ret;
	unsigned char *narrow;
	uint64_t done;
	uint32_t v;
	size_t each, i;

	if (bytes < 0)
		return bytes;
	each = bytes == 4 ? 4 : 8;
	if (flags & DBGMEM_ZEROFILL)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot read pointers at 0x%llx of process %d: ZEROFILL is not possible, as zeros would look like pointers",
			(unsigned long long)addr, (int)m->pid);
	/* Narrow ones go to the end of the array, and are spread from its begin. */
	narrow = (unsigned char *)ptrs + (8 - each) * nr;
	ret = transfer(m, DBGMEM_OP_READ, addr, narrow, each * nr,
		       each, flags, &done);
	if (ret)
		return ret;
	done /= each;
	for (i = 0; bytes == 4 && i < done; i++) {
		memcpy(&v, narrow + 4 * i, sizeof(v));
		ptrs[i] = width & DBGMEM_POINTER_SIGNED ?
			  (uint64_t)(int64_t)(int32_t)v : v;
	}
	return (ssize_t)done;
}

static bool fits(uint64_t v)
{
	return v <= UINT32_MAX || v >= (uint64_t)INT32_MIN;
}

static ssize_t write_narrow(struct dbgmem *m, uint64_t addr,
			    const uint64_t *ptrs, size_t nr, uint32_t flags)
{
	uint32_t stack[NARROW_STACK] = { 0 }, *narrow = stack;
	uint64_t done;
	size_t i;
	int ret;

	for (i = 0; i < nr; i++)
		if (!fits(ptrs[i]))
			return dbgmem__fail_simple(ERANGE, DBGMEM_SOURCE_USAGE,
				"cannot write pointer %zu of %zu, 0x%llx, to process %d: it does not fit into 4 bytes; nothing was written",
				i, nr, (unsigned long long)ptrs[i],
				(int)m->pid);
	if (nr > NARROW_STACK)
		narrow = malloc(nr * sizeof(*narrow));
	if (!narrow)
		return dbgmem__fail_simple(ENOMEM, DBGMEM_SOURCE_SYSTEM,
			"cannot write %zu pointers to process %d: out of memory",
			nr, (int)m->pid);
	for (i = 0; i < nr; i++)
		narrow[i] = (uint32_t)ptrs[i];
	ret = transfer(m, DBGMEM_OP_WRITE, addr, narrow, 4 * nr, 4, flags,
		       &done);
	if (narrow != stack)
		free(narrow);
	return ret ? ret : (ssize_t)(done / 4);
}

DBGMEM_EXPORT ssize_t dbgmem_write_pointers(struct dbgmem *m, uint64_t addr,
					    const uint64_t *ptrs, size_t nr,
					    unsigned int width, uint32_t flags)
{
	int bytes = begin(m, addr, nr, width), ret;
	uint64_t done;

	if (bytes < 0)
		return bytes;
	if (bytes == 4)
		return write_narrow(m, addr, ptrs, nr, flags);
	ret = transfer(m, DBGMEM_OP_WRITE, addr, (void *)ptrs, 8 * nr, 8, flags,
		       &done);
	return ret ? ret : (ssize_t)(done / 8);
}
