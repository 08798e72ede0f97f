// SPDX-License-Identifier: LGPL-2.1-or-later
/* A place in a context: an address of a process, or a register of a thread. */
#include <errno.h>

#include "dbgmem_interfaces.h"
#include "registers.h"

static int usage(uint32_t op, int code, const char *why)
{
	return dbgmem__fail_simple(code, DBGMEM_SOURCE_USAGE, "cannot %s: %s",
				   op == DBGMEM_OP_READ ? "read" : "write",
				   why);
}

static int memory(struct dbgmem *m, uint32_t op, uint64_t addr, void *buf,
		  uint64_t len, uint64_t *done)
{
	struct dbgmem_result res;
	ssize_t ret;

	if (!m)
		return usage(op, EINVAL, "the context has no address space");
	if (len > SIZE_MAX)
		return usage(op, EOVERFLOW, "no buffer can be that long");
	ret = op == DBGMEM_OP_READ ?
		dbgmem_read_flags(m, addr, buf, (size_t)len, 0, &res) :
		dbgmem_write_flags(m, addr, buf, (size_t)len, 0, &res);
	*done = res.done;
	return ret < 0 ? (int)ret : 0;
}

static int a_register(pid_t tid, uint32_t op, uint32_t id, uint64_t off,
		      void *buf, uint64_t len, uint64_t *done)
{
	if (!tid)
		return usage(op, EINVAL, "the context has no thread");
	return op == DBGMEM_OP_READ ?
		dbgmem__register_read(tid, id, off, buf, len, done) :
		dbgmem__register_write(tid, id, off, buf, len, done);
}

static int transfer(const struct dbgmem_context *ctx, uint32_t op,
		    const struct dbgmem_location *loc, void *buf, uint64_t len,
		    uint64_t *done)
{
	uint64_t moved = 0;
	int ret;

	switch (loc->kind) {
	case DBGMEM_LOCATION_MEMORY:
		ret = memory(ctx->m, op, loc->offset, buf, len, &moved);
		break;
	case DBGMEM_LOCATION_REGISTER:
		ret = a_register(ctx->tid, op, loc->reg, loc->offset, buf, len,
				 &moved);
		break;
	default:
		ret = usage(op, EINVAL, "the location is neither memory nor a register");
	}
	if (done)
		*done = moved;
	if (ret)
		return ret;
	if (moved == len)
		return DBGMEM_FULL;
	if (loc->kind == DBGMEM_LOCATION_REGISTER) {
		usage(op, EINVAL, "the register is shorter than that");
		dbgmem__fail_done(moved);
	}
	return DBGMEM_PARTIAL;
}

DBGMEM_EXPORT int dbgmem_context_read(const struct dbgmem_context *ctx,
				      const struct dbgmem_location *loc,
				      void *buf, uint64_t len, uint64_t *done)
{
	return transfer(ctx, DBGMEM_OP_READ, loc, buf, len, done);
}

DBGMEM_EXPORT int dbgmem_context_write(const struct dbgmem_context *ctx,
				       const struct dbgmem_location *loc,
				       const void *buf, uint64_t len,
				       uint64_t *done)
{
	return transfer(ctx, DBGMEM_OP_WRITE, loc, (void *)(uintptr_t)buf, len,
			done);
}
