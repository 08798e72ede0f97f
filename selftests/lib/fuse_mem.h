/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A FUSE file system. All reads of its files return zeros. "mem" is what an
 * attacker would present as /proc/PID/mem; "file" uses the page cache, so it can
 * be mapped like a file on disk; "slow" is the same, but its reads are not
 * answered until the test says so. The server speaks the protocol on /dev/fuse
 * itself, so that the guest does not need libfuse. It runs in a child, and dies
 * with the test.
 */
#ifndef SELFTESTS_FUSE_MEM_H
#define SELFTESTS_FUSE_MEM_H

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

/* Shared with the server. */
struct fuse_slow {
	int hold;		/* do not answer */
	int waiting;		/* reads that are not answered */
};

struct fuse_mem {
	char dir[64];
	pid_t server;
	struct fuse_slow *slow;
};

#define FUSE_FILE_SIZE	(1 << 20)
#define FUSE_SLOW_SIZE	(16 << 20)

/*
 * Set it before a server is started: the kernel then waits unkillably for each
 * read that the server has taken.
 */
extern bool fuse_reads_in_turn;

int fuse_load(void);

/*
 * Mount one at the new directory @dir, loading fuse.ko if need be. 0 or a
 * negative errno; -ENODEV where the kernel has no FUSE.
 */
int fuse_mem_start(struct fuse_mem *f, const char *dir);
void fuse_mem_stop(struct fuse_mem *f);

#endif /* SELFTESTS_FUSE_MEM_H */
