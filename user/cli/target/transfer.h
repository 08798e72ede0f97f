/* SPDX-License-Identifier: GPL-2.0 */
/* Reports of transfers that did not complete. */
#ifndef DBGMEM_TRANSFER_H
#define DBGMEM_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <dbgmem.h>

#define LEN_UNKNOWN	UINT64_MAX

/* A transfer of the command line, and its progress. */
struct transfer {
	bool write;
	pid_t pid;
	uint64_t addr;
	uint64_t len;		/* or LEN_UNKNOWN */
	uint32_t flags;
	uint32_t retries;	/* with DBGMEM_STABLE */
	uint64_t done;		/* bytes transferred, of all pieces */
};

/* A piece was cut short, as @res says. Prints a message. Returns the exit status. */
int transfer_short(const struct transfer *p, const struct dbgmem_result *res);

/*
 * A piece failed, as dbgmem_last_error() says. Prints a message. Returns the exit
 * status.
 */
int transfer_failed(const struct transfer *p);

/*
 * --zero-fill is done; @hole was the first hole. Prints a message. Returns the exit
 * status.
 */
int transfer_holes(const struct transfer *p, const struct dbgmem_result *hole);

/*
 * All bytes were read, but changed in each of @passes. Prints a message. Returns the
 * exit status.
 */
int transfer_changed(const struct transfer *p, uint32_t passes);

/*
 * Check that @len bytes fit an exact transfer on @m, and set *@limit. Returns
 * STATUS_OK, or another status after a message.
 */
int transfer_exact(struct dbgmem *m, uint64_t len, uint64_t *limit);

#endif /* DBGMEM_TRANSFER_H */
