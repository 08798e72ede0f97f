// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * count_hits PID ADDR N: wait until the process, which must have one thread,
 * has come to the instruction at ADDR N times, and go away again.
 */
#include <dbgmem_interfaces.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/* Wait for a stop by SIGTRAP; whatever else stops it goes on to the process. */
static int wait_for_trap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		if (WSTOPSIG(status) == SIGTRAP)
			return 0;
		if (ptrace(PTRACE_CONT, pid, NULL, (long)WSTOPSIG(status)))
			break;
	}
	return -1;
}

/* On some machines the program counter is behind the trap. Run what the trap hides. */
static int step_over(struct dbgmem *m, pid_t pid, uint64_t addr)
{
	struct dbgmem_context ctx = { .m = m, .tid = pid };
	struct dbgmem_location pc = { .kind = DBGMEM_LOCATION_REGISTER };
	struct dbgmem_register reg;

	if (dbgmem_register_find(pid, "pc", &reg))
		return -1;
	pc.reg = reg.id;
	if (dbgmem_context_write(&ctx, &pc, &addr, reg.size, NULL) || dbgmem_bp_clear(m, addr))
		return -1;
	if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) || wait_for_trap(pid))
		return -1;
	return dbgmem_bp_set(m, addr, NULL, 0, NULL);
}

static int count(struct dbgmem *m, pid_t pid, uint64_t addr, int n)
{
	int hits;

	if (dbgmem_bp_set(m, addr, NULL, 0, NULL))
		return -1;
	for (hits = 1; hits <= n; hits++) {
		if (ptrace(PTRACE_CONT, pid, NULL, NULL) || wait_for_trap(pid) ||
		    step_over(m, pid, addr))
			return -1;
		printf("hit %d\n", hits);
	}
	return dbgmem_bp_clear(m, addr);
}

int main(int argc, char **argv)
{
	struct dbgmem *m;
	pid_t pid;
	int ret;

	if (argc != 4) {
		fprintf(stderr, "usage: %s PID ADDR N\n", argv[0]);
		return 2;
	}
	pid = atoi(argv[1]);
	if (dbgmem_open(pid, DBGMEM_OPEN_WRITE, &m))
		return fprintf(stderr, "%s\n", dbgmem_errstr()), 1;
	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) || waitpid(pid, NULL, 0) != pid)
		return perror("ptrace"), 1;
	ret = count(m, pid, strtoull(argv[2], NULL, 0), atoi(argv[3]));
	if (ret)
		fprintf(stderr, "%s\n", dbgmem_errstr());
	dbgmem_close(m);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	return ret ? 1 : 0;
}
