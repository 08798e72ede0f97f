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
 * In vfork(), in state D, until a byte or an end comes out of @fd. Not by the
 * function of that name, of which TSan makes a fork().
 */
void wait_in_vfork(int fd);

/*
 * A process that does not stop until *@gate is closed: it waits in vfork(), and ends
 * with 7 then. Its id, or -1.
 */
pid_t child_in_vfork(int *gate);

/*
 * An ordinary program of user @uid: no capability, no group, and dumpable again
 * (giving up root clears that).
 */
int become_user(uid_t uid);

/*
 * A second node of the device that anybody may open, for agents which need many
 * sessions and are not root: the real one stays as it is. Remove with unlink().
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
