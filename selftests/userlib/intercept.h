/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Replaces ioctl(2) below the library: for older modules, and for answers that
 * are hard to cause. A program may include it once.
 */
#ifndef SELFTESTS_INTERCEPT_H
#define SELFTESTS_INTERCEPT_H

#include <stdarg.h>
#include <sys/syscall.h>

#include "common.h"

/* Features that INFO must not report, as of an older module. */
static uint64_t features_hidden;

/* Answers instead of the kernel: 0 or -errno. */
static int (*answer)(unsigned long cmd, void *arg);

int ioctl(int fd, unsigned long cmd, ...)
{
	va_list ap;
	void *arg;
	int ret;

	va_start(ap, cmd);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (answer) {
		ret = answer(cmd, arg);
		errno = -ret;
		return ret ? -1 : 0;
	}
	ret = (int)syscall(SYS_ioctl, fd, cmd, arg);
	if (!ret && cmd == DBGMEM_IOC_INFO)
		((struct dbgmem_info *)arg)->features &= ~features_hidden;
	return ret;
}

#endif /* SELFTESTS_INTERCEPT_H */
