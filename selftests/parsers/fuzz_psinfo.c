// SPDX-License-Identifier: GPL-2.0
/* /proc/PID/stat, and behind its newline status: the name is the target's. */
/* sources: user/cli/target/psinfo.c user/cli/run/interrupt.c */
#define _GNU_SOURCE
#include "fuzz.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "target/psinfo.h"

static int dir = -1, stat_fd, status_fd;

/* Files of their own, that nobody else sees. */
static void prepare(void)
{
	char name[] = "/dev/shm/fuzz_psinfo.XXXXXX";

	MUST(mkdtemp(name));
	dir = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	stat_fd = openat(dir, "stat", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	status_fd = openat(dir, "status", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	MUST(dir >= 0 && stat_fd >= 0 && status_fd >= 0);
}

static void tidy(void)
{
	char path[64], name[64];
	ssize_t n;

	unlinkat(dir, "stat", 0);
	unlinkat(dir, "status", 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", dir);
	n = readlink(path, name, sizeof(name) - 1);
	if (n > 0) {
		name[n] = '\0';
		rmdir(name);
	}
}

static void fill(int fd, const void *data, size_t len)
{
	MUST(!ftruncate(fd, 0) && pwrite(fd, data, len, 0) == (ssize_t)len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *end = memchr(data, '\n', len);
	size_t n = end ? (size_t)(end - data) : len;
	struct psinfo info;

	if (dir < 0) {
		prepare();
		atexit(tidy);
	}
	fill(stat_fd, data, n);
	fill(status_fd, data + n, len - n);
	if (!psinfo_read(dir, 0, &info)) {
		MUST(memchr(info.name, '\0', sizeof(info.name)));
		psinfo_ended(&info);
	}
	return 0;
}
