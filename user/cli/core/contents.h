/* SPDX-License-Identifier: GPL-2.0 */
/* The memory of a process in a core. */
#ifndef DBGMEM_CONTENTS_H
#define DBGMEM_CONTENTS_H

#include <stdbool.h>

#include <present.h>

#include "core/datamap.h"
#include "core/segments.h"
#include "core/stream.h"

/*
 * A stretch of at least CONTENTS_STRETCH bytes that the process has never used has no
 * bytes in a core, as few file systems have files as large as the memory that processes
 * reserve. Shorter stretches, down to CONTENTS_STRETCH_MIN, are left out if the core
 * would have more than CONTENTS_ZEROS_MAX zeros, or more than CONTENTS_ZEROS_WRITTEN if
 * the zeros must be written.
 */
#define CONTENTS_STRETCH	(1ULL << 30)
#define CONTENTS_STRETCH_MIN	(1ULL << 16)
#define CONTENTS_ZEROS_MAX	(1ULL << 42)
#define CONTENTS_ZEROS_WRITTEN	(1ULL << 30)

/* The contents of a program header: a segment or a part of it. */
struct load {
	uint64_t start, end;	/* addresses */
	uint64_t size;		/* bytes from @start on that are in the core */
	uint64_t pos;		/* their offset in the core */
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
	uint64_t zeros;		/* bytes of the core without memory in the process */
	/* the result: */
	uint64_t missing;	/* bytes that could not be read */
	size_t nr_missing;	/* segments with such bytes */
	uint64_t fault_addr;	/* of the first missing byte */
	uint32_t reason;
	size_t nr_opaque;	/* shared segments of which only mapped pages were saved */
	uint64_t opaque;	/* start of the first one */
	char err[512];		/* the reason of a failure, without a newline */
};

/*
 * All of these return 0, or -1 with the reason in @c->err, which is empty if a signal
 * or the progress callback was the reason. Plan the loads and their sizes;
 * contents_free() must be called in both cases.
 */
int contents_plan(struct contents *c, struct segments *s);
void contents_free(struct contents *c);

/* Assign offsets to the loads, from @pos on. Returns the end. */
uint64_t contents_place(struct contents *c, uint64_t pos);

/*
 * Copy the loads, without pages of zeros. A load of which nothing could be read gets a
 * size of 0.
 */
int contents_write(struct contents *c, struct segments *s);

#endif /* DBGMEM_CONTENTS_H */
