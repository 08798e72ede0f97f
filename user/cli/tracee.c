// SPDX-License-Identifier: GPL-2.0
/* A thread that ptrace(2) stops for a moment. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "tracee.h"

/* A thread that can be interrupted needs microseconds. */
#define PATIENCE_MS	1000
#define YIELDS		100

/* ptrace(2) says EPERM also of a thread that has a tracer. */
static int refused(pid_t tid)
{
	char path[64], line[256];
	int tracer = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	f = fopen(path, "re");
	if (!f)
		return -EPERM;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "TracerPid: %d", &tracer) == 1)
			break;
	fclose(f);
	return tracer ? -EBUSY : -EPERM;
}

int tracee_stop(pid_t tid, struct tracee *t)
{
	long end = now_ms() + PATIENCE_MS;
	unsigned int tries;
	int status;
	pid_t ret;

	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL))
		return errno == EPERM ? refused(tid) : -errno;
	if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL))
		return -errno;
	/* Waiting without an end would be one for the caller too. */
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
	/* What stopped it may be a signal, which it then gets all the same. */
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
		return "there is no such thread, or it is exiting";
	case -EBUSY:
		return "another process traces it already";
	case -EPERM:
		return "the kernel's ptrace check refuses it: its owner, or Yama's ptrace_scope";
	case -ETIMEDOUT:
		return "it does not stop: it sleeps in the kernel where nothing interrupts it";
	case -EOPNOTSUPP:
		return "it runs code of another architecture than the program's";
	default:
		return strerror(-code);
	}
}
