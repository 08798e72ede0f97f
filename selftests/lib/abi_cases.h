/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every ioctl, for the tests of what they all have in common: where its fields
 * are, and a request that is carried out.
 */
#ifndef SELFTESTS_ABI_CASES_H
#define SELFTESTS_ABI_CASES_H

#include "abi.h"

#include <kselftest_harness.h>

struct part {
	size_t from, to;
};

#define for_each_part(p, c) \
	for (p = (c)->out; p < (c)->out + 3 && p->to; p++)

struct ioctl_case {
	unsigned long cmd;
	size_t first, size;		/* of the first version, and today's */
	struct part out[3];		/* where the outputs are */
	size_t reserved[3];		/* offsets, 0 for none */
	uint32_t flags;			/* the ones that are known */
	bool mirror;			/* it needs a session with one */
	void (*fill)(struct abi *a, void *req);
	/* What a request that was carried out left, if it must not stay. */
	void (*undo)(struct abi *a);
};

static void fill_info(struct abi *a, void *req)
{
	(void)a;
	(void)req;
}

static void fill_attach(struct abi *a, void *req)
{
	struct dbgmem_attach r = {
		.pid = a->target.pid,
		.receipt = a->receipt,
	};

	memcpy(req, &r, sizeof(r));
}

static void fill_transfer(struct abi *a, void *req)
{
	struct dbgmem_transfer r = {
		.addr = (uintptr_t)a->shared + 1,
		.buf = (uintptr_t)a->buf,
		.len = sizeof(a->buf),
	};

	memcpy(req, &r, sizeof(r));
}

/* With STABLE and an expectation, so that every output has something to say. */
static void fill_vector(struct abi *a, void *req, uint32_t op)
{
	struct dbgmem_vector r = {
		.flags = op == DBGMEM_OP_READ ? DBGMEM_STABLE : 0,
		.segments = (uintptr_t)a->segs,
		.nr_segments = 2,
		.segment_size = sizeof(a->segs[0]),
		.op = op,
		.expects = (uintptr_t)&a->expect,
		.nr_expects = 1,
		.expect_size = sizeof(a->expect),
	};

	a->segs[0] = (struct dbgmem_segment){
		.addr = (uintptr_t)a->shared + 1,
		.buf = (uintptr_t)a->buf,
		.len = 13,
	};
	a->segs[1] = (struct dbgmem_segment){
		.addr = (uintptr_t)a->shared + 16,
		.buf = (uintptr_t)a->buf + 16,
		.len = 8,
	};
	a->expect = (struct dbgmem_expect){
		.addr = (uintptr_t)a->shared + 64,
		.value = 0x5a5a5a5a5a5a5a5a,
	};
	memcpy(req, &r, sizeof(r));
}

static void fill_vector_read(struct abi *a, void *req)
{
	fill_vector(a, req, DBGMEM_OP_READ);
}

static void fill_vector_write(struct abi *a, void *req)
{
	fill_vector(a, req, DBGMEM_OP_WRITE);
}

static void fill_bp_set(struct abi *a, void *req)
{
	struct dbgmem_bp_set r = {
		.addr = (uintptr_t)a->shared + 100,
		.len = DBGMEM_BP_MAX_LEN,
		.trap = "a trap of them",
	};

	memcpy(req, &r, sizeof(r));
}

static void bp_clear_all(struct abi *a)
{
	struct dbgmem_bp_clear r = {
		.size = sizeof(r),
		.flags = DBGMEM_BP_ALL,
	};

	if (ioctl(a->fd, DBGMEM_IOC_BP_CLEAR, &r))
		abort();
}

/* One is there, whether the last request took it out or not. */
static void bp_plant(struct abi *a)
{
	struct dbgmem_bp_set r;

	fill_bp_set(a, &r);
	r.size = sizeof(r);
	if (ioctl(a->fd, DBGMEM_IOC_BP_SET, &r) && errno != EEXIST)
		abort();
}

static void fill_bp_clear(struct abi *a, void *req)
{
	struct dbgmem_bp_clear r = {
		.addr = (uintptr_t)a->shared + 100,
	};

	bp_plant(a);
	memcpy(req, &r, sizeof(r));
}

