// SPDX-License-Identifier: GPL-2.0
#include "common.h"

int dev_open(int oflags)
{
	int fd = open(DEV_PATH, oflags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int proc_open(pid_t pid, const char *name, int oflags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, oflags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

uint32_t attach_flags;

int attach(int fd, pid_t pid, int mem_fd)
{
	struct dbgmem_attach a = {
		.size = sizeof(a),
		.flags = attach_flags,
		.pid = pid,
		.mem_fd = mem_fd,
	};

	return ioctl(fd, DBGMEM_IOC_ATTACH, &a) ? -errno : 0;
}

int session_open(pid_t pid, int oflags)
{
	int fd, mem_fd, ret;

	fd = dev_open(oflags);
	if (fd < 0)
		return fd;
	mem_fd = proc_open(pid, "mem", oflags);
	if (mem_fd < 0) {
		close(fd);
		return mem_fd;
	}
	ret = attach(fd, pid, mem_fd);
	close(mem_fd);
	if (ret) {
		close(fd);
		return ret;
	}
	return fd;
}

int module_info(int fd, struct dbgmem_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return ioctl(fd, DBGMEM_IOC_INFO, info) ? -errno : 0;
}

int session_info(int fd, struct dbgmem_session_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return ioctl(fd, DBGMEM_IOC_SESSION_INFO, info) ? -errno : 0;
}

long mirror_pages(int fd)
{
	struct dbgmem_session_info info;

	return session_info(fd, &info) ? -1 : (long)info.mirror_pages;
}

int xfer(int fd, unsigned long cmd, uint64_t addr, void *buf,
	 uint64_t len, uint32_t flags, struct dbgmem_transfer *t)
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

int param_set(const char *name, const char *value)
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

int engine_set(const char *name)
{
	bool mirror = !strcmp(name, "mirror");

	attach_flags = mirror ? DBGMEM_ATTACH_MIRROR : 0;
	return param_set("engine", mirror ? "auto" : name);
}

struct target_cmd {
	target_fn fn;
	void *arg;
};

void target_loop(int in, int out)
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

int target_start(struct target *t)
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

void target_send(struct target *t, target_fn fn, void *arg)
{
	struct target_cmd cmd = { fn, arg };

	if (write(t->to, &cmd, sizeof(cmd)) != sizeof(cmd))
		abort();
}

long target_wait(struct target *t)
{
	long ret = -1;

	if (read(t->from, &ret, sizeof(ret)) != sizeof(ret))
		return -EPIPE;
	return ret;
}

long target_call(struct target *t, target_fn fn, void *arg)
{
	target_send(t, fn, arg);
	return target_wait(t);
}

void target_stop(struct target *t)
{
	kill(t->pid, SIGKILL);
	waitpid(t->pid, NULL, 0);
	close(t->to);
	close(t->from);
}
