/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All ways to read and write through a session, for tests of transfers where
 * breakpoints are.
 */
#ifndef SELFTESTS_SHADOW_H
#define SELFTESTS_SHADOW_H

#include "breakpoint.h"
#include "features.h"
#include "random.h"

#include <sys/uio.h>

enum way {
	WAY_PLAIN,
	WAY_EXACT,
	WAY_FORCE,
	WAY_RW,			/* pread(2), pwrite(2) */
	WAY_RWV,		/* preadv(2), pwritev(2), in pieces */
	WAY_VECTOR,		/* in one segment */
	WAY_VECTOR_PIECES,	/* in many, words among them */
	WAY_VECTOR_EXACT,
	WAYS_TO_WRITE,
	WAY_ZEROFILL = WAYS_TO_WRITE,
	WAY_NOFAULT,
	WAY_VECTOR_NOFAULT,
	WAYS_TO_READ
};

ssize_t way_vector(int fd, bool write, uint64_t addr, char *buf, size_t len,
		   bool pieces, uint32_t flags);

/* Bytes that moved, or -errno; of pieces, there are enough for 64 KiB. */
ssize_t go(int fd, bool write, enum way way, const void *addr, void *buf,
	   size_t len);

#define go_read(fd, way, addr, buf, len)	go(fd, false, way, addr, buf, len)
#define go_write(fd, way, addr, buf, len)	go(fd, true, way, addr, buf, len)

#endif /* SELFTESTS_SHADOW_H */
