/* SPDX-License-Identifier: GPL-2.0 */
/* Messages to people, and the exit status that goes with them. */
#ifndef DBGMEM_MESSAGE_H
#define DBGMEM_MESSAGE_H

/* Exit statuses, documented in dbgmem(1). */
#define STATUS_OK	0	/* all of it was done */
#define STATUS_FAILED	1	/* nothing was done */
#define STATUS_USAGE	2	/* the command line makes no sense */
#define STATUS_PARTIAL	3	/* a part of it was done */
/* The answer "no" of search, strings and compare, for exit_answer(). */
#define STATUS_NO	4

/* Print "dbgmem: ..." and a newline to stderr. */
void msg(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same about the command line of @verb, with a hint. Returns STATUS_USAGE. */
int msg_usage(const char *verb, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Print only the hint, after a message of getopt_long(). Returns STATUS_USAGE. */
int msg_hint(const char *verb);

/*
 * The exit status of a verb that answers a question, as in grep(1) and cmp(1):
 * 1 for the answer no, 2 for a failure.
 */
int exit_answer(int status);

/* Flush stdout. Returns @status, or prints a message and returns STATUS_FAILED. */
int finish(int status);

#endif /* DBGMEM_MESSAGE_H */
