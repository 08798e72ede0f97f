/* SPDX-License-Identifier: GPL-2.0 */
/* What the verbs of the dbgmem tool share. */
#ifndef DBGMEM_CLI_H
#define DBGMEM_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <dbgmem.h>

/* Exit statuses, documented in dbgmem(1). */
#define STATUS_OK	0	/* all of it was done */
#define STATUS_FAILED	1	/* nothing was done */
#define STATUS_USAGE	2	/* the command line makes no sense */
#define STATUS_PARTIAL	3	/* a part of it was done */
/* Of verbs that ask, which exit_answer() makes a status: nothing was found, ... */
#define STATUS_NO	4

/* Streams go in pieces of this size, which end at multiples of it. */
#define CHUNK		(1UL << 20)

/* The verbs: an exit status. argv[0] is the tool, as for main(). */
int cmd_info(int argc, char **argv);
int cmd_read(int argc, char **argv);
int cmd_write(int argc, char **argv);
int cmd_bp(int argc, char **argv);
int cmd_cmpxchg(int argc, char **argv);
int cmd_maps(int argc, char **argv);
int cmd_search(int argc, char **argv);
int cmd_strings(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_fill(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_dump(int argc, char **argv);
int cmd_regs(int argc, char **argv);
int cmd_load(int argc, char **argv);
int cmd_unload(int argc, char **argv);

/* message.c */

/* "dbgmem: ..." and a newline, to stderr. */
void msg(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same about the command line of @verb, with a hint; STATUS_USAGE. */
int msg_usage(const char *verb, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* getopt_long() found a bad option and has said so: STATUS_USAGE. */
int msg_hint(const char *verb);

/*
 * What a verb that asks exits with, as grep(1) and cmp(1) do: 1 if the answer is no,
 * and if it failed 2.
 */
int exit_answer(int status);

/* Flush stdout; STATUS_FAILED and a message if what was printed got lost. */
int finish(int status);

/* target.c: PID, ADDR and LEN of a command line, and a session */

/*
 * PID, which is the first of @nr arguments; the second is looked at, too, as it may
 * be another one from pidof(8). STATUS_OK, or STATUS_USAGE and the message is out.
 */
int target_pid(const char *verb, char *const *args, int nr, pid_t *pid);

/* ADDR and LEN. */
struct target_range {
	const char *text;	/* ADDR as it was typed */
	uint64_t addr;		/* bytes; known from the beginning if !named */
	uint64_t len;		/* bytes */
	bool has_len;		/* else no LEN was given */
	bool named;		/* ADDR is to be looked up in the session's regions */
};

/*
 * As far as it goes without a session. @len is NULL where there is none.
 * STATUS_OK, or STATUS_USAGE and the message is out.
 */
int target_parse(const char *verb, const char *addr, const char *len,
		 struct target_range *r);

/*
 * dbgmem_open() with DBGMEM_OPEN_*, of the program that runs now. STATUS_OK, or the
 * message is out.
 */
int target_open(pid_t pid, unsigned int flags, struct dbgmem **m);

/*
 * The rest of it, in the regions of the session, which is of one program: whatever
 * has the pid by now, names mean mappings of that. STATUS_OK, or the message is out.
 */
int target_resolve(struct dbgmem *m, struct target_range *r, size_t nr);

/* A session, and what its ADDRs mean: both of these, or neither. */
int target_attach(pid_t pid, unsigned int flags, struct target_range *r,
		  size_t nr, struct dbgmem **m);

/*
 * For a resolved ADDR without LEN: up to the end of its mapping, and of those of
 * the same name that follow without a gap. STATUS_OK, or the message is out.
 */
int target_extent(struct dbgmem *m, struct target_range *r);

#endif /* DBGMEM_CLI_H */
