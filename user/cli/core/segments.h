/* SPDX-License-Identifier: GPL-2.0 */
/* What is mapped in a process, and what of it goes into a core. */
#ifndef DBGMEM_SEGMENTS_H
#define DBGMEM_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dbgmem.h>

enum content {
	CONTENT_NONE,
	CONTENT_HEADER,		/* the first page, which begins an ELF file */
	CONTENT_PRESENT,	/* what pagemap has; the rest are zeros */
	CONTENT_DATA,		/* what the shared file has, as CONTENT_PRESENT */
	CONTENT_WHOLE,
};

struct segment {
	struct dbgmem_region region;
	char *file;		/* the name of the file; NULL: none is mapped */
	enum content content;
	bool own;		/* it has pages that are of no file */
	/* of contents.c: */
	size_t first, nr;	/* its loads */
	bool got, missing;	/* bytes that were read, and such that could not */
};

/* In the order of addresses. Begins as zeros. */
struct segments {
	struct segment *segment;
	size_t nr, room;
	size_t names;		/* bytes of names of files */
};

/*
 * List what is mapped, and choose as the kernel does when it dumps a core: by the
 * process's own coredump_filter, and not what it has excluded by MADV_DONTDUMP; or
 * with @all everything that can be read. @dir is /proc/PID. 0; -1 and the message
 * is out; or -EINTR, a signal. segments_free() is to be called in each case.
 */
int segments_find(struct segments *s, struct dbgmem *m, int dir, bool all);
void segments_free(struct segments *s);

/*
 * Memory that the process may write but not read, which is never in a core: how many
 * mappings, and *@first, the address of the first one.
 */
size_t segments_write_only(const struct segments *s, uint64_t *first);

/* Bytes of a segment that are to be written. */
uint64_t segment_len(const struct segment *seg, uint64_t page_size);

#endif /* DBGMEM_SEGMENTS_H */
