// SPDX-License-Identifier: GPL-2.0
/* The calls of the wait matrix. */

#include "waits.h"

#include <poll.h>
#include <sys/epoll.h>

#define MOMENT_MS	50	/* what is to be waited for anyway */

/* An ioctl, with its request where the cell wants it. */
static long ask(struct wait_cell *c, unsigned long cmd, void *request,
		size_t size)
{
	if (c->req && c->filling) {
		memcpy(c->req, request, size);
		return 0;
	}
	return ioctl(c->fd, cmd, c->req ? c->req : request) ? -errno : 0;
}

#define ASK(c, cmd, request)	ask(c, cmd, request, sizeof(*(request)))

static long ask_transfer(struct wait_cell *c, unsigned long cmd,
			 uint32_t flags)
{
	struct dbgmem_transfer t = {
		.size = sizeof(t),
		.flags = flags,
		.addr = (uintptr_t)c->sh->addr,
		.buf = (uintptr_t)c->buf,
		.len = 8,
	};

	return ASK(c, cmd, &t);
}

long call_nobody(struct wait_cell *c)
{
	int fd;

	/* What the kernel's own calls do with such a buffer. */
	if (c->thing->place == IN_CALLER || c->thing->place == IN_REQUEST) {
		fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
		return read(fd, c->req ? c->req : c->buf, 8);
	}
	for (;;)
		pause();
}

long call_read(struct wait_cell *c)
{
	return ask_transfer(c, DBGMEM_IOC_READ, 0);
}

static long call_read_exact(struct wait_cell *c)
{
	return ask_transfer(c, DBGMEM_IOC_READ, DBGMEM_EXACT);
}

static long call_read_nofault(struct wait_cell *c)
{
	return ask_transfer(c, DBGMEM_IOC_READ, DBGMEM_NOFAULT);
}

static long call_read_zerofill(struct wait_cell *c)
{
	return ask_transfer(c, DBGMEM_IOC_READ, DBGMEM_ZEROFILL);
}

static long call_write(struct wait_cell *c)
{
	return ask_transfer(c, DBGMEM_IOC_WRITE, 0);
}

static long call_write_exact(struct wait_cell *c)
{
	return ask_transfer(c, DBGMEM_IOC_WRITE, DBGMEM_EXACT);
}

static long call_write_force(struct wait_cell *c)
{
	return ask_transfer(c, DBGMEM_IOC_WRITE, DBGMEM_FORCE);
}

/* The bitmap is what does not come. */
static long call_read_valid(struct wait_cell *c)
{
	uint64_t word;
	struct dbgmem_transfer t = {
		.size = sizeof(t),
		.flags = DBGMEM_ZEROFILL,
		.addr = (uintptr_t)c->sh->addr,
		.buf = (uintptr_t)&word,
		.len = 8,
		.valid = (uintptr_t)c->buf,
		.valid_size = 8,
	};

	return ASK(c, DBGMEM_IOC_READ, &t);
}

static long ask_vector(struct wait_cell *c, uint32_t op, uint32_t flags,
		       struct dbgmem_segment *segs, uint32_t nr,
		       struct dbgmem_expect *expect)
{
	struct dbgmem_vector v = {
		.size = sizeof(v),
		.flags = flags,
		.op = op,
		.segments = (uintptr_t)segs,
		.nr_segments = nr,
		.segment_size = sizeof(*segs),
		.expects = (uintptr_t)expect,
		.nr_expects = !!expect,
		.expect_size = expect ? sizeof(*expect) : 0,
	};

	return ASK(c, DBGMEM_IOC_VECTOR, &v);
}

/* A piece that is there, and one that is not. */
static long ask_pieces(struct wait_cell *c, uint32_t op, uint32_t flags,
		       struct dbgmem_expect *expect)
{
	/* the request may be filled in before it is asked: not on the stack */
	static uint64_t word;
	static struct dbgmem_segment segs[2];

