// SPDX-License-Identifier: GPL-2.0
/*
 * Cases read, write, read_thp, write_thp: one piece in one call, from the start
 * of a page, small and large; pread: the session as a file.
 */
#include "bench.h"

static const struct method read_methods[] = {
	{ .engine = "auto", .call = ours_read },
	{ .engine = "mirror", .call = ours_read },
	{ .engine = "remote", .call = ours_read },
	{ .name = "process_vm_readv", .call = process_vm_one },
	{ .name = "proc_mem", .call = proc_mem_one },
	{ .name = "memcpy", .call = limit_memcpy, .limit = "memcpy" },
};

/* On huge pages a local copy is no other than above. */
#define NR_READ_THP	(ARRAY_SIZE(read_methods) - 1)

static const struct method write_methods[] = {
	{ .engine = "auto", .call = ours_write },
	{ .engine = "remote", .call = ours_write },
	{ .name = "process_vm_writev", .call = process_vm_one },
	{ .name = "proc_mem", .call = proc_mem_one },
};

static const struct method pread_methods[] = {
	{ .engine = "auto", .call = ours_pread },
	{ .engine = "mirror", .call = ours_pread },
	{ .name = "process_vm_readv", .call = process_vm_one },
	{ .name = "proc_mem", .call = proc_mem_one },
};

static const size_t sizes[] = {
	8, 64, 512, 4 * KIB, 16 * KIB, 64 * KIB, 1 * MIB, 4 * MIB,
};

static const size_t sizes_thp[] = {
	16 * KIB, 64 * KIB, 1 * MIB, 4 * MIB,
};

static const size_t sizes_pread[] = { 8 };

static const struct {
	const char *name;
	enum area_kind area;
	bool write;
	const struct method *methods;
	unsigned int nr_methods;
	const size_t *sizes;
	unsigned int nr_sizes;
} groups[] = {
	{ "read", AREA_READ, false, read_methods, ARRAY_SIZE(read_methods),
	  sizes, ARRAY_SIZE(sizes) },
	{ "write", AREA_WRITE, true, write_methods, ARRAY_SIZE(write_methods),
	  sizes, ARRAY_SIZE(sizes) },
	{ "read_thp", AREA_READ_THP, false, read_methods, NR_READ_THP,
	  sizes_thp, ARRAY_SIZE(sizes_thp) },
	{ "write_thp", AREA_WRITE_THP, true, write_methods,
	  ARRAY_SIZE(write_methods), sizes_thp, ARRAY_SIZE(sizes_thp) },
	{ "pread", AREA_READ, false, pread_methods, ARRAY_SIZE(pread_methods),
	  sizes_pread, ARRAY_SIZE(sizes_pread) },
};

int case_transfer(void)
{
	const struct area *a;
	struct work w;
	unsigned int i, j;
	int ret, failed = 0;

	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		a = &subject.area[groups[i].area];
		for (j = 0; j < groups[i].nr_sizes; j++) {
			ret = work_init(&w, groups[i].write,
					groups[i].sizes[j], 1);
			if (ret)
				return ret;
			w.pieces[0].iov_base = a->base;
			if (a->missing)
				skip(groups[i].name, &w, "auto", a->missing);
			else if (run(groups[i].name, groups[i].methods,
				     groups[i].nr_methods, &w))
				failed = -EIO;
			work_free(&w);
		}
	}
	return failed;
}
