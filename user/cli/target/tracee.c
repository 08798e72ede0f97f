// SPDX-License-Identifier: GPL-2.0
/* Stop a thread by ptrace(2) for a moment. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/clock.h"
#include "target/psinfo.h"
#include "target/tracee.h"

#define YIELDS		100

/* A kernel thread, in the flags of /proc/PID/stat. */
#define PF_KTHREAD	0x00200000

pid_t tracee_tracer(int dir)
{
	char line[256];
	int tracer, fd;
	pid_t ret = -ENODATA;
	FILE *f;

	fd = openat(dir, "status", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	f = fdopen(fd, "r");
	if (!f) {
		close(fd);
		return -ENOMEM;
	}
	while (ret < 0 && fgets(line, sizeof(line), f))
		if (sscanf(line, "TracerPid: %d", &tracer) == 1)
			ret = tracer;
	fclose(f);
	return ret;
}

/* ptrace(2) returns EPERM for all of these. */
static int refused(pid_t tid)
{
	struct psinfo info;
	int dir, ret = -EPERM;
	char path[48];

	snprintf(path, sizeof(path), "/proc/self/task/%d", (int)tid);
	if (!access(path, F_OK))
		return -EDEADLK;
	snprintf(path, sizeof(path), "/proc/%d", (int)tid);
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -EPERM;
	if (!psinfo_read(dir, 0, &info)) {
		if (psinfo_ended(&info))
			ret = -ESRCH;
		else if (info.flags & PF_KTHREAD)
			ret = -EINVAL;
		else if (tracee_tracer(dir) > 0)
			ret = -EBUSY;
	}
	close(dir);
	return ret;
}

int tracee_stop(int dir, pid_t tid, long patience_ms, struct tracee *t)
{
	long end = now_ms() + patience_ms;
	unsigned int tries;
	int status;
	pid_t ret;

	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL))
		return errno == EPERM ? refused(tid) : -errno;
	if (dir >= 0 && !ps_has_thread(dir, tid))
		return -ESRCH;
	if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL))
		return -errno;
	/* waitpid(2) without WNOHANG might wait for ever. */
	for (tries = 0; ; tries++) {
		ret = waitpid(tid, &status, __WALL | WNOHANG);
		if (ret)
			break;
		if (tries < YIELDS)
			sched_yield();
		else
			usleep(1000);
		if (now_ms() > end)
			return -ETIMEDOUT;
	}
	if (ret < 0)
		return -errno;
	if (!WIFSTOPPED(status))
		return -ESRCH;
	t->tid = tid;
	/* If a signal stopped it, tracee_go() delivers the signal. */
	t->signal = status >> 16 ? 0 : WSTOPSIG(status);
	return 0;
}

void tracee_go(const struct tracee *t)
{
	ptrace(PTRACE_DETACH, t->tid, NULL, (void *)(long)t->signal);
}

const char *tracee_strerror(int code)
{
	switch (code) {
	case -ESRCH:
		return "there is no such thread, or it has exited";
	case -EBUSY:
		return "another process traces it already";
	case -EDEADLK:
		return "it is dbgmem's own";
	case -EINVAL:
		return "it is a thread of the kernel, and has no registers of a program";
	case -EPERM:
		return "the kernel's ptrace check refuses it: its owner, or Yama's ptrace_scope";
	case -ETIMEDOUT:
		return "it does not stop: nothing interrupts it, or no processor is free";
	case -EOPNOTSUPP:
		return "it runs code of another architecture than the program's";
	default:
		return strerror(-code);
	}
}