	segs[0] = (struct dbgmem_segment){ .addr = (uintptr_t)c->sh->data,
					   .buf = (uintptr_t)&word,
					   .len = 8 };
	segs[1] = (struct dbgmem_segment){ .addr = (uintptr_t)c->sh->addr,
					   .buf = (uintptr_t)c->buf,
					   .len = 8 };
	return ask_vector(c, op, flags, segs, 2, expect);
}

static long call_vector_read(struct wait_cell *c)
{
	return ask_pieces(c, DBGMEM_OP_READ, 0, NULL);
}

static long call_vector_exact(struct wait_cell *c)
{
	return ask_pieces(c, DBGMEM_OP_READ, DBGMEM_EXACT, NULL);
}

static long call_vector_write(struct wait_cell *c)
{
	return ask_pieces(c, DBGMEM_OP_WRITE, 0, NULL);
}

static long call_vector_write_exact(struct wait_cell *c)
{
	return ask_pieces(c, DBGMEM_OP_WRITE, DBGMEM_EXACT, NULL);
}

static long call_vector_expect(struct wait_cell *c)
{
	static struct dbgmem_expect expect;

	expect = (struct dbgmem_expect){ .addr = (uintptr_t)c->sh->addr };
	return ask_pieces(c, DBGMEM_OP_READ, 0, &expect);
}

/* The array of segments is what does not come. */
static long call_vector_segments(struct wait_cell *c)
{
	return ask_vector(c, DBGMEM_OP_READ, 0, (void *)c->buf, 1, NULL);
}

static long call_vector_expects(struct wait_cell *c)
{
	static uint64_t word;
	static struct dbgmem_segment seg;

	seg = (struct dbgmem_segment){ .addr = (uintptr_t)c->sh->data,
				       .buf = (uintptr_t)&word,
				       .len = 8 };
	return ask_vector(c, DBGMEM_OP_READ, 0, &seg, 1, (void *)c->buf);
}

static long call_pread(struct wait_cell *c)
{
	return pread(c->fd, c->buf, 8, (uintptr_t)c->sh->addr);
}

static long call_pwrite(struct wait_cell *c)
{
	return pwrite(c->fd, c->buf, 8, (uintptr_t)c->sh->addr);
}

static long call_bp_set(struct wait_cell *c)
{
	struct dbgmem_bp_set_args b = {
		.size = sizeof(b),
		.addr = (uintptr_t)c->sh->addr,
		.len = 1,
		.trap = INT3,
	};

	return ASK(c, DBGMEM_IOC_BP_SET, &b);
}

static long call_bp_clear(struct wait_cell *c)
{
	struct dbgmem_bp_clear_args b = {
		.size = sizeof(b),
		.addr = (uintptr_t)c->sh->addr,
	};

	return ASK(c, DBGMEM_IOC_BP_CLEAR, &b);
}

static long call_bp_clear_all(struct wait_cell *c)
{
	struct dbgmem_bp_clear_args b = {
		.size = sizeof(b),
		.flags = DBGMEM_BP_ALL,
	};

	return ASK(c, DBGMEM_IOC_BP_CLEAR, &b);
}

static long call_bp_list(struct wait_cell *c)
{
	struct dbgmem_bp_list_args l = {
		.size = sizeof(l),
		.flags = DBGMEM_BP_ALL,
		.entries = (uintptr_t)c->buf,
		.nr_entries = 1,
		.entry_size = sizeof(struct dbgmem_bp),
	};

	return ASK(c, DBGMEM_IOC_BP_LIST, &l);
}

static long call_cmpxchg(struct wait_cell *c)
{
	struct dbgmem_cmpxchg_args x = {
		.size = sizeof(x),
		.addr = (uintptr_t)c->sh->addr,
		.width = 8,
	};

	return ASK(c, DBGMEM_IOC_CMPXCHG, &x);
}

