// SPDX-License-Identifier: GPL-2.0
/* Addresses of a command line: numbers, or a mapping with an offset. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target/addr.h"
#include "text/num.h"
#include "text/text.h"

/* Most mappings in an error message. */
#define CANDIDATES	8

/* A hexadecimal number with fewer digits is not an address from a list. */
#define HEX_DIGITS	6

#define DELETED		" (deleted)"

/* Which part of a mapping's name was typed. They are tried in this order. */
enum part {
	PART_ALL,
	PART_UNMARKED,		/* without " (deleted)" */
	PART_LAST,		/* the last component of a path */
	NR_PARTS,
};

/* An expression, and the buffer for the reason of a failure. */
struct lookup {
	const struct symbolizer *symbols;
	const char *expr;
	char *err;
	size_t err_size;
};

/* Find that part of @name. Returns its length. */
static size_t part_of(const char *name, enum part kind, const char **begin)
{
	size_t len = strlen(name), mark = strlen(DELETED);

	*begin = name;
	if (kind == PART_ALL || *name != '/')
		return len;
	if (len > mark && !strcmp(name + len - mark, DELETED))
		len -= mark;
	if (kind == PART_LAST) {
		*begin = (const char *)memrchr(name, '/', len) + 1;
		len -= (size_t)(*begin - name);
	}
	return len;
}

static bool name_fits(const char *name, enum part kind, const char *want,
		      size_t want_len)
{
	const char *begin;

	return part_of(name, kind, &begin) == want_len &&
	       !memcmp(begin, want, want_len);
}

/* Names in an error message, each once, and "..." for the rest. */
struct list {
	const struct lookup *l;
	size_t seen[CANDIDATES];	/* as in struct named_region */
	size_t nr;
	bool more;
};

static void err_add(const struct lookup *l, const char *text)
{
	size_t len = strlen(l->err);

	snprintf(l->err + len, l->err_size - len, "%s", text);
}

static void list_add(struct list *list, const struct named_region *region)
{
	const struct symbolizer *p = list->l->symbols;
	const char *name = symbolizer_name(p, region);
	char *text;
	size_t i;

	for (i = 0; i < list->nr; i++)
		if (!strcmp(p->names + list->seen[i], name))
			return;
	if (list->nr == CANDIDATES) {
		list->more = true;
		return;
	}
	list->seen[list->nr++] = region->name;
	text = text_escape(name, strlen(name));
	err_add(list->l, i ? ", " : "");
	err_add(list->l, text ? text : "?");
	free(text);
}

static void list_end(struct list *list)
{
	if (list->more)
		err_add(list->l, ", ...");
}

static int several(const struct lookup *l, enum part kind, const char *want,
		   size_t len)
{
	const struct symbolizer *p = l->symbols;
	struct list list = { .l = l };
	size_t i;

	snprintf(l->err, l->err_size, "several files are mapped as '%.*s', give the whole path of one: ",
		 (int)len, want);
	for (i = 0; i < p->nr; i++)
		if (name_fits(symbolizer_name(p, &p->region[i]), kind, want, len))
			list_add(&list, &p->region[i]);
	list_end(&list);
	return -ENOTUNIQ;
}

/* Different files of the same name: they were deleted one after the other. */
static int alike(const struct lookup *l, const struct named_region *found,
		 const char *want, size_t len)
{
	const struct symbolizer *p = l->symbols;
	const char *name = symbolizer_name(p, found);
	const struct named_region *region;
	unsigned int nr = 0;
	char text[32];

	snprintf(l->err, l->err_size, "several files are mapped as '%.*s', and all of them have this name: give an address, they begin at ",
		 (int)len, want);
	for (region = p->region; region < p->region + p->nr; region++) {
		if (region->start != region->base ||
		    strcmp(symbolizer_name(p, region), name) != 0)
			continue;
		if (nr++ == CANDIDATES) {
			err_add(l, ", ...");
			break;
		}
		snprintf(text, sizeof(text), "%s0x%llx", nr > 1 ? ", " : "",
			 (unsigned long long)region->start);
		err_add(l, text);
	}
	return -ENOTUNIQ;
}

