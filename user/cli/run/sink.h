/* SPDX-License-Identifier: GPL-2.0 */
/* Where the bytes of a read go. */
#ifndef DBGMEM_SINK_H
#define DBGMEM_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "run/outfile.h"
#include "text/hexdump.h"

/*
 * Begins as zeros, but for path, replace and dump. Not opened before there are bytes;
 * a file is there when all of it is.
 */
struct sink {
	const char *path;	/* NULL: standard output */
	bool replace;		/* a file that is there already */
	struct outfile out;
	FILE *f;
	int err;		/* errno of the first failure to write */
	bool dump;
	struct hexdump hex;
};

/*
 * All of these: STATUS_OK, or another status; the message about that is out, or
 * comes with sink_close().
 */

/* Open it, if it is not, without any bytes. */
int sink_open(struct sink *s);

/* What follows is of @addr on. With @len, in a dump, a line says so. */
int sink_range(struct sink *s, uint64_t addr, const uint64_t *len);

/* @len bytes from @addr; @valid has a bit for each page, or is NULL. */
int sink_put(struct sink *s, uint64_t addr, const uint8_t *buf, size_t len,
	     const uint8_t *valid, uint64_t page_size);

/*
 * Everything out. @status; or STATUS_PARTIAL if not all went to standard output,
 * STATUS_FAILED if there is no file.
 */
int sink_close(struct sink *s, int status);

#endif /* DBGMEM_SINK_H */
