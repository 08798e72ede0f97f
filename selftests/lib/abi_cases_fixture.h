/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_ABI_CASES_FIXTURE_H
#define SELFTESTS_ABI_CASES_FIXTURE_H

#include "abi_cases.h"

#include <kselftest_harness.h>

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
		.first = sizeof(struct dbgmem_info),
		.size = sizeof(struct dbgmem_info),
		.out = { FIELDS(info, abi_version, window_lease) },
		.fill = fill_info,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, session_info)
{
	.c = {
		.cmd = DBGMEM_IOC_SESSION_INFO,
		.first = sizeof(struct dbgmem_session_info),
		.size = sizeof(struct dbgmem_session_info),
		.out = { FIELDS(session_info, state, windows) },
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
		.first = sizeof(struct dbgmem_vector),
		.size = sizeof(struct dbgmem_vector),
		.out = { FIELDS(vector, done, first_unmet) },
		.reserved = { OFFSET(vector, reserved),
			      OFFSET(vector, reserved2) },
		.flags = KNOWN_FLAGS,
		.fill = fill_vector_read,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, vector_write)
{
	.c = {
		.cmd = DBGMEM_IOC_VECTOR,
		.first = sizeof(struct dbgmem_vector),
		.size = sizeof(struct dbgmem_vector),
		.out = { FIELDS(vector, done, first_unmet) },
		.reserved = { OFFSET(vector, reserved),
			      OFFSET(vector, reserved2) },
		.flags = KNOWN_FLAGS,
		.fill = fill_vector_write,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, bp_set)
{
	.c = {
		.cmd = DBGMEM_IOC_BP_SET,
		.first = sizeof(struct dbgmem_bp_set_args),
		.size = sizeof(struct dbgmem_bp_set_args),
		.out = { FIELDS(bp_set_args, original, reason) },
		.reserved = { OFFSET(bp_set_args, reserved),
			      OFFSET(bp_set_args, reserved2) },
		.fill = fill_bp_set,
		.undo = bp_clear_all,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, bp_clear)
{
	.c = {
		.cmd = DBGMEM_IOC_BP_CLEAR,
		.first = sizeof(struct dbgmem_bp_clear_args),
		.size = sizeof(struct dbgmem_bp_clear_args),
		.out = { FIELDS(bp_clear_args, cleared, reason) },
		.reserved = { OFFSET(bp_clear_args, reserved) },
		.flags = DBGMEM_BP_ALL,
		.fill = fill_bp_clear,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, bp_list)
{
	.c = {
		.cmd = DBGMEM_IOC_BP_LIST,
		.first = sizeof(struct dbgmem_bp_list_args),
		.size = sizeof(struct dbgmem_bp_list_args),
		.out = { FIELDS(bp_list_args, nr, total) },
		.reserved = { OFFSET(bp_list_args, reserved) },
		.flags = DBGMEM_BP_ALL,
		.fill = fill_bp_list,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, cmpxchg)
{
	.c = {
		.cmd = DBGMEM_IOC_CMPXCHG,
		.first = sizeof(struct dbgmem_cmpxchg_args),
		.size = sizeof(struct dbgmem_cmpxchg_args),
		.out = { FIELDS(cmpxchg_args, observed, exchanged) },
		.reserved = { OFFSET(cmpxchg_args, reserved) },
		.flags = DBGMEM_FORCE | DBGMEM_RAW,
		.fill = fill_cmpxchg,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, region)
{
	.c = {
		.cmd = DBGMEM_IOC_REGION_LIST,
		.first = sizeof(struct dbgmem_region_list),
		.size = sizeof(struct dbgmem_region_list),
		.out = { FIELDS(region_list, nr, more) },
		.reserved = { OFFSET(region_list, reserved) },
		.flags = DBGMEM_REGION_LIST_AT | DBGMEM_REGION_LIST_CLIP |
			 DBGMEM_REGION_LIST_TABLES,
		.fill = fill_region,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, window)
{
	.c = {
		.cmd = DBGMEM_IOC_WINDOW,
		.first = sizeof(struct dbgmem_window_args),
		.size = sizeof(struct dbgmem_window_args),
		.out = { FIELDS(window_args, offset, offset) },
		.reserved = { OFFSET(window_args, reserved) },
		.fill = fill_window,
		.mirror = true,
	},
};

FIXTURE_VARIANT_ADD(every_ioctl, window_sync)
{
	.c = {
		.cmd = DBGMEM_IOC_WINDOW_SYNC,
		.first = sizeof(struct dbgmem_window_sync_args),
		.size = sizeof(struct dbgmem_window_sync_args),
		.out = { FIELDS(window_sync_args, pages, pages) },
		.reserved = { OFFSET(window_sync_args, reserved) },
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

#endif /* SELFTESTS_ABI_CASES_FIXTURE_H */
