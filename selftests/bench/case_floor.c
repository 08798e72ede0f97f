// SPDX-License-Identifier: GPL-2.0
/*
 * Case ioctl_floor: the cheapest ioctl of the module, below which no request can
 * be, beside the cheapest system call.
 */
#include "bench.h"

static const struct method methods[] = {
	{ .engine = "auto", .call = ours_floor },
	{ .name = "getppid", .call = limit_getppid, .limit = "ioctl_floor" },
};

int case_floor(void)
{
	struct work w;
	int ret;

	ret = work_init(&w, false, 0, 1);
	if (ret)
		return ret;
	w.pieces[0].iov_base = subject.area[AREA_READ].base;
	ret = run("ioctl_floor", methods, ARRAY_SIZE(methods), &w);
	work_free(&w);
	return ret;
}
