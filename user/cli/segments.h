/* SPDX-License-Identifier: GPL-2.0 */
/* What is mapped in a process, and what of it goes into a core. */
#ifndef DBGMEM_SEGMENTS_H
#define DBGMEM_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dbgmem.h>

#include "pagemap.h"

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
	/* once it has been written: */
	uint64_t pos, size;	/* in the core */
};

/* In the order of addresses. Begins as zeros. */
struct segments {
	struct segment *segment;
	size_t nr, room;
};

/*
 * List what is mapped, and choose as the kernel does when it dumps a core: by the
 * process's own coredump_filter, and not what it has excluded by MADV_DONTDUMP; or
 * with @all everything that can be read. @dir is /proc/PID. 0, or -1 and the
 * message is out; segments_free() is to be called either way.
 */
int segments_find(struct segments *s, struct dbgmem *m, int dir,
		  struct pagemap *pagemap, bool all);
void segments_free(struct segments *s);

/* Bytes of a segment that are to be written. */
uint64_t segment_len(const struct segment *seg, uint64_t page_size);

#endif /* DBGMEM_SEGMENTS_H */
