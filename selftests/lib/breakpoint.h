/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Breakpoints: the calls, and a "bed" to set them in: a target with a session,
 * and its /proc/PID/mem, which shows what is really in memory.
 */
#ifndef SELFTESTS_BREAKPOINT_H
#define SELFTESTS_BREAKPOINT_H

#include "memory.h"

#define MAX_BREAKPOINTS	16384

#define BED_PAGES	8
#define BED_SIZE	(BED_PAGES * PAGE)

/* A trap of one byte that nobody runs into. On x86 it is the instruction. */
#define INT3		"\xcc"

/* A trap that nobody runs into. The pattern has no long run of its bytes. */
#define LONG_TRAP	"\xcc\xf1\xcc\xf2\xcc\xf3\xcc\xf4\xcc\xf5\xcc\xf6\xcc\xf7\xcc\xf8"

/* --- the calls: 0 or -errno; the last argument, if not NULL, is the answer --- */

int bp_set(int fd, const void *addr, const void *trap, uint32_t len,
	   struct dbgmem_bp_set_args *b);
int bp_clear_flags(int fd, const void *addr, uint32_t flags,
		   struct dbgmem_bp_clear_args *c);

#define bp_clear(fd, addr, c)	bp_clear_flags(fd, addr, 0, c)
#define bp_clear_all(fd, c)	bp_clear_flags(fd, NULL, DBGMEM_BP_ALL, c)

int bp_list(int fd, struct dbgmem_bp *bps, uint32_t nr, uint64_t from,
	    uint32_t flags, struct dbgmem_bp_list_args *l);

/* The state of the session's breakpoint at @addr in BP_LIST, or -1. */
int bp_state(int fd, const void *addr);

/* --- the bed --- */

struct bed {
	struct fixture fixture;
	struct target *target;
	struct job *job;
	char *mem;		/* in the target: pattern 3, a hole behind */
	int fd;			/* the session */
	int truth;		/* the target's /proc/PID/mem */
};

void bed_stop(struct bed *b);

/* A new target, with the current mappings. 0 or -errno. */
int bed_restart(struct bed *b);
int bed_start(struct bed *b);

/* Does the target's memory hold @want at @addr? */
bool truth_is(const struct bed *b, const char *addr, const void *want,
	      size_t len);

/* Is it unchanged? */
bool truth_is_pattern(const struct bed *b, const char *addr, size_t len);

#define untouched(b)	truth_is_pattern(b, (b)->mem, BED_SIZE)

/* Write through /proc/PID/mem, as somebody else would. */
bool truth_write(const struct bed *b, const char *addr, const void *data,
		 size_t len);

/* Do transfers of session @fd, with @flags, show @want at @addr? */
bool shows(int fd, const char *addr, const void *want, size_t len,
	   uint32_t flags);

/* Do they show the pattern there? */
bool shows_pattern(const struct bed *b, const char *addr, size_t len,
		   uint32_t flags);

#endif /* SELFTESTS_BREAKPOINT_H */
