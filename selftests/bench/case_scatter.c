// SPDX-License-Identifier: GPL-2.0
/*
 * Cases scatter_random and scatter_dense, and the same for writes: many pieces
 * of 8 bytes, all over 64 MiB or every 16 bytes.
 */
#include "bench.h"

#define PIECE		8
#define DENSE_STEP	16

static const struct method read_methods[] = {
	{ .engine = "auto", .call = ours_vector },
	{ .engine = "mirror", .call = ours_vector },
	{ .engine = "remote", .call = ours_vector },
	{ .name = "process_vm_readv", .call = process_vm_all },
	{ .name = "process_vm_readv_each", .call = process_vm_each },
	{ .name = "proc_mem_each", .call = proc_mem_each },
};

static const struct method write_methods[] = {
	{ .engine = "auto", .call = ours_vector },
	{ .engine = "remote", .call = ours_vector },
	{ .name = "process_vm_writev", .call = process_vm_all },
	{ .name = "process_vm_writev_each", .call = process_vm_each },
	{ .name = "proc_mem_each", .call = proc_mem_each },
};

static const struct {
	const char *name;
	bool write;
	bool random;
} groups[] = {
	{ "scatter_random", false, true },
	{ "scatter_dense", false, false },
	{ "scatter_random_write", true, true },
	{ "scatter_dense_write", true, false },
};

static const unsigned int numbers[] = { 64, 1000, 10000 };

/* The same in every run. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void scatter(struct work *w, const struct area *a, bool random)
{
	uint64_t state = 0x2545f4914f6cdd1d;
	size_t offset;
	unsigned int i;

	for (i = 0; i < w->nr; i++) {
		if (random)
			offset = next_random(&state) % (a->len / PIECE) * PIECE;
		else
			offset = (size_t)i * DENSE_STEP;
		w->pieces[i].iov_base = a->base + offset;
	}
}

int case_scatter(void)
{
	const struct area *a;
	struct work w;
	unsigned int i, j;
	int ret, failed = 0;

	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		a = &subject.area[groups[i].write ? AREA_WRITE : AREA_READ];
		for (j = 0; j < ARRAY_SIZE(numbers); j++) {
			ret = work_init(&w, groups[i].write, PIECE, numbers[j]);
			if (ret)
				return ret;
			scatter(&w, a, groups[i].random);
			if (run(groups[i].name,
				groups[i].write ? write_methods : read_methods,
				groups[i].write ? ARRAY_SIZE(write_methods) :
						  ARRAY_SIZE(read_methods), &w))
				failed = -EIO;
			work_free(&w);
		}
	}
	return failed;
}
