// SPDX-License-Identifier: GPL-2.0
/* Sessions themselves: open, ATTACH, INFO, poll, mmap, dup, close, ... */
#include "call.h"
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <dbgmem/uapi.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const int modes[4] = { O_RDWR, O_RDONLY, O_WRONLY, O_RDWR | O_NONBLOCK };

/* 0 is the one that is wanted. */
static int open_mem_fd(struct lane *l, const struct call *c, uint32_t kind)
{
	static const char *const names[] = { "mem", "auxv", "environ", "maps" };
	pid_t pid = fuzz_target_pid(run_target(l, c));
	char path[64];

	switch (kind & 15) {
	case 8:
		return open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	case 9:
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	case 10:
		return -1;
	case 11:
		return dup(run_fd(l, c));
	case 12:
		snprintf(path, sizeof(path), "/proc/self/mem");
		break;
	case 13:
	case 14:
	case 15:
		snprintf(path, sizeof(path), "/proc/%d/%s", pid,
			 names[(kind & 15) - 12]);
		return open(path, O_RDONLY | O_CLOEXEC);
	default:
		snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	}
	return open(path, modes[kind & 3] | O_CLOEXEC);
}

/* Whatever it is, the mem_fd is of a process of ours. */
static pid_t named_pid(struct lane *l, const struct call *c, uint32_t kind)
{
	switch (kind & 15) {
	case 8:	return 0;
	case 9:	return -1;
	case 10: return 1;
	case 11: return 2;	/* kthreadd */
	case 12: return getpid();
	case 13: return fuzz_target_pid(&l->run->target[(kind >> 4) %
							NR_TARGETS]);
	case 14: return 0x7fffffff;
	default:
		return fuzz_target_pid(run_target(l, c));
	}
}

static void attach(struct lane *l, const struct call *c, uint32_t mem_fd,
		   uint32_t pid)
{
	int fd = open_mem_fd(l, c, mem_fd);
	struct dbgmem_attach a = {
		.flags = c->flags > 63 ? c->flags :
			 c->flags >> 4 & DBGMEM_ATTACH_MIRROR,
		.pid = named_pid(l, c, pid),
		.mem_fd = fd,
	};
	struct slot *s = &l->run->slot[call_slot(c)];
	bool sane;

	if (!request(l, c, DBGMEM_IOC_ATTACH, &a, sizeof(a), &sane)) {
		atomic_store(&s->target, mem_fd & 8 ? NR_TARGETS - 1 :
					 call_target(c));
		atomic_store(&s->attached, true);
	}
	if (fd >= 0)
		close(fd);
}

static void info(struct lane *l, const struct call *c)
{
	struct dbgmem_session_info s = { .flags = c->flags > 63 ? c->flags : 0 };
	struct dbgmem_info i = { .flags = s.flags };
	bool sane;

	if (!request(l, c, DBGMEM_IOC_INFO, &i, sizeof(i), &sane) && sane &&
	    i.page_size != PAGE)
		run_failed(l, c, "page size %u", i.page_size);
	if (!request(l, c, DBGMEM_IOC_SESSION_INFO, &s, sizeof(s), &sane) &&
	    sane && (s.state > DBGMEM_STATE_EXECED || s.access > 3))
		run_failed(l, c, "state %u, access %u", s.state, s.access);
}

/* By the kernel, which gets an error where we would get a signal. */
static void look_at(const void *p, size_t len)
{
	int fd = memfd_create("window", MFD_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, p, len) < 0 && errno != EFAULT)
		abort();
	close(fd);
}

