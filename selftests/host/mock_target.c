// SPDX-License-Identifier: GPL-2.0
#include "mock_target.h"
#include "random.h"

static uint64_t state;

void mock_seed(uint64_t seed)
{
	state = seed;
}

unsigned int mock_random(unsigned int n)
{
	return random_below(&state, n);
}

void mock_init(struct mock *f, unsigned int letters, unsigned int holes)
{
	size_t i;

	memset(f, 0, sizeof(*f));
	f->m.page_size = MOCK_PAGE;
	f->m.pid = 1;
	f->m.access = DBGMEM_ACCESS_READ | DBGMEM_ACCESS_WRITE;
	for (i = 0; i < MOCK_SIZE; i++)
		f->mem[i] = (unsigned char)('a' + mock_random(letters));
	for (i = 0; holes && i < MOCK_PAGES; i++)
		f->hole[i] = mock_random(100) < holes;
}

bool mock_readable(const struct mock *f, uint64_t addr)
{
	return addr >= MOCK_BASE && addr < MOCK_BASE + MOCK_SIZE &&
	       !f->hole[(addr - MOCK_BASE) / MOCK_PAGE];
}

void mock_untouch(struct mock *f, unsigned int percent)
{
	size_t i;

	for (i = 0; i < MOCK_PAGES; i++) {
		f->zero[i] = !f->hole[i] && mock_random(100) < percent;
		if (f->zero[i])
			memset(f->mem + i * MOCK_PAGE, 0, MOCK_PAGE);
	}
}

static bool mock_untouched(const struct mock *f, uint64_t addr)
{
	return mock_readable(f, addr) && f->zero[(addr - MOCK_BASE) / MOCK_PAGE];
}

/* Of a hole it is not always known that it is one. */
static enum dbgmem__extent_kind mock_kind(const struct mock *f, uint64_t addr)
{
	if (addr < MOCK_BASE || addr >= MOCK_BASE + MOCK_SIZE)
		return DBGMEM__EXTENT_NONE;
	if (mock_untouched(f, addr))
		return DBGMEM__EXTENT_ZERO;
	if (mock_readable(f, addr) || addr / MOCK_PAGE % 3 == 0)
		return DBGMEM__EXTENT_DATA;
	return addr / MOCK_PAGE % 3 == 1 ? DBGMEM__EXTENT_ABSENT :
					   DBGMEM__EXTENT_NONE;
}

int mock_extent(struct dbgmem__walk *w, uint64_t addr, uint64_t end,
		struct dbgmem__extent *x)
{
	const struct mock *f = (const struct mock *)w->m;

	x->kind = mock_kind(f, addr);
	for (x->end = addr + 1; x->end < end && x->end % 37 &&
	     mock_kind(f, x->end) == x->kind; x->end++)
		;
	return 0;
}

ssize_t mock_read(struct dbgmem *m, uint64_t addr, void *buf, size_t len,
		  uint32_t flags, uint8_t *valid, size_t valid_size,
		  struct dbgmem_result *res)
{
	struct mock *f = (struct mock *)m;
	const uint64_t first = addr / MOCK_PAGE;
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
		    a % MOCK_PAGE == 0 && a > addr + len / 2) {
			res->fault_addr = a;
			res->reason = DBGMEM_REASON_EXITED;
			return res->done ? (ssize_t)res->done : -ESRCH;
		}
		f->made += mock_untouched(f, a);
		if (mock_readable(f, a)) {
			to[a - addr] = f->mem[a - MOCK_BASE];
			res->done++;
			valid[(a / MOCK_PAGE - first) / 8] |=
				(uint8_t)(1U << (a / MOCK_PAGE - first) % 8);
			continue;
		}
		to[a - addr] = 0;
		if (!res->reason) {
			res->reason = DBGMEM_REASON_UNMAPPED;
			res->fault_addr = a;
		}
	}
	return (ssize_t)res->done;
}

struct dbgmem_range mock_range(void)
{
	struct dbgmem_range r;

	r.addr = MOCK_BASE - MOCK_PAGE + mock_random(MOCK_SIZE);
	r.len = mock_random(MOCK_SIZE);
	return r;
}
