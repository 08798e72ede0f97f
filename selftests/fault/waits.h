/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One cell of the wait matrix: an agent that makes a call while something that
 * the call needs does not come, its target, and the memory that both share with
 * the runner.
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

/* The place of the thing that does not come. */
enum wait_place { IN_TARGET, IN_CALLER, IN_REQUEST, IN_MM };

/* Properties of a call: a thing can only be missing where the call has it. */
#define CALL_REQUEST	(1U << 0)	/* an ioctl's structure */
#define CALL_BUFFER	(1U << 1)	/* a buffer, or an array */
#define CALL_MIRROR	(1U << 2)	/* the session has a mirror */
#define CALL_REMOTE	(1U << 3)	/* engine=remote */
#define CALL_WINDOW	(1U << 4)	/* the session has windows */
#define CALL_TRAP	(1U << 5)	/* the session has a breakpoint */
#define CALL_ATTACHES	(1U << 6)	/* the session is not attached yet */
#define CALL_WORKER	(1U << 7)	/* a worker finishes it */

/* The longest time of a system call, including one that has not returned. */
struct stall {
	double begun;		/* 0: none goes on */
	double worst;
};

void stall_begin(struct stall *s);
void stall_end(struct stall *s);
double stall_seconds(const struct stall *s);

/* Shared by the runner, the agent and the target. */
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

/* A thing that does not come. Functions may be NULL. */
struct wait_thing {
	enum wait_place place;
	uint32_t fuse_flags;
	bool fuse;		/* a server, of these flags */
	bool target_stuck;	/* the target cannot be killed before its end */
	bool heavy;		/* few at a time */
	bool writes;		/* only writes of the memory wait */
	/* run by another thread of the target, over and over */
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

/* The result of a cell. */
struct wait_result {
	int error;		/* the call was not reached */
	bool skipped;
	bool waited;		/* the call went on when it was killed */
	bool agent_dies, target_dies;
	bool sure;		/* a failure that a busy machine does not explain */
	double agent_stall, target_stall;
	char stack[400];
};

void set_flag(int *flag);
bool wait_flag(int *flag, long ms);

/* Wait @ms for the end of child @pid, and reap it. */
bool reaped(pid_t pid, long ms);

/* The kernel's stacks of all threads of @pid, functions only, in one line. */
void stack_of(pid_t pid, char *out, size_t size);

/* --- waits_calls.c --- */

#define NR_WAIT_CALLS	67

extern const struct wait_call wait_calls[NR_WAIT_CALLS];

/* Some of them. call_nobody, the first, makes no call at all. */
long call_nobody(struct wait_cell *c);
long call_read(struct wait_cell *c);
long call_poll(struct wait_cell *c);
long call_load(struct wait_cell *c);
long call_close(struct wait_cell *c);
long call_poll_close(struct wait_cell *c);
volatile char *window_of(struct wait_cell *c, void *addr);

/* --- waits_things.c --- */

char *agent_page(struct wait_cell *c);

/* A frozen cgroup for targets: NULL, or why there is none. */
const char *freezer_start(void);
void freezer_stop(void);

extern const struct wait_thing fuse_in_the_target;
extern const struct wait_thing unkillable_fuse_in_the_target;
extern const struct wait_thing missing_in_the_target;
extern const struct wait_thing protected_in_the_target;
extern const struct wait_thing fuse_in_the_buffer;
extern const struct wait_thing missing_in_the_buffer;
extern const struct wait_thing protected_in_the_buffer;
extern const struct wait_thing fuse_in_the_request;
extern const struct wait_thing missing_in_the_request;
extern const struct wait_thing protected_in_the_request;
extern const struct wait_thing invalidations;
extern const struct wait_thing lock_held_for_reading;
extern const struct wait_thing lock_held_and_queued_for;
extern const struct wait_thing frozen_target;
extern const struct wait_thing frozen_target_in_a_fault;
extern const struct wait_thing stopped_target;
extern const struct wait_thing stopped_tracer;

#endif /* SELFTESTS_WAITS_H */
