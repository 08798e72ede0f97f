/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A fault sweep repeats a call; each time the next allocation or copy fails,
 * until the call meets no fault. Each time the call must fail with a documented
 * errno or succeed, keep its promises, and leave a working session.
 */
#ifndef SELFTESTS_SWEEP_H
#define SELFTESTS_SWEEP_H

#include "fault.h"
#include "vector.h"

/* Answers that a fault may cause. */
#define MAY_NOMEM	1
#define MAY_FAULT	2
#define MAY_INTR	4	/* test build only, see fault.h */
#define MAY_SUCCEED	8	/* although the call fails without a fault */
#define MAY_ANY		(MAY_NOMEM | MAY_FAULT | MAY_INTR)

/* More faults than any call has. */
#define SWEEP_MAX	3000

/* The number of faults in all tests of a program. */
extern unsigned int *sweep_faults;

bool sweep_may(unsigned int may, int ret);

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

/* The bytes done; 0 if the kernel did not even read the request. */
uint64_t sweep_done(const struct dbgmem_transfer *t);

/* Was this a call without a fault? */
#define SWEEP_UNHARMED(_nth)	(!(_nth) || !_struck)

/* Run @tests, which are test_harness_run(); at least @min faults must be met. */
int sweep_run(int argc, char **argv, unsigned int min,
	      int (*tests)(int argc, char **argv));

#endif /* SELFTESTS_SWEEP_H */
