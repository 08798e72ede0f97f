// SPDX-License-Identifier: GPL-2.0
/* Names for addresses of a process: "[heap]+0x2a0". */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "target/symbolize.h"
#include "text/message.h"
#include "text/text.h"

/* A target can have any number of mappings, and long names. */
#define REGIONS_MAX	(1UL << 20)
#define NAMES_MAX	(16UL << 20)

const char *symbolizer_name(const struct symbolizer *p,
			    const struct named_region *region)
{
	return p->names + region->name;
}

static int regions_room(struct symbolizer *p)
{
	size_t room = p->room ? 2 * p->room : 64;
	struct named_region *more;

	if (p->region && p->nr < p->room)
		return 0;
	more = reallocarray(p->region, room, sizeof(*more));
	if (!more)
		return -ENOMEM;
	p->region = more;
	p->room = room;
	return 0;
}

static int names_room(struct symbolizer *p, size_t size)
{
	size_t room = p->names_room ? p->names_room : 4096;
	char *more;

	while (room - p->names_len < size)
		room *= 2;
	if (room == p->names_room)
		return 0;
	more = realloc(p->names, room);
	if (!more)
		return -ENOMEM;
	p->names = more;
	p->names_room = room;
	return 0;
}

int symbolizer_add(struct symbolizer *p, const struct dbgmem_region *region,
		   const char *name)
{
	const size_t size = strlen(name) + 1;
	const struct named_region *last = p->nr ? &p->region[p->nr - 1] : NULL;
	const bool again = last && !strcmp(symbolizer_name(p, last), name);

	if (p->nr == REGIONS_MAX ||
	    (!again && size > NAMES_MAX - p->names_len)) {
		p->cut = true;
		return 0;
	}
	if (regions_room(p) || (!again && names_room(p, size)))
		return -ENOMEM;
	p->region[p->nr] = (struct named_region){
		.start = region->start,
		.end = region->end,
		.dev = (uint64_t)region->dev_major << 32 | region->dev_minor,
		.inode = region->inode,
		.name = again ? p->region[p->nr - 1].name : p->names_len,
	};
	p->nr++;
	if (!again) {
		memcpy(p->names + p->names_len, name, size);
		p->names_len += size;
	}
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct named_region *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static int by_file(const struct named_region *x, const struct named_region *y)
{
	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

static int by_name(const void *a, const void *b, void *arg)
{
	int ret = strcmp(symbolizer_name(arg, a), symbolizer_name(arg, b));

	if (!ret)
		ret = by_file(a, b);
	return ret ? ret : by_start(a, b);
}

/* @nr regions of one name, sorted by file. */
static void mark_alike(struct named_region *region, size_t nr)
{
	const bool ambiguous = by_file(&region[0], &region[nr - 1]);
	size_t i;

	for (i = 0; i < nr; i++) {
		region[i].ambiguous = ambiguous;
		region[i].base = i && !by_file(&region[i], &region[i - 1]) ?
				region[i - 1].base : region[i].start;
	}
}

void symbolizer_finish(struct symbolizer *p)
{
	struct named_region *region = p->region;
	size_t i, nr;

	if (!p->nr)
		return;
	qsort_r(region, p->nr, sizeof(*region), by_name, p);
	for (i = 0; i < p->nr; i += nr) {
		for (nr = 1; i + nr < p->nr; nr++)
			if (strcmp(symbolizer_name(p, &region[i]),
				   symbolizer_name(p, &region[i + nr])) != 0)
				break;
		mark_alike(&region[i], nr);
	}
	qsort(region, p->nr, sizeof(*region), by_start);
}

int symbolizer_load(struct symbolizer *p, struct dbgmem *m)
{
	struct dbgmem_regions *regions;
	struct dbgmem_region r;
	const char *name;
	int ret;

	ret = dbgmem_regions_new(m, 0, 0, 0, DBGMEM_REGIONS_NAMES, &regions);
	while (!ret && (ret = dbgmem_regions_next(regions, &r, &name)) > 0)
		ret = *name ? symbolizer_add(p, &r, name) : 0;
	if (ret)
		msg("%s", ret == -ENOMEM ? "out of memory" : dbgmem_errstr());
	dbgmem_regions_free(regions);
	symbolizer_finish(p);
	return ret ? STATUS_FAILED : STATUS_OK;
}

void symbolizer_free(struct symbolizer *p)
{
	free(p->names);
	free(p->region);
	*p = (struct symbolizer){ 0 };
}

static int region_compare(const void *key, const void *elem)
{
	const uint64_t addr = *(const uint64_t *)key;
	const struct named_region *region = elem;

	return addr < region->start ? -1 : addr >= region->end;
}

static const struct named_region *find(const struct symbolizer *p, uint64_t addr)
{
	return p->nr ? bsearch(&addr, p->region, p->nr, sizeof(*p->region),
			       region_compare) : NULL;
}

void symbolizer_print(const struct symbolizer *p, uint64_t addr, FILE *out)
{
	const struct named_region *region = find(p, addr);
	const char *name;

	if (!region) {
		fputc('-', out);
		return;
	}
	name = symbolizer_name(p, region);
	if (region->ambiguous)
		fprintf(out, "0x%llx", (unsigned long long)region->base);
	else
		text_print(out, name, strlen(name));
	fprintf(out, "+0x%llx", (unsigned long long)(addr - region->base));
	if (!region->ambiguous)
		return;
	fputs(" (", out);
	text_print(out, name, strlen(name));
	fputc(')', out);
}

int symbolizer_json(const struct symbolizer *p, uint64_t addr,
		    struct json_object *obj)
{
	const struct named_region *region = find(p, addr);
	const char *name;
	size_t len;
	int bad;

	if (!region)
		return 0;
	name = symbolizer_name(p, region);
	len = strlen(name);
	bad = json_put(obj, "region", json_text(name, len));
	if (dbgmem_utf8_valid(name, len) < len)
		bad |= json_put(obj, "region_bytes",
				json_bytes((const uint8_t *)name, len));
	bad |= json_put(obj, "offset", json_hex(addr - region->base));
	return bad ? -1 : 0;
}
