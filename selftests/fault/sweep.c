// SPDX-License-Identifier: GPL-2.0
#include "sweep.h"

unsigned int *sweep_faults;

bool sweep_may(unsigned int may, int ret)
{
	switch (ret) {
	case -ENOMEM:
		return may & MAY_NOMEM;
	case -EFAULT:
		return may & MAY_FAULT;
	case -EINTR:
		return may & MAY_INTR && !fault_by_kernel();
	case 0:
		return may & MAY_SUCCEED;
	default:
		return false;
	}
}

uint64_t sweep_done(const struct dbgmem_transfer *t)
{
	return t->done == 0xdeadbeef ? 0 : t->done;
}

int sweep_run(int argc, char **argv, unsigned int min,
	      int (*tests)(int argc, char **argv))
{
	pid_t pid;
	int ret;

	sweep_faults = shared_alloc(sizeof(*sweep_faults));
	if (!sweep_faults)
		return 1;
	/* What make coverage is after are lines of the module. */
	if (getenv("COVERAGE"))
		fault_by_build = true;
	ret = fault_begin();
	if (ret) {
		printf("# cannot inject faults: %s; %s\n", strerror(-ret),
		       dbgmem_errstr());
		return 1;
	}
	/* The harness does not come back. */
	fflush(stdout);
	pid = fork();
	if (!pid)
		return tests(argc, argv);
	ret = pid < 0 ? 1 : child_wait(pid);
	printf("# faults injected: %u, by the %s\n", *sweep_faults,
	       fault_by_kernel() ? "kernel" : "module's test build");
	if (fault_end()) {
		printf("# the module is not loaded again: %s\n",
		       dbgmem_errstr());
		ret = 1;
	}
	if (argc == 1 && *sweep_faults < min) {
		printf("# too few faults: there should be %u\n", min);
		ret = 1;
	}
	return ret;
}
