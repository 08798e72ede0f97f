/* SPDX-License-Identifier: GPL-2.0 */
/* The memory of a process on its way into a core. */
#ifndef DBGMEM_CONTENTS_H
#define DBGMEM_CONTENTS_H

#include "segments.h"

struct contents {
	struct dbgmem *m;
	int dir;		/* see ps_open() */
	struct pagemap *pagemap;
	const struct dbgmem_progress *progress;
	int fd;			/* of the core */
	uint64_t page_size;
	uint64_t pos;		/* its end, so far */
	/* what came of it: */
	uint64_t missing;	/* bytes that could not be read */
	size_t nr_missing;	/* segments that have such */
	uint64_t fault_addr;	/* of the first one */
	uint32_t reason;
	char err[512];		/* the reason of a failure, without a newline */
};

/*
 * Append the contents of @s to the core, where pages of zeros become holes of the
 * file, and say for each where they are. A segment of which nothing could be read
 * has none. 0; or -1 and the reason in @c->err, "" if the progress callback was it.
 */
int contents_write(struct contents *c, struct segments *s);

#endif /* DBGMEM_CONTENTS_H */
