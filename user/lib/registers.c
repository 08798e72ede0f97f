// SPDX-License-Identifier: LGPL-2.1-or-later
/* The registers of a thread that the caller has stopped. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <unistd.h>

#include "registers.h"

#if defined(__x86_64__) || defined(__i386__)
#define VIEWS	dbgmem__views_x86
#define NR_VIEWS	(sizeof(VIEWS) / sizeof(VIEWS[0]))
#elif defined(__aarch64__) || defined(__arm__)
#define VIEWS	dbgmem__views_arm
#define NR_VIEWS	(sizeof(VIEWS) / sizeof(VIEWS[0]))
#else
#define VIEWS	dbgmem__views_x86	/* of which none */
#define NR_VIEWS	0
#endif

/* Longer than any set that there is: XSAVE with all components has 11 KiB. */
#define SET_MAX		16384

/* Which view an id is of, and which of its registers, counted over families. */
#define ID(view, nr)	((uint32_t)(view) << 16 | (nr))
#define ID_VIEW(id)	((id) >> 16)
#define ID_NR(id)	((id) & 0xffff)

/* A thread, and the set of its registers that was read last. */
struct thread {
	pid_t tid;
	unsigned int view;
	uint32_t set;
	size_t len;
	uint8_t bytes[SET_MAX];
};

/* The number behind @key in the text of /proc/TID/status, or -1. */
static long status_number(const char *text, const char *key)
{
	const char *p = strstr(text, key);

	return p ? strtol(p + strlen(key), NULL, 10) : -1;
}

/* ptrace(2) says ESRCH of everything; the thread's status says what it is. */
static int thread_fail(pid_t tid, int code, const char *what)
{
	struct dbgmem_error e = {
		.code = EBUSY,
		.source = DBGMEM_SOURCE_TRACER,
		.pid = tid,
	};
	char path[32], text[1024], *state;
	size_t len = 0;
	long tracer;
	FILE *f;

	if (code != ESRCH && code != EPERM) {
		e.code = code;
		e.source = DBGMEM_SOURCE_SYSTEM;
		return dbgmem__fail(&e, "%s of thread %d: %s", what, (int)tid,
				    strerror(code));
	}
	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	f = tid > 0 ? fopen(path, "re") : NULL;
	if (f) {
		len = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
	}
	text[len] = 0;
	state = strstr(text, "\nState:\t");
	if (!state || strchr("ZXx", state[8])) {
		e.code = ESRCH;
		e.source = DBGMEM_SOURCE_TARGET;
		return dbgmem__fail(&e, "%s of thread %d: %s", what, (int)tid,
				    state ? "it has exited" :
				    "there is no such thread");
	}
	tracer = status_number(text, "\nTracerPid:\t");
	if (!tracer)
		return dbgmem__fail(&e, "%s of thread %d: nobody traces it: PTRACE_SEIZE it, PTRACE_INTERRUPT it, and wait until it stops",
				    what, (int)tid);
	if (tracer != gettid())
		return dbgmem__fail(&e, "%s of thread %d: thread %ld traces it, and only that thread may do this",
				    what, (int)tid, tracer);
	return dbgmem__fail(&e, "%s of thread %d: it is running: PTRACE_INTERRUPT it, and wait until it stops",
			    what, (int)tid);
}

/* 0 or a negative errno; records nothing. */
static int set_get(struct thread *t, uint32_t set)
{
	struct iovec iov = { t->bytes, sizeof(t->bytes) };

	if (t->set == set)
		return 0;
	t->set = 0;
	if (ptrace(PTRACE_GETREGSET, t->tid, (void *)(uintptr_t)set, &iov))
		return -errno;
	t->set = set;
	t->len = iov.iov_len;
	return 0;
}

static int set_put(struct thread *t)
{
	struct iovec iov = { t->bytes, t->len };

	return ptrace(PTRACE_SETREGSET, t->tid, (void *)(uintptr_t)t->set,
		      &iov) ? -errno : 0;
}

/* The length of the general registers tells what kind of thread it is. */
static int thread_get(struct thread *t, pid_t tid, const char *what)
{
	int ret;

	t->tid = tid;
	t->set = 0;
	ret = set_get(t, NT_PRSTATUS);
	if (ret)
		return thread_fail(tid, -ret, what);
	for (t->view = 0; t->view < NR_VIEWS; t->view++)
		if (VIEWS[t->view].prstatus == t->len)
			return 0;
	return dbgmem__fail_simple(EOPNOTSUPP, DBGMEM_SOURCE_USAGE,
		"%s of thread %d: the library does not know its architecture",
		what, (int)tid);
}

/* The family that register @nr of the thread is of, and its number in that. */
static const struct dbgmem__family *family_of(const struct thread *t,
					      uint32_t nr, unsigned int *i)
{
	const struct dbgmem__view *v = &VIEWS[t->view];
	size_t k;

	for (k = 0; k < v->nr; k++) {
		if (nr < v->families[k].nr) {
			*i = nr;
			return &v->families[k];
		}
		nr -= v->families[k].nr;
	}
	return NULL;
}

/* Where it is in its set, which becomes the thread's; NULL if it has no such. */
static uint8_t *piece_find(struct thread *t, const struct dbgmem__piece *p,
			   unsigned int i)
{
	size_t offset = 0;

	if (set_get(t, p->set))
		return NULL;
	if (p->set == NT_X86_XSTATE &&
	    !dbgmem__xstate_find(t->bytes, t->len, p->component, &offset))
		return NULL;
	offset += p->offset + (size_t)i * (p->stride ? p->stride : p->size);
	if (offset > t->len || p->size > t->len - offset)
		return NULL;
	return t->bytes + offset;
}

