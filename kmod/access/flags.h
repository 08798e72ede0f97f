/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The transfer flags. A new one needs a row here, its meaning in
 * uapi/dbgmem/uapi.h, and the code that carries it out.
 */
#ifndef KMOD_ACCESS_FLAGS_H
#define KMOD_ACCESS_FLAGS_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/mm.h>

#include "compat/compat.h"
#include "session.h"

/* Calls that take flags. */
#define DBGMEM_CALL_READ		BIT(0)
#define DBGMEM_CALL_WRITE		BIT(1)
#define DBGMEM_CALL_VECTOR_READ		BIT(2)
#define DBGMEM_CALL_VECTOR_WRITE	BIT(3)
#define DBGMEM_CALL_CMPXCHG		BIT(4)

#define CALLS_READ	(DBGMEM_CALL_READ | DBGMEM_CALL_VECTOR_READ)
#define CALLS_MOVE	(CALLS_READ | DBGMEM_CALL_WRITE | DBGMEM_CALL_VECTOR_WRITE)
#define CALLS_ALL	(CALLS_MOVE | DBGMEM_CALL_CMPXCHG)

/**
 * struct dbgmem_flag - a transfer flag
 * @flag: DBGMEM_EXACT, ...
 * @calls: DBGMEM_CALL_* that take it
 * @excludes: flags that it does not go together with
 * @foll: FOLL_* flags for the target's pages
 * @mirror: a read with it may use the mirror
 */
struct dbgmem_flag {
	u32	flag;
	u32	calls;
	u32	excludes;
	u32	foll;
	bool	mirror;
};

static const struct dbgmem_flag dbgmem_flags[] = {
	{ DBGMEM_EXACT,    CALLS_MOVE, DBGMEM_ZEROFILL, 0, false },
	{ DBGMEM_FORCE,    CALLS_ALL, 0, FOLL_FORCE, false },
	{ DBGMEM_ZEROFILL, DBGMEM_CALL_READ, DBGMEM_EXACT, 0, true },
	{ DBGMEM_NOFAULT,  DBGMEM_CAN_NOFAULT ? CALLS_READ : 0, 0, FOLL_NOFAULT, true },
	{ DBGMEM_RAW,      CALLS_ALL, 0, 0, true },
};

#undef CALLS_READ
#undef CALLS_MOVE
#undef CALLS_ALL

/* The loops are unrolled, and become a few constants. */

/* The flags that one of @calls takes. */
static __always_inline u32 dbgmem_flags_of(u32 calls)
{
	unsigned int i;
	u32 flags = 0;

#pragma GCC unroll 32
	for (i = 0; i < ARRAY_SIZE(dbgmem_flags); i++)
		flags |= dbgmem_flags[i].calls & calls ?
			 dbgmem_flags[i].flag : 0;
	return flags;
}

/* The flags that the mirror may be used with. */
static __always_inline u32 dbgmem_flags_mirror(void)
{
	unsigned int i;
	u32 flags = 0;

#pragma GCC unroll 32
	for (i = 0; i < ARRAY_SIZE(dbgmem_flags); i++)
		flags |= dbgmem_flags[i].mirror ? dbgmem_flags[i].flag : 0;
	return flags;
}

/* FOLL_* flags for @flags. */
static __always_inline u32 dbgmem_flags_foll(u32 flags)
{
	unsigned int i;
	u32 foll = 0;

#pragma GCC unroll 32
	for (i = 0; i < ARRAY_SIZE(dbgmem_flags); i++)
		foll |= flags & dbgmem_flags[i].flag ?
			dbgmem_flags[i].foll : 0;
	return foll;
}

/**
 * dbgmem_flags_check - do flags make sense for a call?
 * @flags: of the caller
 * @call: DBGMEM_CALL_*
 *
 * Return: 0; -EOPNOTSUPP: no call takes one of them; -EINVAL: this one does not, or
 * two of them exclude each other.
 */
static __always_inline int dbgmem_flags_check(u32 flags, u32 call)
{
	unsigned int i;

	if (flags & ~dbgmem_flags_of(~0U))
		return -EOPNOTSUPP;
	if (flags & ~dbgmem_flags_of(call))
		return -EINVAL;
#pragma GCC unroll 32
	for (i = 0; i < ARRAY_SIZE(dbgmem_flags); i++)
		if (flags & dbgmem_flags[i].flag &&
		    flags & dbgmem_flags[i].excludes)
			return -EINVAL;
	return 0;
}

#endif /* KMOD_ACCESS_FLAGS_H */
