/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Places: memory of every kind, at addresses that are known, mapped once and
 * inherited by all that a program starts. The field of a call that is an address
 * names a place and an offset in it.
 *
 * Targets and callers have places of their own, so that what is written to a
 * session on oneself never hits a buffer whose surroundings are looked at.
 * Nothing here is the code, data or stack of the process.
 */
#ifndef FUZZ_PLACE_H
#define FUZZ_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sizes.h"

#define PLACE_SIZE	(4 * PAGE)

/* --- in the target --- */

#define TARGET_BASE	0x10000000000UL

/* The first ones adjoin, in this order. */
enum place {
	PLACE_ANON,
	PLACE_SHARED,		/* with the caller, who sees it at shared_view */
	PLACE_FRESH,		/* nobody has touched it */
	PLACE_RDONLY,
	PLACE_HOT,		/* threads write here */
	PLACE_NONE,		/* PROT_NONE */
	PLACE_HOLE,
	PLACE_GROWS,		/* downwards, into the hole */
	PLACE_CODE,		/* of a file, private */
	PLACE_EOF,		/* a file that ends after one page */
	PLACE_SHARED_RDONLY,
	PLACE_SECRET,
	PLACE_DEVICE,
	NR_MAPPED,
	PLACE_HUGE = NR_MAPPED,	/* where huge pages may be */
	PLACE_HUGETLB,
	PLACE_VDSO,
	PLACE_VSYSCALL,
	PLACE_NULL,
	PLACE_USER_END,
	PLACE_NOT_CANONICAL,
	PLACE_KERNEL,
	PLACE_TOP,
	NR_PLACES
};

extern unsigned char *shared_view;	/* PLACE_SIZE of it */

/* Map them all, and those of the first lane; 0 or -errno. */
int places_map(void);
void places_unmap(void);

uint64_t place_start(enum place place);
enum place place_of(uint16_t field);
uint64_t place_addr(uint16_t field);
uint64_t place_len(uint16_t field);

/* --- in the caller --- */

#define BUF_SIZE	(8 * PAGE)
#define ARRAY_SIZE_MAX	(16 * PAGE)

/* What one thread of the caller has for itself. */
struct caller {
	unsigned char *buf;	/* BUF_SIZE, nothing around it */
	unsigned char *request;	/* a page, nothing behind it */
	unsigned char *array;	/* ARRAY_SIZE_MAX, nothing behind it */
	unsigned char *extra;	/* as @buf, for names and bitmaps */
	unsigned char *fresh;	/* as @buf, nobody has touched it */
	unsigned char *rdonly;	/* a page */
};

extern struct caller callers[];

/* Map a lane's; 0 or -errno. */
int caller_map(unsigned int lane);
/* Not for children: a fork costs by the mapping. */
void callers_keep(void);

/* Is it in @c->buf? Else anything may become of it. */
bool caller_buf_is_plain(uint16_t field);
uint64_t caller_buf(const struct caller *c, uint16_t field);
/* Is it where the request itself is? Its answer means nothing then. */
bool caller_buf_is_request(const struct caller *c, uint64_t buf);
/* Where nothing can be written, and most often nothing read. */
void *caller_bad(const struct caller *c, uint32_t which);

#endif /* FUZZ_PLACE_H */