static long call_region(struct wait_cell *c)
{
	static char names[4096];
	struct dbgmem_region_list l = {
		.size = sizeof(l),
		.end = ~0ULL,
		.entries = (uintptr_t)c->buf,
		.names = (uintptr_t)names,
		.nr_entries = 1,
		.entry_size = sizeof(struct dbgmem_region),
		.names_size = sizeof(names),
	};

	return ASK(c, DBGMEM_IOC_REGION_LIST, &l);
}

static long call_region_names(struct wait_cell *c)
{
	static struct dbgmem_region regions[8];
	struct dbgmem_region_list l = {
		.size = sizeof(l),
		.end = ~0ULL,
		.entries = (uintptr_t)regions,
		.names = (uintptr_t)c->buf,
		.nr_entries = 8,
		.entry_size = sizeof(struct dbgmem_region),
		.names_size = 512,
	};

	return ASK(c, DBGMEM_IOC_REGION_LIST, &l);
}

static long ask_attach(struct wait_cell *c, uint32_t flags)
{
	struct dbgmem_attach a = {
		.size = sizeof(a),
		.flags = flags,
		.pid = c->target,
		.mem_fd = c->mem_fd,
	};

	return ASK(c, DBGMEM_IOC_ATTACH, &a);
}

static long call_attach(struct wait_cell *c)
{
	return ask_attach(c, 0);
}

static long call_attach_mirror(struct wait_cell *c)
{
	return ask_attach(c, DBGMEM_ATTACH_MIRROR);
}

static long call_info(struct wait_cell *c)
{
	struct dbgmem_session_info info = { .size = sizeof(info) };

	return ASK(c, DBGMEM_IOC_SESSION_INFO, &info);
}

long call_poll(struct wait_cell *c)
{
	struct pollfd p = { .fd = c->fd };

	return poll(&p, 1, MOMENT_MS) < 0 ? -errno : p.revents;
}

static long call_epoll(struct wait_cell *c)
{
	struct epoll_event e = { .events = 0 };
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (epoll_ctl(fd, EPOLL_CTL_ADD, c->fd, &e))
		return -errno;
	return epoll_wait(fd, &e, 1, MOMENT_MS);
}

static long ask_window(struct wait_cell *c, void *addr, uint64_t *offset)
{
	struct dbgmem_window_args w = {
		.size = sizeof(w),
		.addr = (uintptr_t)addr & -PAGE,
		.len = PAGE,
	};
	long ret = ASK(c, DBGMEM_IOC_WINDOW, &w);

	if (offset)
		*offset = w.offset;
	return ret;
}

static long call_window(struct wait_cell *c)
{
	return ask_window(c, c->sh->addr, NULL);
}

volatile char *window_of(struct wait_cell *c, void *addr)
{
	uint64_t offset;
	char *p;

	if (ask_window(c, addr, &offset))
		return NULL;
	p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, c->fd, offset);
	return p == MAP_FAILED ? NULL : p;
}

static long call_mmap(struct wait_cell *c)
{
	void *p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, c->fd,
		       (uintptr_t)c->sh->addr & -PAGE);

	return p == MAP_FAILED ? -errno : 0;
}

long call_load(struct wait_cell *c)
{
	return c->win_addr[0];
}

static long call_load_again(struct wait_cell *c)
{
	return c->win_data[0];
}

static long call_sync(struct wait_cell *c)
{
	struct dbgmem_window_sync_args s = { .size = sizeof(s) };

	return ASK(c, DBGMEM_IOC_WINDOW_SYNC, &s);
}

static long call_munmap(struct wait_cell *c)
{
	return munmap((void *)c->win_addr, PAGE) ||
	       munmap((void *)c->win_data, PAGE) ? -errno : 0;
}

static long call_fdinfo(struct wait_cell *c)
{
	char path[64], text[2048];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", c->fd);
	return file_read(path, text, sizeof(text));
}

long call_close(struct wait_cell *c)
{
	if (c->win_data)
		call_munmap(c);
	return close(c->fd) ? -errno : 0;
}

/* The end of the process closes what is open. */
static long call_exit(struct wait_cell *c)
{
	_exit(0);
}

