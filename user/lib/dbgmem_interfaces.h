/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libdbgmem: memory access with the contracts of other debuggers, and the page cache
 * that one of them needs. dbgmem_interfaces(3) and dbgmem_cache(3) are the manual,
 * <dbgmem.h> has the conventions.
 *
 * In all of them *@done, if @done is not NULL, is the number of bytes transferred
 * from the start, whatever the result. A length of 0 is a success.
 */
#ifndef DBGMEM_INTERFACES_H
#define DBGMEM_INTERFACES_H

#include <dbgmem.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- WdbgExts: ReadMemory, WriteMemory (interfaces.c) --- */

/*
 * True if the entire area was transferred. Otherwise dbgmem_last_error() says why, and
 * nothing was transferred, with two exceptions: areas of more than
 * dbgmem_info.max_exact bytes, and memory that cannot be pinned.
 */
bool dbgmem_read_whole(struct dbgmem *m, uint64_t addr, void *buf,
		       uint32_t len, uint32_t *done);
bool dbgmem_write_whole(struct dbgmem *m, uint64_t addr, const void *buf,
			uint32_t len, uint32_t *done);

/* --- ICorDebugProcess: ReadMemory, WriteMemory (interfaces.c) --- */

/*
 * The whole area is verified to be accessible before the first byte moves. Writes go
 * behind breakpoints. 0, or a negative errno and nothing was transferred. -EMSGSIZE:
 * more than dbgmem_info.max_exact bytes.
 */
int dbgmem_read_verified(struct dbgmem *m, uint64_t addr, void *buf,
			 uint32_t len, size_t *done);
int dbgmem_write_verified(struct dbgmem *m, uint64_t addr, const void *buf,
			  uint32_t len, size_t *done);

/* --- page cache (cache.c, flush.c) --- */

/*
 * Pages of the target, kept in this process for callers that read the same places
 * again and again while the target is stopped. The cache does not notice that the
 * target ran or that somebody else wrote: call dbgmem_cache_ran(). Several threads may
 * use it, except for dbgmem_cache_free(). A read that finds all its pages takes no lock
 * and makes no system call.
 */
struct dbgmem_cache;

enum dbgmem_cache_mode {
	DBGMEM_CACHE_WRITE_THROUGH, /* a write goes to the target at once */
	DBGMEM_CACHE_WRITE_BACK, /* a write goes there with dbgmem_cache_flush() */
};

/*
 * A cache of at most @pages pages of @m, which must outlive it. @flags are
 * DBGMEM_FORCE, DBGMEM_RAW and, for reads only, DBGMEM_NOFAULT. 0 and *@out, or a
 * negative errno (-EINVAL, -ENOMEM) and *@out = NULL.
 */
int dbgmem_cache_new(struct dbgmem *m, size_t pages,
		     enum dbgmem_cache_mode mode, uint32_t flags,
		     struct dbgmem_cache **out);

/* Bytes that were not flushed are lost. NULL is allowed. */
void dbgmem_cache_free(struct dbgmem_cache *c);

/* A page that a flush could not write completely. */
struct dbgmem_cache_failure {
	struct dbgmem_result result; /* done: bytes of the page that were written */
	uint64_t page;		/* its address */
	int code;		/* negative errno */
};

/*
 * Write the bytes that the target does not have yet, by address, and no others. 0 if
 * it has all of them now. Otherwise the negative errno of the first page that failed;
 * this does not stop the others, and what was not written stays for the next flush.
 * @failures, if not NULL, has room for @room elements and gets the first pages that
 * failed, by address. *@nr, if @nr is not NULL, is how many failed.
 */
int dbgmem_cache_flush(struct dbgmem_cache *c,
		       struct dbgmem_cache_failure *failures, size_t room,
		       size_t *nr);

/*
 * Forget what was read of the pages that the @len bytes at @addr touch. Bytes that were
 * written and not flushed stay.
 */
void dbgmem_cache_invalidate(struct dbgmem_cache *c, uint64_t addr,
			     uint64_t len);

/* The same for all pages: for when the target ran. */
void dbgmem_cache_ran(struct dbgmem_cache *c);

