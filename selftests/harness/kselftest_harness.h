/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's harness, found before it by the compiler, with time limits of
 * tests that are longer where the kernel or the machine is slower.
 */
#ifndef SELFTESTS_KSELFTEST_HARNESS_H
#define SELFTESTS_KSELFTEST_HARNESS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <unistd.h>

#include "../lib/slow.h"

static inline unsigned int slow_alarm(unsigned int seconds)
{
	return alarm(seconds * slow_limit());
}

#define alarm(seconds) slow_alarm(seconds)
#include_next <kselftest_harness.h>
#undef alarm

#endif /* SELFTESTS_KSELFTEST_HARNESS_H */
