// SPDX-License-Identifier: GPL-2.0
#include "window.h"

int window_prepare(int fd, uint64_t addr, uint64_t len, uint64_t *offset)
{
	struct dbgmem_window_args w = {
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

volatile char *window_map(int fd, const void *addr, size_t len)
{
	uint64_t offset;
	int ret = window_prepare(fd, (uintptr_t)addr, len, &offset);

	if (ret) {
		errno = -ret;
		return MAP_FAILED;
	}
	return mmap(NULL, len, PROT_READ, MAP_SHARED, fd, offset);
}

int window_sync(int fd)
{
	struct dbgmem_window_sync_args s = { .size = sizeof(s) };

	return ioctl(fd, DBGMEM_IOC_WINDOW_SYNC, &s) ? -errno : 0;
}

long window_pages(int fd)
{
	struct dbgmem_session_info info;

	return session_info(fd, &info) ? -1 : (long)info.window_pages;
}

static sigjmp_buf window_jump;

static void window_signal(int sig)
{
	siglongjmp(window_jump, sig);
}

int window_peek(volatile const void *at, uint64_t *word)
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
