// SPDX-License-Identifier: GPL-2.0
/* The notes of a core about the threads of a process. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "core/note.h"
#include "core/threads.h"
#include "run/clock.h"
#include "run/interrupt.h"
#include "target/tracee.h"

/* No register set is longer. */
#define SET_MAX		16384

#define ARGS		6

/* Indexes in NT_PRSTATUS of the registers that /proc/TID/syscall has. */
struct layout {
	bool wide;
	GElf_Half machine;
	bool orig;		/* @call is the original number, -1 outside of a system call */
	uint8_t size;		/* size of a register */
	uint8_t nr;		/* number of registers */
	uint8_t pc, sp, call, arg[ARGS];
};

static const struct layout layouts[] = {
	{ true, EM_X86_64, true, 8, 27, 16, 19, 15, { 14, 13, 12, 7, 9, 8 } },
	{ false, EM_386, true, 4, 17, 12, 15, 11, { 0, 1, 2, 3, 4, 5 } },
	{ true, EM_AARCH64, false, 8, 34, 32, 31, 8, { 0, 1, 2, 3, 4, 5 } },
	{ false, EM_ARM, false, 4, 18, 15, 13, 7, { 0, 1, 2, 3, 4, 5 } },
};

/* Other register sets. Those that the kernel has go into the core. */
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

#define NR_SETS		(sizeof(sets) / sizeof(sets[0]))

/* The general registers first. A set that the thread does not have is empty. */
struct registers {
	size_t len[1 + NR_SETS];
	uint8_t set[1 + NR_SETS][SET_MAX];
};

/*
 * Milliseconds for stopping all threads of a kind, and for one of them. SOON_MS is not
 * counted: a thread needs that on a busy machine.
 */
struct patience {
	long left, most;
};

#define SOON_MS		2

/* The state while notes are written. */
struct writer {
	struct notes *n;
	const struct layout *layout;
	int dir;
	pid_t pid;
	bool stop;
	struct threads *t;
	FILE *list;		/* text of the last note */
	struct patience others;
	struct patience asleep;	/* uninterruptible threads */
	struct registers regs;
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

	uint8_t *at = w->regs.set[0] + (size_t)i * l->size;

	if (l->size == sizeof(word))
		memcpy(at, &word, sizeof(word));
	else
		memcpy(at, &value, sizeof(value));
}

/*
 * Parse "CALL ARG... SP PC" (in a system call), "-1 SP PC" (elsewhere in the kernel) or
 * "running" into w->regs. Returns 1 if the thread sleeps, 0 if not.
 */