/*
 * Find the lowest mapping with @want as that part of its name. Returns 0, -ENOENT, or
 * -ENOTUNIQ and the reason if different files match.
 */
static int find(const struct lookup *l, enum part kind, const char *want,
		size_t len, uint64_t *start)
{
	const struct symbolizer *p = l->symbols;
	const struct named_region *found = NULL;
	const char *name;
	size_t i;

	for (i = 0; i < p->nr; i++) {
		name = symbolizer_name(p, &p->region[i]);
		if (!name_fits(name, kind, want, len))
			continue;
		if (found && strcmp(symbolizer_name(p, found), name) != 0)
			return several(l, kind, want, len);
		if (!found)
			found = &p->region[i];
	}
	if (!found)
		return -ENOENT;
	if (found->ambiguous)
		return alike(l, found, want, len);
	*start = found->start;
	return 0;
}

/* Returns the last + or - in @expr that a number follows, or NULL. */
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

/* Add the offset at @sign, if there is one, to @base. */
static int add(const struct lookup *l, uint64_t base, const char *sign,
	       uint64_t off, uint64_t *addr)
{
	*addr = base;
	if (!sign || !(*sign == '+' ? __builtin_add_overflow(base, off, addr) :
				      __builtin_sub_overflow(base, off, addr)))
		return 0;
	snprintf(l->err, l->err_size, "'%s' is outside the 64-bit address space",
		 l->expr);
	return -ERANGE;
}

static int two_meanings(const struct lookup *l, const char *expr,
			const char *sign)
{
	snprintf(l->err, l->err_size, "'%s' may be a mapping, or an address in '%.*s': write '%s+0x0' for the mapping, or give the address as a number",
		 expr, (int)(sign - expr), expr, expr);
	return -ENOTUNIQ;
}

/*
 * Look up @expr as a name, and as a name with @off at @sign. A target can map a file
 * named NAME+0x10: it must not stand for the address 0x10 bytes after NAME.
 */
static int find_as(const struct lookup *l, enum part kind, const char *expr,
		   const char *sign, uint64_t off, uint64_t *addr)
{
	uint64_t base = 0;
	int whole, ret = -ENOENT;

	if (sign)
		ret = find(l, kind, expr, (size_t)(sign - expr), &base);
	if (ret && ret != -ENOENT)
		return ret;
	if (!ret && !strncmp(sign, "+0x", 3))
		return add(l, base, sign, off, addr);
	whole = find(l, kind, expr, strlen(expr), addr);
	if (ret)
		return whole;
	return whole == -ENOENT ? add(l, base, sign, off, addr) :
				  two_meanings(l, expr, sign);
}

static int find_name(const struct lookup *l, const char *expr, uint64_t *addr)
{
	uint64_t off = 0;
	const char *sign;
	int ret = 0, part;

	sign = split(expr, &off, &ret);
	if (sign && ret) {
		snprintf(l->err, l->err_size, "the offset of '%s' does not fit in 64 bits",
			 l->expr);
		return ret;
	}
	ret = -ENOENT;
	for (part = 0; part < NR_PARTS && ret == -ENOENT; part++)
		ret = find_as(l, (enum part)part, expr, sign, off, addr);
	return ret;
}

/* Returns the number of digits of an address as in /proc/PID/maps, without 0x. */
static size_t hex_digits(const char *s)
{
	size_t n = strspn(s, "0123456789abcdefABCDEF");

	return n >= HEX_DIGITS && n <= 16 ? n : 0;
}

static int range_meant(const struct lookup *l, unsigned long long start,
		       unsigned long long end)
{
	snprintf(l->err, l->err_size, "'%s' is a range: write 0x%llx for ADDR and 0x%llx for LEN",
		 l->expr, start, end - start);
	return -ERANGE;
}

