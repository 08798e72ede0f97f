/* SPDX-License-Identifier: GPL-2.0 */
/* What /proc says of a process or of a thread of it. */
#ifndef DBGMEM_PSINFO_H
#define DBGMEM_PSINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct psinfo {
	char name[16];		/* as the kernel cuts it, with a NUL */
	char state;		/* 'S', 'R', ... */
	/* numbers in the process's own pid namespace; 0: it is not of that */
	pid_t pid;		/* of the thread that was asked for */
	pid_t tgid, ppid, pgrp, sid;
	long nice;
	uint64_t flags;		/* PF_* of the kernel */
	uint64_t time[4];	/* user, system, and of children; in ticks */
	uid_t uid;
	gid_t gid;
	uint64_t sigpend, sighold; /* of a thread */
};

/*
 * The directory /proc/PID, or where the first thread has exited, and with it most
 * that this tells, that of another. A descriptor, or a negative errno.
 */
int ps_open(pid_t pid);

/*
 * The threads, @first before all others. How many, or a negative errno: -ESRCH, the
 * process has ended; -EINTR, a signal; *@tids is the caller's to free.
 */
ssize_t ps_threads(int dir, pid_t first, pid_t **tids);

/*
 * Is @tid a thread of it? What was opened by that number before, or is traced, is
 * that thread: the number may be another process's by now, but is not both.
 */
bool ps_has_thread(int dir, pid_t tid);

/*
 * All of file @name below the directory @dir, /proc/PID or the like, which stays
 * that of this process when its number is another's. It is the caller's, with a NUL
 * behind; *@len, if not NULL, is its length. NULL and errno if it fails: EFBIG, it
 * has more than PS_MAX bytes.
 */
#define PS_MAX	(1UL << 20)
char *ps_read(int dir, const char *name, size_t *len);

/*
 * The first bytes of a file that the process may make endless, as its cmdline, @size
 * at most. How many, or a negative errno.
 */
ssize_t ps_read_begin(int dir, const char *name, char *buf, size_t size);

/* @thread is 0 for the process. 0 or a negative errno. */
int psinfo_read(int dir, pid_t thread, struct psinfo *info);

/* Exited, and only not forgotten? */
bool psinfo_ended(const struct psinfo *info);

#endif /* DBGMEM_PSINFO_H */
