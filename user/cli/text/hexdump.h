/* SPDX-License-Identifier: GPL-2.0 */
/* The layout of hexdump -C, with the addresses of the target. */
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
	/* A byte, or HEXDUMP_HOLE; and HEXDUMP_MARK. */
	uint16_t line[HEXDUMP_WIDTH], prev[HEXDUMP_WIDTH];
	unsigned int nr;	/* bytes in line */
	bool has_prev;		/* prev is a whole line that went before */
	bool star;		/* and the "*" for its repetitions is out */
	/* The caller's, from hexdump_start() on: */
	bool mark;		/* mark what is added from now on: */
	const char *mark_on;	/* so that a terminal does; NULL: [brackets] */
	bool lines_only;	/* no "*", and no address behind */
};

void hexdump_start(struct hexdump *d, FILE *out, uint64_t addr);

/* @len more bytes. @buf of NULL: holes, shown as ??. */
void hexdump_add(struct hexdump *d, const void *buf, size_t len);

/* The rest, and the address behind the last byte. Nothing if there was none. */
void hexdump_end(struct hexdump *d);

#endif /* DBGMEM_HEXDUMP_H */
