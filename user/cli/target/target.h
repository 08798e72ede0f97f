/* SPDX-License-Identifier: GPL-2.0 */
/* PID, ADDR and LEN of a command line, and a session on the process. */
#ifndef DBGMEM_TARGET_H
#define DBGMEM_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <dbgmem.h>

/* Streams are transferred in pieces of this size, which end at multiples of it. */
#define CHUNK		(1UL << 20)

/*
 * Parse PID, the first of @nr arguments. The second argument is checked too: pidof(8)
 * may have given another process id. Returns STATUS_OK, or STATUS_USAGE after a
 * message.
 */
int target_pid(const char *verb, char *const *args, int nr, pid_t *pid);

/* ADDR and LEN. */
struct target_range {
	const char *text;	/* ADDR as it was typed */
	uint64_t addr;		/* bytes; not known yet if @named */
	uint64_t len;		/* bytes */
	bool has_len;		/* a LEN was given */
	bool named;		/* ADDR must be looked up in the session's regions */
};

/*
 * Parse what can be parsed without a session. @len is NULL where no LEN was given.
 * Returns STATUS_OK, or STATUS_USAGE after a message.
 */
int target_parse(const char *verb, const char *addr, const char *len,
		 struct target_range *r);

/* Which words of a command line are a LEN. */
enum target_lens {
	TARGET_LEN_NONE,	/* ADDR... */
	TARGET_LEN_EACH,	/* ADDR LEN... */
	TARGET_LEN_SOME,	/* [ADDR [LEN]]...: a second word that begins with a digit */
};

/*
 * target_parse() for each range in the @nr words at @args. *@r, which has *@nr_ranges
 * of them, is the caller's to free, also after a failure.
 */
int target_parse_all(const char *verb, char *const *args, int nr,
		     enum target_lens lens, struct target_range **r,
		     size_t *nr_ranges);

/*
 * dbgmem_open() with DBGMEM_OPEN_*, bound to the program that runs now. Returns
 * STATUS_OK, or another status after a message.
 */
int target_open(pid_t pid, unsigned int flags, struct dbgmem **m);

/*
 * Resolve the names in @r in the regions of the session, which is bound to one
 * program: a reused pid does not change their meaning. Returns STATUS_OK, or another
 * status after a message.
 */
int target_resolve(struct dbgmem *m, struct target_range *r, size_t nr);

/* target_open() and target_resolve(): both of them, or neither. */
int target_attach(pid_t pid, unsigned int flags, struct target_range *r,
		  size_t nr, struct dbgmem **m);

/*
 * Set the length of a resolved ADDR without LEN: to the end of its mapping, and of
 * the mappings of the same name that follow without a gap. Returns STATUS_OK, or
 * another status after a message.
 */
int target_extent(struct dbgmem *m, struct target_range *r);

#endif /* DBGMEM_TARGET_H */