static int syscall_read(struct writer *w, pid_t tid)
{
	const struct layout *l = w->layout;
	unsigned long long v[2 + ARGS];
	char name[48], *text, *p;
	int call, at = 0, nr = 0, i, n;

	memset(w->regs.set[0], 0, (size_t)l->nr * l->size);
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

static ssize_t set_read(pid_t tid, uint32_t type, uint8_t set[SET_MAX])
{
	struct iovec iov = { set, SET_MAX };

	if (ptrace(PTRACE_GETREGSET, tid, (void *)(uintptr_t)type, &iov))
		return -errno;
	return (ssize_t)iov.iov_len;
}

/* Read the registers of a stopped thread. Returns 0 or a negative errno. */
static int registers_read(struct writer *w, pid_t tid)
{
	struct registers *r = &w->regs;
	ssize_t len;
	size_t i;

	len = set_read(tid, NT_PRSTATUS, r->set[0]);
	if (len < 0)
		return (int)len;
	/* A 64-bit program may have threads that run 32-bit code. */
	if (len != w->layout->nr * w->layout->size)
		return -EOPNOTSUPP;
	r->len[0] = (size_t)len;
	for (i = 1; i <= NR_SETS; i++) {
		len = set_read(tid, sets[i - 1].type, r->set[i]);
		r->len[i] = len > 0 ? (size_t)len : 0;
	}
	return 0;
}

static int registers_write(struct writer *w, const struct psinfo *info)
{
	const struct registers *r = &w->regs;
	size_t i;
	int ret;

	ret = note_prstatus(w->n, info, r->set[0], r->len[0]);
	for (i = 1; i <= NR_SETS && !ret; i++)
		if (r->len[i])
			ret = notes_add(w->n, sets[i - 1].owner,
					sets[i - 1].type, r->set[i],
					r->len[i]);
	return ret;
}

/* Arguments and result of stop_and_read(). */
struct stop {
	struct writer *w;
	pid_t tid;
	long patience;
	int ret;
};

/* Notes are written after the thread continues, as that is slow. */
static void *stop_and_read(void *arg)
{
	struct stop *s = arg;
	struct tracee tracee;

	s->ret = tracee_stop(s->w->dir, s->tid, s->patience, &tracee);
	if (!s->ret) {
		s->ret = registers_read(s->w, s->tid);
		tracee_go(&tracee);
	}
	return NULL;
}

/*
 * Stop a thread, read its registers into w->regs, and continue it. Returns 0 or a
 * negative errno.
 */
static int registers_get(struct writer *w, pid_t tid, char state)
{
	struct patience *p = state == 'D' ? &w->asleep : &w->others;
	struct stop s = {
		.w = w,
		.tid = tid,
		.patience = p->left < p->most ? p->left : p->most,
	};
	long begin = now_ms(), took;
	pthread_t tracer;
	int ret;

	if (s.patience <= 0)
		return -ETIMEDOUT;
	/* The end of this tracer releases a thread that does not stop. */
	ret = -pthread_create(&tracer, NULL, stop_and_read, &s);
	if (ret)
		return ret;
	pthread_join(tracer, NULL);
	took = now_ms() - begin;
	if (took > SOON_MS)
		p->left -= took;
	return s.ret;
}

static int stopped_write(struct writer *w, const struct psinfo *info)
{
	fprintf(w->list, "%d stopped\n", (int)info->pid);
	w->t->nr++;
	return registers_write(w, info);
}

static int other_write(struct writer *w, pid_t tid, const struct psinfo *info)
{
	const int asleep = syscall_read(w, tid);
	struct threads *t = w->t;

	t->nr++;
	t->asleep += asleep;
	t->running += !asleep;
	fprintf(w->list, "%d %s\n", (int)info->pid, asleep ? "asleep" : "running");
	return note_prstatus(w->n, info, w->regs.set[0],
			     (size_t)w->layout->nr * w->layout->size);
}

/*
 * Write the notes of a thread. Returns 0, also if the thread has exited, or a negative
 * errno.
 */
static int thread_write(struct writer *w, pid_t tid)
{
	struct threads *t = w->t;
	struct psinfo info;
	int ret;

	if (psinfo_read(w->dir, tid, &info) || psinfo_ended(&info))
		return 0;
	if (!w->stop)
		return other_write(w, tid, &info);
	ret = registers_get(w, tid, info.state);
	if (ret == -ESRCH)
		return 0;
	if (!ret)
		return stopped_write(w, &info);
	if (!t->refused++) {
		t->refused_tid = tid;
		t->refused_code = ret;
	}
	return other_write(w, tid, &info);
}

static int write_all(struct writer *w)
{
	ssize_t nr, i;
	pid_t *tids;
	int ret = 0;

	nr = ps_threads(w->dir, w->pid, &tids);
	if (nr < 0)
		return (int)nr;
	for (i = 0; i < nr && !ret; i++)
		ret = interrupt_seen() ? -EINTR : thread_write(w, tids[i]);
	free(tids);
	return ret || w->t->nr ? ret : -ESRCH;
}

int threads_write(struct notes *n, const struct core_kind *kind, int dir,
		  pid_t pid, bool stop, struct threads *t)
{
	struct writer *w = malloc(sizeof(*w));
	char *text = NULL;
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
		.others = { .left = 5000, .most = 200 },
		.asleep = { .left = 500, .most = 50 },
	};
	if (!w->list)
		goto out;
	ret = write_all(w);
	if (fclose(w->list) && !ret)
		ret = -ENOMEM;
	if (!ret)
		ret = notes_add(n, NOTE_OWNER, NOTE_THREADS, text, len);
	free(text);
out:
	free(w);
	return ret;
}