static void map(struct lane *l, const struct call *c)
{
	int prot = c->arg & 1 ? PROT_READ : PROT_READ | PROT_WRITE;
	struct dbgmem_window_args w = {
		.flags = c->flags > 63 ? c->flags : 0,
		.addr = place_addr(c->addr) & ~(PAGE - 1),
		.len = PAGE * (1 + (c->len & 3)),
	};
	struct dbgmem_window_sync_args y = { .flags = 0 };
	size_t len = w.len;
	bool sane;
	void *p;

	if (c->arg & 4)
		request(l, c, DBGMEM_IOC_WINDOW, &w, sizeof(w), &sane);
	p = mmap(NULL, len, prot, c->arg & 2 ? MAP_PRIVATE : MAP_SHARED,
		 run_fd(l, c), place_addr(c->addr) & ~(PAGE - 1));
	if (p == MAP_FAILED)
		return;
	look_at(p, len);
	if (c->arg & 8)
		request(l, c, DBGMEM_IOC_WINDOW_SYNC, &y, sizeof(y), &sane);
	munmap(p, len);
}

static void unknown(struct lane *l, const struct call *c)
{
	/* other numbers, directions, types; and ours with something above */
	static const unsigned long cmds[8] = {
		_IO(DBGMEM_IOC_TYPE, 0x0d), _IO(DBGMEM_IOC_TYPE, 0xff),
		_IOWR(DBGMEM_IOC_TYPE, 0x02, struct dbgmem_transfer),
		_IOR(DBGMEM_IOC_TYPE, 0x00, int), _IO('T', 0x01),
		0, (unsigned int)-1, _IO(DBGMEM_IOC_TYPE, 0x80),
	};
	int fd = run_fd(l, c);

	if (!ioctl(fd, cmds[c->arg & 7], l->mem->request) &&
	    l->run->trust_errno)
		run_failed(l, c, "ioctl %#lx is known", cmds[c->arg & 7]);
}

/* A child that has the session too: it works on it, and ends, or is killed. */
static void agent(struct lane *l, const struct call *c)
{
	const bool reads = c->arg & 1;
	struct call call = *c;
	pid_t pid = fork();

	if (pid < 0)
		return;
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (caller_map(l->nr))
			_exit(1);
		call.op = reads ? OP_READ : OP_BP_SET;
		call.mode = 0;
		/* what is found here is not the program's */
		l->run->result = &(struct result){ };
		do {
			if (reads)
				call_transfer(l, &call);
			else
				call_breakpoint(l, &call);
		} while (c->arg & 2);
		_exit(0);
	}
	if (c->arg & 2) {
		usleep(1000 + c->arg % 4096);
		kill(pid, SIGKILL);
	}
	waitpid(pid, NULL, 0);
}

static void read_fdinfo(struct lane *l, const struct call *c)
{
	char path[64], text[1024];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", run_fd(l, c));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, text, sizeof(text));
	(void)n;
	close(fd);
}

static void wait_for_end(struct lane *l, const struct call *c)
{
	struct pollfd p = {
		.fd = run_fd(l, c),
		.events = c->flags & 1 ? POLLIN | POLLOUT : 0,
	};

	poll(&p, 1, c->arg & 3);
}

void call_session(struct lane *l, const struct call *c)
{
	int mode = modes[c->flags & 3];

	switch (c->op) {
	case OP_SESSION:
		run_set_fd(l, c, open("/dev/dbgmem", mode | O_CLOEXEC));
		attach(l, c, c->flags >> 2 & 3, 0);
		break;
	case OP_OPEN:
		run_set_fd(l, c, open("/dev/dbgmem", mode | O_CLOEXEC));
		break;
	case OP_ATTACH:
		attach(l, c, c->arg, c->arg >> 8);
		break;
	case OP_INFO:
		info(l, c);
		break;
	case OP_POLL:
		wait_for_end(l, c);
		break;
	case OP_MAP:
		map(l, c);
		break;
	case OP_DUP:
		/* and the first one goes: the session stays */
		run_set_fd(l, c, fcntl(run_fd(l, c), F_DUPFD_CLOEXEC, 0));
		break;
	case OP_CLOSE:
		run_set_fd(l, c, -1);
		break;
	case OP_FDINFO:
		read_fdinfo(l, c);
		break;
	case OP_AGENT:
		agent(l, c);
		break;
	default:
		unknown(l, c);
	}
}
