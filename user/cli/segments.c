// SPDX-License-Identifier: GPL-2.0
/* What is mapped in a process, and what of it goes into a core. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "psinfo.h"
#include "segments.h"

/* Bits of /proc/PID/coredump_filter, see core(5). */
#define FILTER_ANON_PRIVATE	(1U << 0)
#define FILTER_ANON_SHARED	(1U << 1)
#define FILTER_FILE_PRIVATE	(1U << 2)
#define FILTER_FILE_SHARED	(1U << 3)
#define FILTER_ELF_HEADERS	(1U << 4)
#define FILTER_HUGE_PRIVATE	(1U << 5)
#define FILTER_HUGE_SHARED	(1U << 6)
#define FILTER_DEFAULT		(FILTER_ANON_PRIVATE | FILTER_ANON_SHARED | \
				 FILTER_ELF_HEADERS | FILTER_HUGE_PRIVATE)

/* Room for one more; 0 or -1. */
static int reserve(struct segments *s)
{
	size_t room = s->room ? 2 * s->room : 64;
	struct segment *more;

	if (s->nr < s->room)
		return 0;
	more = reallocarray(s->segment, room, sizeof(*more));
	if (!more)
		return -1;
	s->segment = more;
	s->room = room;
	return 0;
}

static int add(struct segments *s, const struct dbgmem_region *region,
	       const char *name)
{
	struct segment *seg;

	if (reserve(s))
		return -1;
	seg = &s->segment[s->nr];
	memset(seg, 0, sizeof(*seg));
	seg->region = *region;
	if (region->flags & DBGMEM_REGION_FILE && *name &&
	    asprintf(&seg->file, "%s", name) < 0)
		return -1;
	s->nr++;
	return 0;
}

static int list(struct segments *s, struct dbgmem *m)
{
	struct dbgmem_region region;
	struct dbgmem_regions *r;
	const char *name;
	int ret;

	if (dbgmem_regions_open(m, 0, 0, 0, DBGMEM_REGIONS_NAMES, &r)) {
		msg("%s", dbgmem_errstr());
		return -1;
	}
	while ((ret = dbgmem_regions_next(r, &region, &name)) > 0)
		if (add(s, &region, name)) {
			msg("out of memory");
			break;
		}
	if (ret < 0)
		msg("%s", dbgmem_errstr());
	dbgmem_regions_close(r);
	return ret ? -1 : 0;
}

void segments_free(struct segments *s)
{
	size_t i;

	for (i = 0; i < s->nr; i++)
		free(s->segment[i].file);
	free(s->segment);
	*s = (struct segments){ 0 };
}

static uint32_t filter_read(int dir)
{
	uint32_t filter = FILTER_DEFAULT;
	char *text = ps_read(dir, "coredump_filter", NULL);

	if (text)
		filter = (uint32_t)strtoul(text, NULL, 16);
	free(text);
	return filter;
}

/* Those that the process wants in no core: "dd" in /proc/PID/smaps. */
static void exclude(struct segments *s, int dir)
{
	struct segment *seg = s->segment, *last = seg + s->nr;
	uint64_t start = 0, end = 0, a, b;
	char *line = NULL;
	size_t room = 0;
	FILE *f;
	int fd;

	fd = openat(dir, "smaps", O_RDONLY | O_CLOEXEC);
	f = fd < 0 ? NULL : fdopen(fd, "r");
	/* A kernel may be built without. */
	if (!f)
		return;
	while (getline(&line, &room, f) > 0) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &a, &b) == 2) {
			start = a;
			end = b;
		}
		if (strncmp(line, "VmFlags:", strlen("VmFlags:")) ||
		    !strstr(line, " dd"))
			continue;
		/* Both are in the order of addresses. */
		while (seg < last && seg->region.end <= start)
			seg++;
		for (; seg < last && seg->region.start < end; seg++)
			seg->content = CONTENT_NONE;
	}
	free(line);
	fclose(f);
}

