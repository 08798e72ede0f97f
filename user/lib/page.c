// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One page of a cache: a sequence lock over words.
 *
 * A reader that took a word from a later version finds a later sequence number
 * behind it, because the words are stored with release, after the odd number,
 * and loaded with acquire, before the number is looked at again. So no fence is
 * needed, nothing is a data race, and no reader ever writes what another reads,
 * but for the count of hits.
 */
#include <string.h>

#include "page.h"

#define WORD		sizeof(unsigned long)

static void copy_out(const unsigned long *data, size_t off, uint8_t *buf,
		     size_t len)
{
	unsigned long w;
	size_t n;

	for (; len; off += n, buf += n, len -= n) {
		w = __atomic_load_n(&data[off / WORD], __ATOMIC_ACQUIRE);
		if (!(off % WORD) && len >= WORD) {
			n = WORD;
			memcpy(buf, &w, WORD);
			continue;
		}
		n = WORD - off % WORD;
		if (n > len)
			n = len;
		memcpy(buf, (const uint8_t *)&w + off % WORD, n);
	}
}

static void copy_in(unsigned long *data, size_t off, const uint8_t *buf,
		    size_t len)
{
	unsigned long w;
	size_t n;

	for (; len; off += n, buf += n, len -= n) {
		n = WORD - off % WORD;
		if (n > len)
			n = len;
		w = data[off / WORD];
		memcpy((uint8_t *)&w + off % WORD, buf, n);
		__atomic_store_n(&data[off / WORD], w, __ATOMIC_RELEASE);
	}
}

static void change_begin(struct dbgmem__page *p)
{
	__atomic_store_n(&p->seq, p->seq + 1, __ATOMIC_RELAXED);
}

static void change_end(struct dbgmem__page *p)
{
	__atomic_store_n(&p->seq, p->seq + 1, __ATOMIC_RELEASE);
}

bool dbgmem__page_read(struct dbgmem__page *p, uint64_t addr, size_t off,
		       void *buf, size_t len)
{
	uint32_t seq = __atomic_load_n(&p->seq, __ATOMIC_ACQUIRE);

	if (seq & 1 || __atomic_load_n(&p->tag, __ATOMIC_ACQUIRE) != addr + 1)
		return false;
	copy_out(p->data, off, buf, len);
	if (__atomic_load_n(&p->seq, __ATOMIC_RELAXED) != seq)
		return false;
	if (!__atomic_load_n(&p->recent, __ATOMIC_RELAXED))
		__atomic_store_n(&p->recent, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&p->hits, 1, __ATOMIC_RELAXED);
	return true;
}

bool dbgmem__page_valid(const struct dbgmem__page *p)
{
	return p->held && p->tag;
}

void dbgmem__page_set(struct dbgmem__page *p, uint64_t addr, const void *data,
		      size_t size)
{
	change_begin(p);
	__atomic_store_n(&p->tag, addr + 1, __ATOMIC_RELEASE);
	copy_in(p->data, 0, data, size);
	change_end(p);
	p->addr = addr;
	p->held = true;
}

static bool is_dirty(const struct dbgmem__page *p, size_t i)
{
	return p->map[i / 8] >> i % 8 & 1;
}

/*
 * The first byte from @i on that is dirty, or that is not, or @end. Eight at
 * once where they are all alike.
 */
static size_t find(const struct dbgmem__page *p, bool dirty, size_t i,
		   size_t end)
{
	const uint8_t none = dirty ? 0 : 0xff;

	while (i < end && is_dirty(p, i) != dirty) {
		if (i % 8 || p->map[i / 8] != none)
			i++;
		else
			i += 8;
	}
	return i < end ? i : end;
}

size_t dbgmem__page_dirty(const struct dbgmem__page *p, size_t *off,
			  size_t size)
{
	if (!p->dirty)
		return 0;
	*off = find(p, true, *off, size);
	return find(p, false, *off, size) - *off;
}

void dbgmem__page_renew(struct dbgmem__page *p, const void *data, size_t size)
{
	const uint8_t *from = data;
	size_t begin = 0, end = 0, len;

	change_begin(p);
	__atomic_store_n(&p->tag, p->addr + 1, __ATOMIC_RELEASE);
	do {
		begin = end;
		len = dbgmem__page_dirty(p, &end, size);
		if (!len)
			end = size;
		copy_in(p->data, begin, from + begin, end - begin);
		end += len;
	} while (len);
	change_end(p);
}

/* Mark bytes; the number of those that were not marked so. */
static size_t mark(struct dbgmem__page *p, size_t off, size_t len, bool dirty)
{
	size_t changed = 0;
	uint8_t bits, now;

	while (len) {
		size_t n = 8 - off % 8;

		if (n > len)
			n = len;
		bits = (uint8_t)((0xffU >> (8 - n)) << off % 8);
		now = dirty ? p->map[off / 8] | bits : p->map[off / 8] & ~bits;
		changed += __builtin_popcount(now ^ p->map[off / 8]);
		p->map[off / 8] = now;
		off += n;
		len -= n;
	}
	return changed;
}

size_t dbgmem__page_clean(struct dbgmem__page *p, size_t off, size_t len)
{
	size_t n;

	if (!p->dirty)
		return 0;
	n = mark(p, off, len, false);
	p->dirty -= n;
	return n;
}

void dbgmem__page_write(struct dbgmem__page *p, size_t off, const void *buf,
			size_t len, bool dirty)
{
	change_begin(p);
	copy_in(p->data, off, buf, len);
	change_end(p);
	if (dirty)
		p->dirty += mark(p, off, len, true);
}

void dbgmem__page_copy_dirty(const struct dbgmem__page *p, size_t off, void *buf,
			     size_t len)
{
	size_t at = off, n;

	while ((n = dbgmem__page_dirty(p, &at, off + len))) {
		copy_out(p->data, at, (uint8_t *)buf + (at - off), n);
		at += n;
	}
}

void dbgmem__page_forget(struct dbgmem__page *p)
{
	change_begin(p);
	__atomic_store_n(&p->tag, 0, __ATOMIC_RELEASE);
	change_end(p);
	if (!p->dirty)
		p->held = false;
}
