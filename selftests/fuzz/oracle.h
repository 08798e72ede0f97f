/* SPDX-License-Identifier: GPL-2.0 */
/* What can be said of any answer without a model of what was asked. */
#ifndef FUZZ_ORACLE_H
#define FUZZ_ORACLE_H

#include "run.h"

/* Is @ret, 0 or -errno, what the ABI says of @cmd? */
void oracle_errno(struct lane *l, const struct call *c, unsigned long cmd,
		  int ret);

/* The same of read(2) and its relatives. */
void oracle_rw_errno(struct lane *l, const struct call *c, long ret);

/* Fill the buffer, to see afterwards what else has changed. */
void oracle_fill(struct lane *l);
/* Of the buffer only the @len bytes at @at may have. */
void oracle_buffer(struct lane *l, const struct call *c, uint64_t at,
		   uint64_t len);

/*
 * The memory that the caller shares with targets: as it was before the call, and
 * outside the @len bytes at @addr the same afterwards.
 */
struct shared_before {
	bool known;
	unsigned char byte[PLACE_SIZE];
};

void oracle_shared_before(struct lane *l, const struct call *c,
			  struct shared_before *before);
void oracle_shared(struct lane *l, const struct call *c,
		   const struct shared_before *before, uint64_t addr,
		   uint64_t len);

/* Do the @len bytes that went between @addr and @buf agree? */
void oracle_same(struct lane *l, const struct call *c, uint64_t addr,
		 uint64_t buf, uint64_t len);

#endif /* FUZZ_ORACLE_H */
