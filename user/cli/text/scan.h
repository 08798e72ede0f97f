/* SPDX-License-Identifier: GPL-2.0 */
/* Strings in a stream of bytes, as strings(1) finds them. */
#ifndef DBGMEM_SCAN_H
#define DBGMEM_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a string in UTF-8; a longer one is found in pieces. */
#define SCAN_MAX	65536

/* Bytes that scan_feed() may leave for the next time. */
#define SCAN_LEFT	3

enum scan_encoding {
	SCAN_ASCII,		/* tab, and blank to ~ */
	SCAN_UTF8,		/* and all others but control characters */
	SCAN_UTF16,		/* those of ASCII, at even and odd addresses */
};

/* A string that may go on. */
struct scan_run {
	uint64_t addr;
	size_t len, chars;
	bool rest;		/* pieces of it were found before */
	char text[SCAN_MAX];
};

struct scan {
	enum scan_encoding encoding;
	size_t min;		/* characters, 1 or more */
	/* Called with each, which is UTF-8. Anything but 0 ends it. */
	int (*found)(void *arg, uint64_t addr, const char *text, size_t len);
	void *arg;
	/* Begin as zeros. */
	int stopped;		/* what that has returned */
	struct scan_run *run[2]; /* room of the caller's; [1] is for UTF-16 */
};

/*
 * Look at @len bytes of @addr, which follow what went before, but for what that
 * left. The bytes that were taken: SCAN_LEFT at the end may be left, to be
 * given again together with the next.
 */
size_t scan_feed(struct scan *s, uint64_t addr, const uint8_t *buf, size_t len);

/* What comes next does not follow; what was left is not part of a string. */
void scan_break(struct scan *s);

#endif /* DBGMEM_SCAN_H */
