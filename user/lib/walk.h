/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A walk over memory of the target that may have holes: piece by piece, and in
 * each the runs that could be read.
 */
#ifndef DBGMEM_WALK_H
#define DBGMEM_WALK_H

#include "extent.h"

/* Large enough that a call costs nothing beside it, small enough for a cache. */
#define DBGMEM__PIECE	(512U << 10)

/* As dbgmem_read_valid(); the tests bring one of their own. */
typedef ssize_t (*dbgmem__read_fn)(struct dbgmem *m, uint64_t addr, void *buf,
				   size_t len, uint32_t flags, uint8_t *valid,
				   size_t valid_size,
				   struct dbgmem_result *res);

struct dbgmem__walk;

/* As dbgmem__extent_at(); the tests bring one of their own. */
typedef int (*dbgmem__extent_fn)(struct dbgmem__walk *w, uint64_t addr,
				 uint64_t end, struct dbgmem__extent *x);

struct dbgmem__walk {
	struct dbgmem *m;
	dbgmem__read_fn read;
	dbgmem__extent_fn extent; /* NULL: whatever is there is read */
	struct dbgmem__extents *extents;
	struct dbgmem__extent known; /* of the bytes from known_from on */
	uint64_t known_from;
	uint32_t flags;		/* for the kernel */
	size_t max;		/* bytes in a piece that was read */
	size_t front;		/* bytes that were asked for in front of @buf */
	unsigned char *room;	/* these, and it */
	unsigned char *buf;
	uint8_t *valid;
	size_t valid_size;
	/* the piece at hand */
	uint64_t addr;
	uint64_t len;		/* above @max only where nothing of it was read */
	uint64_t readable;	/* bytes of it in runs */
	bool zero;		/* nothing of it is there: it reads as zeros */
};

/*
 * @flags are DBGMEM_FORCE, DBGMEM_NOFAULT, DBGMEM_FAULT_IN, DBGMEM_RAW. @front bytes
 * are the caller's, right before w->buf. 0, -EINVAL or -ENOMEM.
 */
int dbgmem__walk_init(struct dbgmem__walk *w, struct dbgmem *m, uint32_t flags,
		      size_t front, const char *what)
	__attribute__((visibility("hidden")));
void dbgmem__walk_free(struct dbgmem__walk *w)
	__attribute__((visibility("hidden")));

/* Another w->max, before the first piece: 0 or -ENOMEM. */
int dbgmem__walk_resize(struct dbgmem__walk *w, size_t max)
	__attribute__((visibility("hidden")));

/*
 * Read the next piece: @len bytes at @addr, at most w->max, into w->buf, or less:
 * w->len says. Where nothing of it can be read, or it is zeros and not there, it may
 * be longer, up to @left. 0, or a negative errno: the target has ended, there is no
 * access, ...
 */
int dbgmem__walk_read(struct dbgmem__walk *w, uint64_t addr, size_t len,
		      uint64_t left)
	__attribute__((visibility("hidden")));

/*
 * Of the @left bytes at @addr the first are alike: data, holes, ...; no more than
 * these are worth reading beside another side: at most so many in *@len. 0 or a
 * negative errno.
 */
int dbgmem__walk_limit(struct dbgmem__walk *w, uint64_t addr, size_t *len,
		       uint64_t left)
	__attribute__((visibility("hidden")));

/*
 * The next run of the piece from offset *@off on: true, and *@off and *@len are
 * it; false if there is none.
 */
bool dbgmem__walk_run(const struct dbgmem__walk *w, uint64_t *off,
		      uint64_t *len)
	__attribute__((visibility("hidden")));

/* How much to read at @addr so that pieces end at multiples of w->max. */
static inline size_t dbgmem__walk_piece(const struct dbgmem__walk *w,
					uint64_t addr, uint64_t left)
{
	size_t n = w->max - addr % w->max;

	return left < n ? (size_t)left : n;
}

/* search.c, compare.c, runs.c: for their tests, to read otherwise, in other pieces. */
struct dbgmem__walk *dbgmem__search_walk(struct dbgmem_search *s)
	__attribute__((visibility("hidden")));
struct dbgmem__walk *dbgmem__runs_walk(struct dbgmem_runs *r)
	__attribute__((visibility("hidden")));
struct dbgmem__walk *dbgmem__compare_walk(struct dbgmem_compare *c, bool second)
	__attribute__((visibility("hidden")));

#endif /* DBGMEM_WALK_H */
