/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Code for targets to run, with places for traps in it, and what to do when a
 * trap is met.
 */
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

static inline uint32_t code_call(const void *at)
{
	return ((uint32_t (*)(void))at)();
}

/* --- a target that survives the traps that it meets, without a tracer --- */

struct survivor {
	long hits;		/* traps met */
	long odd;		/* other signals */
};

static struct survivor *survivor;

/* Back to the trap: by now the original may be there. */
static inline void survivor_handler(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)info;
	if (sig == SIGTRAP) {
#ifdef __x86_64__
		uc->uc_mcontext.gregs[REG_RIP] -= TRAP_BEHIND;
#else
		(void)uc;	/* it is there */
#endif
		__atomic_add_fetch(&survivor->hits, 1, __ATOMIC_RELAXED);
		return;
	}
	__atomic_add_fetch(&survivor->odd, 1, __ATOMIC_RELAXED);
	_exit(sig);
}

/* A target_fn, with a struct survivor in shared memory. */
static inline long job_survive(void *arg)
{
	static const int sigs[] = { SIGTRAP, SIGILL, SIGSEGV, SIGBUS, SIGFPE };
	struct sigaction sa = {
		.sa_sigaction = survivor_handler,
		.sa_flags = SA_SIGINFO,
	};
	size_t i;

	survivor = arg;
	for (i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		if (sigaction(sigs[i], &sa, NULL))
			return -errno;
	return 0;
}

/* --- a target with a tracer --- */

/*
 * A child that is traced by us and has stopped before @body; it exits with what
 * that returns. Its pid, or -errno.
 */
static inline pid_t tracee_start(long (*body)(void *arg), void *arg)
{
	int status;
	pid_t pid;

	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) || raise(SIGSTOP))
			_exit(255);
		_exit(body(arg));
	}
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return -ECHILD;
	return pid;
}

/* Let it run until it stops, or ends: the status of waitpid(2), or -1. */
static inline int tracee_run(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_CONT, pid, 0, 0) ||
	    waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

/* The program counter; moved to @to unless that is 0. */
static inline unsigned long tracee_pc(pid_t pid, unsigned long to)
{
	struct user_regs_struct regs;
	unsigned long pc;

	if (regs_get(pid, &regs))
		return 0;
	pc = reg_pc(&regs);
	reg_pc(&regs) = to;
	if (to && regs_set(pid, &regs))
		return 0;
	return pc;
}

/* Let it run into the TRAP at @at. */
static inline bool tracee_hits(pid_t pid, const void *at)
{
	int status = tracee_run(pid);

	return status >= 0 && WIFSTOPPED(status) &&
	       WSTOPSIG(status) == SIGTRAP &&
	       tracee_pc(pid, 0) == (uintptr_t)at + TRAP_BEHIND;
}

/* Exit code of a tracee that is let run, or minus the signal that it got. */
static inline int tracee_end(pid_t pid)
{
	int status = tracee_run(pid);

	return status < 0 ? -1000 : WIFEXITED(status) ? WEXITSTATUS(status) :
	       WIFSTOPPED(status) ? -WSTOPSIG(status) : -WTERMSIG(status);
}

#endif /* SELFTESTS_CODE_H */