/* Then what a poll has set up is taken down as well. */
long call_poll_close(struct wait_cell *c)
{
	call_poll(c);
	return call_close(c);
}

#define REQ	CALL_REQUEST
#define BUF	CALL_BUFFER
#define MIR	CALL_MIRROR
#define REM	CALL_REMOTE
#define WIN	CALL_WINDOW
#define CALL(f, h)	{ .name = #f, .has = h, .call = call_##f }
/* the same call, on a session with a mirror, or with engine=remote */
#define CALL_M(f, h)	{ .name = #f " (mirror)", .has = (h) | MIR, .call = call_##f }
#define CALL_R(f, h)	{ .name = #f " (remote)", .has = (h) | REM, .call = call_##f }

const struct wait_call wait_calls[NR_WAIT_CALLS] = {
	CALL(nobody, REQ | BUF),
	CALL(read, REQ | BUF),
	CALL(read_exact, REQ | BUF),
	CALL(read_nofault, REQ | BUF),
	CALL(read_zerofill, REQ | BUF),
	CALL(read_valid, REQ | BUF),
	CALL(write, REQ | BUF),
	CALL(write_exact, REQ | BUF),
	CALL(write_force, REQ | BUF),
	CALL(vector_read, REQ | BUF),
	CALL(vector_exact, REQ | BUF),
	CALL(vector_write, REQ | BUF),
	CALL(vector_write_exact, REQ | BUF),
	CALL(vector_expect, REQ | BUF),
	CALL(vector_segments, REQ | BUF),
	CALL(vector_expects, REQ | BUF),
	CALL(pread, BUF),
	CALL(pwrite, BUF),
	CALL(bp_set, REQ),
	CALL(bp_clear, REQ | CALL_TRAP),
	CALL(bp_clear_all, REQ | CALL_TRAP),
	CALL(bp_list, REQ | BUF | CALL_TRAP),
	CALL(cmpxchg, REQ),
	CALL(region, REQ | BUF),
	CALL(region_names, REQ | BUF),
	CALL(attach, REQ | CALL_ATTACHES),
	CALL(attach_mirror, REQ | CALL_ATTACHES | MIR),
	CALL(info, REQ),
	CALL(poll, 0),
	CALL(epoll, 0),
	CALL(poll_close, 0),
	CALL(fdinfo, CALL_TRAP),
	CALL(close, CALL_TRAP | CALL_WORKER),
	CALL(exit, CALL_TRAP | CALL_WORKER),
	CALL_M(read, REQ | BUF),
	CALL_M(read_exact, BUF),
	CALL_M(read_nofault, BUF),
	CALL_M(read_zerofill, BUF),
	CALL_M(vector_read, REQ | BUF),
	CALL_M(vector_expect, BUF),
	CALL_M(pread, BUF),
	CALL_M(write, 0),
	CALL_M(bp_set, 0),
	CALL_M(info, 0),
	CALL_M(poll, 0),
	CALL_M(close, 0),
	CALL(window, REQ | WIN),
	{ .name = "window (first)", .has = REQ | MIR, .call = call_window },
	CALL(mmap, WIN),
	CALL(load, WIN),
	CALL(load_again, WIN),
	CALL(sync, REQ | WIN),
	CALL(munmap, WIN),
	{ .name = "close (windows)", .has = WIN, .call = call_close },
	{ .name = "exit (windows)", .has = WIN, .call = call_exit },
	{ .name = "fdinfo (windows)", .has = WIN, .call = call_fdinfo },
	CALL_R(read, BUF),
	CALL_R(read_exact, BUF),
	CALL_R(read_zerofill, BUF),
	CALL_R(write, BUF),
	CALL_R(write_exact, BUF),
	CALL_R(write_force, BUF),
	CALL_R(vector_read, BUF),
	CALL_R(vector_write, BUF),
	CALL_R(vector_expect, BUF),
	CALL_R(pread, BUF),
	CALL_R(pwrite, BUF),
};
