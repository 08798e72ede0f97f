// SPDX-License-Identifier: GPL-2.0
/* The threads of a process as notes of a core. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "interrupt.h"
#include "note.h"
#include "threads.h"
#include "tracee.h"

/* Longer than any set of registers that there is. */
#define SET_MAX		16384

#define ARGS		6
#define NOTE_OWNER	"dbgmem"
#define NOTE_THREADS	1

/* Where NT_PRSTATUS has what a system call tells, in registers. */
struct layout {
	bool wide;
	GElf_Half machine;
	bool orig;		/* @call has that, and -1 outside of one */
	uint8_t size;		/* bytes of a register */
	uint8_t nr;		/* how many there are */
	uint8_t pc, sp, call, arg[ARGS];
};

static const struct layout layouts[] = {
	{ true, EM_X86_64, true, 8, 27, 16, 19, 15, { 14, 13, 12, 7, 9, 8 } },
	{ false, EM_386, true, 4, 17, 12, 15, 11, { 0, 1, 2, 3, 4, 5 } },
	{ true, EM_AARCH64, false, 8, 34, 32, 31, 8, { 0, 1, 2, 3, 4, 5 } },
	{ false, EM_ARM, false, 4, 18, 15, 13, 7, { 0, 1, 2, 3, 4, 5 } },
};

/* Beside the general ones: those that the kernel has go into the core. */
static const struct {
	uint32_t type;
	const char *owner;
} sets[] = {
	{ NT_PRFPREG, "CORE" },
	{ NT_PRXFPREG, "LINUX" },
	{ NT_X86_XSTATE, "LINUX" },
	{ NT_386_TLS, "LINUX" },
	{ NT_ARM_VFP, "LINUX" },
	{ NT_ARM_TLS, "LINUX" },
	{ NT_ARM_SVE, "LINUX" },
	{ NT_ARM_PAC_MASK, "LINUX" },
};

/* The writing of notes under way. */
struct writer {
	struct notes *n;
	const struct layout *layout;
	int dir;
	pid_t pid;
	bool stop;
	struct threads *t;
	FILE *list;		/* for the last note */
	int ret;
	uint8_t set[SET_MAX];
};

