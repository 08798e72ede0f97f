/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every test program of dbgmem needs: raw system calls on the ABI, the
 * module's parameters, and target processes. The programs speak the ABI itself;
 * only the tests of the library link it.
 */
#ifndef SELFTESTS_COMMON_H
#define SELFTESTS_COMMON_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/dbgmem.h>

#define DEV_PATH	"/dev/dbgmem"
#define PARAM_DIR	"/sys/module/dbgmem/parameters/"

/* --- the ABI: 0 or a positive result, or -errno --- */

static inline int dev_open(int oflags)
{
	int fd = open(DEV_PATH, oflags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Open /proc/@pid/@name ("mem", "auxv", "task/7/mem", ...). */
static inline int proc_open(pid_t pid, const char *name, int oflags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, oflags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* What sessions are attached with. */
static uint32_t attach_flags;

static inline int attach(int fd, pid_t pid, int receipt)
{
	struct dbgmem_attach a = {
		.size = sizeof(a),
		.flags = attach_flags,
		.pid = pid,
		.receipt = receipt,
	};

	return ioctl(fd, DBGMEM_IOC_ATTACH, &a) ? -errno : 0;
}

/* A session on @pid: the device and the receipt opened with @oflags. */
static inline int session_open(pid_t pid, int oflags)
{
	int fd, receipt, ret;

	fd = dev_open(oflags);
	if (fd < 0)
		return fd;
	receipt = proc_open(pid, "mem", oflags);
	if (receipt < 0) {
		close(fd);
		return receipt;
	}
	ret = attach(fd, pid, receipt);
	close(receipt);
	if (ret) {
		close(fd);
		return ret;
	}
	return fd;
}

static inline int session_info(int fd, struct dbgmem_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return ioctl(fd, DBGMEM_IOC_INFO, info) ? -errno : 0;
}

/* Pages that the mirror of a session knows, or -1. */
static inline long mirror_pages(int fd)
{
	struct dbgmem_info info;

	return session_info(fd, &info) ? -1 : (long)info.mirror_pages;
}

/* @cmd is DBGMEM_IOC_READ or _WRITE; @t, if not NULL, gets the answer. */
static inline int xfer(int fd, unsigned long cmd, uint64_t addr,
		       const void *buf, uint64_t len, uint32_t flags,
		       struct dbgmem_transfer *t)
{
	struct dbgmem_transfer tmp;
	int ret;

	if (!t)
		t = &tmp;
	memset(t, 0, sizeof(*t));
	t->size = sizeof(*t);
	t->flags = flags;
	t->addr = addr;
	t->buf = (uintptr_t)buf;
	t->len = len;
	/* Must be written back. */
	t->done = 0xdeadbeef;
	t->fault_addr = 0xdeadbeef;
	t->reason = 0xdead;
	ret = ioctl(fd, cmd, t);
	return ret ? -errno : 0;
}

#define mem_read(fd, addr, buf, len, flags, t) \
	xfer(fd, DBGMEM_IOC_READ, (uintptr_t)(addr), buf, len, flags, t)
#define mem_write(fd, addr, buf, len, flags, t) \
	xfer(fd, DBGMEM_IOC_WRITE, (uintptr_t)(addr), buf, len, flags, t)

/* --- the module's parameters --- */

static inline int param_set(const char *name, const char *value)
{
	char path[96];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), PARAM_DIR "%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, value, strlen(value));
	close(fd);
	return n == (ssize_t)strlen(value) ? 0 : -EINVAL;
}

/*
 * The way that transfers of this process's sessions go: an engine, or "mirror":
 * sessions to come have one, and what it does not know goes through any engine.
 */
static inline int engine_set(const char *name)
{
	bool mirror = !strcmp(name, "mirror");

	attach_flags = mirror ? DBGMEM_ATTACH_MIRROR : 0;
	return param_set("engine", mirror ? "auto" : name);
}

/*
 * --- a target process ---
 *
 * A forked child that runs commands for the test: its mappings are those of the
 * test at the time of the fork (so that addresses need not be passed), but its
 * own address space. target_call() runs @fn in the child and waits; the child
 * sits in read(2) between calls, and dies with its parent.
 */
struct target {
	pid_t pid;
	int to, from;
};

typedef long (*target_fn)(void *arg);

struct target_cmd {
	target_fn fn;
	void *arg;
};

static inline void target_loop(int in, int out)
{
	struct target_cmd cmd;
	long ret;

	while (read(in, &cmd, sizeof(cmd)) == sizeof(cmd)) {
		ret = cmd.fn(cmd.arg);
		if (write(out, &ret, sizeof(ret)) != sizeof(ret))
			break;
	}
	_exit(0);
}

static inline int target_start(struct target *t)
{
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		return -errno;
	t->pid = fork();
	if (t->pid < 0)
		return -errno;
	if (!t->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(to[1]);
		close(from[0]);
		target_loop(to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	t->to = to[1];
	t->from = from[0];
	return 0;
}

/* Start @fn in the target without waiting for it. */
static inline void target_send(struct target *t, target_fn fn, void *arg)
{
	struct target_cmd cmd = { fn, arg };

	if (write(t->to, &cmd, sizeof(cmd)) != sizeof(cmd))
		abort();
}

static inline long target_wait(struct target *t)
{
	long ret = -1;

	if (read(t->from, &ret, sizeof(ret)) != sizeof(ret))
		return -EPIPE;
	return ret;
}

static inline long target_call(struct target *t, target_fn fn, void *arg)
{
	target_send(t, fn, arg);
	return target_wait(t);
}

static inline void target_stop(struct target *t)
{
	kill(t->pid, SIGKILL);
	waitpid(t->pid, NULL, 0);
	close(t->to);
	close(t->from);
}

#endif /* SELFTESTS_COMMON_H */
