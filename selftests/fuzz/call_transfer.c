// SPDX-License-Identifier: GPL-2.0
/* READ and WRITE */
#include "call.h"
#include "oracle.h"
#include "request.h"

#include <dbgmem/uapi.h>

static void judge(struct lane *l, const struct call *c,
		  const struct dbgmem_transfer *t, int ret)
{
	bool all = t->done == t->len, no_reason = !t->reason;

	if (t->done > t->len)
		run_failed(l, c, "%#llx bytes done of %#llx",
			   (long long)t->done, (long long)t->len);
	if (ret && t->done)
		run_failed(l, c, "failed (%d), with %#llx bytes done", ret,
			   (long long)t->done);
	if (t->flags & DBGMEM_ZEROFILL)
		return;
	if (!ret && !t->done && t->len)
		run_failed(l, c, "success, with nothing done");
	if (!ret && t->flags & DBGMEM_EXACT && !all)
		run_failed(l, c, "EXACT succeeded in part");
	if (!ret && all != no_reason)
		run_failed(l, c, "%#llx of %#llx bytes done for reason %u",
			   (long long)t->done, (long long)t->len, t->reason);
	if (!ret && !all && t->fault_addr != t->done +
	    (t->reason == DBGMEM_REASON_BUFFER ? t->buf : t->addr))
		run_failed(l, c, "%#llx bytes done, and then not %#llx",
			   (long long)t->done, (long long)t->fault_addr);
}

void call_transfer(struct lane *l, const struct call *c)
{
	bool write = c->op == OP_WRITE, sane, plain;
	struct shared_before before;
	struct dbgmem_transfer t = {
		.flags = c->flags,
		.addr = place_addr(c->addr),
		.buf = caller_buf(l->mem, c->buf),
		.len = place_len(c->len),
	};
	int ret;

	if (c->flags & (DBGMEM_ZEROFILL | DBGMEM_NOFAULT) && c->arg & 1) {
		t.valid = (uintptr_t)l->mem->extra + PAGE;
		t.valid_size = c->arg & 2 ? t.len / PAGE / 8 + 1 :
			       place_len(c->arg >> 8);
	}
	plain = caller_buf_is_plain(c->buf);
	oracle_fill(l);
	oracle_shared_before(l, c, &before);
	ret = request(l, c, write ? DBGMEM_IOC_WRITE : DBGMEM_IOC_READ, &t,
		      sizeof(t), &sane);
	if (!sane || caller_buf_is_request(l->mem, caller_buf(l->mem, c->buf)))
		return;
	judge(l, c, &t, ret);
	if (!plain)
		return;
	if (write) {
		oracle_buffer(l, c, t.buf, 0);
		oracle_shared(l, c, &before, t.addr, t.done);
	} else {
		oracle_buffer(l, c, t.buf, t.flags & DBGMEM_ZEROFILL ? t.len :
						t.done);
	}
	if (t.flags & DBGMEM_RAW && !(t.flags & DBGMEM_ZEROFILL))
		oracle_same(l, c, t.addr, t.buf, t.done);
}
