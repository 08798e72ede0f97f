// SPDX-License-Identifier: GPL-2.0
/* REGION_LIST */
#include "call.h"
#include "request.h"

#include <dbgmem/uapi.h>
#include <string.h>

static uint64_t filter(uint32_t arg)
{
	switch (arg & 3) {
	case 0:
	case 1:
		return 0;
	case 2:
		return 1U << (arg >> 2 & 15);
	default:
		return arg >> 2 | DBGMEM_REGION_NOT(arg >> 8 & 255);
	}
}

static void judge(struct lane *l, const struct call *c,
		  const struct dbgmem_region_list *r,
		  const struct dbgmem_region *e)
{
	const char *names = (const char *)l->mem->extra;
	uint64_t last = 0;
	uint32_t i;

	if (r->nr > r->nr_entries || r->more > 1 ||
	    (r->more && r->next <= r->addr))
		run_failed(l, c, "%u regions of %u, more %u, next %#llx",
			   r->nr, r->nr_entries, r->more, (long long)r->next);
	for (i = 0; i < r->nr; i++) {
		if (e[i].start >= e[i].end || e[i].start < last ||
		    e[i].end <= r->addr || (r->end && e[i].start >= r->end))
			run_failed(l, c, "region %u: %#llx to %#llx", i,
				   (long long)e[i].start,
				   (long long)e[i].end);
		last = e[i].end;
		if (!e[i].name_len || e[i].flags & DBGMEM_REGION_LONG_NAME)
			continue;
		if (e[i].name + e[i].name_len >= r->names_size ||
		    strnlen(names + e[i].name, e[i].name_len + 1) !=
		    e[i].name_len)
			run_failed(l, c, "region %u: its name does not end", i);
	}
}

void call_region(struct lane *l, const struct call *c)
{
	struct dbgmem_region *e = (void *)l->mem->array;
	struct dbgmem_region_list r = {
		.flags = c->flags > 63 ? c->flags : c->flags & 7,
		.addr = c->arg & 1 ? 0 : place_addr(c->addr),
		.end = c->arg & 2 ? 0 : place_addr(c->addr) + place_len(c->len),
		.filter = filter(c->arg >> 2),
		.entries = (uintptr_t)e,
		.entry_size = sizeof(*e),
		.names = (uintptr_t)l->mem->extra,
		.nr_entries = 1 + (c->len >> 5 & 255),
		.names_size = c->arg >> 28 & 3 ? (c->arg >> 16) % BUF_SIZE : 0,
	};
	bool hostile = !caller_buf_is_plain(c->buf), sane;

	if (hostile && c->buf & 1)
		r.entries = caller_buf(l->mem, c->buf);
	else if (hostile && c->buf & 2)
		r.names = caller_buf(l->mem, c->buf);
	else if (hostile)
		r.nr_entries = c->arg;
	if (!request(l, c, DBGMEM_IOC_REGION_LIST, &r, sizeof(r), &sane) && sane &&
	    !hostile)
		judge(l, c, &r, e);
}