static uint32_t size_of(const struct dbgmem__family *f)
{
	uint32_t size = 0;
	size_t k;

	for (k = 0; k < REGISTER_PIECES; k++)
		size += f->piece[k].size;
	return size;
}

static bool is_there(struct thread *t, const struct dbgmem__family *f,
		     unsigned int i)
{
	size_t k;

	for (k = 0; k < REGISTER_PIECES && f->piece[k].size; k++)
		if (!piece_find(t, &f->piece[k], i))
			return false;
	return true;
}

/* The first one from *@nr on that the thread has; false if there are no more. */
static bool next(struct thread *t, uint32_t *nr, struct dbgmem_register *reg)
{
	const struct dbgmem__family *f;
	unsigned int i;

	for (; (f = family_of(t, *nr, &i)); *nr += 1) {
		if (!is_there(t, f, i))
			continue;
		memset(reg, 0, sizeof(*reg));
		if (f->nr == 1)
			snprintf(reg->name, sizeof(reg->name), "%s", f->name);
		else
			snprintf(reg->name, sizeof(reg->name), "%s%u", f->name,
				 f->first + i);
		reg->kind = f->kind;
		reg->size = size_of(f);
		reg->id = ID(t->view, *nr);
		*nr += 1;
		return true;
	}
	return false;
}

DBGMEM_EXPORT int dbgmem_register_next(pid_t tid, uint32_t *cursor,
				       struct dbgmem_register *reg)
{
	struct thread t;
	int ret;

	ret = thread_get(&t, tid, "cannot list the registers");
	return ret ? ret : next(&t, cursor, reg);
}

DBGMEM_EXPORT int dbgmem_register_find(pid_t tid, const char *name,
				       struct dbgmem_register *reg)
{
	const struct dbgmem__view *v;
	const char *real = name;
	struct thread t;
	uint32_t nr = 0;
	size_t k;
	int ret;

	ret = thread_get(&t, tid, "cannot look for a register");
	if (ret)
		return ret;
	v = &VIEWS[t.view];
	for (k = 0; k < v->nr_aliases; k++)
		if (!strcmp(name, v->aliases[k][0]))
			real = v->aliases[k][1];
	while (next(&t, &nr, reg))
		if (!strcmp(reg->name, real))
			return 0;
	return dbgmem__fail_simple(ENOENT, DBGMEM_SOURCE_USAGE,
		"thread %d has no register '%s'", (int)tid, name);
}

/* To or from the part of the pieces that [@off, @off + @len) is. */
static void pieces_copy(struct thread *t, uint32_t op,
			const struct dbgmem__family *f, unsigned int i,
			size_t off, uint8_t *buf, size_t len)
{
	const struct dbgmem__piece *p;
	uint8_t *at;
	size_t n;

	for (p = f->piece; len; p++) {
		if (off >= p->size) {
			off -= p->size;
			continue;
		}
		n = p->size - off < len ? p->size - off : len;
		at = piece_find(t, p, i) + off;
		if (op == DBGMEM_OP_READ) {
			memcpy(buf, at, n);
		} else {
			memcpy(at, buf, n);
			if (p->set == NT_X86_XSTATE)
				dbgmem__xstate_use(t->bytes, p->component);
		}
		buf += n;
		len -= n;
		off = 0;
	}
}

static int transfer(pid_t tid, uint32_t op, uint32_t id, uint64_t off,
		    uint8_t *buf, uint64_t len, uint64_t *done)
{
	const char *what = op == DBGMEM_OP_READ ? "cannot read a register" :
						  "cannot write a register";
	const struct dbgmem__family *f = NULL;
	unsigned int i = 0;
	struct thread t;
	uint32_t size;
	int ret;

	*done = 0;
	ret = thread_get(&t, tid, what);
	if (ret)
		return ret;
	if (ID_VIEW(id) == t.view)
		f = family_of(&t, ID_NR(id), &i);
	if (!f || !is_there(&t, f, i))
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"%s of thread %d: it has no register with id 0x%x: ids belong to a kind of thread, 32-bit or 64-bit",
			what, (int)tid, id);
	size = size_of(f);
	if (off > size || (off == size && len))
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"%s of thread %d: it has %u bytes, none at %llu",
			what, (int)tid, size, (unsigned long long)off);
	if (len > size - off)
		len = size - off;
	if (!len)
		return 0;
	pieces_copy(&t, op, f, i, (size_t)off, buf, (size_t)len);
	if (op == DBGMEM_OP_WRITE) {
		ret = set_put(&t);
		if (ret)
			return dbgmem__fail_simple(-ret, DBGMEM_SOURCE_USAGE,
				"%s of thread %d: the kernel refuses the value: %s",
				what, (int)tid, strerror(-ret));
	}
	*done = len;
	return 0;
}

int dbgmem__register_read(pid_t tid, uint32_t id, uint64_t off, void *buf,
			  uint64_t len, uint64_t *done)
{
	return transfer(tid, DBGMEM_OP_READ, id, off, buf, len, done);
}

int dbgmem__register_write(pid_t tid, uint32_t id, uint64_t off,
			   const void *buf, uint64_t len, uint64_t *done)
{
	return transfer(tid, DBGMEM_OP_WRITE, id, off,
			(uint8_t *)(uintptr_t)buf, len, done);
}
