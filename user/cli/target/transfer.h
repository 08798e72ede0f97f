/* SPDX-License-Identifier: GPL-2.0 */
/* Where and why a transfer came to an end before its end. */
#ifndef DBGMEM_TRANSFER_H
#define DBGMEM_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <dbgmem.h>

#define LEN_UNKNOWN	UINT64_MAX

/* A request of the command line and how far it has got. */
struct transfer {
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
int transfer_short(const struct transfer *p, const struct dbgmem_result *res);

/* A piece failed, and the library has the reason. Says so; the exit status. */
int transfer_failed(const struct transfer *p);

/* --zero-fill came to the end; the first hole was @hole. The exit status. */
int transfer_holes(const struct transfer *p, const struct dbgmem_result *hole);

/* All of it came, but changed in each of @passes. Says so; the exit status. */
int transfer_changed(const struct transfer *p, uint32_t passes);

/*
 * STATUS_OK if @len bytes fit an exact transfer on @m, else says that they do
 * not. @limit gets the limit.
 */
int transfer_exact(struct dbgmem *m, uint64_t len, uint64_t *limit);

#endif /* DBGMEM_TRANSFER_H */
