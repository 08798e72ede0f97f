// SPDX-License-Identifier: GPL-2.0
/*
 * Case attach: from nothing to the first 8 bytes, and all closed again.
 */
#include "bench.h"

static const struct method methods[] = {
	{ .engine = "auto", .call = ours_attach },
	{ .name = "process_vm_readv", .call = process_vm_one },	/* needs no opening */
	{ .name = "proc_mem", .call = proc_mem_attach },
};

int case_attach(void)
{
	struct work w;
	int ret;

	ret = work_init(&w, false, 8, 1);
	if (ret)
		return ret;
	w.effort = 10;
	w.pieces[0].iov_base = subject.area[AREA_READ].base;
	ret = run("attach", methods, ARRAY_SIZE(methods), &w);
	work_free(&w);
	return ret;
}
