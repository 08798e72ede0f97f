/* SPDX-License-Identifier: GPL-2.0 */
/* The mappings of a process, and which parts of them go into a core. */
#ifndef DBGMEM_SEGMENTS_H
#define DBGMEM_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dbgmem.h>

enum content {
	CONTENT_NONE,
	CONTENT_HEADER,		/* the first page, with an ELF header */
	CONTENT_PRESENT,	/* pages in pagemap; the rest are zeros */
	CONTENT_DATA,		/* data of the shared file, otherwise like CONTENT_PRESENT */
	CONTENT_WHOLE,
};

struct segment {
	struct dbgmem_region region;
	char *file;		/* name of the mapped file, or NULL */
	enum content content;
	bool own;		/* it has pages that belong to no file */
	/* for contents.c: */
	size_t first, nr;	/* its loads */
	bool got, missing;	/* some bytes were read; some could not be read */
};

/* Sorted by address. Begins as zeros. */
struct segments {
	struct segment *segment;
	size_t nr, room;
	size_t names;		/* bytes of names of files */
};

/*
 * List the mappings, and choose as the kernel does for a core: by coredump_filter and
 * MADV_DONTDUMP of the process, or with @all everything readable. @dir is /proc/PID.
 * Returns 0; -1 after a message; or -EINTR after a signal. segments_free() must be
 * called in each case.
 */
int segments_find(struct segments *s, struct dbgmem *m, int dir, bool all);
void segments_free(struct segments *s);

/*
 * Count the mappings that the process may write but not read, which are never in a
 * core. *@first is the address of the first one.
 */
size_t segments_write_only(const struct segments *s, uint64_t *first);

/* Bytes of a segment to write. */
uint64_t segment_len(const struct segment *seg, uint64_t page_size);

#endif /* DBGMEM_SEGMENTS_H */
