/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A made-up target for those parts of the library that only read: small pages,
 * some of which are holes, so that every way in which matches, pieces and holes
 * can lie is tried in no time.
 */
#ifndef SELFTESTS_FAKE_H
#define SELFTESTS_FAKE_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/lib/walk.h"

#define FAKE_PAGE	16
#define FAKE_PAGES	40
#define FAKE_SIZE	(FAKE_PAGE * FAKE_PAGES)
#define FAKE_BASE	(1000 * FAKE_PAGE)

struct fake {
	struct dbgmem m;		/* must be first */
	unsigned char mem[FAKE_SIZE];	/* at FAKE_BASE */
	bool hole[FAKE_PAGES];
	bool zero[FAKE_PAGES];		/* never touched: to read it makes a page */
	unsigned int made;		/* pages that were made so */
	unsigned int reads;
	unsigned int ends_after;	/* reads, in the middle of the next; 0: never */
};

static inline unsigned int fake_random(unsigned int n)
{
	return (unsigned int)(random() % n);
}

static inline void fake_init(struct fake *f, unsigned int letters,
			     unsigned int holes)
{
	size_t i;

	memset(f, 0, sizeof(*f));
	f->m.page_size = FAKE_PAGE;
	f->m.pid = 1;
	f->m.access = DBGMEM_ACCESS_READ | DBGMEM_ACCESS_WRITE;
	for (i = 0; i < FAKE_SIZE; i++)
		f->mem[i] = (unsigned char)('a' + fake_random(letters));
	for (i = 0; holes && i < FAKE_PAGES; i++)
		f->hole[i] = fake_random(100) < holes;
}

static inline bool fake_readable(const struct fake *f, uint64_t addr)
{
	return addr >= FAKE_BASE && addr < FAKE_BASE + FAKE_SIZE &&
	       !f->hole[(addr - FAKE_BASE) / FAKE_PAGE];
}

/* Some pages were never touched. */
static inline void fake_untouch(struct fake *f, unsigned int percent)
{
	size_t i;

	for (i = 0; i < FAKE_PAGES; i++) {
		f->zero[i] = !f->hole[i] && fake_random(100) < percent;
		if (f->zero[i])
			memset(f->mem + i * FAKE_PAGE, 0, FAKE_PAGE);
	}
}

static inline bool fake_untouched(const struct fake *f, uint64_t addr)
{
	return fake_readable(f, addr) && f->zero[(addr - FAKE_BASE) / FAKE_PAGE];
}

/* Of a hole it is not always known that it is one. */
static inline enum dbgmem__extent_kind fake_kind(const struct fake *f,
						 uint64_t addr)
{
	if (addr < FAKE_BASE || addr >= FAKE_BASE + FAKE_SIZE)
		return DBGMEM__EXTENT_NONE;
	if (fake_untouched(f, addr))
		return DBGMEM__EXTENT_ZERO;
	if (fake_readable(f, addr) || addr / FAKE_PAGE % 3 == 0)
		return DBGMEM__EXTENT_DATA;
	return addr / FAKE_PAGE % 3 == 1 ? DBGMEM__EXTENT_ABSENT :
					   DBGMEM__EXTENT_NONE;
}

/* For walk.extent. They end early now and then. */
static inline int fake_extent(struct dbgmem__walk *w, uint64_t addr,
			      uint64_t end, struct dbgmem__extent *x)
{
	const struct fake *f = (const struct fake *)w->m;

	x->kind = fake_kind(f, addr);
	for (x->end = addr + 1; x->end < end && x->end % 37 &&
	     fake_kind(f, x->end) == x->kind; x->end++)
		;
	return 0;
}

/* READ with ZEROFILL and a bitmap, as uapi/dbgmem.h describes it. */
static inline int fake_read(struct dbgmem *m, uint64_t addr, void *buf,
			    size_t len, uint32_t flags, uint8_t *valid,
			    size_t valid_size, struct dbgmem_result *res)
{
	struct fake *f = (struct fake *)m;
	const uint64_t first = addr / FAKE_PAGE;
	unsigned char *to = buf;
	uint64_t a;

	*res = (struct dbgmem_result){ 0 };
	if (!(flags & DBGMEM_ZEROFILL) ||
	    valid_size < dbgmem_valid_size(m, addr, len))
		abort();
	f->reads++;
	if (f->ends_after && f->reads > f->ends_after + 1)
		return -ESRCH;
	memset(valid, 0, dbgmem_valid_size(m, addr, len));
	for (a = addr; a < addr + len; a++) {
		if (f->ends_after && f->reads > f->ends_after &&
		    a % FAKE_PAGE == 0 && a > addr + len / 2) {
			res->fault_addr = a;
			res->reason = DBGMEM_REASON_EXITED;
			return res->done ? 0 : -ESRCH;
		}
		f->made += fake_untouched(f, a);
		if (fake_readable(f, a)) {
			to[a - addr] = f->mem[a - FAKE_BASE];
			res->done++;
			valid[(a / FAKE_PAGE - first) / 8] |=
				(uint8_t)(1U << (a / FAKE_PAGE - first) % 8);
			continue;
		}
		to[a - addr] = 0;
		if (!res->reason) {
			res->reason = DBGMEM_REASON_UNMAPPED;
			res->fault_addr = a;
		}
	}
	return 0;
}

/* Some range that touches it. */
static inline struct dbgmem_range fake_range(void)
{
	struct dbgmem_range r;

	r.addr = FAKE_BASE - FAKE_PAGE + fake_random(FAKE_SIZE);
	r.len = fake_random(FAKE_SIZE);
	return r;
}

#endif /* SELFTESTS_FAKE_H */
