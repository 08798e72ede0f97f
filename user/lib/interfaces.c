// SPDX-License-Identifier: LGPL-2.1-or-later
/* The calls of other debuggers, with their contracts: dbgmem_interfaces(3). */
#include <errno.h>

#include "cache.h"

/* --- WdbgExts --- */

/*
 * Exactly, where the kernel can do that. What it cannot pin, or not so much of,
 * goes as far as possible instead, and then once more from where that ended, to
 * learn why.
 */
static bool whole(struct dbgmem *m, uint32_t op, uint64_t addr, void *buf,
		  uint32_t len, uint32_t *done)
{
	uint32_t flags = DBGMEM_EXACT, pos = 0;
	struct dbgmem_result res = { 0 };
	ssize_t ret;

	for (;;) {
		ret = op == DBGMEM_OP_READ ?
			dbgmem_read_flags(m, addr + pos, (char *)buf + pos,
					  len - pos, flags, &res) :
			dbgmem_write_flags(m, addr + pos, (char *)buf + pos,
					   len - pos, flags, &res);
		if (ret < 0 && flags &&
		    (ret == -EMSGSIZE || res.reason == DBGMEM_REASON_SPECIAL)) {
			flags = 0;
			continue;
		}
		pos += (uint32_t)res.done;
		if (ret < 0 || pos >= len)
			break;
	}
	if (ret < 0)
		dbgmem__fail_done(pos);
	if (done)
		*done = pos;
	return ret >= 0;
}

DBGMEM_EXPORT bool dbgmem_read_whole(struct dbgmem *m, uint64_t addr,
				     void *buf, uint32_t len, uint32_t *done)
{
	return whole(m, DBGMEM_OP_READ, addr, buf, len, done);
}

DBGMEM_EXPORT bool dbgmem_write_whole(struct dbgmem *m, uint64_t addr,
				      const void *buf, uint32_t len,
				      uint32_t *done)
{
	return whole(m, DBGMEM_OP_WRITE, addr, (void *)(uintptr_t)buf, len,
		     done);
}

/* --- ICorDebugProcess --- */

DBGMEM_EXPORT int dbgmem_read_verified(struct dbgmem *m, uint64_t addr,
				       void *buf, uint32_t len, size_t *done)
{
	int ret = dbgmem_read_exact(m, addr, buf, len);

	if (done)
		*done = ret ? 0 : len;
	return ret;
}

DBGMEM_EXPORT int dbgmem_write_verified(struct dbgmem *m, uint64_t addr,
					const void *buf, uint32_t len,
					size_t *done)
{
	int ret = dbgmem_write_exact(m, addr, buf, len);

	if (done)
		*done = ret ? 0 : len;
	return ret;
}

/* --- IDebugDataSpaces4 --- */

/* Some of it is a success. */
static int counted(ssize_t ret, uint64_t moved, uint32_t *done)
{
	if (done)
		*done = (uint32_t)moved;
	return ret < 0 ? (int)ret : 0;
}

DBGMEM_EXPORT int dbgmem_read_virtual(struct dbgmem_cache *c, uint64_t addr,
				      void *buf, uint32_t len, uint32_t *done)
{
	size_t moved;
	int ret = dbgmem__cache_read(c, addr, buf, len, &moved);

	return counted(ret, moved, done);
}

DBGMEM_EXPORT int dbgmem_write_virtual(struct dbgmem_cache *c, uint64_t addr,
				       const void *buf, uint32_t len,
				       uint32_t *done)
{
	size_t moved;
	int ret = dbgmem__cache_write(c, addr, buf, len, &moved);

	return counted(ret, moved, done);
}

DBGMEM_EXPORT int dbgmem_read_virtual_uncached(struct dbgmem_cache *c,
					       uint64_t addr, void *buf,
					       uint32_t len, uint32_t *done)
{
	struct dbgmem_result res;
	ssize_t ret = c->ops->read(c->m, addr, buf, len, c->flags, &res);

	return counted(ret, res.done, done);
}

DBGMEM_EXPORT int dbgmem_write_virtual_uncached(struct dbgmem_cache *c,
						uint64_t addr, const void *buf,
						uint32_t len, uint32_t *done)
{
	struct dbgmem_result res;
	ssize_t ret = c->ops->write(c->m, addr, buf, len, c->write_flags, &res);

	return counted(ret, res.done, done);
}
