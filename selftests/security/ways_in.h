/* SPDX-License-Identifier: GPL-2.0 */
/* For tests in which the kernel lets nobody in: what else might be tried. */
#ifndef SELFTESTS_WAYS_IN_H
#define SELFTESTS_WAYS_IN_H

#include "proc.h"

/*
 * Everything that an agent might hand in instead. True if one of them works, or
 * @fd reads what the target has at @mark.
 */
bool other_ways_in(int fd, pid_t pid, const volatile void *mark);

#endif /* SELFTESTS_WAYS_IN_H */
