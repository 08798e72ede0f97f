/* SPDX-License-Identifier: GPL-2.0 */
/* The memory of a process on its way into a core. */
#ifndef DBGMEM_CONTENTS_H
#define DBGMEM_CONTENTS_H

#include <stdbool.h>

#include <present.h>

#include "core/datamap.h"
#include "core/segments.h"
#include "core/stream.h"

/*
 * A stretch of so many bytes that the process has never used has none in a core: few
 * file systems have files as large as the memory that processes reserve. Shorter ones
 * have none, either, down to CONTENTS_STRETCH_MIN, where the zeros of a core would be
 * more than CONTENTS_ZEROS_MAX, which few file systems keep in one file, or, where
 * each zero is written, CONTENTS_ZEROS_WRITTEN.
 */
#define CONTENTS_STRETCH	(1ULL << 30)
#define CONTENTS_STRETCH_MIN	(1ULL << 16)
#define CONTENTS_ZEROS_MAX	(1ULL << 42)
#define CONTENTS_ZEROS_WRITTEN	(1ULL << 30)

/* What a program header tells: a part of a segment, most often all of it. */
struct load {
	uint64_t start, end;	/* addresses */
	uint64_t size;		/* bytes from @start on that the core has */
	uint64_t pos;		/* of these in the core */
};

struct contents {
	struct dbgmem *m;
	int dir;		/* see ps_open() */
	bool all;		/* as for segments_find() */
	struct dbgmem__present *present;
	const struct dbgmem_progress *progress;
	struct stream *out;
	uint64_t page_size;
	struct dbgmem__mounts mounts;
	struct load *load;	/* in the order of segments and addresses */
	size_t nr, room;
	uint64_t zeros;		/* bytes that it has where the process has none */
	/* what came of it: */
	uint64_t missing;	/* bytes that could not be read */
	size_t nr_missing;	/* segments that have such */
	uint64_t fault_addr;	/* of the first one */
	uint32_t reason;
	size_t nr_opaque;	/* shared ones of which only mapped pages were seen */
	uint64_t opaque;	/* the first of these */
	char err[512];		/* the reason of a failure, without a newline */
};

/*
 * All of these: 0; or -1 and the reason in @c->err, "" if a signal or the progress
 * callback was it. Plan which loads there will be, and of which sizes;
 * contents_free() is to be called either way.
 */
int contents_plan(struct contents *c, struct segments *s);
void contents_free(struct contents *c);

/* Place them in the core, from @pos on. Returns its end. */
uint64_t contents_place(struct contents *c, uint64_t pos);

/*
 * Copy them. Pages of zeros are not written. A load of which nothing could be read
 * has a size of 0 then.
 */
int contents_write(struct contents *c, struct segments *s);

#endif /* DBGMEM_CONTENTS_H */
