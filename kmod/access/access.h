/* SPDX-License-Identifier: GPL-2.0 */
/* One access to the target's memory: who wants it, where, and with which rights. */
#ifndef KMOD_ACCESS_ACCESS_H
#define KMOD_ACCESS_ACCESS_H

#include <linux/mm.h>

#include "flags.h"
#include "target/target.h"

/* dbgmem_absent.side */
enum {
	DBGMEM_ABSENT_TARGET,
	DBGMEM_ABSENT_EXPECT,	/* the target's, of an expectation */
	DBGMEM_ABSENT_BUFFER,
};

/**
 * struct dbgmem_absent - pages that have to be waited for
 * @addr: an address in the first one
 * @nr: how many
 * @foll: FOLL_* flags, for the target's
 * @side: whose
 * @tries: how often they have been waited for
 * @last: what was waited for last of the caller's buffer
 * @within: the caller's buffer begins before them, and that part is there
 * @partial: the caller's buffer ends within a word
 */
struct dbgmem_absent {
	unsigned long	addr;
	unsigned long	nr;
	u32		foll;
	u8		side;
	u16		tries;
	bool		within;
	bool		partial;
	unsigned long	last;
};

/**
 * struct dbgmem_access - an access under way
 * @session: an attached session, whose mm is held by mmget() for the time being
 * @addr: the next target address
 * @flags: DBGMEM_EXACT, ...
 * @foll: FOLL_* flags for the target's side
 * @write: to the target
 * @code: pages that were held to be written are for the target to run; only where
 *	that matters (compat.h: DBGMEM_COHERENT_ICACHE)
 * @reason: answer: DBGMEM_REASON_*
 * @absent: what was not there, see hold.h
 */
struct dbgmem_access {
	struct dbgmem_session	*session;
	unsigned long		addr;
	u32			flags;
	u32			foll;
	bool			write;
	bool			code;
	u32			reason;
	struct dbgmem_absent	absent;
};

int dbgmem_force_check(struct dbgmem_session *s);

static inline u32 dbgmem_access_foll(const struct dbgmem_access *a)
{
	return FOLL_HWPOISON | (a->write ? FOLL_WRITE : 0) |
	       dbgmem_flags_foll(a->flags);
}

/**
 * dbgmem_access_begin - may this access touch the target?
 * @a: the access, with session, flags and write set
 *
 * Return: 0 with foll set, to be followed by dbgmem_access_end(); -ENOTCONN,
 * -EACCES, -ESRCH, -ESTALE or -EPERM.
 */
static __always_inline int dbgmem_access_begin(struct dbgmem_access *a)
{
	struct dbgmem_session *s = a->session;
	u32 need = a->write ? DBGMEM_ACCESS_WRITE : DBGMEM_ACCESS_READ;
	int ret;

	ret = dbgmem_target_begin(s, need);
	if (unlikely(ret))
		return ret;
	if (a->flags & DBGMEM_FORCE) {
		ret = dbgmem_force_check(s);
		if (ret) {
			dbgmem_target_put(s);
			return ret;
		}
	}
	a->foll = dbgmem_access_foll(a);
	return 0;
}

/**
 * dbgmem_access_end - account for an access and let go of the target
 * @a: the access
 * @done: bytes that moved
 */
static __always_inline void dbgmem_access_end(struct dbgmem_access *a, u64 done)
{
	struct dbgmem_session *s = a->session;

	dbgmem_target_put(s);
	atomic64_inc(a->write ? &s->writes : &s->reads);
	atomic64_add(done, a->write ? &s->bytes_written : &s->bytes_read);
}

#endif /* KMOD_ACCESS_ACCESS_H */
