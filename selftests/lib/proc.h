/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes and /proc, for the tests of permission and lifetime: other users,
 * process states, files read whole, time.
 */
#ifndef SELFTESTS_PROC_H
#define SELFTESTS_PROC_H

#include "common.h"

#include <grp.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#define UID_AGENT	1000
#define UID_OTHER	1001

long now_ms(void);
double now(void);	/* seconds */
void sleep_ms(long ms);

/* All of @path as a string, without the last newline; length or -errno. */
int file_read(const char *path, char *buf, size_t size);

/* The number behind @key in a file of /proc, or -1. */
long file_number(const char *path, const char *key);
int file_write(const char *path, const char *text);
int param_get(const char *name, char *buf, size_t size);

/* The state letter of /proc/@pid/stat ('R', 'S', 'Z', ...), 0 if none. */
char proc_state(pid_t pid);

/* Wait up to ten seconds until @pid is in @state. */
bool proc_wait_state(pid_t pid, char state);

/* Exit code of child @pid, or minus the signal that killed it. */
int child_wait(pid_t pid);

/*
 * Wait in vfork(), in state D, until @fd has a byte or its end. The libc function
 * is not used, because TSan makes a fork() of it.
 */
void wait_in_vfork(int fd);

/*
 * A process that cannot be stopped until *@gate is closed: it waits in vfork(),
 * and then exits with 7. Its pid, or -1.
 */
pid_t child_in_vfork(int *gate);

/*
 * Become an ordinary program of user @uid: without capabilities and groups, and
 * dumpable again (giving up root clears that).
 */
int become_user(uid_t uid);

/*
 * Make a second node of the device that everybody may open, for agents without
 * privileges. The real node is not changed. Remove it with unlink().
 */
int dev_make_node(char *path, size_t size);

/* The path of file @name beside the running test program. */
int beside(const char *name, char *path, size_t size);

/* Copy @from to a new file @to of root's with permission bits @mode. */
int copy_program(const char *from, const char *to, mode_t mode);

/* For target_call(): becomes a program that sleeps. */
long exec_sleep(void *unused);

/* A number of /proc/self/fdinfo, or -1; @key has its colon. */
long fdinfo_number(int fd, const char *key);

/* A SIGALRM every @us microseconds, which does nothing; 0: no more. */
void alarm_storm(long us);

#endif /* SELFTESTS_PROC_H */
