/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What 'dbgmem bp clear' and the process that holds the breakpoints say to each
 * other: one datagram each way, over a connected socket of their own.
 */
#ifndef DBGMEM_REQUEST_H
#define DBGMEM_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

/* Bytes of the longest datagram. */
#define REQUEST_MAX	64
#define ANSWER_MAX	1024

/* "clear PID all", "clear PID ADDR": of breakpoints on process @pid. */
struct request {
	pid_t pid;
	bool all;
	uint64_t addr;		/* unless @all */
};

/* "STATUS CLEARED LOST [TEXT]" */
struct answer {
	enum answer_status {
		ANSWER_OK,	/* "ok" */
		ANSWER_NONE,	/* "none": no breakpoint there */
		ANSWER_FAILED,	/* "failed": a part at most, text says why */
	} status;
	uint32_t cleared, lost;	/* as struct dbgmem_bp_clear has them */
	char text[ANSWER_MAX];	/* one line, for ANSWER_FAILED */
};

/* To @buf, of REQUEST_MAX or ANSWER_MAX bytes; the bytes. */
size_t request_format(const struct request *r, char *buf);
size_t answer_format(const struct answer *a, char *buf);

/* 0, or -EINVAL: not such a datagram. @buf need not end in NUL. */
int request_parse(const char *buf, size_t len, struct request *r);
int answer_parse(const char *buf, size_t len, struct answer *a);

/* Where the holder @pid listens: a name in the abstract namespace. */
socklen_t request_address(pid_t pid, struct sockaddr_un *sun);

#endif /* DBGMEM_REQUEST_H */