static void fill_bp_list(struct abi *a, void *req)
{
	struct dbgmem_bp_list r = {
		.entries = (uintptr_t)&a->bp,
		.nr_entries = 1,
		.entry_size = sizeof(a->bp),
	};

	bp_plant(a);
	memcpy(req, &r, sizeof(r));
}

static void fill_cmpxchg(struct abi *a, void *req)
{
	struct dbgmem_cmpxchg r = {
		.addr = (uintptr_t)a->shared + 128,
		.expected = 0x5a5a5a5a,
		.desired = 0x5a5a5a5a,
		.width = 4,
	};

	memcpy(req, &r, sizeof(r));
}

/* There is more than the one that it asks for, so that next says where. */
static void fill_region(struct abi *a, void *req)
{
	struct dbgmem_region_list r = {
		.addr = (uintptr_t)a->shared + 1,
		.filter = DBGMEM_REGION_READ,
		.entries = (uintptr_t)&a->region,
		.names = (uintptr_t)a->buf,
		.nr_entries = 1,
		.entry_size = sizeof(a->region),
		.names_size = sizeof(a->buf),
	};

	memcpy(req, &r, sizeof(r));
}

static void fill_window(struct abi *a, void *req)
{
	struct dbgmem_window_map r = {
		.addr = (uintptr_t)a->shared,
		.len = PAGE,
	};

	memcpy(req, &r, sizeof(r));
}

static void fill_window_sync(struct abi *a, void *req)
{
	(void)a;
	(void)req;
}

FIXTURE(every_ioctl)
{
	struct abi a;
};

FIXTURE_VARIANT(every_ioctl)
{
	struct ioctl_case c;
};

#define OFFSET(s, f)	offsetof(struct dbgmem_##s, f)
#define END(s, f)	(OFFSET(s, f) + sizeof(((struct dbgmem_##s *)0)->f))
#define FIELDS(s, first, last)	{ OFFSET(s, first), END(s, last) }

