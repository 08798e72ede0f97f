/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A program: the calls that the fuzzer makes, as data. Every field of a call is a
 * choice out of some table; any bytes are a program, and the same bytes are
 * always the same one.
 *
 * As text a program is a line: "rounds=1 attach:0 read:010000... ". Of a call it
 * shows the bytes behind the name, without the zeros at the end.
 */
#ifndef FUZZ_PROGRAM_H
#define FUZZ_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_CALLS	40
#define MAX_ROUNDS	8
#define MAX_TEXT	2048	/* of a program, with its NUL */
#define NR_LANES	3
#define NR_SLOTS	4
#define NR_TARGETS	3	/* the last is the caller itself */

/* name, weight when programs are made */
#define FOR_EACH_OP(x)		\
	/* sessions */		\
	x(SESSION, session, 8)	\
	x(OPEN, open, 2)	\
	x(ATTACH, attach, 4)	\
	x(INFO, info, 2)	\
	x(READ, read, 12)	\
	x(WRITE, write, 12)	\
	x(VECTOR, vector, 14)	\
	x(BP_SET, bp_set, 12)	\
	x(BP_CLEAR, bp_clear, 6)	\
	x(BP_LIST, bp_list, 4)	\
	x(CMPXCHG, cmpxchg, 8)	\
	x(REGION, region, 8)	\
	x(PREAD, pread, 3)	\
	x(PWRITE, pwrite, 3)	\
	x(READV, readv, 2)	\
	x(WRITEV, writev, 2)	\
	x(SEEK, seek, 3)	\
	x(POLL, poll, 2)	\
	x(MAP, map, 1)		\
	x(DUP, dup, 1)		\
	x(CLOSE, close, 3)	\
	x(FDINFO, fdinfo, 1)	\
	x(UNKNOWN, unknown, 2)	\
	x(AGENT, agent, 1)	\
	x(PARAM, param, 2)	\
	x(SCRIBBLE, scribble, 1)	\
	/* what targets do */	\
	x(T_UNMAP, t_unmap, 3)	\
	x(T_PROTECT, t_protect, 3)	\
	x(T_MAP, t_map, 3)	\
	x(T_REMAP, t_remap, 2)	\
	x(T_ADVISE, t_advise, 4)	\
	x(T_TOUCH, t_touch, 4)	\
	x(T_FORK, t_fork, 2)	\
	x(T_EXEC, t_exec, 2)	\
	x(T_EXIT, t_exit, 1)	\
	x(T_THREAD, t_thread, 2)	\
	x(T_LEADER, t_leader, 1)	\
	x(T_LOCK, t_lock, 1)	\
	x(T_SIGNAL, t_signal, 2)

enum op {
#define X(name, text, weight)	OP_##name,
	FOR_EACH_OP(X)
#undef X
	NR_OPS
};

struct call {
	uint8_t op;
	uint8_t lane;		/* of the concurrent part; 0 elsewhere */
	uint8_t who;		/* slot and target */
	uint8_t mode;		/* of the request: 0 as it should be */
	uint16_t addr;		/* place in the target */
	uint16_t buf;		/* and in the caller */
	uint16_t len;
	uint16_t flags;
	uint32_t arg;
};

struct program {
	uint8_t nr, rounds;
	struct call call[MAX_CALLS];
};

static inline unsigned int call_slot(const struct call *c)
{
	return (c->who & 15) % NR_SLOTS;
}

static inline unsigned int call_target(const struct call *c)
{
	return (c->who >> 4) % NR_TARGETS;
}

/* The index of the first call of the concurrent part; nr if there is none. */
unsigned int program_races_from(const struct program *p);
bool program_has(const struct program *p, enum op op);

void program_generate(struct program *p, uint64_t *random);
/* Change @p; @other is one to take pieces of. */
void program_mutate(struct program *p, const struct program *other,
		    uint64_t *random);

/* Into MAX_TEXT bytes. */
void program_print(const struct program *p, char *text);
bool program_parse(struct program *p, const char *text);

#endif /* FUZZ_PROGRAM_H */
