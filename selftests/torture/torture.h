/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Torture: agents and targets, all of which may end at any
 * time, in rounds between which the module is unloaded.
 *
 * The controller starts them, kills some, replaces those that ended, and judges.
 * All share one struct torture. A target says when its memory is there (@ready),
 * and is told apart from who had its place before by its generation.
 *
 * In a target's memory, at TARGET_AREA:
 *
 *	stamped	what is in a byte follows from its address, the target's place and
 *		its generation; or it is 0, as pages come and go
 *	counter	a word that agents and the target itself count up atomically
 *	slots	one for each agent: the last record that it wrote
 *	traps	stamped, never unmapped: agents plant breakpoints there
 *	hog	what makes memory short
 */
#ifndef TORTURE_H
#define TORTURE_H

#include "common.h"
#include "random.h"
#include "proc.h"


#define MAX_WORKERS	32	/* agents, and targets */

#define STAMPED_PAGES	64
#define HOG_PAGES	128
#define SLOT_SIZE	512UL
#define TRAP_ROOM	128UL	/* of each agent */

#define TARGET_AREA	0x100000000000UL
#define STAMPED		TARGET_AREA
#define COUNTER		(STAMPED + STAMPED_PAGES * PAGE)
#define SLOTS		(COUNTER + PAGE)
#define TRAPS		(SLOTS + MAX_WORKERS * SLOT_SIZE)
#define HOG		(TRAPS + MAX_WORKERS * TRAP_ROOM)
#define AREA_END	(HOG + HOG_PAGES * PAGE)

#define RECORD_WORDS	8

/* How a target may end: by its own choice, or killed by the controller. */
enum way { WAY_EXIT, WAY_EXEC, WAY_OOM, WAY_KILL, NR_WAYS };

/* What a program that a target has become exits with. */
#define EXEC_STATUS	42

/* What agents do, and targets. */
enum op {
	OP_READ, OP_EXACT, OP_ZEROFILL, OP_NOFAULT, OP_VECTOR, OP_PREAD,
	OP_WRITE, OP_CMPXCHG, OP_BP_SET, OP_BP_CLEAR, OP_BP_LIST, OP_REGION,
	OP_POLL, OP_MIRROR, OP_WINDOW, OP_SYNC, NR_AGENT_OPS,
	OP_TOUCH = NR_AGENT_OPS, OP_UNMAP, OP_PAGEOUT, OP_FORK, OP_MOVE,
	NR_OPS
};

extern const char *const op_names[NR_OPS];

struct place {
	pid_t pid;
	uint32_t generation;
	uint32_t ready;		/* the generation, when its memory is there */
	uint32_t judged;	/* the same, when it has looked for what was lost */
	enum way way;		/* that it has chosen */
	bool killed;		/* by the controller */
	uint64_t counted;	/* its own share of the counter */
};

/* What an agent knows of a target, and its successors. */
struct share {
	uint32_t generation;
	bool counting;		/* under way, when it was killed */
	uint64_t counted;	/* its share of the counter */
	uint64_t perhaps;	/* one for each that was killed while counting */
	uint64_t written;	/* the last record that is known to be there */
};

#define MAX_COMPLAINTS	20

struct torture {
	int workers;
	int quiet;		/* targets: do not end, nor unmap */
	int judge;		/* targets: look for what was lost */
	struct place target[MAX_WORKERS];
	pid_t agent[MAX_WORKERS];
	struct share share[MAX_WORKERS][MAX_WORKERS];	/* of target, of agent */
	uint64_t ops[NR_OPS];
	uint64_t bytes, sessions, stopped;
	uint32_t nr_complaints;
	char complaint[MAX_COMPLAINTS][200];
};

extern struct torture *torture;

/* shared.c */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

static inline void count_op(enum op op)
{
	__atomic_add_fetch(&torture->ops[op], 1, __ATOMIC_RELAXED);
}

/* stamp.c */
void stamp_fill(uint64_t addr, size_t len, int place, uint32_t generation);
long stamp_differs(uint64_t addr, const void *data, size_t len, int place,
		   uint32_t generation, bool zeros);
void record_make(uint64_t *record, uint64_t number, int agent,
		 uint32_t generation);
bool record_good(const uint64_t *record, int agent, uint32_t generation);

/* agent.c */
void agent_run(int self) __attribute__((noreturn));

/* target.c */
void target_run(int self) __attribute__((noreturn));

/* supervisor.c */
struct ended {
	uint64_t agents, agents_killed, way[NR_WAYS];
};

extern struct ended ended;

void supervisor_begin(void);
void supervisor_tend(uint64_t *random);
bool supervisor_end_agents(void);
bool supervisor_judge(void);
bool supervisor_end(void);

/* cgroup.c */
#define CGROUPS		4	/* in which memory is short */
#define CGROUP_OOM	CGROUPS	/* and one in which there is next to none */

bool cgroup_make(void);
bool cgroup_join(int i);
bool cgroup_remove(void);

/* machine.c */
const char *machine_disk(void);
bool machine_swap(bool on);
bool machine_remove_disk(void);
long machine_swapped(void);
long machine_free(void);
bool machine_run(const char *const argv[]);

#endif /* TORTURE_H */
