// SPDX-License-Identifier: LGPL-2.1-or-later
/* Windows: a range of the target mapped here. */
#define _FILE_OFFSET_BITS 64
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "internal.h"
#include "sigbus.h"

struct dbgmem_window {
	struct dbgmem *m;
	uint64_t addr, len;	/* as asked for */
	uint64_t start, size;	/* whole pages */
	const volatile char *map;
};

/* --- mapping --- */

static int map_fail(struct dbgmem *m, uint64_t addr, size_t len, int code)
{
	struct dbgmem_error e = {
		.code = code,
		.source = DBGMEM_SOURCE_USAGE,
		.pid = m->pid,
	};
	char what[128];

	snprintf(what, sizeof(what),
		 "cannot map %zu bytes at 0x%llx of process %d", len,
		 (unsigned long long)addr, (int)m->pid);
	switch (code) {
	case EINVAL:
		return dbgmem__fail(&e, "%s: a window has at least one byte",
				    what);
	case EOVERFLOW:
		return dbgmem__fail(&e, "%s: these pages end beyond 64 bits",
				    what);
	case ELOOP:
		return dbgmem__fail(&e, "%s: the target is this process itself",
				    what);
	case EOPNOTSUPP:
		e.source = DBGMEM_SOURCE_MODULE;
		return dbgmem__fail(&e, "%s: the module allows no windows, as the kernel lacks CONFIG_HMM_MIRROR, or /sys/module/dbgmem/parameters/window_pages is 0",
				    what);
	case ENOMEM:
		e.source = DBGMEM_SOURCE_SYSTEM;
		return dbgmem__fail(&e, "%s: out of memory, too many mappings in this process, or no room for one of that size",
				    what);
	default:
		return dbgmem__transfer_fail(m, DBGMEM_IOC_READ,
					     &(struct dbgmem_transfer){ }, code,
					     what);
	}
}

#define AT_ONCE	256

/*
 * To ask the kernel for a byte of each page brings them in, and where there is none
 * it says so without a signal.
 */
static void prefault(const struct dbgmem_window *w)
{
	const size_t page = w->m->page_size;
	int fd = memfd_create("dbgmem-prefault", MFD_CLOEXEC);
	struct iovec v[AT_ONCE];
	uint64_t at = 0;
	ssize_t n;
	int i;

	while (fd >= 0 && at < w->size) {
		for (i = 0; i < AT_ONCE && at + i * page < w->size; i++)
			v[i] = (struct iovec){ (char *)w->map + at + i * page, 1 };
		n = pwritev(fd, v, i, 0);
		if (n < 0 && errno != EFAULT)
			break;
		at += (n > 0 ? (size_t)n : 1) * page;
	}
	if (fd >= 0)
		close(fd);
}

DBGMEM_EXPORT int dbgmem_window_map(struct dbgmem *m, uint64_t addr, size_t len,
				    unsigned int flags,
				    struct dbgmem_window **out)
{
	struct dbgmem_window_args req = { .size = sizeof(req) };
	const uint64_t mask = m->page_size - 1;
	struct dbgmem_window *w;
	void *map;
	int ret;

	*out = NULL;
	if (flags & ~DBGMEM_WINDOW_PREFAULT)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot map a window: unknown flags 0x%x",
			flags & ~DBGMEM_WINDOW_PREFAULT);
	if (!len)
		return map_fail(m, addr, len, EINVAL);
	if (addr + len < addr || (addr + len + mask) < addr ||
	    len > SIZE_MAX - 2 * mask)
		return map_fail(m, addr, len, EOVERFLOW);
	w = malloc(sizeof(*w));
	if (!w)
		return map_fail(m, addr, len, ENOMEM);
	*w = (struct dbgmem_window){
		.m = m,
		.addr = addr,
		.len = len,
		.start = addr & ~mask,
		.size = ((addr + len + mask) & ~mask) - (addr & ~mask),
	};
	req.addr = w->start;
	req.len = w->size;
	ret = dbgmem__node_ioctl(m->fd, DBGMEM_IOC_WINDOW, &req);
	if (ret) {
		free(w);
		return map_fail(m, addr, len, -ret);
	}
	map = mmap(NULL, (size_t)w->size, PROT_READ, MAP_SHARED, m->fd,
		   (off_t)req.offset);
	if (map == MAP_FAILED) {
		ret = errno;
		free(w);
		return map_fail(m, addr, len, ret);
	}
	w->map = map;
	if (flags & DBGMEM_WINDOW_PREFAULT)
		prefault(w);
	*out = w;
	return 0;
}

DBGMEM_EXPORT void dbgmem_window_unmap(struct dbgmem_window *w)
{
	if (!w)
		return;
	munmap((void *)w->map, (size_t)w->size);
	free(w);
}

DBGMEM_EXPORT const volatile void *
dbgmem_window_at(const struct dbgmem_window *w, uint64_t addr, size_t len)
{
	if (addr < w->addr || len > w->len || addr - w->addr > w->len - len)
		return NULL;
	return w->map + (addr - w->start);
}

DBGMEM_EXPORT int dbgmem_window_sync(struct dbgmem_window *w)
{
	struct dbgmem_window_sync_args req = { .size = sizeof(req) };
	int ret = dbgmem__node_ioctl(w->m->fd, DBGMEM_IOC_WINDOW_SYNC, &req);

	if (!ret)
		return 0;
	return dbgmem__fail(&(struct dbgmem_error){ .code = -ret,
				.source = DBGMEM_SOURCE_SYSTEM, .pid = w->m->pid },
			    "cannot wait for windows of process %d: %s",
			    (int)w->m->pid, strerror(-ret));
}

/* --- reading --- */

DBGMEM_EXPORT ssize_t dbgmem_window_read(struct dbgmem_window *w, uint64_t addr,
					 void *buf, size_t len)
{
	const volatile char *from = dbgmem_window_at(w, addr, len);
	ssize_t ret;
	size_t n;

	if (!from || len > SSIZE_MAX)
		return dbgmem__fail(&(struct dbgmem_error){ .code = EINVAL,
				.source = DBGMEM_SOURCE_USAGE, .pid = w->m->pid },
			"cannot read %zu bytes at 0x%llx of process %d: the window has %llu bytes at 0x%llx",
			len, (unsigned long long)addr, (int)w->m->pid,
			(unsigned long long)w->len, (unsigned long long)w->addr);
	n = dbgmem__sigbus_copy(buf, from, len, w->m->page_size);
	if (n == len)
		return (ssize_t)n;
	ret = dbgmem_read(w->m, addr + n, (char *)buf + n, len - n);
	if (ret < 0)
		return n ? (ssize_t)n : ret;
	return (ssize_t)n + ret;
}
