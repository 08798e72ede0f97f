// SPDX-License-Identifier: GPL-2.0
#include "impact.h"

#define IDLE_MS		400	/* longer than windows keep what is not looked at */

void look_once(struct look *l)
{
	uint64_t word;
	size_t o;

	for (o = 0; o < l->len; o += l->step) {
		/* which is a signal where the page has become broken */
		if (l->window)
			window_peek(l->window + o, &word);
		else
			mem_read(l->fd, l->addr + o, &word, 8, 0, NULL);
	}
}

static void *look_always(void *arg)
{
	struct look *l = arg;

	while (!__atomic_load_n(&l->stop, __ATOMIC_ACQUIRE)) {
		look_once(l);
		sleep_ms(1);
	}
	return NULL;
}

static int look_traps(struct look *l)
{
	size_t o;
	int ret = 0;

	for (o = 0; o < l->len && !ret; o += l->step)
		ret = bp_set(l->fd, l->addr + o, INT3, 1, NULL);
	return ret;
}

int look_start(struct look *l, enum look_way way, pid_t pid, char *addr,
	       size_t len, size_t step)
{
	*l = (struct look){ .way = way, .fd = -1, .addr = addr, .len = len,
			    .step = step };
	if (way == NOBODY)
		return 0;
	attach_flags = way == MIRROR ? DBGMEM_ATTACH_MIRROR : 0;
	l->fd = session_open(pid, O_RDWR);
	attach_flags = 0;
	if (l->fd < 0)
		return l->fd;
	if (way == BREAKPOINT)
		return look_traps(l);
	if (way == ATTACHED)
		return 0;
	if (way == IDLE_WINDOW || way == POLLED_WINDOW) {
		l->window = window_map(l->fd, addr, len);
		if (l->window == MAP_FAILED)
			return -errno;
	}
	look_once(l);
	look_once(l);
	if (way == IDLE_WINDOW)
		sleep_ms(IDLE_MS);
	if (way == POLLED_WINDOW)
		return -pthread_create(&l->thread, NULL, look_always, l);
	return 0;
}

void look_stop(struct look *l)
{
	if (l->thread) {
		__atomic_store_n(&l->stop, 1, __ATOMIC_RELEASE);
		pthread_join(l->thread, NULL);
	}
	if (l->window && l->window != MAP_FAILED)
		munmap((void *)l->window, l->len);
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}
