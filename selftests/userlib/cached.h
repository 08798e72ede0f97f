/* SPDX-License-Identifier: GPL-2.0 */
/* For tests of the library's cache. */
#ifndef SELFTESTS_CACHED_H
#define SELFTESTS_CACHED_H

#include "userlib.h"
#include "proc.h"

/* A number of /proc/self/fdinfo/FD of the session, or -1. */
long session_count(struct dbgmem *m, const char *key);

#define READS(m)	session_count(m, "dbgmem-reads")
#define WRITES(m)	session_count(m, "dbgmem-writes")

long byte_fill(void *page);

#endif /* SELFTESTS_CACHED_H */
