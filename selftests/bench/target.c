// SPDX-License-Identifier: GPL-2.0
/*
 * The process whose memory is read and written: a child that has filled its
 * memory and sleeps.
 */
#include "bench.h"


struct subject subject = {
	.area = {
		[AREA_READ]	 = { .len = 64 * MIB },
		[AREA_WRITE]	 = { .len = 64 * MIB },
		[AREA_READ_THP]	 = { .len = 4 * MIB },
		[AREA_WRITE_THP] = { .len = 4 * MIB },
	},
	.mem = -1,
	.plain = -1,
	.mirrored = -1,
};

static bool is_huge(enum area_kind kind)
{
	return kind == AREA_READ_THP || kind == AREA_WRITE_THP;
}

/*
 * Address space of its own for an area, between gaps, so that it neither merges
 * with a neighbour nor takes other pages than it is meant to.
 */
static int area_reserve(enum area_kind kind)
{
	struct area *a = &subject.area[kind];
	size_t len = a->len + 2 * HUGE_SIZE;
	char *p;

	p = mmap(NULL, len, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return -errno;
	p += HUGE_SIZE;
	p -= (uintptr_t)p % HUGE_SIZE;
	if (mprotect(p, a->len, PROT_READ | PROT_WRITE) ||
	    madvise(p, a->len, is_huge(kind) ? MADV_HUGEPAGE : MADV_NOHUGEPAGE)) {
		if (!is_huge(kind))
			return -errno;
		a->missing = "this kernel has no transparent huge pages";
	}
	a->base = p;
	return 0;
}

/* In the target. */
static long area_populate(void *arg)
{
	struct area *a = arg;
	uint64_t *word;

	for (word = (uint64_t *)a->base; (char *)word < a->base + a->len; word++)
		*word = pattern((uintptr_t)word);
	return 0;
}

/* KiB of the area on huge pages, or -1. */
static long area_huge(const struct area *a)
{
	char path[64], line[256];
	unsigned long start, end;
	bool here = false;
	long huge = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps", (int)subject.target.pid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (huge < 0 && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			here = start == (uintptr_t)a->base;
		else if (here)
			sscanf(line, "AnonHugePages: %ld kB", &huge);
	}
	fclose(f);
	return huge;
}

static int area_start(enum area_kind kind)
{
	struct area *a = &subject.area[kind];
	long huge;

	if (a->missing)
		return 0;
	if (target_call(&subject.target, area_populate, a))
		return -EPIPE;
	huge = area_huge(a);
	if (huge == (is_huge(kind) ? (long)(a->len / KIB) : 0))
		return 0;
	if (!is_huge(kind)) {
		printf("# error: the target has huge pages where it must not\n");
		return -EINVAL;
	}
	a->missing = "the target got no transparent huge pages";
	return 0;
}

int subject_start(void)
{
	int kind, ret;

	for (kind = 0; kind < NR_AREAS; kind++) {
		ret = area_reserve(kind);
		if (ret)
			goto fail;
	}
	ret = target_start(&subject.target);
	if (ret)
		goto fail;
	for (kind = 0; kind < NR_AREAS; kind++) {
		ret = area_start(kind);
		if (ret)
			goto stop;
	}
	ret = param_set("engine", "auto");
	if (ret)
		goto stop;
	subject.mem = proc_open(subject.target.pid, "mem", O_RDWR);
	if (subject.mem < 0) {
		ret = subject.mem;
		goto stop;
	}
	subject.plain = session_open(subject.target.pid, O_RDWR);
	if (subject.plain < 0) {
		ret = subject.plain;
		goto close;
	}
	attach_flags = DBGMEM_ATTACH_MIRROR;
	subject.mirrored = session_open(subject.target.pid, O_RDWR);
	attach_flags = 0;
	if (subject.mirrored < 0) {
		ret = subject.mirrored;
		goto close_plain;
	}
	subject.session = subject.plain;
	return 0;

close_plain:
	close(subject.plain);
close:
	close(subject.mem);
stop:
	target_stop(&subject.target);
fail:
	printf("# error: cannot set up the target or the session: %s\n",
	       strerror(-ret));
	return ret;
}

void subject_stop(void)
{
	param_set("engine", "auto");
	close(subject.mirrored);
	close(subject.plain);
	close(subject.mem);
	target_stop(&subject.target);
}
