/* SPDX-License-Identifier: GPL-2.0 */
/* Windows for the tests: making them, and looking into them. */
#ifndef SELFTESTS_WINDOW_H
#define SELFTESTS_WINDOW_H

#include "memory.h"

#include <setjmp.h>
#include <signal.h>

static inline int window_prepare(int fd, uint64_t addr, uint64_t len,
				 uint64_t *offset)
{
	struct dbgmem_window_map w = {
		.size = sizeof(w),
		.addr = addr,
		.len = len,
		.offset = 0xdeadbeef,
	};
	int ret = ioctl(fd, DBGMEM_IOC_WINDOW, &w) ? -errno : 0;

	if (offset)
		*offset = w.offset;
	return ret;
}

/* A window of @len bytes at @addr of the target, or MAP_FAILED. */
static inline volatile char *window_map(int fd, const void *addr, size_t len)
{
	uint64_t offset;
	int ret = window_prepare(fd, (uintptr_t)addr, len, &offset);

	if (ret) {
		errno = -ret;
		return MAP_FAILED;
	}
	return mmap(NULL, len, PROT_READ, MAP_SHARED, fd, offset);
}

static inline int window_sync(int fd)
{
	struct dbgmem_window_sync s = { .size = sizeof(s) };

	return ioctl(fd, DBGMEM_IOC_WINDOW_SYNC, &s) ? -errno : 0;
}

/* Pages that the windows of a session hold, or -1. */
static inline long window_pages(int fd)
{
	struct dbgmem_info info;

	return session_info(fd, &info) ? -1 : (long)info.window_pages;
}

static sigjmp_buf window_jump;

static inline void window_signal(int sig)
{
	siglongjmp(window_jump, sig);
}

/* Read a word; 0, or the signal that it raised. */
static inline int window_peek(volatile const void *at, uint64_t *word)
{
	struct sigaction sa = { .sa_handler = window_signal }, bus, segv;
	int sig;

	sigaction(SIGBUS, &sa, &bus);
	sigaction(SIGSEGV, &sa, &segv);
	sig = sigsetjmp(window_jump, 1);
	if (!sig)
		*word = *(volatile const uint64_t *)at;
	sigaction(SIGBUS, &bus, NULL);
	sigaction(SIGSEGV, &segv, NULL);
	return sig;
}

#endif /* SELFTESTS_WINDOW_H */
