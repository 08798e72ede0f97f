// SPDX-License-Identifier: GPL-2.0
/*
 * Cases window_hot, window_cold and window_once: a word of each page of the
 * target, through a window that has shown them; through one that has not; and
 * the same with making it and taking it down.
 */
#include "bench.h"

#define PAGES	256
#define LEN	(PAGES * PAGE)

static uint64_t *shown;

static uint64_t *map(uint64_t addr, size_t len)
{
	struct dbgmem_window_args r = {
		.size = sizeof(r),
		.addr = addr,
		.len = len,
	};
	void *p;

	if (ioctl(subject.mirrored, DBGMEM_IOC_WINDOW, &r))
		return NULL;
	p = mmap(NULL, r.len, PROT_READ, MAP_SHARED, subject.mirrored,
		 r.offset);
	return p == MAP_FAILED ? NULL : p;
}

static int load_all(const uint64_t *at, uint64_t addr)
{
	size_t i, bad = 0;

	for (i = 0; i < PAGES; i++)
		bad |= __atomic_load_n(&at[i * PAGE / 8], __ATOMIC_RELAXED) !=
		       pattern(addr + i * PAGE);
	return bad ? -EBADMSG : 0;
}

static int window_hot(const struct work *w)
{
	return load_all(shown, w->addr);
}

/* Memory of its own with the same contents: as much work, but for the window. */
static int local_hot(const struct work *w)
{
	return load_all((const uint64_t *)w->room, w->addr);
}

/* A part of the target that was not shown yet, each time. */
static int window_cold(const struct work *w)
{
	static uint64_t next;
	uint64_t at = next;

	next += LEN;
	/* Behind the end there is nothing cold any more. */
	if (next > subject.area[AREA_READ].len)
		return -ENOSPC;
	return load_all(shown + at / 8, w->addr + at);
}

static int window_once(const struct work *w)
{
	uint64_t *at = map(w->addr, LEN);
	int ret;

	if (!at)
		return -errno;
	ret = load_all(at, w->addr);
	munmap(at, LEN);
	return ret;
}

static const struct method hot_methods[] = {
	{ .engine = "mirror", .call = window_hot },
	{ .name = "local", .call = local_hot },
};

static const struct method cold_methods[] = {
	{ .engine = "mirror", .call = window_cold },
	{ .name = "process_vm_readv_each", .call = process_vm_each },
};

static const struct method once_methods[] = {
	{ .engine = "mirror", .call = window_once },
	{ .name = "process_vm_readv_each", .call = process_vm_each },
};

int case_window(void)
{
	struct work w;
	size_t i;
	int ret;

	ret = work_init(&w, false, PAGE, PAGES);
	if (ret)
		return ret;
	w.size = 8;
	w.checked = true;
	w.addr = (uintptr_t)subject.area[AREA_READ].base;
	for (i = 0; i < PAGES; i++) {
		w.pieces[i].iov_base = (void *)(w.addr + i * PAGE);
		*(uint64_t *)(w.room + i * PAGE) = pattern(w.addr + i * PAGE);
	}
	ret = -EIO;
	shown = map(w.addr, subject.area[AREA_READ].len);
	if (!shown) {
		printf("# error: window: %s\n", strerror(errno));
		goto out;
	}
	ret = run("window_cold", cold_methods, ARRAY_SIZE(cold_methods), &w);
	if (!ret)
		ret = run("window_hot", hot_methods, ARRAY_SIZE(hot_methods),
			  &w);
	munmap(shown, subject.area[AREA_READ].len);
	if (!ret)
		ret = run("window_once", once_methods, ARRAY_SIZE(once_methods),
			  &w);
out:
	work_free(&w);
	return ret;
}
