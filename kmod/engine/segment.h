/* SPDX-License-Identifier: GPL-2.0 */
/* A segment of a vector. */
#ifndef KMOD_ENGINE_SEGMENT_H
#define KMOD_ENGINE_SEGMENT_H

#include <linux/uaccess.h>

#include "engine.h"

/* segment->reason of a segment that was not carried out yet */
#define DBGMEM_SEGMENT_WORD	(~0U)		/* naturally aligned on both sides */
#define DBGMEM_SEGMENT_BYTES	(~0U - 1)

/* Say what became of a segment. */
static inline void dbgmem_segment_answer(struct dbgmem_segment *seg, u64 done,
					 u32 reason)
{
	seg->done = done;
	seg->reason = reason;
}

#define dbgmem_put_word(type, seg, kaddr, fault)			\
	unsafe_put_user(READ_ONCE(*(const type *)(kaddr)),		\
			(type __user *)u64_to_user_ptr((seg)->buf), fault)

/**
 * dbgmem_segment_put - read a DBGMEM_SEGMENT_WORD
 * @seg: the segment; within user_write_access_begin()
 * @kaddr: where the word is mapped
 *
 * Return: whether the caller's buffer took it; @seg has its answer then.
 */
static __always_inline bool dbgmem_segment_put(struct dbgmem_segment *seg,
					       const void *kaddr)
{
	if (likely(seg->len == sizeof(u64)))
		dbgmem_put_word(u64, seg, kaddr, fault);
	else if (seg->len == sizeof(u32))
		dbgmem_put_word(u32, seg, kaddr, fault);
	else if (seg->len == sizeof(u16))
		dbgmem_put_word(u16, seg, kaddr, fault);
	else
		dbgmem_put_word(u8, seg, kaddr, fault);
	seg->done = seg->len;
	seg->reason = DBGMEM_REASON_NONE;
	return true;
fault:
	return false;
}

#endif /* KMOD_ENGINE_SEGMENT_H */
