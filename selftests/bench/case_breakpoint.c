// SPDX-License-Identifier: GPL-2.0
/*
 * Cases read_bp1, read_bp1000: 8 bytes through a session that holds breakpoints
 * elsewhere; bp_set_clear: one set and taken out again, beside what a debugger
 * does through /proc/PID/mem (read, write, write); cmpxchg: a word exchanged,
 * beside the same without atomicity.
 */
#include "bench.h"

#define TRAP	0xcc

/* In the middle of 1000 breakpoints. */
#define READ_FROM	((uintptr_t)subject.area[AREA_READ].base + 500 * KIB)

static const struct method read_methods[] = {
	{ .engine = "auto", .call = ours_read },
	{ .engine = "remote", .call = ours_read },
	{ .name = "process_vm_readv", .call = process_vm_one },
	{ .name = "proc_mem", .call = proc_mem_one },
};

static const struct method set_methods[] = {
	{ .engine = "auto", .call = ours_bp_set_clear },
	{ .name = "proc_mem", .call = proc_mem_bp_set_clear },
};

static const struct method cmpxchg_methods[] = {
	{ .engine = "auto", .call = ours_cmpxchg },
	{ .name = "proc_mem", .call = proc_mem_exchange },
};

int bp_set(uint64_t addr)
{
	struct dbgmem_bp_set_args b = {
		.size = sizeof(b),
		.addr = addr,
		.len = 1,
		.trap = { TRAP },
	};

	return ioctl(subject.session, DBGMEM_IOC_BP_SET, &b) ? -errno : 0;
}

/* On either side of the page that the case reads from, some to a page. */
static int set_elsewhere(unsigned int nr)
{
	uintptr_t to = (uintptr_t)subject.area[AREA_READ].base;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < nr && !ret; i++) {
		if (to == READ_FROM)
			to += 4 * KIB;
		ret = bp_set(to);
		to += 1 * KIB;
	}
	return ret;
}

static int read_with(const char *name, unsigned int nr)
{
	int plain = subject.plain, ret;
	struct work w;

	ret = work_init(&w, false, 8, 1);
	if (ret)
		return ret;
	w.pieces[0].iov_base = (void *)READ_FROM;
	subject.plain = session_open(subject.target.pid, O_RDWR);
	subject.session = subject.plain;
	if (subject.plain < 0) {
		ret = subject.plain;
	} else {
		ret = set_elsewhere(nr);
		if (ret)
			printf("# error: %s: %s\n", name, strerror(-ret));
		else
			ret = run(name, read_methods, ARRAY_SIZE(read_methods),
				  &w);
		close(subject.plain);
	}
	subject.plain = plain;
	subject.session = plain;
	work_free(&w);
	return ret;
}

/* A word, or a byte of it, of its own: there are no bytes to be checked. */
static int change(const char *name, const struct method *m, unsigned int nr)
{
	struct work w;
	int ret;

	ret = work_init(&w, true, 0, 1);
	if (ret)
		return ret;
	w.pieces[0].iov_base = subject.area[AREA_WRITE].base;
	ret = run(name, m, nr, &w);
	work_free(&w);
	return ret;
}

int case_breakpoint(void)
{
	int ret = read_with("read_bp1", 1);

	if (read_with("read_bp1000", 1000))
		ret = -EIO;
	if (change("bp_set_clear", set_methods, ARRAY_SIZE(set_methods)))
		ret = -EIO;
	if (change("cmpxchg", cmpxchg_methods, ARRAY_SIZE(cmpxchg_methods)))
		ret = -EIO;
	return ret;
}
