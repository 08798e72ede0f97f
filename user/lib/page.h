/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One page of a cache. Whoever changes it holds the lock of the cache; whoever
 * reads it by dbgmem__page_read() does not, and notices when it changed meanwhile.
 */
#ifndef DBGMEM_PAGE_H
#define DBGMEM_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dbgmem.h"

#pragma GCC visibility push(hidden)

struct dbgmem__page {
	/* read without the lock */
	uint32_t seq;		/* odd while it is being changed */
	uint8_t recent;		/* found since somebody looked for room */
	uint64_t tag;		/* address + 1 if it may be read, else 0 */
	uint64_t hits;
	unsigned long *data;	/* words, each loaded and stored as one */

	/* with the lock held */
	bool held;		/* the rest means something */
	uint64_t addr;
	size_t dirty;		/* bytes that the target does not have, */
	uint8_t *map;		/* and which: a bit each; NULL: there are none */

	/* of the last flush */
	int code;		/* negative errno, 0 if it wrote all of them */
	struct dbgmem_result result;
};

/*
 * @len bytes from byte @off on, if this is the page at @addr and may be read.
 * Takes no lock and does not wait.
 */
bool dbgmem__page_read(struct dbgmem__page *p, uint64_t addr, size_t off,
		       void *buf, size_t len);

/* What is there to be read. */
bool dbgmem__page_valid(const struct dbgmem__page *p);

/* Make it the page at @addr, with @data, which is @size bytes and all clean. */
void dbgmem__page_set(struct dbgmem__page *p, uint64_t addr, const void *data,
		      size_t size);

/* The target's data again, beneath what is dirty. */
void dbgmem__page_renew(struct dbgmem__page *p, const void *data, size_t size);

/* Change @len bytes of it, to what the target has too, or will. */
void dbgmem__page_write(struct dbgmem__page *p, size_t off, const void *buf,
			size_t len, bool dirty);

/* Copy out those bytes from @off on that are dirty. */
void dbgmem__page_copy_dirty(const struct dbgmem__page *p, size_t off, void *buf,
			     size_t len);

/* Not to be read any more. What is dirty is kept, otherwise it is dropped. */
void dbgmem__page_forget(struct dbgmem__page *p);

/*
 * The first dirty bytes in a row from *@off on: their number, and *@off is where
 * they begin; 0 if there are none before @size.
 */
size_t dbgmem__page_dirty(const struct dbgmem__page *p, size_t *off,
			  size_t size);

/* They are not any more. The number of those that were. */
size_t dbgmem__page_clean(struct dbgmem__page *p, size_t off, size_t len);

#pragma GCC visibility pop

#endif /* DBGMEM_PAGE_H */
