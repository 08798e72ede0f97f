// SPDX-License-Identifier: GPL-2.0
/* Addresses as people type them: numbers, or places in a mapping. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "num.h"

/* How many mappings an error message names. */
#define CANDIDATES	8

#define DELETED		" (deleted)"

/* The kernel writes a newline in a file name as \012, and nothing else so. */
static void unescape(char *s)
{
	char *out = s;

	while (*s) {
		if (!strncmp(s, "\\012", 4)) {
			*out++ = '\n';
			s += 4;
		} else {
			*out++ = *s++;
		}
	}
	*out = '\0';
}

/* 1 and *@map if the line has a name, 0 if not, or -EINVAL. */
static int map_parse(char *line, struct map *map)
{
	unsigned long long start;
	int name = 0;

	if (sscanf(line, "%llx-%*x %*4s %*x %*s %*u %n", &start, &name) != 1 ||
	    !name)
		return -EINVAL;
	if (!line[name])
		return 0;
	map->start = start;
	map->name = line + name;
	unescape(map->name);
	return 1;
}

int maps_parse(char *text, struct maps *maps)
{
	size_t room = 0;
	char *line;
	int ret;

	maps->map = NULL;
	maps->nr = 0;
	while ((line = strsep(&text, "\n"))) {
		if (!*line)
			continue;
		if (maps->nr == room) {
			struct map *more;

			room = room ? 2 * room : 64;
			more = reallocarray(maps->map, room, sizeof(*more));
			if (!more) {
				ret = -ENOMEM;
				goto err;
			}
			maps->map = more;
		}
		ret = map_parse(line, &maps->map[maps->nr]);
		if (ret < 0)
			goto err;
		maps->nr += (size_t)ret;
	}
	return 0;
err:
	maps_free(maps);
	return ret;
}

void maps_free(struct maps *maps)
{
	free(maps->map);
	maps->map = NULL;
	maps->nr = 0;
}

/* Bytes of @name without the mark of a file that was deleted. */
static size_t bare_len(const char *name)
{
	size_t len = strlen(name), mark = strlen(DELETED);

	if (name[0] == '/' && len > mark && !strcmp(name + len - mark, DELETED))
		len -= mark;
	return len;
}

/* Behind the last of them. There may be none, and nothing to point at. */
static const struct map *maps_end(const struct maps *maps)
{
	return maps->nr ? maps->map + maps->nr : maps->map;
}

static bool same(const char *a, size_t alen, const char *b, size_t blen)
{
	return alen == blen && !memcmp(a, b, alen);
}

static bool name_matches(const char *name, const char *want, size_t want_len)
{
	size_t len = bare_len(name);
	const char *base;

	if (same(name, strlen(name), want, want_len) ||
	    same(name, len, want, want_len))
		return true;
	base = name[0] == '/' ? memrchr(name, '/', len) + 1 : name;
	return same(base, len - (size_t)(base - name), want, want_len);
}

/* Add @name to the list in @err, once; "..." when there are too many. */
struct list {
	char *err;
	size_t size;
	const char *seen[CANDIDATES];
	size_t nr;
	bool more;
};

static void list_add(struct list *l, const char *name)
{
	size_t i, len;

	for (i = 0; i < l->nr; i++)
		if (!strcmp(l->seen[i], name))
			return;
	if (l->nr == CANDIDATES) {
		l->more = true;
		return;
	}
	l->seen[l->nr++] = name;
	len = strlen(l->err);
	snprintf(l->err + len, l->size - len, "%s%s", i ? ", " : "", name);
}

static void list_end(struct list *l)
{
	size_t len = strlen(l->err);

	if (l->more)
		snprintf(l->err + len, l->size - len, ", ...");
}

/*
 * The lowest mapping named @want. -ENOENT if there is none, -ENOTUNIQ and a
 * message if different files have that name.
 */
static int find(const struct maps *maps, const char *want, size_t len,
		uint64_t *start, char *err, size_t err_size)
{
	struct list l = { .err = err, .size = err_size };
	const struct map *found = NULL, *m;
	bool ambiguous = false;

	for (m = maps->map; m < maps_end(maps); m++) {
		if (!name_matches(m->name, want, len))
			continue;
		if (found && strcmp(found->name, m->name))
			ambiguous = true;
		if (!found || m->start < found->start)
			found = m;
	}
	if (!found)
		return -ENOENT;
	if (!ambiguous) {
		*start = found->start;
		return 0;
	}
	snprintf(err, err_size, "several files are mapped as '%.*s', give the whole path of one: ",
		 (int)len, want);
	for (m = maps->map; m < maps_end(maps); m++)
		if (name_matches(m->name, want, len))
			list_add(&l, m->name);
	list_end(&l);
	return -ENOTUNIQ;
}

/* Nothing is named @want: list what resembles it, or else all there is. */
static void suggest(const struct maps *maps, const char *want, size_t len,
		    char *err, size_t err_size)
{
	struct list l = { .err = err, .size = err_size };
	char *word = strndup(want, len);
	const struct map *m;
	bool similar = false;

	for (m = maps->map; word && *word && m < maps_end(maps); m++)
		similar |= !!strcasestr(m->name, word);
	snprintf(err, err_size, "no mapping is named '%.*s'%s", (int)len, want,
		 similar ? ", similar ones: " : maps->nr ? ", there are: " : "");
	for (m = maps->map; m < maps_end(maps); m++)
		if (!similar || strcasestr(m->name, word))
			list_add(&l, m->name);
	list_end(&l);
	free(word);
}

/* The last + or - of @expr that is followed by a number; NULL if none is. */
static const char *split(const char *expr, uint64_t *off, int *ret)
{
	const char *p = expr + strlen(expr);

	while (p > expr) {
		p--;
		if (*p != '+' && *p != '-')
			continue;
		*ret = num_parse(p + 1, off);
		return *ret == -EINVAL || p == expr ? NULL : p;
	}
	return NULL;
}

int addr_parse(const char *expr, const struct maps *maps, uint64_t *addr,
	       char *err, size_t err_size)
{
	const char *sign;
	uint64_t off;
	size_t len;
	int ret;

	ret = num_parse(expr, addr);
	if (!ret)
		return 0;
	if (ret == -ERANGE) {
		snprintf(err, err_size, "address '%s' does not fit in 64 bits",
			 expr);
		return ret;
	}
	if (!*expr) {
		snprintf(err, err_size, "the address is empty");
		return -EINVAL;
	}
	if (!maps)
		return -EAGAIN;

	/* Names may have a + or - of their own: the whole comes first. */
	len = strlen(expr);
	ret = find(maps, expr, len, addr, err, err_size);
	if (ret != -ENOENT)
		return ret;
	sign = split(expr, &off, &ret);
	if (!sign) {
		suggest(maps, expr, len, err, err_size);
		return -ENOENT;
	}
	len = (size_t)(sign - expr);
	if (ret) {
		snprintf(err, err_size, "the offset of '%s' does not fit in 64 bits",
			 expr);
		return ret;
	}
	ret = find(maps, expr, len, addr, err, err_size);
	if (ret == -ENOENT)
		suggest(maps, expr, len, err, err_size);
	if (ret)
		return ret;
	if (*sign == '+' ? __builtin_add_overflow(*addr, off, addr) :
			   __builtin_sub_overflow(*addr, off, addr)) {
		snprintf(err, err_size, "'%s' is outside the 64-bit address space",
			 expr);
		return -ERANGE;
	}
	return 0;
}
