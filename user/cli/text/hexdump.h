/* SPDX-License-Identifier: GPL-2.0 */
/* A dump like hexdump -C, with the addresses of the target. */
#ifndef DBGMEM_HEXDUMP_H
#define DBGMEM_HEXDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define HEXDUMP_WIDTH	16

struct hexdump {
	FILE *out;
	uint64_t addr;		/* of line[0] */
	/* bytes or HEXDUMP_HOLE, with HEXDUMP_MARK */
	uint16_t line[HEXDUMP_WIDTH], prev[HEXDUMP_WIDTH];
	unsigned int nr;	/* number of bytes in @line */
	bool has_prev;		/* @prev is a complete earlier line */
	bool star;		/* its repetitions are printed as "*" */
	/* Set by the caller after hexdump_start(): */
	bool mark;		/* mark the bytes that are added from now on */
	const char *mark_on;	/* escape sequence for a mark; NULL: [brackets] */
	bool lines_only;	/* no "*", and no address at the end */
};

void hexdump_start(struct hexdump *d, FILE *out, uint64_t addr);

/* Add @len bytes. A @buf of NULL adds holes, shown as ??. */
void hexdump_add(struct hexdump *d, const void *buf, size_t len);

/*
 * Add bytes [@pos, @end) of @buf, which was read from @from on. @valid has a bit for
 * each page, counted from the page of @from; other pages are holes.
 */
void hexdump_add_valid(struct hexdump *d, uint64_t from, const uint8_t *buf,
		       size_t pos, size_t end, const uint8_t *valid,
		       uint64_t page_size);

/* Print the rest, and the address after the last byte, if there was a byte. */
void hexdump_end(struct hexdump *d);

#endif /* DBGMEM_HEXDUMP_H */
