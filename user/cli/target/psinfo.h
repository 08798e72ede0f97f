/* SPDX-License-Identifier: GPL-2.0 */
/* Information of /proc about a process or a thread. */
#ifndef DBGMEM_PSINFO_H
#define DBGMEM_PSINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct psinfo {
	char name[16];		/* cut by the kernel, with a NUL */
	char state;		/* 'S', 'R', ... */
	/* ids in the process's own pid namespace; 0: in another one */
	pid_t pid;		/* of the requested thread */
	pid_t tgid, ppid, pgrp, sid;
	long nice;
	uint64_t flags;		/* PF_* of the kernel */
	uint64_t time[4];	/* user, system, and of children; in ticks */
	uid_t uid;
	gid_t gid;
	uint64_t sigpend, sighold; /* of a thread */
};

/*
 * Open /proc/PID, or the directory of another thread if the first thread has exited, as
 * its directory has little then. Returns a descriptor, or a negative errno.
 */
int ps_open(pid_t pid);

/*
 * List the threads, @first before all others. Returns how many, or a negative errno:
 * -ESRCH, the process has ended; -EINTR, a signal. *@tids is the caller's to free.
 */
ssize_t ps_threads(int dir, pid_t first, pid_t **tids);

/*
 * Is @tid a thread of the process? Another process may reuse the number, but not while
 * this process has it: an earlier open() or trace by that number is then of this
 * thread.
 */
bool ps_has_thread(int dir, pid_t tid);

/*
 * Read all of file @name below the directory @dir, /proc/PID or the like. The directory
 * stays that of its process if the pid is reused. The result is the caller's, with a
 * NUL at the end; *@len, if not NULL, is its length. Returns NULL and errno on failure:
 * EFBIG, it has more than PS_MAX bytes.
 */
#define PS_MAX	(1UL << 20)
char *ps_read(int dir, const char *name, size_t *len);

/*
 * Read at most @size bytes of a file that the process may make endless, such as
 * cmdline. Returns how many, or a negative errno.
 */
ssize_t ps_read_begin(int dir, const char *name, char *buf, size_t size);

/* @thread is 0 for the process. Returns 0 or a negative errno. */
int psinfo_read(int dir, pid_t thread, struct psinfo *info);

/* Has it exited, and waits for its parent? */
bool psinfo_ended(const struct psinfo *info);

#endif /* DBGMEM_PSINFO_H */
