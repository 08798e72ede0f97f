/* SPDX-License-Identifier: GPL-2.0 */
/* The output of a comparison, as a table or JSON. */
#ifndef DBGMEM_DIFFERENCE_H
#define DBGMEM_DIFFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include <dbgmem.h>

#include "text/json.h"

/* Bytes shown of each side of a stretch. */
#define DIFFERENCE_BYTES	8

struct differences {
	struct dbgmem *a, *b;	/* b is NULL for a file */
	uint64_t a_addr, b_addr;
	/* Set by the caller after differences_start(): */
	uint32_t flags;		/* for reading the bytes */
	bool brief, json;
	uint64_t limit;		/* most stretches to print */
	/* The state: */
	uint64_t nr;		/* stretches printed */
	struct dbgmem_difference last; /* a stretch that may continue, or empty */
	uint8_t b_bytes[DIFFERENCE_BYTES];
	size_t nr_b_bytes;
	struct json_list list;
};

void differences_start(struct differences *d, struct dbgmem *a, uint64_t a_addr,
		       struct dbgmem *b, uint64_t b_addr);

/*
 * Add a difference, in ascending order. If @cut, the next one may continue it. @b_bytes
 * are the bytes of the second side if that is not memory. Returns 0, or -1 when out of
 * memory.
 */
int differences_add(struct differences *d, const struct dbgmem_difference *new,
		    bool cut, const uint8_t *b_bytes);

/* Print the end. Returns STATUS_OK, or another status after a message. */
int differences_end(struct differences *d);

#endif /* DBGMEM_DIFFERENCE_H */
