// SPDX-License-Identifier: GPL-2.0
#include "abi_cases.h"

void fill_info(struct abi *a, void *req)
{
	(void)a;
	(void)req;
}

void fill_attach(struct abi *a, void *req)
{
	struct dbgmem_attach r = {
		.pid = a->target.pid,
		.mem_fd = a->mem_fd,
	};

	memcpy(req, &r, sizeof(r));
}

void fill_transfer(struct abi *a, void *req)
{
	struct dbgmem_transfer r = {
		.addr = (uintptr_t)a->shared + 1,
		.buf = (uintptr_t)a->buf,
		.len = sizeof(a->buf),
	};

	memcpy(req, &r, sizeof(r));
}

void fill_vector(struct abi *a, void *req, uint32_t op)
{
	struct dbgmem_vector r = {
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

void fill_vector_read(struct abi *a, void *req)
{
	fill_vector(a, req, DBGMEM_OP_READ);
}

void fill_vector_write(struct abi *a, void *req)
{
	fill_vector(a, req, DBGMEM_OP_WRITE);
}

void fill_bp_set(struct abi *a, void *req)
{
	struct dbgmem_bp_set_args r = {
		.addr = (uintptr_t)a->shared + 100,
		.len = DBGMEM_BP_MAX_LEN,
		.trap = "a trap of them",
	};

	memcpy(req, &r, sizeof(r));
}

void bp_clear_all(struct abi *a)
{
	struct dbgmem_bp_clear_args r = {
		.size = sizeof(r),
		.flags = DBGMEM_BP_ALL,
	};

	if (ioctl(a->fd, DBGMEM_IOC_BP_CLEAR, &r))
		abort();
}

/* One is there, whether the last request took it out or not. */
static void bp_plant(struct abi *a)
{
	struct dbgmem_bp_set_args r;

	fill_bp_set(a, &r);
	r.size = sizeof(r);
	if (ioctl(a->fd, DBGMEM_IOC_BP_SET, &r) && errno != EEXIST)
		abort();
}

void fill_bp_clear(struct abi *a, void *req)
{
	struct dbgmem_bp_clear_args r = {
		.addr = (uintptr_t)a->shared + 100,
	};

	bp_plant(a);
	memcpy(req, &r, sizeof(r));
}

void fill_bp_list(struct abi *a, void *req)
{
	struct dbgmem_bp_list_args r = {
		.entries = (uintptr_t)&a->bp,
		.nr_entries = 1,
		.entry_size = sizeof(a->bp),
	};

	bp_plant(a);
	memcpy(req, &r, sizeof(r));
}

void fill_cmpxchg(struct abi *a, void *req)
{
	struct dbgmem_cmpxchg_args r = {
		.addr = (uintptr_t)a->shared + 128,
		.expected = 0x5a5a5a5a,
		.desired = 0x5a5a5a5a,
		.width = 4,
	};

	memcpy(req, &r, sizeof(r));
}

void fill_region(struct abi *a, void *req)
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

void fill_window(struct abi *a, void *req)
{
	struct dbgmem_window_args r = {
		.addr = (uintptr_t)a->shared,
		.len = PAGE,
	};

	memcpy(req, &r, sizeof(r));
}

void fill_window_sync(struct abi *a, void *req)
{
	(void)a;
	(void)req;
}