static bool begins_elf(struct dbgmem *m, const struct segment *seg)
{
	char magic[SELFMAG];

	return seg->region.flags & DBGMEM_REGION_READ && !seg->region.offset &&
	       dbgmem_read(m, seg->region.start, magic, SELFMAG) == SELFMAG &&
	       !memcmp(magic, ELFMAG, SELFMAG);
}

/* As vma_dump_size() in the kernel's fs/coredump.c. */
static enum content by_filter(struct dbgmem *m, const struct segment *seg,
			      uint32_t filter, bool own)
{
	const uint32_t flags = seg->region.flags;

	/* The vdso: its symbols and unwind tables are nowhere else. */
	if (flags & DBGMEM_REGION_KERNEL)
		return CONTENT_WHOLE;
	if (flags & DBGMEM_REGION_HUGETLB) {
		if (flags & DBGMEM_REGION_SHARED)
			filter &= FILTER_HUGE_SHARED;
		else
			filter &= FILTER_HUGE_PRIVATE;
		return filter ? CONTENT_PRESENT : CONTENT_NONE;
	}
	if (flags & DBGMEM_REGION_SHARED) {
		/* Memory without a name is a file that was never linked. */
		if (flags & DBGMEM_REGION_DELETED)
			filter &= FILTER_ANON_SHARED;
		else
			filter &= FILTER_FILE_SHARED;
		return filter ? CONTENT_DATA : CONTENT_NONE;
	}
	if (own && filter & FILTER_ANON_PRIVATE)
		return flags & DBGMEM_REGION_FILE ? CONTENT_WHOLE :
						    CONTENT_PRESENT;
	if (!(flags & DBGMEM_REGION_FILE))
		return CONTENT_NONE;
	if (filter & FILTER_FILE_PRIVATE)
		return CONTENT_WHOLE;
	if (filter & FILTER_ELF_HEADERS && begins_elf(m, seg))
		return CONTENT_HEADER;
	return CONTENT_NONE;
}

static enum content everything(const struct segment *seg, bool own)
{
	const uint32_t flags = seg->region.flags;

	/* To read what is not there would put it there. */
	if (flags & DBGMEM_REGION_HUGETLB)
		return CONTENT_PRESENT;
	if (flags & DBGMEM_REGION_SHARED)
		return CONTENT_DATA;
	if (flags & (DBGMEM_REGION_FILE | DBGMEM_REGION_KERNEL))
		return CONTENT_WHOLE;
	return own ? CONTENT_PRESENT : CONTENT_NONE;
}

int segments_find(struct segments *s, struct dbgmem *m, int dir,
		  struct pagemap *pagemap, bool all)
{
	const uint32_t filter = filter_read(dir);
	uint64_t start, len;
	struct segment *seg;
	int own;

	if (list(s, m))
		return -1;
	for (seg = s->segment; seg < s->segment + s->nr; seg++) {
		/* What a device's memory does when it is read, who knows. */
		if (seg->region.flags & DBGMEM_REGION_SPECIAL ||
		    !(seg->region.flags & DBGMEM_REGION_READ))
			continue;
		own = 0;
		if (!(seg->region.flags & DBGMEM_REGION_SHARED))
			own = pagemap_run(pagemap, seg->region.start,
					  seg->region.end, pagemap->page_size,
					  true, &start, &len);
		if (own < 0) {
			msg("cannot read the page map of process %d: %s",
			    (int)dbgmem_pid(m), pagemap_strerror(own));
			return -1;
		}
		seg->content = all ? everything(seg, own) :
				     by_filter(m, seg, filter, own);
	}
	if (!all)
		exclude(s, dir);
	return 0;
}

uint64_t segment_len(const struct segment *seg, uint64_t page_size)
{
	switch (seg->content) {
	case CONTENT_NONE:
		return 0;
	case CONTENT_HEADER:
		return page_size;
	default:
		return seg->region.end - seg->region.start;
	}
}
