/* SPDX-License-Identifier: GPL-2.0 */
/* Code for targets to run, with places for traps, and handlers of these traps. */
#ifndef SELFTESTS_CODE_H
#define SELFTESTS_CODE_H

#include "breakpoint.h"
#include "machine.h"

#include <ucontext.h>

/*
 * A function of 16 bytes that returns a number below 65536. It has
 * CODE_INSTRUCTIONS, the first of them a NOP that begins with the byte
 * CODE_FIRST; the first CODE_LIVE may be exchanged for a trap and back while they
 * are run. Of CODE_STEP bytes any number can be trapped, from CODE_ODD bytes
 * before a boundary on.
 */
#define CODE_SIZE	16

#ifdef __x86_64__

/* Eight NOPs, MOV $value to EAX, two NOPs, RET. */
#define CODE_MOV	8	/* the only instruction longer than a byte */
#define CODE_INSTRUCTIONS 12
#define CODE_LIVE	CODE_INSTRUCTIONS
#define CODE_STEP	1
#define CODE_ODD	3
#define CODE_FIRST	"\x90"

static inline void code_emit(char *at, uint32_t value)
{
	memset(at, 0x90, CODE_SIZE);
	at[CODE_MOV] = 0xb8;
	memcpy(at + CODE_MOV + 1, &value, sizeof(value));
	at[CODE_SIZE - 1] = 0xc3;
}

/* Offset of the @i-th instruction. */
static inline int code_instruction(int i)
{
	return i <= CODE_MOV ? i : i + 4;
}

#else

/* Two NOPs, MOV #value to W0, RET. Only NOPs may be changed while they are run. */
#define CODE_INSTRUCTIONS 4
#define CODE_LIVE	2
#define CODE_STEP	4
#define CODE_ODD	4
#define CODE_FIRST	"\x1f"

static inline void code_emit(char *at, uint32_t value)
{
	const uint32_t code[] = {
		0xd503201f, 0xd503201f, 0x52800000 | value << 5, 0xd65f03c0,
	};

	memcpy(at, code, sizeof(code));
	__builtin___clear_cache(at, at + CODE_SIZE);
}

static inline int code_instruction(int i)
{
	return 4 * i;
}

#endif

uint32_t code_call(const void *at);

/* --- a target that survives the traps that it meets, without a tracer --- */

struct survivor {
	long hits;		/* traps met */
	long odd;		/* other signals */
};

extern struct survivor *survivor;

/* A target_fn, with a struct survivor in shared memory. */
long job_survive(void *arg);

/* --- a target with a tracer --- */

/*
 * Start a child that we trace, and that has stopped before @body; it exits with
 * the value that @body returns. Returns its pid, or -errno.
 */
pid_t tracee_start(long (*body)(void *arg), void *arg);

/* Read the program counter, and set it to @to unless @to is 0. */
unsigned long tracee_pc(pid_t pid, unsigned long to);

/* Let it run into the TRAP at @at. */
bool tracee_hits(pid_t pid, const void *at);

/* Let a tracee run. Returns its exit code, or minus the signal that it got. */
int tracee_end(pid_t pid);

#endif /* SELFTESTS_CODE_H */
