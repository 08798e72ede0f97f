// SPDX-License-Identifier: GPL-2.0
/* The mappings of a process, and which parts of them go into a core. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/segments.h"
#include "core/smaps.h"
#include "run/interrupt.h"
#include "target/psinfo.h"
#include "text/message.h"

/* Most bytes of all file names; a target can have any number of long ones. */
#define NAMES_MAX	(16UL << 20)

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

/* Make room for one more. Returns 0 or -1. */
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

/* Names are optional: readers of a core can do without NT_FILE. */
static int name_add(struct segments *s, struct segment *seg, const char *name)
{
	const size_t size = strlen(name) + 1;

	if (size == 1 || size > NAMES_MAX - s->names)
		return 0;
	if (asprintf(&seg->file, "%s", name) < 0)
		return -1;
	s->names += size;
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
	if (region->flags & DBGMEM_REGION_FILE &&
	    name_add(s, seg, name))
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

	if (dbgmem_regions_new(m, 0, 0, 0, DBGMEM_REGIONS_NAMES, &r)) {
		msg("%s", dbgmem_errstr());
		return -1;
	}
	while ((ret = dbgmem_regions_next(r, &region, &name)) > 0 &&
	       !interrupt_seen())
		if (add(s, &region, name)) {
			msg("out of memory");
			break;
		}
	if (ret < 0)
		msg("%s", dbgmem_errstr());
	dbgmem_regions_free(r);
	if (ret > 0 && interrupt_seen())
		return -EINTR;
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

/* Returns 0 or a negative errno. The kernel may not have the file. */
static int filter_read(int dir, uint32_t *filter)
{
	char *text = ps_read(dir, "coredump_filter", NULL);

	*filter = FILTER_DEFAULT;
	if (!text)
		return errno == ENOENT ? 0 : -errno;
	*filter = (uint32_t)strtoul(text, NULL, 16);
	free(text);
	return 0;
}

/* Whether the process wants a mapping in a core, of smaps. */
enum wish {
	WISH_UNKNOWN,		/* unmapped by now */
	WISH_SAVED,
	WISH_EXCLUDED,		/* some of it, at least */
};

/* Find which mappings have pages of their own, and which ones the process excludes. */
static int smaps_read(struct segments *s, int dir, enum wish *wish)
{
	const struct segment *last = s->segment + s->nr;
	struct segment *seg = s->segment;
	struct smaps_entry e;
	struct smaps smaps;
	int ret;

	ret = smaps_open(&smaps, dir);
	if (ret)
		return ret;
	while ((ret = smaps_next(&smaps, &e)) > 0) {
		/* Both lists are sorted by address. */
		while (seg < last && seg->region.end <= e.start)
			seg++;
		for (; seg < last && seg->region.start < e.end; seg++) {
			enum wish *w = &wish[seg - s->segment];

			seg->own |= e.own;
			if (e.excluded)
				*w = WISH_EXCLUDED;
			else if (*w == WISH_UNKNOWN)
				*w = WISH_SAVED;
			if (seg->region.end > e.end)
				break;
		}
	}
	smaps_close(&smaps);
	return ret;
}

static bool begins_elf(struct dbgmem *m, const struct segment *seg)
{
	char magic[SELFMAG];

	return seg->region.flags & DBGMEM_REGION_READ && !seg->region.offset &&
	       dbgmem_read(m, seg->region.start, magic, SELFMAG) == SELFMAG &&
	       !memcmp(magic, ELFMAG, SELFMAG);
}

/* Like vma_dump_size() in the kernel's fs/coredump.c. */
static enum content by_filter(struct dbgmem *m, const struct segment *seg,
			      uint32_t filter)
{
	const uint32_t flags = seg->region.flags;

	/* The vdso: no file has its symbols and unwind tables. */
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
		/* Shared anonymous memory is a deleted file. */
		if (flags & DBGMEM_REGION_DELETED)
			filter &= FILTER_ANON_SHARED;
		else
			filter &= FILTER_FILE_SHARED;
		return filter ? CONTENT_DATA : CONTENT_NONE;
	}
	if (seg->own && filter & FILTER_ANON_PRIVATE)
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

static enum content everything(const struct segment *seg)
{
	const uint32_t flags = seg->region.flags;

	/* Reading an unused huge page would allocate it. */
	if (flags & DBGMEM_REGION_HUGETLB)
		return CONTENT_PRESENT;
	if (flags & DBGMEM_REGION_SHARED)
		return CONTENT_DATA;
	if (flags & (DBGMEM_REGION_FILE | DBGMEM_REGION_KERNEL))
		return CONTENT_WHOLE;
	return seg->own ? CONTENT_PRESENT : CONTENT_NONE;
}

static int refuse(struct dbgmem *m, const char *file, int code)
{
	msg("cannot read /proc/%d/%s, which has what process %d excludes from a core: %s; nothing is saved; --all saves everything that can be read",
	    (int)dbgmem_pid(m), file, (int)dbgmem_pid(m), strerror(-code));
	return -1;
}

static int choose(struct segments *s, struct dbgmem *m, int dir, bool all,
		  enum wish *wish)
{
	struct segment *seg;
	uint32_t filter;
	int ret, known;
	size_t i;

	ret = filter_read(dir, &filter);
	if (ret && !all)
		return refuse(m, "coredump_filter", ret);
	known = smaps_read(s, dir, wish);
	if (known == -EINTR)
		return known;
	if (known && !all)
		return refuse(m, "smaps", known);
	for (i = 0; i < s->nr; i++) {
		if (interrupt_seen())
			return -EINTR;
		seg = &s->segment[i];
		/* Reading the memory of a device may have side effects. */
		if (seg->region.flags & DBGMEM_REGION_SPECIAL ||
		    !(seg->region.flags & DBGMEM_REGION_READ))
			continue;
		/* Without smaps, assume that it has pages of its own. */
		if (known)
			seg->own = true;
		if (all)
			seg->content = everything(seg);
		else if (wish[i] == WISH_SAVED)
			seg->content = by_filter(m, seg, filter);
	}
	return 0;
}

int segments_find(struct segments *s, struct dbgmem *m, int dir, bool all)
{
	enum wish *wish;
	int ret;

	ret = list(s, m);
	if (ret)
		return ret;
	wish = calloc(s->nr + 1, sizeof(*wish));
	if (!wish) {
		msg("out of memory");
		return -1;
	}
	ret = choose(s, m, dir, all, wish);
	free(wish);
	return ret;
}

size_t segments_write_only(const struct segments *s, uint64_t *first)
{
	size_t nr = 0, i;

	for (i = s->nr; i--;) {
		const struct dbgmem_region *r = &s->segment[i].region;

		if (!(r->flags & DBGMEM_REGION_WRITE) ||
		    r->flags & (DBGMEM_REGION_READ | DBGMEM_REGION_SPECIAL))
			continue;
		*first = r->start;
		nr++;
	}
	return nr;
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
