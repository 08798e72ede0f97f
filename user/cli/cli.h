/* SPDX-License-Identifier: GPL-2.0 */
/* What the verbs of the dbgmem tool share. */
#ifndef DBGMEM_CLI_H
#define DBGMEM_CLI_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Exit statuses, documented in dbgmem(1). */
#define STATUS_OK	0	/* all of it was done */
#define STATUS_FAILED	1	/* nothing was done */
#define STATUS_USAGE	2	/* the command line makes no sense */
#define STATUS_PARTIAL	3	/* a part of it was done */

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

/* Flush stdout; STATUS_FAILED and a message if what was printed got lost. */
int finish(int status);

/* target.c */

/*
 * PID, ADDR and LEN of a command line. @len is NULL where the verb has none.
 * STATUS_OK, or another status and the message is out.
 */
struct target_args {
	const char *pid, *addr, *len;
};

int target_parse(const char *verb, const struct target_args *args, pid_t *pid,
		 uint64_t *addr, uint64_t *len);

#endif /* DBGMEM_CLI_H */
