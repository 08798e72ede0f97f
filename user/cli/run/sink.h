/* SPDX-License-Identifier: GPL-2.0 */
/* Output of a read: to a file or standard output, raw or as a dump. */
#ifndef DBGMEM_SINK_H
#define DBGMEM_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "run/outfile.h"
#include "text/hexdump.h"

/*
 * Begins as zeros except path, replace and dump. Opened with the first bytes. A file
 * appears when it is complete.
 */
struct sink {
	const char *path;	/* NULL: standard output */
	bool replace;		/* replace an existing file */
	struct outfile out;
	FILE *f;
	int err;		/* errno of the first failure to write */
	bool dump;
	struct hexdump hex;
};

/*
 * All of these return STATUS_OK, or another status. The message is printed at once or
 * by sink_close().
 */

/* Open the output, if it is not open, without any bytes. */
int sink_open(struct sink *s);

/*
 * The next bytes begin at @addr. In a dump, print a line about them if @len is given.
 */
int sink_range(struct sink *s, uint64_t addr, const uint64_t *len);

/* Write @len bytes of @addr. @valid has a bit for each page, or is NULL. */
int sink_put(struct sink *s, uint64_t addr, const uint8_t *buf, size_t len,
	     const uint8_t *valid, uint64_t page_size);

/*
 * Close the output. Returns @status, STATUS_PARTIAL if standard output is incomplete,
 * or STATUS_FAILED if there is no file.
 */
int sink_close(struct sink *s, int status);

#endif /* DBGMEM_SINK_H */
