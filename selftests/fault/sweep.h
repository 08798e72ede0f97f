/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A fault sweep: a call is made over and over, and each time the next of the
 * things that it asks of the kernel is refused, until it gets through without.
 * Every time it must answer with an errno that is documented for it, or
 * succeed, and keep its promises either way; and the session must go on working.
 */
#ifndef SELFTESTS_SWEEP_H
#define SELFTESTS_SWEEP_H

#include "fault.h"
#include "vector_with.h"

/* Which of these a fault may make of the answer. */
#define MAY_NOMEM	1
#define MAY_FAULT	2
#define MAY_INTR	4	/* where the test build says so, see fault.h */
#define MAY_SUCCEED	8	/* though it would not have, without a fault */
#define MAY_ANY		(MAY_NOMEM | MAY_FAULT | MAY_INTR)

/* More faults than any call has. */
#define SWEEP_MAX	3000

/* Of all tests of a program. */
static unsigned int *sweep_faults;

static inline bool sweep_may(unsigned int may, int ret)
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

/*
 * The body of a sweep, once for each fault. @call is what is swept, @ret gets
 * its 0 or -errno; @want is its answer without a fault, and @may what a fault
 * may make of it.
 *
 *	SWEEP_EACH(nth) {
 *		prepare;
 *		SWEEP_CALL(nth, ret, call, want, may);
 *		look at what it did;
 *	}
 */
#define SWEEP_EACH(_nth)						\
	for (unsigned int _nth = 0, _struck = 1; _struck && _nth <= SWEEP_MAX; \
	     _nth++)

#define SWEEP_CALL(_nth, _ret, _call, _want, _may) do {			\
	/* First without, so that no page of ours is missing later. */	\
	if (_nth)							\
		ASSERT_TRUE(fault_arm(_nth));				\
	_ret = (_call);							\
	if (_nth)							\
		_struck = fault_disarm();				\
	if (_nth && _struck)						\
		++*sweep_faults;					\
	if (!_nth || !_struck || !sweep_may(_may, _ret))		\
		ASSERT_EQ(_want, _ret)					\
			TH_LOG("fault %u, struck %u", _nth, _struck);	\
	ASSERT_NE(SWEEP_MAX, _nth);					\
} while (0)

/* What xfer() found in the answer: none where the request was not read. */
static inline uint64_t sweep_done(const struct dbgmem_transfer *t)
{
	return t->done == 0xdeadbeef ? 0 : t->done;
}

/* Was this the last, which nothing happened to? */
#define SWEEP_UNHARMED(_nth)	(!(_nth) || !_struck)

/* Run the tests; then there must have been at least @min faults. */
static inline int sweep_run(int argc, char **argv, unsigned int min)
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
		return test_harness_run(argc, argv);
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

#endif /* SELFTESTS_SWEEP_H */
