// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A pattern, and where it occurs in a buffer: where two of its bytes are that are
 * rare in programs' memory, 8 places at a time, is looked at more closely. Where
 * that is often in vain, and for long patterns without a mask, there is memmem(3),
 * whose time does not depend on the data.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "needle.h"

#define NONE	SIZE_MAX

/* Bytes looked at in one go; the unit of work that is in vain. */
#define BLOCK	64

/* From here on memmem() skips more than it looks at. */
#define LONG	16

#define EACH(byte)	(0x0101010101010101ULL * (byte))

/* The most common first, counted over libraries and writable memory. */
static const unsigned char common[] = {
	0x00, 0xff, 0x48, 0x01, 0x89, 0x0f, 0x24, 0x8b, 0x41, 0x08, 0x0e,
	0x20, 0x74, 0x4c, 0x04, 0xe8, 0x8d, 0x83, 0x44, 0x02, 0x10, 0x84,
	0x03, 0x66, 0x05, 0x49, 0x65, 0x85, 0xc0, 0x18, 0x42, 0x5f, 0x72,
	0x1f, 0x6f, 0x31, 0x28, 0x73, 0x69, 0x75, 0x61, 0x6e, 0x30, 0x7f,
	0x06, 0xfe, 0x45, 0x40,
};

/* How good a byte is to look for first: whole bytes, and rare ones. */
static size_t rarity(unsigned char byte, unsigned char mask)
{
	const unsigned char *p;

	if (mask != 0xff)
		return (size_t)__builtin_popcount(mask);
	p = memchr(common, byte, sizeof(common));
	return 8 + (p ? (size_t)(p - common) : sizeof(common));
}

int dbgmem__needle_init(struct dbgmem__needle *n, const struct dbgmem_pattern *p)
{
	const unsigned char *bytes = p->bytes, *mask = p->mask;
	size_t i, r, best[2] = { 0 };
	bool whole = true;

	*n = (struct dbgmem__needle){
		.len = p->len,
		.align = p->align ? p->align : 1,
		.align_from = p->align_from,
	};
	if (!p->len || !bytes)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot search for a pattern without bytes");
	n->bytes = calloc(1, p->len);
	n->mask = mask ? malloc(p->len) : NULL;
	if (!n->bytes || (mask && !n->mask)) {
		dbgmem__needle_free(n);
		return dbgmem__fail_simple(ENOMEM, DBGMEM_SOURCE_SYSTEM,
			"cannot search for a pattern of %zu bytes: out of memory",
			p->len);
	}
	for (i = 0; i < p->len; i++) {
		n->bytes[i] = mask ? bytes[i] & mask[i] : bytes[i];
		if (mask)
			n->mask[i] = mask[i];
		whole = whole && (!mask || mask[i] == 0xff);
		r = rarity(bytes[i], mask ? mask[i] : 0xff);
		if (r > best[0]) {
			best[1] = best[0];
			n->rare[1] = n->rare[0];
			best[0] = r;
			n->rare[0].index = i;
		} else if (r > best[1]) {
			best[1] = r;
			n->rare[1].index = i;
		}
	}
	/* The same twice, if there is but one that counts. */
	if (!best[1])
		n->rare[1] = n->rare[0];
	for (i = 0; i < 2; i++) {
		r = n->rare[i].index;
		n->rare[i].bytes = EACH(n->bytes[r]);
		n->rare[i].mask = EACH(mask ? mask[r] : 0xffULL);
	}
	if (!best[0]) {
		dbgmem__needle_free(n);
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot search for a pattern of %zu bytes: the mask selects none of its bits",
			p->len);
	}
	if (whole) {
		free(n->mask);
		n->mask = NULL;
	}
	return 0;
}

void dbgmem__needle_free(struct dbgmem__needle *n)
{
	free(n->bytes);
	free(n->mask);
	n->bytes = NULL;
	n->mask = NULL;
}

static bool block_matches(const struct dbgmem__needle *n,
			  const unsigned char *hay, size_t i, size_t len)
{
	unsigned char other = 0;
	size_t end = i + len;

	if (!n->mask)
		return !memcmp(hay + i, n->bytes + i, len);
	for (; i < end; i++)
		other |= (hay[i] & n->mask[i]) ^ n->bytes[i];
	return !other;
}

/* Adds to *@blocks what it had to look at. */
static bool matches(const struct dbgmem__needle *n, const unsigned char *hay,
		    size_t *blocks)
{
	size_t i, len;

	for (i = 0; i < n->len; i += len) {
		len = n->len - i < BLOCK ? n->len - i : BLOCK;
		(*blocks)++;
		if (!block_matches(n, hay, i, len))
			return false;
	}
	return true;
}

/* What to add to @addr so that a match may begin there. */
static uint64_t to_aligned(const struct dbgmem__needle *n, uint64_t addr)
{
	uint64_t over;

	if (n->align == 1)
		return 0;
	if (addr < n->align_from)
		return (n->align_from - addr) % n->align;
	over = (addr - n->align_from) % n->align;
	return over ? n->align - over : 0;
}

static uint64_t load(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* The first place in [@pos, @end) that has both of the rare bytes; or @end. */
static size_t rare_find(const struct dbgmem__needle *n,
			const unsigned char *hay, size_t pos, size_t end)
{
	const struct dbgmem__rare *a = &n->rare[0], *b = &n->rare[1];
	const unsigned char *at_a = hay + a->index, *at_b = hay + b->index;
	uint64_t other;

	for (; pos < end; pos++) {
		/* As long as there is no zero byte in what differs. */
		for (; end - pos >= 8; pos += 8) {
			other = ((load(at_a + pos) & a->mask) ^ a->bytes) |
				((load(at_b + pos) & b->mask) ^ b->bytes);
			if ((other - EACH(1)) & ~other & EACH(0x80))
				break;
		}
		if (pos == end)
			break;
		if ((at_a[pos] & (a->mask & 0xff)) == (a->bytes & 0xff) &&
		    (at_b[pos] & (b->mask & 0xff)) == (b->bytes & 0xff))
			break;
	}
	return pos;
}

size_t dbgmem__needle_find(const struct dbgmem__needle *n,
			   const unsigned char *hay, size_t len, uint64_t addr,
			   size_t from)
{
	size_t pos = from, end, blocks = 0;
	const unsigned char *p;
	bool plain;
	uint64_t skip;

	if (len < n->len)
		return NONE;
	end = len - n->len + 1;		/* of places to begin at */
	plain = !n->mask && n->len >= LONG && n->align == 1;
	/* Matches may be so dense that to begin with memmem() is all it does. */
	if (plain && pos < end && matches(n, hay + pos, &blocks))
		return pos;
	while (pos < end) {
		if (!n->mask && blocks > 64 + (pos - from) / 16)
			plain = true;
		if (plain) {
			p = memmem(hay + pos, len - pos, n->bytes, n->len);
			pos = p ? (size_t)(p - hay) : end;
		} else {
			pos = rare_find(n, hay, pos, end);
		}
		if (pos == end)
			return NONE;
		skip = to_aligned(n, addr + pos);
		if (skip >= end - pos)
			return NONE;
		if (!skip && (plain || matches(n, hay + pos, &blocks)))
			return pos;
		pos += skip ? skip : 1;
	}
	return NONE;
}