FIXTURE_VARIANT_ADD(every_ioctl, info)
{
	.c = {
		.cmd = DBGMEM_IOC_INFO,
		.first = END(info, reserved),
		.size = sizeof(struct dbgmem_info),
		.out = { FIELDS(info, abi_version, max_exact_pages),
			 FIELDS(info, max_breakpoints, max_retries),
			 FIELDS(info, attach_flags, window_lease) },
		.reserved = { OFFSET(info, reserved), OFFSET(info, reserved2),
			      OFFSET(info, reserved3) },
		.fill = fill_info,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, attach)
{
	.c = {
		.cmd = DBGMEM_IOC_ATTACH,
		.first = sizeof(struct dbgmem_attach),
		.size = sizeof(struct dbgmem_attach),
		.out = { FIELDS(attach, access, access) },
		.reserved = { OFFSET(attach, reserved) },
		.flags = DBGMEM_ATTACH_MIRROR,
		.fill = fill_attach,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, read)
{
	.c = {
		.cmd = DBGMEM_IOC_READ,
		.first = sizeof(struct dbgmem_transfer),
		.size = sizeof(struct dbgmem_transfer),
		.out = { FIELDS(transfer, done, reason) },
		.reserved = { OFFSET(transfer, reserved) },
		.flags = KNOWN_FLAGS,
		.fill = fill_transfer,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, write)
{
	.c = {
		.cmd = DBGMEM_IOC_WRITE,
		.first = sizeof(struct dbgmem_transfer),
		.size = sizeof(struct dbgmem_transfer),
		.out = { FIELDS(transfer, done, reason) },
		.reserved = { OFFSET(transfer, reserved) },
		.flags = KNOWN_FLAGS,
		.fill = fill_transfer,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, vector_read)
{
	.c = {
		.cmd = DBGMEM_IOC_VECTOR,
		.first = END(vector, fault_addr),
		.size = sizeof(struct dbgmem_vector),
		.out = { FIELDS(vector, done, fault_addr),
			 FIELDS(vector, first_unmet, passes) },
		.reserved = { OFFSET(vector, reserved) },
		.flags = KNOWN_FLAGS | DBGMEM_STABLE,
		.fill = fill_vector_read,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, vector_write)
{
	.c = {
		.cmd = DBGMEM_IOC_VECTOR,
		.first = END(vector, fault_addr),
		.size = sizeof(struct dbgmem_vector),
		.out = { FIELDS(vector, done, fault_addr),
			 FIELDS(vector, first_unmet, passes) },
		.reserved = { OFFSET(vector, reserved) },
		.flags = KNOWN_FLAGS | DBGMEM_STABLE,
		.fill = fill_vector_write,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, bp_set)
{
	.c = {
		.cmd = DBGMEM_IOC_BP_SET,
		.first = sizeof(struct dbgmem_bp_set),
		.size = sizeof(struct dbgmem_bp_set),
		.out = { FIELDS(bp_set, original, reason) },
		.reserved = { OFFSET(bp_set, reserved),
			      OFFSET(bp_set, reserved2) },
		.fill = fill_bp_set,
		.undo = bp_clear_all,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, bp_clear)
{
	.c = {
		.cmd = DBGMEM_IOC_BP_CLEAR,
		.first = sizeof(struct dbgmem_bp_clear),
		.size = sizeof(struct dbgmem_bp_clear),
		.out = { FIELDS(bp_clear, cleared, reason) },
		.reserved = { OFFSET(bp_clear, reserved) },
		.flags = DBGMEM_BP_ALL,
		.fill = fill_bp_clear,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, bp_list)
{
	.c = {
		.cmd = DBGMEM_IOC_BP_LIST,
		.first = sizeof(struct dbgmem_bp_list),
		.size = sizeof(struct dbgmem_bp_list),
		.out = { FIELDS(bp_list, nr, total) },
		.reserved = { OFFSET(bp_list, reserved) },
		.flags = DBGMEM_BP_ALL,
		.fill = fill_bp_list,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, cmpxchg)
{
	.c = {
		.cmd = DBGMEM_IOC_CMPXCHG,
		.first = sizeof(struct dbgmem_cmpxchg),
		.size = sizeof(struct dbgmem_cmpxchg),
		.out = { FIELDS(cmpxchg, observed, exchanged) },
		.reserved = { OFFSET(cmpxchg, reserved) },
		.flags = DBGMEM_FORCE | DBGMEM_RAW,
		.fill = fill_cmpxchg,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, region)
{
	.c = {
		.cmd = DBGMEM_IOC_REGION,
		.first = sizeof(struct dbgmem_region_list),
		.size = sizeof(struct dbgmem_region_list),
		.out = { FIELDS(region_list, nr, more) },
		.reserved = { OFFSET(region_list, reserved) },
		.flags = DBGMEM_LIST_AT | DBGMEM_LIST_CLIP | DBGMEM_LIST_TABLES,
		.fill = fill_region,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, window)
{
	.c = {
		.cmd = DBGMEM_IOC_WINDOW,
		.first = sizeof(struct dbgmem_window_map),
		.size = sizeof(struct dbgmem_window_map),
		.out = { FIELDS(window_map, offset, offset) },
		.reserved = { OFFSET(window_map, reserved) },
		.fill = fill_window,
		.mirror = true,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, window_sync)
{
	.c = {
		.cmd = DBGMEM_IOC_WINDOW_SYNC,
		.first = sizeof(struct dbgmem_window_sync),
		.size = sizeof(struct dbgmem_window_sync),
		.out = { FIELDS(window_sync, pages, pages) },
		.reserved = { OFFSET(window_sync, reserved) },
		.fill = fill_window_sync,
		.mirror = true,
	},
};

FIXTURE_SETUP(every_ioctl)
{
	attach_flags = variant->c.mirror ? DBGMEM_ATTACH_MIRROR : 0;
	ASSERT_EQ(0, abi_start(&self->a));
}

FIXTURE_TEARDOWN(every_ioctl)
{
	abi_stop(&self->a);
}

#endif /* SELFTESTS_ABI_CASES_H */
