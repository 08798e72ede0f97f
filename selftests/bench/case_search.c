// SPDX-License-Identifier: GPL-2.0
/*
 * Case search: the library's search of 1 GiB of a target (64 MiB where instructions
 * are counted), beside memmem(3) over as much local memory. The number of pieces is
 * that of the pattern's bytes. A long one memmem() finds without looking at most of
 * the memory, all of which must be copied to search that of a target.
 *
 * To be within a small machine's means the GiB is 64 MiB of memory mapped 16 times,
 * and it is the same memory on both sides: neither cache nor TLB prefers one.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <dbgmem.h>

#define PIECE		(64 * MIB)
#define TIMES		16UL
#define MAX_PATTERN	64

static const unsigned int lengths[] = { 8, 16, 64 };

static struct {
	struct dbgmem *m;
	char *base;
	unsigned char bytes[MAX_PATTERN];
} field;

/* It is at the end of each mapping. */
static int found(unsigned int nr, uint64_t last, const struct work *w)
{
	return nr == w->size / PIECE &&
	       last == (uintptr_t)field.base + w->size - w->nr ? 0 : -EBADMSG;
}

static int ours_search(const struct work *w)
{
	const struct dbgmem_pattern p = { .bytes = field.bytes, .len = w->nr };
	const struct dbgmem_range r = {
		.addr = (uintptr_t)field.base,
		.len = w->size,
	};
	struct dbgmem_search *s;
	unsigned int nr = 0;
	uint64_t addr = 0;
	int ret;

	ret = dbgmem_search_new(field.m, &r, 1, &p, 0, NULL, &s);
	if (ret)
		return ret;
	while ((ret = dbgmem_search_next(s, &addr)) > 0)
		nr++;
	dbgmem_search_free(s);
	return ret ? ret : found(nr, addr, w);
}

static int local_memmem(const struct work *w)
{
	const char *end = field.base + w->size, *at = field.base, *p;
	uint64_t last = 0;
	unsigned int nr = 0;

	while ((p = memmem(at, end - at, field.bytes, w->nr))) {
		nr++;
		last = (uintptr_t)p;
		at = p + 1;
	}
	return found(nr, last, w);
}

static const struct method methods[] = {
	{ .engine = "auto", .call = ours_search },
	{ .name = "memmem", .call = local_memmem },
};

/* Bytes that look random, mapped again and again. */
static int field_map(void)
{
	int fd = memfd_create("field", MFD_CLOEXEC), ret = 0;
	uint64_t *word;
	size_t i;

	if (fd < 0)
		return -errno;
	field.base = mmap(NULL, TIMES * PIECE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (field.base == MAP_FAILED || ftruncate(fd, PIECE))
		ret = -errno;
	for (i = 0; i < TIMES && !ret; i++)
		if (mmap(field.base + i * PIECE, PIECE, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
			ret = -errno;
	close(fd);
	if (ret)
		return ret;
	for (word = (uint64_t *)field.base;
	     (char *)word < field.base + PIECE; word++)
		*word = pattern((uintptr_t)word - (uintptr_t)field.base);
	for (i = 0; i < MAX_PATTERN; i++)
		field.bytes[i] = pattern(~i) >> 24;
	return 0;
}

static int search(unsigned int len)
{
	char *at = field.base + PIECE - len, old[MAX_PATTERN];
	struct work w;
	int ret;

	ret = work_init(&w, false, 0, len);
	if (ret)
		return ret;
	w.size = (clock_mode.wall ? TIMES : 1) * PIECE;
	w.checked = true;
	w.rounds = 3;
	memcpy(old, at, len);
	memcpy(at, field.bytes, len);
	ret = run("search", methods, ARRAY_SIZE(methods), &w);
	memcpy(at, old, len);
	work_free(&w);
	return ret;
}

int case_search(void)
{
	struct target t = { 0 };
	unsigned int i;
	int ret;

	ret = field_map();
	if (ret)
		goto out;
	ret = target_start(&t);
	if (ret)
		goto unmap;
	ret = dbgmem_open(t.pid, DBGMEM_OPEN_RDONLY, &field.m);
	for (i = 0; i < ARRAY_SIZE(lengths) && !ret; i++)
		ret = search(lengths[i]);
	dbgmem_close(field.m);
	target_stop(&t);
unmap:
	munmap(field.base, TIMES * PIECE);
out:
	if (ret)
		printf("# error: search: %s\n", strerror(-ret));
	return ret;
}