static const struct layout *layout_of(const struct core_kind *kind)
{
	size_t i;

	for (i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (layouts[i].wide == kind->wide &&
		    layouts[i].machine == kind->machine)
			return &layouts[i];
	return NULL;
}

bool threads_known(const struct core_kind *kind)
{
	return layout_of(kind);
}

static void set_register(struct writer *w, unsigned int i, uint64_t value)
{
	const struct layout *l = w->layout;
	const uint32_t word = (uint32_t)value;

	if (l->size == sizeof(word))
		memcpy(w->set + i * sizeof(word), &word, sizeof(word));
	else
		memcpy(w->set + i * sizeof(value), &value, sizeof(value));
}

/*
 * "CALL ARG... SP PC" of one in a system call, "-1 SP PC" of one elsewhere in the
 * kernel, "running". Into w->set: 1 if it sleeps, 0 if not.
 */
static int syscall_read(struct writer *w, pid_t tid)
{
	const struct layout *l = w->layout;
	unsigned long long v[2 + ARGS];
	char name[48], *text, *p;
	int call, at = 0, nr = 0, i, n;

	memset(w->set, 0, (size_t)l->nr * l->size);
	snprintf(name, sizeof(name), "task/%d/syscall", (int)tid);
	text = ps_read(w->dir, name, NULL);
	if (!text)
		return 0;
	if (sscanf(text, "%d%n", &call, &at) == 1)
		for (p = text + at; nr < 2 + ARGS; nr++, p += n)
			if (sscanf(p, " %llx%n", &v[nr], &n) != 1)
				break;
	free(text);
	if (nr < 2)
		return 0;
	for (i = 0; i < nr - 2; i++)
		set_register(w, l->arg[i], v[i]);
	if (call >= 0 || l->orig)
		set_register(w, l->call, (uint64_t)(int64_t)call);
	set_register(w, l->sp, v[nr - 2]);
	set_register(w, l->pc, v[nr - 1]);
	return 1;
}

static ssize_t set_read(struct writer *w, pid_t tid, uint32_t type)
{
	struct iovec iov = { w->set, sizeof(w->set) };

	if (ptrace(PTRACE_GETREGSET, tid, (void *)(uintptr_t)type, &iov))
		return -errno;
	return (ssize_t)iov.iov_len;
}

/* Of a stopped thread. 1, or 0 if it has gone all the same, or -errno. */
static int stopped(struct writer *w, pid_t tid, const struct psinfo *info)
{
	ssize_t len;
	size_t i;
	int ret;

	len = set_read(w, tid, NT_PRSTATUS);
	if (len < 0)
		return len == -ESRCH ? 0 : (int)len;
	/* A program of 64 bits may have threads that run code of 32. */
	if (len != w->layout->nr * w->layout->size)
		return -EOPNOTSUPP;
	ret = note_prstatus(w->n, tid, info, w->set, (size_t)len);
	for (i = 0; i < sizeof(sets) / sizeof(sets[0]) && !ret; i++) {
		len = set_read(w, tid, sets[i].type);
		if (len > 0)
			ret = notes_add(w->n, sets[i].owner, sets[i].type,
					w->set, (size_t)len);
	}
	return ret ? ret : 1;
}

/* One thread; 0, also if it has gone meanwhile, or a negative errno. */
static int thread_write(struct writer *w, pid_t tid)
{
	struct threads *t = w->t;
	struct psinfo info;
	struct tracee tracee;
	int ret, asleep;

	if (psinfo_read(w->dir, tid, &info) || psinfo_ended(&info))
		return 0;
	if (w->stop) {
		ret = tracee_stop(tid, &tracee);
		if (ret == -ESRCH)
			return 0;
		if (!ret) {
			ret = stopped(w, tid, &info);
			tracee_go(&tracee);
			if (ret == 1)
				fprintf(w->list, "%d stopped\n", (int)tid);
			t->nr += ret == 1;
			if (ret != -EOPNOTSUPP)
				return ret < 0 ? ret : 0;
		}
		if (!t->refused++) {
			t->refused_tid = tid;
			t->refused_code = ret;
		}
	}
	asleep = syscall_read(w, tid);
	t->nr++;
	t->asleep += asleep;
	t->running += !asleep;
	fprintf(w->list, "%d %s\n", (int)tid, asleep ? "asleep" : "running");
	return note_prstatus(w->n, tid, &info, w->set,
			     (size_t)w->layout->nr * w->layout->size);
}

/* What it traces is let go when it ends, also a thread that does not stop. */
static void *write_all(void *arg)
{
	struct writer *w = arg;
	pid_t *tids;
	ssize_t nr, i;

	nr = ps_threads(w->dir, w->pid, &tids);
	if (nr < 0) {
		w->ret = (int)nr;
		return NULL;
	}
	for (i = 0; i < nr && !w->ret; i++)
		w->ret = interrupt_seen() ? -EINTR : thread_write(w, tids[i]);
	free(tids);
	if (!w->ret && !w->t->nr)
		w->ret = -ESRCH;
	return NULL;
}

int threads_write(struct notes *n, const struct core_kind *kind, int dir,
		  pid_t pid, bool stop, struct threads *t)
{
	struct writer *w = malloc(sizeof(*w));
	char *text = NULL;
	pthread_t thread;
	size_t len;
	int ret = -ENOMEM;

	*t = (struct threads){ 0 };
	if (!w)
		return -ENOMEM;
	*w = (struct writer){
		.n = n,
		.layout = layout_of(kind),
		.dir = dir,
		.pid = pid,
		.stop = stop,
		.t = t,
		.list = open_memstream(&text, &len),
	};
	if (!w->list)
		goto out;
	ret = -pthread_create(&thread, NULL, write_all, w);
	if (!ret) {
		pthread_join(thread, NULL);
		ret = w->ret;
	}
	if (fclose(w->list) && !ret)
		ret = -ENOMEM;
	if (!ret)
		ret = notes_add(n, NOTE_OWNER, NOTE_THREADS, text, len);
	free(text);
out:
	free(w);
	return ret;
}