/* Suggest a spelling if @expr was copied from a list of addresses. */
static bool hint(const struct lookup *l, const char *expr)
{
	size_t n = hex_digits(expr), more;
	unsigned long long start, end;

	if (!n)
		return false;
	more = expr[n] == '-' ? hex_digits(expr + n + 1) : 0;
	if (more && !expr[n + 1 + more]) {
		start = strtoull(expr, NULL, 16);
		end = strtoull(expr + n + 1, NULL, 16);
		if (start >= end)
			return false;
		range_meant(l, start, end);
		return true;
	}
	if (expr[n] && expr[n] != '+' && expr[n] != '-')
		return false;
	snprintf(l->err, l->err_size, "no mapping is named '%s': write 0x%s?",
		 expr, expr);
	return true;
}

/* No mapping has that name: list similar names, or else all names. */
static int suggest(const struct lookup *l)
{
	const struct symbolizer *p = l->symbols;
	struct list list = { .l = l };
	const char *sign, *name;
	bool similar = false;
	uint64_t off;
	char *word;
	size_t i;
	int ret;

	if (hint(l, l->expr))
		return -ENOENT;
	sign = split(l->expr, &off, &ret);
	word = sign ? strndup(l->expr, (size_t)(sign - l->expr)) :
		      strdup(l->expr);
	for (i = 0; word && *word && i < p->nr; i++)
		similar |= !!strcasestr(symbolizer_name(p, &p->region[i]), word);
	snprintf(l->err, l->err_size, "no mapping is named '%s'%s",
		 word ? word : l->expr,
		 similar ? ", similar ones: " : p->nr ? ", there are: " : "");
	for (i = 0; word && i < p->nr; i++) {
		name = symbolizer_name(p, &p->region[i]);
		if (!similar || strcasestr(name, word))
			list_add(&list, &p->region[i]);
	}
	list_end(&list);
	free(word);
	return -ENOENT;
}

/*
 * Parse a number, or two with a sign between them. Returns -EINVAL for anything else.
 */
static int number(const struct lookup *l, uint64_t *addr)
{
	char *left = NULL;
	const char *sign;
	uint64_t off, base;
	int ret, right = 0;

	ret = num_parse(l->expr, addr);
	if (ret == -EINVAL) {
		sign = split(l->expr, &off, &right);
		if (sign)
			left = strndup(l->expr, (size_t)(sign - l->expr));
		ret = left ? num_parse(left, &base) : -EINVAL;
		free(left);
		if (!ret && !right && *sign == '-' && off > base)
			ret = range_meant(l, base, off);
		else if (!ret && !right)
			ret = add(l, base, sign, off, addr);
		else if (ret != -EINVAL)
			ret = -ERANGE;
	}
	if (ret == -ERANGE && !hint(l, l->expr) && !*l->err)
		snprintf(l->err, l->err_size, "address '%s' does not fit in 64 bits",
			 l->expr);
	return ret;
}

/* The mappings that are not listed may have that name, too. */
static int too_many(const struct lookup *l)
{
	if (!hint(l, l->expr))
		snprintf(l->err, l->err_size, "'%s' is not a number, and the process has too many mappings to look up names: give the address as a number",
			 l->expr);
	return -ENOTUNIQ;
}

int addr_parse(const char *expr, const struct symbolizer *symbols, uint64_t *addr,
	       char *err, size_t err_size)
{
	const struct lookup l = {
		.symbols = symbols,
		.expr = expr,
		.err = err,
		.err_size = err_size,
	};
	char *name;
	int ret;

	*err = '\0';
	if (!*expr) {
		snprintf(err, err_size, "the address is empty");
		return -EINVAL;
	}
	ret = number(&l, addr);
	if (ret != -EINVAL)
		return ret;
	if (!symbols)
		return -EAGAIN;
	if (symbols->cut)
		return too_many(&l);
	name = strdup(expr);
	if (!name) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	/* Try the name unescaped, and as it is. */
	text_unescape(name);
	ret = find_name(&l, name, addr);
	if (ret == -ENOENT)
		ret = find_name(&l, expr, addr);
	free(name);
	return ret == -ENOENT ? suggest(&l) : ret;
}
