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
#include "vector.h"

/* Which of these a fault may make of the answer. */
#define MAY_NOMEM	1
#define MAY_FAULT	2
#define MAY_INTR	4	/* where the test build says so, see fault.h */
#define MAY_SUCCEED	8	/* though it would not have, without a fault */
#define MAY_ANY		(MAY_NOMEM | MAY_FAULT | MAY_INTR)

/* More faults than any call has. */
#define SWEEP_MAX	3000

/* Of all tests of a program. */
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

/* What xfer() found in the answer: none where the request was not read. */
uint64_t sweep_done(const struct dbgmem_transfer *t);

/* Was this the last, which nothing happened to? */
#define SWEEP_UNHARMED(_nth)	(!(_nth) || !_struck)

/* Run @tests, which are test_harness_run(); at least @min faults must be met. */
int sweep_run(int argc, char **argv, unsigned int min,
	      int (*tests)(int argc, char **argv));

#endif /* SELFTESTS_SWEEP_H */
