// SPDX-License-Identifier: GPL-2.0
/* What addresses of a process are called: "[heap]+0x2a0". */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "target/places.h"
#include "text/message.h"
#include "text/text.h"

/* A target may have as many mappings, with names as long, as it likes. */
#define PLACES_MAX	(1UL << 20)
#define NAMES_MAX	(16UL << 20)

const char *places_name(const struct places *p, const struct place *place)
{
	return p->names + place->name;
}

static int place_room(struct places *p)
{
	size_t room = p->room ? 2 * p->room : 64;
	struct place *more;

	if (p->nr < p->room)
		return 0;
	more = reallocarray(p->place, room, sizeof(*more));
	if (!more)
		return -ENOMEM;
	p->place = more;
	p->room = room;
	return 0;
}

static int names_room(struct places *p, size_t size)
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

int places_add(struct places *p, const struct dbgmem_region *region,
	       const char *name)
{
	const size_t size = strlen(name) + 1;
	const struct place *last = p->nr ? &p->place[p->nr - 1] : NULL;
	const bool again = last && !strcmp(places_name(p, last), name);

	if (p->nr == PLACES_MAX ||
	    (!again && size > NAMES_MAX - p->names_len)) {
		p->cut = true;
		return 0;
	}
	if (place_room(p) || (!again && names_room(p, size)))
		return -ENOMEM;
	p->place[p->nr] = (struct place){
		.start = region->start,
		.end = region->end,
		.dev = (uint64_t)region->dev_major << 32 | region->dev_minor,
		.inode = region->inode,
		.name = again ? p->place[p->nr - 1].name : p->names_len,
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
	const struct place *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static int by_file(const struct place *x, const struct place *y)
{
	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

static int by_name(const void *a, const void *b, void *arg)
{
	int ret = strcmp(places_name(arg, a), places_name(arg, b));

	if (!ret)
		ret = by_file(a, b);
	return ret ? ret : by_start(a, b);
}

/* Those of one name, @nr, by file. */
static void places_alike(struct place *place, size_t nr)
{
	const bool ambiguous = by_file(&place[0], &place[nr - 1]);
	size_t i;

	for (i = 0; i < nr; i++) {
		place[i].ambiguous = ambiguous;
		place[i].base = i && !by_file(&place[i], &place[i - 1]) ?
				place[i - 1].base : place[i].start;
	}
}

void places_end(struct places *p)
{
	struct place *place = p->place;
	size_t i, nr;

	if (!p->nr)
		return;
	qsort_r(place, p->nr, sizeof(*place), by_name, p);
	for (i = 0; i < p->nr; i += nr) {
		for (nr = 1; i + nr < p->nr; nr++)
			if (strcmp(places_name(p, &place[i]),
				   places_name(p, &place[i + nr])) != 0)
				break;
		places_alike(&place[i], nr);
	}
	qsort(place, p->nr, sizeof(*place), by_start);
}

int places_get(struct places *p, struct dbgmem *m)
{
	struct dbgmem_regions *regions;
	struct dbgmem_region r;
	const char *name;
	int ret;

	ret = dbgmem_regions_open(m, 0, 0, 0, DBGMEM_REGIONS_NAMES, &regions);
	while (!ret && (ret = dbgmem_regions_next(regions, &r, &name)) > 0)
		ret = *name ? places_add(p, &r, name) : 0;
	if (ret)
		msg("%s", ret == -ENOMEM ? "out of memory" : dbgmem_errstr());
	dbgmem_regions_close(regions);
	places_end(p);
	return ret ? STATUS_FAILED : STATUS_OK;
}

void places_free(struct places *p)
{
	free(p->names);
	free(p->place);
	*p = (struct places){ 0 };
}

static int place_compare(const void *key, const void *elem)
{
	const uint64_t addr = *(const uint64_t *)key;
	const struct place *place = elem;

	return addr < place->start ? -1 : addr >= place->end;
}

static const struct place *find(const struct places *p, uint64_t addr)
{
	return p->nr ? bsearch(&addr, p->place, p->nr, sizeof(*p->place),
			       place_compare) : NULL;
}

void places_print(const struct places *p, uint64_t addr, FILE *out)
{
	const struct place *place = find(p, addr);
	const char *name;

	if (!place) {
		fputc('-', out);
		return;
	}
	name = places_name(p, place);
	if (place->ambiguous)
		fprintf(out, "0x%llx", (unsigned long long)place->base);
	else
		text_print(out, name, strlen(name));
	fprintf(out, "+0x%llx", (unsigned long long)(addr - place->base));
	if (!place->ambiguous)
		return;
	fputs(" (", out);
	text_print(out, name, strlen(name));
	fputc(')', out);
}

int places_json(const struct places *p, uint64_t addr, struct json_object *obj)
{
	const struct place *place = find(p, addr);
	const char *name;
	size_t len;
	int bad;

	if (!place)
		return 0;
	name = places_name(p, place);
	len = strlen(name);
	bad = json_put(obj, "region", json_text(name, len));
	if (dbgmem_utf8_valid(name, len) < len)
		bad |= json_put(obj, "region_bytes",
				json_bytes((const uint8_t *)name, len));
	bad |= json_put(obj, "offset", json_hex(addr - place->base));
	return bad ? -1 : 0;
}
