// SPDX-License-Identifier: GPL-2.0
/* BP_SET, BP_CLEAR, BP_LIST, CMPXCHG */
#include "call.h"
#include "oracle.h"
#include "request.h"

#include <dbgmem/uapi.h>
#include <string.h>

static void set(struct lane *l, const struct call *c)
{
	struct dbgmem_bp_set_args b = {
		.flags = c->flags > 63 ? c->flags : 0,
		.addr = place_addr(c->addr),
		.len = c->len & 16 ? c->len % 20 : 1 + (c->len & 15),
	};
	struct shared_before before;
	bool sane;

	memset(b.trap, 0xcc, sizeof(b.trap));
	memcpy(b.trap, &c->arg, sizeof(c->arg));
	oracle_shared_before(l, c, &before);
	if (request(l, c, DBGMEM_IOC_BP_SET, &b, sizeof(b), &sane))
		b.len = 0;
	if (sane)
		oracle_shared(l, c, &before, b.addr, b.len);
}

static void clear(struct lane *l, const struct call *c)
{
	struct dbgmem_bp_clear_args b = {
		.flags = c->flags > 63 ? c->flags : c->flags & DBGMEM_BP_ALL,
		.addr = c->flags & DBGMEM_BP_ALL ? 0 : place_addr(c->addr),
	};
	bool sane;
	int ret;

	ret = request(l, c, DBGMEM_IOC_BP_CLEAR, &b, sizeof(b), &sane);
	if (sane && (b.lost > b.cleared ||
		     (!ret && !b.flags && b.cleared != 1)))
		run_failed(l, c, "returned %d, cleared %u, lost %u", ret,
			   b.cleared, b.lost);
}

static void list(struct lane *l, const struct call *c)
{
	struct dbgmem_bp *e = (void *)l->mem->array;
	struct dbgmem_bp_list_args b = {
		.flags = c->flags > 63 ? c->flags : c->flags & DBGMEM_BP_ALL,
		.entries = (uintptr_t)e,
		.entry_size = sizeof(*e),
		.nr_entries = place_len(c->len),
		.from = c->arg & 1 ? 0 : place_addr(c->addr),
	};
	bool sane;
	uint32_t i;

	if (c->arg >> 1 & 7)
		b.nr_entries &= 127;
	if (!caller_buf_is_plain(c->buf))
		b.entries = caller_buf(l->mem, c->buf);
	if (request(l, c, DBGMEM_IOC_BP_LIST, &b, sizeof(b), &sane) || !sane ||
	    !caller_buf_is_plain(c->buf))
		return;
	if (b.nr > b.nr_entries || b.more > 1 || b.nr > b.total)
		run_failed(l, c, "%u entries of %u in %u, more %u", b.nr,
			   b.total, b.nr_entries, b.more);
	for (i = 0; i < b.nr; i++)
		if (e[i].addr < b.from || !e[i].len ||
		    (i && e[i].addr < e[i - 1].addr))
			run_failed(l, c, "entry %u: %u bytes at %#llx", i,
				   e[i].len, (long long)e[i].addr);
}

static void cmpxchg(struct lane *l, const struct call *c)
{
	static const uint32_t widths[8] = { 8, 4, 2, 1, 8, 0, 3, 16 };
	struct dbgmem_cmpxchg_args x = {
		.flags = c->flags,
		.addr = place_addr(c->addr),
		.expected = c->arg,
		.desired = c->buf,
		.width = widths[c->len & 7],
	};
	struct shared_before before;
	bool sane, equal;
	uint64_t at;
	int ret;

	/* aligned, and the value that is there, more often than not */
	if (c->arg & 3 && x.width)
		x.addr -= x.addr % x.width;
	at = x.addr - place_start(PLACE_SHARED);
	if (c->arg & 4 && at < PLACE_SIZE - 8 && x.width <= 8) {
		x.expected = 0;
		memcpy(&x.expected, shared_view + at, x.width);
	}
	if (x.width < 8 && c->arg & 8) {
		x.expected &= (1ULL << 8 * x.width) - 1;
		x.desired &= (1ULL << 8 * x.width) - 1;
	}
	oracle_shared_before(l, c, &before);
	ret = request(l, c, DBGMEM_IOC_CMPXCHG, &x, sizeof(x), &sane);
	if (!sane)
		return;
	equal = x.observed == x.expected;
	if (x.exchanged > 1 || (ret ? x.exchanged : x.exchanged != equal))
		run_failed(l, c, "returned %d, exchanged %u, expected %#llx, observed %#llx",
			   ret, x.exchanged, (long long)x.expected,
			   (long long)x.observed);
	oracle_shared(l, c, &before, x.addr, x.exchanged ? x.width : 0);
}

void call_breakpoint(struct lane *l, const struct call *c)
{
	switch (c->op) {
	case OP_BP_SET:
		set(l, c);
		break;
	case OP_BP_CLEAR:
		clear(l, c);
		break;
	case OP_BP_LIST:
		list(l, c);
		break;
	default:
		cmpxchg(l, c);
	}
}
