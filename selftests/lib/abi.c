// SPDX-License-Identifier: GPL-2.0
#include "abi.h"

int abi_start(struct abi *a)
{
	int ret;

	a->req = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	a->shared = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (a->req == MAP_FAILED || a->shared == MAP_FAILED)
		return -errno;
	memset(a->shared, 0x5a, PAGE);
	if (mprotect(a->req + 2 * PAGE, PAGE, PROT_NONE) ||
	    munmap(a->shared + PAGE, PAGE))
		return -errno;
	ret = target_start(&a->target);
	if (ret)
		return ret;
	a->fd = session_open(a->target.pid, O_RDWR);
	if (a->fd < 0)
		return a->fd;
	a->mem_fd = proc_open(a->target.pid, "mem", O_RDWR);
	return a->mem_fd < 0 ? a->mem_fd : 0;
}

void abi_stop(struct abi *a)
{
	close(a->fd);
	close(a->mem_fd);
	target_stop(&a->target);
}

bool all_bytes(const unsigned char *p, size_t n, unsigned char byte)
{
	while (n--)
		if (*p++ != byte)
			return false;
	return true;
}
