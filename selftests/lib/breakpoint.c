// SPDX-License-Identifier: GPL-2.0
#include "breakpoint.h"

int bp_set(int fd, const void *addr, const void *trap, uint32_t len,
	   struct dbgmem_bp_set_args *b)
{
	struct dbgmem_bp_set_args tmp;

	if (!b)
		b = &tmp;
	*b = (struct dbgmem_bp_set_args){
		.size = sizeof(*b),
		.addr = (uintptr_t)addr,
		.len = len,
		/* Must be written back. */
		.fault_addr = 0xdeadbeef,
		.reason = 0xdead,
	};
	memcpy(b->trap, trap, len < sizeof(b->trap) ? len : sizeof(b->trap));
	memset(b->original, 0xdd, sizeof(b->original));
	return ioctl(fd, DBGMEM_IOC_BP_SET, b) ? -errno : 0;
}

int bp_clear_flags(int fd, const void *addr, uint32_t flags,
		   struct dbgmem_bp_clear_args *c)
{
	struct dbgmem_bp_clear_args tmp;

	if (!c)
		c = &tmp;
	*c = (struct dbgmem_bp_clear_args){
		.size = sizeof(*c),
		.flags = flags,
		.addr = (uintptr_t)addr,
		.cleared = 0xdead,
		.lost = 0xdead,
		.fault_addr = 0xdeadbeef,
		.reason = 0xdead,
	};
	return ioctl(fd, DBGMEM_IOC_BP_CLEAR, c) ? -errno : 0;
}

int bp_list(int fd, struct dbgmem_bp *bps, uint32_t nr, uint64_t from,
	    uint32_t flags, struct dbgmem_bp_list_args *l)
{
	struct dbgmem_bp_list_args tmp;

	if (!l)
		l = &tmp;
	*l = (struct dbgmem_bp_list_args){
		.size = sizeof(*l),
		.flags = flags,
		.entries = (uintptr_t)bps,
		.nr_entries = nr,
		.entry_size = sizeof(*bps),
		.from = from,
		.nr = 0xdead,
		.more = 0xdead,
		.next = 0xdeadbeef,
		.total = 0xdead,
	};
	return ioctl(fd, DBGMEM_IOC_BP_LIST, l) ? -errno : 0;
}

int bp_state(int fd, const void *addr)
{
	struct dbgmem_bp_list_args l;
	struct dbgmem_bp bp;

	if (bp_list(fd, &bp, 1, (uintptr_t)addr, 0, &l) || !l.nr ||
	    bp.addr != (uintptr_t)addr)
		return -1;
	return bp.state;
}

void bed_stop(struct bed *b)
{
	fixture_stop(&b->fixture);
	if (b->truth >= 0)
		close(b->truth);
	b->truth = -1;
}

int bed_restart(struct bed *b)
{
	int ret;

	bed_stop(b);
	ret = fixture_start(&b->fixture);
	if (ret)
		return ret;
	b->fd = b->fixture.fd;
	target_fill(b->target, b->job, b->mem, 0, BED_SIZE, 3);
	target_unmap(b->target, b->job, b->mem + BED_SIZE, PAGE);
	b->truth = proc_open(b->target->pid, "mem", O_RDWR);
	return b->truth < 0 ? b->truth : 0;
}

int bed_start(struct bed *b)
{
	b->truth = -1;
	b->target = &b->fixture.target;
	fixture_init(&b->fixture);
	b->job = b->fixture.job;
	b->mem = private_alloc(BED_SIZE + PAGE);
	if (!b->job || !b->mem)
		return -ENOMEM;
	return bed_restart(b);
}

bool truth_is(const struct bed *b, const char *addr, const void *want,
	      size_t len)
{
	char buf[256];

	return len <= sizeof(buf) &&
	       pread(b->truth, buf, len, (uintptr_t)addr) == (ssize_t)len &&
	       !memcmp(buf, want, len);
}

bool truth_is_pattern(const struct bed *b, const char *addr, size_t len)
{
	size_t off = addr - b->mem, n;
	char buf[PAGE];

	for (; len; addr += n, off += n, len -= n) {
		n = len < PAGE ? len : PAGE;
		if (pread(b->truth, buf, n, (uintptr_t)addr) != (ssize_t)n ||
		    pattern_differs(buf, off, n, 3) >= 0)
			return false;
	}
	return true;
}

bool truth_write(const struct bed *b, const char *addr, const void *data,
		 size_t len)
{
	return pwrite(b->truth, data, len, (uintptr_t)addr) == (ssize_t)len;
}

bool shows(int fd, const char *addr, const void *want, size_t len,
	   uint32_t flags)
{
	struct dbgmem_transfer t;
	char buf[256];

	memset(buf, 0xee, sizeof(buf));
	return len <= sizeof(buf) &&
	       !mem_read(fd, addr, buf, len, flags, &t) && t.done == len &&
	       !memcmp(buf, want, len);
}

bool shows_pattern(const struct bed *b, const char *addr, size_t len,
		   uint32_t flags)
{
	struct dbgmem_transfer t;
	char *buf = malloc(len);
	bool ret;

	ret = buf && !mem_read(b->fd, addr, buf, len, flags, &t) &&
	      t.done == len &&
	      pattern_differs(buf, addr - b->mem, len, 3) < 0;
	free(buf);
	return ret;
}
