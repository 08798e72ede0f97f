/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What cache.c and flush.c share, and what the tests of them need. */
#ifndef DBGMEM_CACHE_H
#define DBGMEM_CACHE_H

#include <pthread.h>

#include "dbgmem_interfaces.h"
#include "internal.h"
#include "page.h"

#pragma GCC visibility push(hidden)

/* How a cache gets at its target: dbgmem_read_flags(), ... */
struct dbgmem__cache_ops {
	ssize_t (*read)(struct dbgmem *m, uint64_t addr, void *buf, size_t len,
			uint32_t flags, struct dbgmem_result *res);
	ssize_t (*write)(struct dbgmem *m, uint64_t addr, const void *buf,
			 size_t len, uint32_t flags, struct dbgmem_result *res);
	ssize_t (*write_segments)(struct dbgmem *m, struct dbgmem_segment *segs,
				  size_t nr, uint32_t flags,
				  struct dbgmem_vector_result *res);
};

/*
 * A page has its place in one set, of at most CACHE_WAYS. Pages change only with
 * the lock held, and so does the rest; only the first lines never do.
 */
struct dbgmem_cache {
	const struct dbgmem__cache_ops *ops;
	struct dbgmem *m;
	enum dbgmem_cache_mode mode;
	uint32_t flags;		/* of reads */
	uint32_t write_flags;
	size_t page_size, nr, nr_sets;
	struct dbgmem__page *pages;

	pthread_mutex_t lock;
	unsigned long *data;	/* of all pages, one after the other */
	uint8_t *maps;
	uint8_t *run;		/* CACHE_RUN pages as they were just read */
	struct dbgmem__page **order; /* room for a list of all pages */
	size_t hand;
	struct dbgmem_cache_stats stats;
};

#define CACHE_WAYS	8
#define CACHE_RUN	32

int dbgmem__cache_new(const struct dbgmem__cache_ops *ops, struct dbgmem *m,
		      size_t pages, enum dbgmem_cache_mode mode,
		      uint32_t flags, struct dbgmem_cache **out);

/*
 * *@done is how much, from the start. 0 if that is at least one byte, or @len is
 * 0; else a negative errno.
 */
int dbgmem__cache_read(struct dbgmem_cache *c, uint64_t addr, void *buf,
		       size_t len, size_t *done);
int dbgmem__cache_write(struct dbgmem_cache *c, uint64_t addr,
			const void *buf, size_t len, size_t *done);

/* flush.c: write what is dirty in @nr pages; 0 or the code of the first to fail. */
int dbgmem__cache_flush(struct dbgmem_cache *c, struct dbgmem__page **pages,
			size_t nr);

#pragma GCC visibility pop

#endif /* DBGMEM_CACHE_H */
