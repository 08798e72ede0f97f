// SPDX-License-Identifier: GPL-2.0
#include "code.h"

uint32_t code_call(const void *at)
{
	return ((uint32_t (*)(void))at)();
}

struct survivor *survivor;

/* Back to the trap: by now the original may be there. */
static void survivor_handler(int sig, siginfo_t *info, void *context)
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

long job_survive(void *arg)
{
	static const int sigs[] = { SIGTRAP, SIGILL, SIGSEGV, SIGBUS, SIGFPE };
	struct sigaction sa = {
		.sa_sigaction = survivor_handler,
		.sa_flags = SA_SIGINFO,
	};
	size_t i;

	survivor = arg;
	for (i = 0; i < ARRAY_SIZE(sigs); i++)
		if (sigaction(sigs[i], &sa, NULL))
			return -errno;
	return 0;
}

pid_t tracee_start(long (*body)(void *arg), void *arg)
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
static int tracee_run(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_CONT, pid, 0, 0) ||
	    waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

unsigned long tracee_pc(pid_t pid, unsigned long to)
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

bool tracee_hits(pid_t pid, const void *at)
{
	int status = tracee_run(pid);

	return status >= 0 && WIFSTOPPED(status) &&
	       WSTOPSIG(status) == SIGTRAP &&
	       tracee_pc(pid, 0) == (uintptr_t)at + TRAP_BEHIND;
}

int tracee_end(pid_t pid)
{
	int status = tracee_run(pid);

	return status < 0 ? -1000 : WIFEXITED(status) ? WEXITSTATUS(status) :
	       WIFSTOPPED(status) ? -WSTOPSIG(status) : -WTERMSIG(status);
}
