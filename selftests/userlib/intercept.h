/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the library and the kernel: modules that know less, and answers that
 * are hard to come by. To be included once in a program.
 */
#ifndef SELFTESTS_INTERCEPT_H
#define SELFTESTS_INTERCEPT_H

#include <stdarg.h>
#include <sys/syscall.h>

#include "common.h"

/* Features that INFO does not tell of: an older module. */
static uint64_t features_hidden;

/* In place of the kernel: 0 or -errno. */
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
