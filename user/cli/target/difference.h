/* SPDX-License-Identifier: GPL-2.0 */
/* What a comparison has found, printed as a table or as JSON. */
#ifndef DBGMEM_DIFFERENCE_H
#define DBGMEM_DIFFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include <dbgmem.h>

#include "text/json.h"

/* Bytes that are shown of a stretch. */
#define DIFFERENCE_BYTES	8

struct differences {
	struct dbgmem *a, *b;	/* b is NULL for a file */
	uint64_t a_addr, b_addr;
	/* The caller's, from differences_start() on: */
	uint32_t flags;		/* with which to read them */
	bool brief, json;
	uint64_t limit;		/* print no more than so many */
	/* What is known so far: */
	uint64_t nr;		/* so many were printed */
	struct dbgmem_difference last; /* one that may go on, or none */
	uint8_t b_bytes[DIFFERENCE_BYTES];
	size_t nr_b_bytes;
	struct json_list list;
};

void differences_start(struct differences *d, struct dbgmem *a, uint64_t a_addr,
		       struct dbgmem *b, uint64_t b_addr);

/*
 * One more, in ascending order. If it is @cut the next may be the rest of it.
 * @b_bytes are those of the second side where that is no memory. 0, or -1: out of
 * memory.
 */
int differences_add(struct differences *d, const struct dbgmem_difference *new,
		    bool cut, const uint8_t *b_bytes);

/* No more: STATUS_OK, or if not all could be printed, another and the message. */
int differences_end(struct differences *d);

#endif /* DBGMEM_DIFFERENCE_H */
