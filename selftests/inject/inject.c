// SPDX-License-Identifier: GPL-2.0
/*
 * The counter of the module's test build. Writing N to the parameter fail_nth
 * makes the N-th request of a kind in fail_kinds fail, whichever task makes it;
 * what is read from it is how many are still to come, and 0 once it has.
 */
#include <linux/atomic.h>
#include <linux/module.h>

static int fail_nth;
module_param(fail_nth, int, 0600);
MODULE_PARM_DESC(fail_nth, "make the n-th request fail");

static unsigned int fail_kinds = INJECT_MEMORY | INJECT_COPY | INJECT_KILLED;
module_param(fail_kinds, uint, 0600);
MODULE_PARM_DESC(fail_kinds, "kinds of requests that count");

/**
 * inject_fail - is this the one?
 * @kind: INJECT_*
 */
bool inject_fail(unsigned int kind)
{
	int n = READ_ONCE(fail_nth);

	if (!(kind & READ_ONCE(fail_kinds)))
		return false;
	do {
		if (n <= 0)
			return false;
	} while (!try_cmpxchg(&fail_nth, &n, n - 1));
	return n == 1;
}
