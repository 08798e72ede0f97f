/* SPDX-License-Identifier: GPL-2.0 */
/* What the module can do on the kernel at hand, as it says itself. */
#ifndef SELFTESTS_FEATURES_H
#define SELFTESTS_FEATURES_H

#include "common.h"

bool module_takes(uint64_t flags);

/* For loops over flags: the round is left out, and that is said once a test. */
bool takes_flags(uint64_t flags);

#define NEEDS_NOFAULT() do {						\
	if (!module_takes(DBGMEM_NOFAULT))				\
		SKIP(return, "this kernel cannot look without faulting pages in"); \
} while (0)

#endif /* SELFTESTS_FEATURES_H */
