// SPDX-License-Identifier: LGPL-2.1-or-later
/* Strings of the target that end in a zero. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "internal.h"

#define STRING_FLAGS	(DBGMEM_FORCE | DBGMEM_NOFAULT | DBGMEM_RAW)

/* Why reading went no further, where the call as a whole has failed. */
static uint32_t reason_of(const struct dbgmem_result *r, int ret)
{
	if (r->reason)
		return r->reason;
	switch (ret) {
	case -ESRCH:
		return DBGMEM_REASON_EXITED;
	case -ESTALE:
		return DBGMEM_REASON_EXECED;
	case -ENOMEM:
		return DBGMEM_REASON_NOMEM;
	case -EINTR:
		return DBGMEM_REASON_INTERRUPTED;
	default:
		return DBGMEM_REASON_NONE;
	}
}

/* Units before the first zero of @nr at @buf, or @nr. */
static size_t units_before_zero(const void *buf, size_t nr, size_t width)
{
	const uint16_t *s = buf;
	size_t i = 0;

	if (width == 1)
		return strnlen(buf, nr);
	while (i < nr && s[i])
		i++;
	return i;
}

/*
 * Page by page, so that none is touched behind the terminator's. A unit may lie
 * across two of them.
 */
static int string_read(struct dbgmem *m, uint64_t addr, void *buf, size_t max,
		       size_t width, uint32_t flags,
		       struct dbgmem_string_result *s)
{
	const uint64_t ps = m->page_size;
	size_t got = 0, n, units, old;
	struct dbgmem_result r;
	ssize_t ret;

	while (got < max) {
		n = ps - (addr + got) % ps;
		n = n < max - got ? n : max - got;
		ret = dbgmem_read_flags(m, addr + got, (char *)buf + got, n,
					flags, &r);
		got += r.done;
		units = got / width;
		old = s->len;
		s->len += units_before_zero((char *)buf + old * width,
					    units - old, width);
		if (s->len < units) {
			s->end = DBGMEM_STRING_TERMINATED;
			return 0;
		}
		if (ret < 0 && !units)
			return (int)ret;
		if (ret < 0) {
			s->end = DBGMEM_STRING_HOLE;
			s->result.reason = reason_of(&r, (int)ret);
			s->result.fault_addr = addr + got;
			return 0;
		}
	}
	return 0;
}

static int string_begin(struct dbgmem *m, uint64_t addr, size_t size,
			uint32_t flags, struct dbgmem_string_result *s)
{
	*s = (struct dbgmem_string_result){ .end = DBGMEM_STRING_FULL };
	if (!size)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot read a string at 0x%llx of process %d: the buffer has no room for its terminator",
			(unsigned long long)addr, (int)m->pid);
	if (flags & ~STRING_FLAGS)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot read a string at 0x%llx of process %d: flags 0x%x: only FORCE, NOFAULT and RAW are allowed",
			(unsigned long long)addr, (int)m->pid, flags);
	return 0;
}

/* @buf of @size units gets a string, whatever the result. */
static ssize_t string_take(struct dbgmem *m, uint64_t addr, void *buf,
			   size_t size, size_t width, uint32_t flags,
			   struct dbgmem_string_result *res)
{
	struct dbgmem_string_result none;
	int ret;

	if (!res)
		res = &none;
	ret = string_begin(m, addr, size, flags, res);
	if (!ret && size > SSIZE_MAX / width)
		size = SSIZE_MAX / width;
	if (!ret)
		ret = string_read(m, addr, buf, (size - 1) * width, width,
				  flags, res);
	res->result.done = res->len * width;
	if (size)
		memset((char *)buf + res->result.done, 0, width);
	return ret ? ret : (ssize_t)res->len;
}

DBGMEM_EXPORT ssize_t dbgmem_read_string(struct dbgmem *m, uint64_t addr,
					 char *buf, size_t size,
					 uint32_t flags,
					 struct dbgmem_string_result *res)
{
	return string_take(m, addr, buf, size, 1, flags, res);
}

DBGMEM_EXPORT ssize_t dbgmem_read_string16(struct dbgmem *m, uint64_t addr,
					   uint16_t *buf, size_t size,
					   uint32_t flags,
					   struct dbgmem_string_result *res)
{
	return string_take(m, addr, buf, size, 2, flags, res);
}
