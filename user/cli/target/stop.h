/* SPDX-License-Identifier: GPL-2.0 */
/* Where and why a transfer came to an end before its end. */
#ifndef DBGMEM_STOP_H
#define DBGMEM_STOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <dbgmem.h>

#define LEN_UNKNOWN	UINT64_MAX

/* A request of the command line and how far it has got. */
struct progress {
	bool write;
	pid_t pid;
	uint64_t addr;
	uint64_t len;		/* or LEN_UNKNOWN */
	uint32_t flags;
	uint32_t retries;	/* with DBGMEM_STABLE */
	uint64_t done;		/* bytes that moved, of all pieces */
};

/*
 * A piece came back short with @res. Says so; the exit status.
 */
int stop_short(const struct progress *p, const struct dbgmem_result *res);

/* A piece failed, and the library has the reason. Says so; the exit status. */
int stop_failed(const struct progress *p);

/* --zero-fill came to the end; the first hole was @hole. The exit status. */
int stop_holes(const struct progress *p, const struct dbgmem_result *hole);

/* All of it came, but changed in each of @passes. Says so; the exit status. */
int stop_changed(const struct progress *p, uint32_t passes);

/*
 * STATUS_OK if @len bytes fit an exact transfer on @m, else says that they do
 * not. @limit gets the limit.
 */
int stop_exact(struct dbgmem *m, uint64_t len, uint64_t *limit);

#endif /* DBGMEM_STOP_H */