/*
 * Forget what was written to the @len bytes at @addr and not flushed. Returns the
 * number of bytes that this loses.
 */
uint64_t dbgmem_cache_discard(struct dbgmem_cache *c, uint64_t addr,
			      uint64_t len);

struct dbgmem_cache_stats {
	size_t size;		/* sizeof(struct dbgmem_cache_stats) */
	uint64_t hits;		/* times that a page was found */
	uint64_t misses;	/* times that a page had to be read */
	uint64_t evictions;	/* pages that made room for others */
	uint64_t invalidations;	/* pages that were forgotten on request */
	uint64_t through;	/* bytes written to the target at once */
	uint64_t flushed;	/* bytes written to the target by flushes */
	uint64_t failed;	/* pages that a flush could not write, each time */
	uint64_t dirty;		/* bytes that are not flushed now */
	size_t dirty_pages;	/* pages that these are in */
	size_t pages;		/* pages in the cache now */
	size_t capacity;	/* and at most */
};

/* 0, or -EINVAL for @stats->size. */
int dbgmem_cache_get_stats(struct dbgmem_cache *c,
			   struct dbgmem_cache_stats *stats);

/* --- IDebugDataSpaces4: ReadVirtual, WriteVirtual, ...Uncached (interfaces.c) --- */

/*
 * Through a cache, as far as possible: 0 if at least one byte was transferred, a
 * negative errno if the first one could not be. Without access to write, and where the
 * cache has no room, a write to a cache of DBGMEM_CACHE_WRITE_BACK goes to the target.
 */
int dbgmem_read_virtual(struct dbgmem_cache *c, uint64_t addr, void *buf,
			uint32_t len, uint32_t *done);
int dbgmem_write_virtual(struct dbgmem_cache *c, uint64_t addr,
			 const void *buf, uint32_t len, uint32_t *done);

/*
 * The same past the cache, whose contents are neither used nor changed. After a write
 * they are out of date, until they are invalidated.
 */
int dbgmem_read_virtual_uncached(struct dbgmem_cache *c, uint64_t addr,
				 void *buf, uint32_t len, uint32_t *done);
int dbgmem_write_virtual_uncached(struct dbgmem_cache *c, uint64_t addr,
				  const void *buf, uint32_t len,
				  uint32_t *done);

/* --- IDebugHostMemory: ReadBytes, WriteBytes (location.c) --- */

/* The context of a location: either may be missing. */
struct dbgmem_context {
	struct dbgmem *m;	/* for addresses; NULL: none */
	pid_t tid;		/* for registers: a stopped thread; 0: none */
};

enum dbgmem_location_kind {
	DBGMEM_LOCATION_MEMORY,
	DBGMEM_LOCATION_REGISTER,
};

struct dbgmem_location {
	enum dbgmem_location_kind kind;
	uint32_t reg;		/* dbgmem_register.id, with _REGISTER */
	uint64_t offset;	/* an address; or a byte in the register, from 0 */
};

/* Two kinds of success. */
#define DBGMEM_FULL	0
#define DBGMEM_PARTIAL	1

/*
 * @len bytes at @loc. DBGMEM_FULL: all of them were transferred; DBGMEM_PARTIAL: some
 * from the start, see *@done; a negative errno: none. Memory is transferred as by
 * dbgmem_read() and dbgmem_write(). A register has its bytes in the machine's order and
 * none behind them; writing a part of it keeps the rest. -EINVAL: the context has no
 * address space, or no thread, for such a location; the thread has no such register;
 * the register has no byte at that offset. -EBUSY, -ESRCH as for
 * dbgmem_register_next().
 */
int dbgmem_context_read(const struct dbgmem_context *ctx,
			const struct dbgmem_location *loc, void *buf,
			uint64_t len, uint64_t *done);
int dbgmem_context_write(const struct dbgmem_context *ctx,
			 const struct dbgmem_location *loc, const void *buf,
			 uint64_t len, uint64_t *done);

#ifdef __cplusplus
}
#endif

#endif /* DBGMEM_INTERFACES_H */
