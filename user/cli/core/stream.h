/* SPDX-License-Identifier: GPL-2.0 */
/* A file that is written by position, or, where it has none, in order. */
#ifndef DBGMEM_STREAM_H
#define DBGMEM_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is never written is zeros. */
struct stream {
	int fd;
	bool ordered;	/* a pipe or the like: positions only grow */
	bool holes;	/* it may be gone over without writing: a file's end */
	uint64_t pos;	/* if it is ordered: bytes that went out */
};

/* @fd in order, from where it is. */
void stream_ordered(struct stream *s, int fd);

/* Both: 0 or a negative errno; -EINTR, a signal. */
int stream_write(struct stream *s, const void *buf, size_t len, uint64_t pos);

/* It ends at @pos, also if that is in a hole. */
int stream_end(struct stream *s, uint64_t pos);

#endif /* DBGMEM_STREAM_H */
