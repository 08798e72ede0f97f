/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of the library's cache share. */
#ifndef SELFTESTS_CACHED_H
#define SELFTESTS_CACHED_H

#include "userlib.h"
#include "proc.h"

/* A number of /proc/self/fdinfo/FD of the session, or -1. */
static inline long session_count(struct dbgmem *m, const char *key)
{
	char path[64], text[2048], line[64], *p;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", dbgmem_fd(m));
	if (file_read(path, text, sizeof(text)) <= 0)
		return -1;
	snprintf(line, sizeof(line), "\n%s:\t", key);
	p = strstr(text, line);
	return p ? strtol(p + strlen(line), NULL, 10) : -1;
}

#define READS(m)	session_count(m, "dbgmem-reads")
#define WRITES(m)	session_count(m, "dbgmem-writes")

static inline long byte_fill(void *page)
{
	memset(page, 0xee, PAGE);
	return 0;
}

#endif /* SELFTESTS_CACHED_H */
