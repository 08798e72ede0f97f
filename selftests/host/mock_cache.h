/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mock target for the library's page cache: it counts calls, has holes and
 * read-only pages, and its memory can be compared.
 */
#ifndef SELFTESTS_MOCK_CACHE_H
#define SELFTESTS_MOCK_CACHE_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/lib/cache.h"

#define CACHE_PAGE	64
#define CACHE_PAGES	80
#define SIZE	(CACHE_PAGE * CACHE_PAGES)
#define BASE	0x10000ULL

struct mock_cache {
	struct dbgmem m;	/* must be first */
	unsigned char mem[SIZE];	/* at BASE */
	bool hole[CACHE_PAGES];
	bool locked[CACHE_PAGES];	/* not to be written */
	uint64_t cut;		/* accesses fail from here on; 0: nowhere */
	bool gone;
	unsigned int reads, writes, vectors;
	size_t segments;
};

ssize_t mock_cache_read(struct dbgmem *m, uint64_t addr, void *buf, size_t len,
			uint32_t flags, struct dbgmem_result *res);
ssize_t mock_cache_write(struct dbgmem *m, uint64_t addr, const void *buf,
			 size_t len, uint32_t flags, struct dbgmem_result *res);
ssize_t mock_cache_write_segments(struct dbgmem *m, struct dbgmem_segment *segs,
				  size_t nr, uint32_t flags,
				  struct dbgmem_vector_result *total);

extern const struct dbgmem__cache_ops mock_cache_ops;

void mock_cache_init(struct mock_cache *w);

/* With a fixture that has all this. */
#define READ(addr, len) \
	dbgmem_read_virtual(self->c, addr, self->buf, len, &self->n)
#define WRITE(addr, data, len) \
	dbgmem_write_virtual(self->c, addr, data, len, &self->n)
#define IS_MEMORY(from, len) \
	EXPECT_EQ(0, memcmp(self->buf, self->w.mem + (from), len))

struct dbgmem_cache_stats stats_of(struct dbgmem_cache *c);

#endif /* SELFTESTS_MOCK_CACHE_H */
