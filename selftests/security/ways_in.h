/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For tests in which the kernel denies access: other ways that an agent might
 * try.
 */
#ifndef SELFTESTS_WAYS_IN_H
#define SELFTESTS_WAYS_IN_H

#include "proc.h"

/*
 * Try everything that an agent might pass instead of the mem file. True if one of
 * them works, or if @fd reads the target's value at @mark.
 */
bool other_ways_in(int fd, pid_t pid, const volatile void *mark);

#endif /* SELFTESTS_WAYS_IN_H */
