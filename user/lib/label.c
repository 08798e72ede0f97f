// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the security modules that have labels think of the caller. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

/*
 * Whether one of them (AppArmor, SELinux, Smack) confines the calling thread;
 * then @label is what it runs as: a profile, a context.
 */
bool dbgmem__confined(char *label, size_t size)
{
	ssize_t n;
	int fd;

	fd = open("/proc/thread-self/attr/current", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, label, size - 1);
	close(fd);
	if (n <= 0)
		return false;
	label[n] = '\0';
	label[strcspn(label, "\n")] = '\0';
	/* AppArmor's word, and part of SELinux's */
	return *label && !strstr(label, "unconfined");
}
