/* SPDX-License-Identifier: GPL-2.0 */
/* Strings in a stream of bytes, as strings(1) finds them. */
#ifndef DBGMEM_SCAN_H
#define DBGMEM_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most bytes of a string in UTF-8. A longer one is reported in pieces. */
#define SCAN_MAX	65536

/* Most bytes that scan_feed() leaves for the next call. */
#define SCAN_LEFT	3

enum scan_encoding {
	SCAN_ASCII,		/* tab, and space to ~ */
	SCAN_UTF8,		/* also other characters, except control characters */
	SCAN_UTF16,		/* SCAN_ASCII in 16 bits, at even and odd addresses */
};

/* A string that may continue. */
struct scan_run {
	uint64_t addr;
	size_t len, chars;
	bool rest;		/* earlier pieces were reported */
	char text[SCAN_MAX];
};

struct scan {
	enum scan_encoding encoding;
	size_t min;		/* characters, 1 or more */
	/* Called for each string, in UTF-8. A result other than 0 ends the scan. */
	int (*found)(void *arg, uint64_t addr, const char *text, size_t len);
	void *arg;
	/* Begin as zeros. */
	int stopped;		/* the last result of @found */
	struct scan_run *run[2]; /* memory of the caller; [1] is for UTF-16 */
};

/*
 * Scan @len bytes at @addr, which follow those of the last call. Returns how many bytes
 * were taken: up to SCAN_LEFT at the end may be left, and must be given again with the
 * next bytes.
 */
size_t scan_feed(struct scan *s, uint64_t addr, const uint8_t *buf, size_t len);

/*
 * The next bytes do not follow. End the current string without the bytes that were
 * left.
 */
void scan_break(struct scan *s);

#endif /* DBGMEM_SCAN_H */
