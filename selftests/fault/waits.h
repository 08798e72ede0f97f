/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One cell of the wait matrix: an agent that makes a call while something does
 * not come, its target, and what both of them share with the runner.
 */
#ifndef SELFTESTS_WAITS_H
#define SELFTESTS_WAITS_H

#include "breakpoint.h"
#include "fuse_mem.h"
#include "memory.h"
#include "proc.h"
#include "slow.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>

#define WAITS_PAGES	64
#define WAITS_AREA	(WAITS_PAGES * PAGE)
#define WAITS_BED	(WAITS_PAGES / 2)	/* this page has the breakpoint */

/* Where the thing that does not come is. */
enum wait_place { IN_TARGET, IN_CALLER, IN_REQUEST, IN_MM };

/* What a call has, so that a thing can be there. */
#define CALL_REQUEST	(1U << 0)	/* an ioctl's structure */
#define CALL_BUFFER	(1U << 1)	/* a buffer, or an array */
#define CALL_MIRROR	(1U << 2)	/* the session has a mirror */
#define CALL_REMOTE	(1U << 3)	/* engine=remote */
#define CALL_WINDOW	(1U << 4)	/* the session has windows */
#define CALL_TRAP	(1U << 5)	/* the session has a breakpoint */
#define CALL_ATTACHES	(1U << 6)	/* the session is not attached yet */
#define CALL_WORKER	(1U << 7)	/* what it leaves, a worker does */

/* How long one system call has taken at most, one that goes on included. */
struct stall {
	double begun;		/* 0: none goes on */
	double worst;
};

static inline void stall_begin(struct stall *s)
{
	__atomic_store(&s->begun, &(double){ now() }, __ATOMIC_RELEASE);
}

static inline void stall_end(struct stall *s)
{
	double took = now() - s->begun;

	if (took > s->worst)
		s->worst = took;
	__atomic_store(&s->begun, &(double){ 0 }, __ATOMIC_RELEASE);
}

static inline double stall_seconds(const struct stall *s)
{
	double begun, took;

	__atomic_load(&s->begun, &begun, __ATOMIC_ACQUIRE);
	took = begun ? now() - begun : 0;
	return took > s->worst ? took : s->worst;
}

/* What the runner, the agent and the target tell each other. */
struct wait_shared {
	char *addr;		/* in the target: 8 bytes that do not come */
	char *data;		/* in the target: a page that is there */
	int target_ready, target_arm, target_armed;
	int agent_ready, agent_go, begun, ended;
	int error;		/* of the preparations */
	long answer;
	struct stall agent, target;
};

struct wait_cell;

/* A thing that does not come; what is NULL is not needed. */
struct wait_thing {
	enum wait_place place;
	uint32_t fuse_flags;
	bool fuse;		/* a server, of these flags */
	bool target_stuck;	/* the target cannot be killed before its end */
	bool heavy;		/* few at a time */
	bool writes;		/* only writes of the memory wait */
	/* what another thread of the target does all the time, if it can */
	void (*target_loop)(struct wait_cell *c);
	int (*target_map)(struct wait_cell *c);
	int (*target_arm)(struct wait_cell *c);
	char *(*agent_map)(struct wait_cell *c);
	int (*agent_arm)(struct wait_cell *c, char *at);
	int (*arm)(struct wait_cell *c);	/* of the runner, before these */
	int (*arm_late)(struct wait_cell *c);	/* and after them */
	void (*resolve)(struct wait_cell *c);
};

struct wait_call {
	const char *name;
	unsigned int has;	/* CALL_* */
	long (*call)(struct wait_cell *c);
};

struct wait_cell {
	const struct wait_thing *thing;
	const struct wait_call *call;
	struct wait_shared *sh;
	struct fuse_mem fuse;
	int number;
	pid_t target, agent, tracer;
	char *held_addr;	/* the target's: a page that it waits for itself */
	/* the agent's */
	int fd, mem_fd;
	char *buf;
	char *req;		/* or NULL: on the stack */
	bool filling;		/* put the request there, and do not ask */
	volatile char *win_data, *win_addr;
};

/* What became of a cell. */
struct wait_result {
	int error;		/* it did not come to the call */
	bool skipped;
	bool waited;		/* the call went on when it was killed */
	bool agent_dies, target_dies;
	bool sure;		/* it is wrong, and no accident */
	double agent_stall, target_stall;
	char stack[400];
};

static inline void set_flag(int *flag)
{
	__atomic_store_n(flag, 1, __ATOMIC_RELEASE);
	syscall(SYS_futex, flag, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static inline bool wait_flag(int *flag, long ms)
{
	long end = now_ms() + ms, left;

	while (!__atomic_load_n(flag, __ATOMIC_ACQUIRE)) {
		left = end - now_ms();
		if (left <= 0)
			return false;
		syscall(SYS_futex, flag, FUTEX_WAIT, 0,
			&(struct timespec){ left / 1000,
					    left % 1000 * 1000000 },
			NULL, 0);
	}
	return true;
}

/* Has child @pid ended before @ms are over? It is reaped. */
static inline bool reaped(pid_t pid, long ms)
{
	long end = now_ms() + ms;

	/* 0: it runs; -1: that was asked before */
	while (!waitpid(pid, NULL, WNOHANG)) {
		if (now_ms() > end)
			return false;
		sleep_ms(5);
	}
	return true;
}

/* The kernel's stacks of all threads of @pid, functions only, in one line. */
static inline void stack_of(pid_t pid, char *out, size_t size)
{
	char command[256];
	size_t n = 0;
	FILE *f;

	snprintf(command, sizeof(command),
		 "for t in /proc/%d/task/*; do echo \"[$(cut -d' ' -f3 $t/stat)]\"; sed 's/^[^ ]* //; s/+.*//' $t/stack | head -n 14; done 2>/dev/null | tr '\\n' ' '",
		 (int)pid);
	f = popen(command, "re");
	if (f) {
		n = fread(out, 1, size - 1, f);
		pclose(f);
	}
	out[n] = 0;
}

#endif /* SELFTESTS_WAITS_H */
