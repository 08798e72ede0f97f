/* SPDX-License-Identifier: GPL-2.0 */
/* A file that is written by position, or a pipe that is written in order. */
#ifndef DBGMEM_STREAM_H
#define DBGMEM_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Parts that are never written are zeros. */
struct stream {
	int fd;
	bool ordered;	/* a pipe or the like: positions only increase */
	bool holes;	/* holes are possible: it is a file, at its end */
	uint64_t pos;	/* if @ordered: bytes written */
};

/* Write @fd in order, from its current position on. */
void stream_ordered(struct stream *s, int fd);

/* Both return 0 or a negative errno; -EINTR after a signal. */
int stream_write(struct stream *s, const void *buf, size_t len, uint64_t pos);

/* End the file at @pos, also in a hole. */
int stream_end(struct stream *s, uint64_t pos);

#endif /* DBGMEM_STREAM_H */
