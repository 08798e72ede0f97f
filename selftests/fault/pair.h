/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pair matrix: two threads, each makes one call over and over; and the
 * answers that are allowed.
 *
 * Each byte of the target's memory at @mem is the pattern's of one of two seeds,
 * because all writes write one of these two. A trap is neither.
 */
#ifndef SELFTESTS_PAIR_H
#define SELFTESTS_PAIR_H

#include "memory.h"
#include "random.h"

#define PAIR_PAGES	4
#define PAIR_SIZE	(PAIR_PAGES * PAGE)
#define PAIR_SEED	3	/* and the next one */
#define PAIR_COMPLAINTS	8
#define PAIR_SLOTS	2	/* of each kind of breakpoint */

/* Properties of a call. */
#define PAIR_WRITES	1	/* to the target's memory */
#define PAIR_RAW	2	/* over this session's traps, too */
#define PAIR_TRAPS	4	/* plants some */
#define PAIR_FLIPS	8	/* the target's protection */
#define PAIR_REOPENS	16	/* another session comes in the place of this one */
#define PAIR_FREES	32	/* frees what others may be using */

/**
 * struct pair - what both threads share
 * @pid: the target
 * @mem: where its memory is, PAIR_SIZE bytes, and a hole behind
 * @image: the two patterns, for who writes them
 * @mem_fd: the target's /proc/PID/mem
 * @target: to ask it for something
 * @two: each has a session of its own
 * @mirror: the sessions have mirrors
 * @flags: those of both calls
 * @stop: the cell's time is over
 * @names: of the calls
 * @complaints: what was wrong, in all cells
 */
struct pair {
	pid_t pid;
	char *mem;
	char *image[2];
	int mem_fd;
	struct target *target;
	bool two;
	bool mirror;
	unsigned int flags;
	bool stop;
	const char *names[2];
	int complaints;
};

/**
 * struct pair_side - one of them
 * @p: what is shared
 * @fd: its session; the number stays when another is opened in its place
 * @window: of the target's memory, for who looks into it, else MAP_FAILED
 * @random: state
 * @count: calls made in this cell
 * @buf: of its own: PAIR_SIZE bytes and more
 */
struct pair_side {
	struct pair *p;
	int fd;
	volatile char *window;
	uint64_t random;
	long count;
	char *buf;
};

/**
 * struct pair_call - a row, and a column, of the matrix
 * @name: for messages
 * @make: make the call once, and check the answer
 * @flags: PAIR_*
 */
struct pair_call {
	const char *name;
	void (*make)(struct pair_side *s);
	unsigned int flags;
};

#define pair_below(s, n)	random_below(&(s)->random, n)

void pair_complain(struct pair_side *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void pair_check(struct pair_side *s, const char *what, const void *data,
		size_t off, size_t len, bool traps);
int pair_session(const struct pair *p);
unsigned char pair_trap_byte(size_t off);
void pair_trap(void *trap, size_t off, size_t len);
bool pair_is_trap(size_t off, unsigned char c);
size_t pair_slot(uint32_t len, bool two_pages, unsigned int i);

/* Are there, or have there been, several sessions? */
static inline bool pair_apart(const struct pair *p)
{
	return p->two || p->flags & PAIR_REOPENS;
}

/* Does a session see the traps of another, as memory? */
static inline bool pair_traps_show(const struct pair *p)
{
	return pair_apart(p) && p->flags & PAIR_TRAPS;
}

/* May a trap be overwritten in part, so that the rest is left behind? */
static inline bool pair_traps_break(const struct pair *p)
{
	return p->flags & PAIR_TRAPS &&
	       (p->flags & PAIR_RAW ||
		(pair_apart(p) && p->flags & PAIR_WRITES));
}

#endif /* SELFTESTS_PAIR_H */
