// SPDX-License-Identifier: GPL-2.0
/* What addresses of a process are called: "[heap]+0x2a0". */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "places.h"
#include "text.h"

/* A region that has a name. */
struct place {
	uint64_t start, end;
	uint64_t base;		/* where the first of that name begins */
	size_t name;		/* where in places.names that is */
};

static const char *name_of(const struct places *p, const struct place *place)
{
	return p->names + place->name;
}

/* The regions, while they are read. */
struct reader {
	struct place *place;
	size_t nr, room;
	FILE *names;
	size_t size;		/* bytes written to it */
};

static int add(struct reader *rd, const struct dbgmem_region *r,
	       const char *name)
{
	struct place *more;
	size_t room;

	if (rd->nr == rd->room) {
		room = rd->room ? 2 * rd->room : 64;
		more = reallocarray(rd->place, room, sizeof(*more));
		if (!more)
			return -1;
		rd->place = more;
		rd->room = room;
	}
	rd->place[rd->nr++] = (struct place){
		.start = r->start,
		.end = r->end,
		.name = rd->size,
	};
	rd->size += strlen(name) + 1;
	return fwrite(name, strlen(name) + 1, 1, rd->names) == 1 ? 0 : -1;
}

/* 0; 1: out of memory; or a negative errno of the library. */
static int read_all(struct reader *rd, struct dbgmem *m)
{
	struct dbgmem_regions *regions;
	struct dbgmem_region r;
	const char *name;
	int ret;

	ret = dbgmem_regions_open(m, 0, 0, 0, DBGMEM_REGIONS_NAMES, &regions);
	if (ret)
		return ret;
	while ((ret = dbgmem_regions_next(regions, &r, &name)) > 0)
		if (*name && add(rd, &r, name))
			break;
	dbgmem_regions_close(regions);
	return ret;
}

static int by_start(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static int by_name(const void *a, const void *b, void *arg)
{
	int ret = strcmp(name_of(arg, a), name_of(arg, b));

	return ret ? ret : by_start(a, b);
}

/* The first of each name is the base of the others. */
static void bases_set(struct places *p)
{
	struct place *place = p->place;
	size_t i;

	if (!p->nr)
		return;
	qsort_r(place, p->nr, sizeof(*place), by_name, p);
	for (i = 0; i < p->nr; i++)
		place[i].base = i && !strcmp(name_of(p, &place[i]),
					     name_of(p, &place[i - 1])) ?
				place[i - 1].base : place[i].start;
	qsort(place, p->nr, sizeof(*place), by_start);
}

int places_get(struct places *p, struct dbgmem *m)
{
	struct reader rd = { 0 };
	size_t size;
	int ret = 1;

	rd.names = open_memstream(&p->names, &size);
	if (rd.names) {
		ret = read_all(&rd, m);
		if (fclose(rd.names) && !ret)
			ret = 1;
	}
	p->place = rd.place;
	p->nr = rd.nr;
	if (!ret)
		bases_set(p);
	else
		msg("%s", ret < 0 ? dbgmem_errstr() : "out of memory");
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

	if (!place) {
		fputc('-', out);
		return;
	}
	text_print(out, name_of(p, place), strlen(name_of(p, place)));
	fprintf(out, "+0x%llx", (unsigned long long)(addr - place->base));
}

int places_json(const struct places *p, uint64_t addr, struct json_object *obj)
{
	const struct place *place = find(p, addr);
	int bad;

	if (!place)
		return 0;
	bad = json_put(obj, "region",
		       json_text(name_of(p, place),
				 strlen(name_of(p, place))));
	bad |= json_put(obj, "offset", json_hex(addr - place->base));
	return bad ? -1 : 0;
}
