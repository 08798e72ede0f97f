/* SPDX-License-Identifier: GPL-2.0 */
/* What the module can do on this kernel, from INFO. */
#ifndef SELFTESTS_FEATURES_H
#define SELFTESTS_FEATURES_H

#include "common.h"

bool module_takes(uint64_t flags);

/*
 * For loops over flags: false if this round must be skipped; the reason is
 * printed once.
 */
bool takes_flags(uint64_t flags);

#define NEEDS_NOFAULT() do {						\
	if (!module_takes(DBGMEM_NOFAULT))				\
		SKIP(return, "this kernel cannot look without faulting pages in"); \
} while (0)

#endif /* SELFTESTS_FEATURES_H */
