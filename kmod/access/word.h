/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Naturally aligned words of 1, 2, 4 and (on 64-bit) 8 bytes, which must move
 * by one load and one store on the target's side.
 */
#ifndef KMOD_ACCESS_WORD_H
#define KMOD_ACCESS_WORD_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/string.h>
#include <linux/types.h>

/* Is @len bytes at @p such a word? */
static inline bool dbgmem_is_word(const void *p, size_t len)
{
	return len <= sizeof(long) && is_power_of_2(len) &&
	       IS_ALIGNED((unsigned long)p, len);
}

/* Copy one word; whichever side is aligned is accessed once. */
static inline void dbgmem_copy_word(void *dst, const void *src, size_t len)
{
	unsigned long word = 0;

	if (dbgmem_is_word(src, len)) {
		switch (len) {
		case 1:
			*(u8 *)&word = READ_ONCE(*(const u8 *)src);
			break;
		case 2:
			*(u16 *)&word = READ_ONCE(*(const u16 *)src);
			break;
		case 4:
			*(u32 *)&word = READ_ONCE(*(const u32 *)src);
			break;
		default:
			word = READ_ONCE(*(const unsigned long *)src);
		}
	} else {
		memcpy(&word, src, len);
	}

	if (dbgmem_is_word(dst, len)) {
		switch (len) {
		case 1:
			WRITE_ONCE(*(u8 *)dst, *(u8 *)&word);
			break;
		case 2:
			WRITE_ONCE(*(u16 *)dst, *(u16 *)&word);
			break;
		case 4:
			WRITE_ONCE(*(u32 *)dst, *(u32 *)&word);
			break;
		default:
			WRITE_ONCE(*(unsigned long *)dst, word);
		}
	} else {
		memcpy(dst, &word, len);
	}
}

/*
 * The target, and other callers, change its bytes while they are copied or compared:
 * no race of ours. Who has to know reads twice, or expects.
 */
#define dbgmem_racing_bytes(expr)	\
	data_race(expr) /* see above */

/* The value of an aligned word of 1, 2, 4 or 8 bytes, by one load. */
static inline u64 dbgmem_get_word(const void *p, size_t len)
{
	switch (len) {
	case 1:
		return READ_ONCE(*(const u8 *)p);
	case 2:
		return READ_ONCE(*(const u16 *)p);
	case 4:
		return READ_ONCE(*(const u32 *)p);
	default:
		return READ_ONCE(*(const u64 *)p);
	}
}

/* Such a word in memory that nobody else looks at. */
static inline void dbgmem_set_word(void *p, u64 word, size_t len)
{
	switch (len) {
	case 1:
		*(u8 *)p = word;
		break;
	case 2:
		*(u16 *)p = word;
		break;
	case 4:
		*(u32 *)p = word;
		break;
	default:
		*(u64 *)p = word;
	}
}

/* Atomic compare-and-exchange of such a word; returns what was there. */
static inline u64 dbgmem_cmpxchg_word(void *p, u64 old, u64 new, size_t len)
{
	switch (len) {
	case 1:
		return cmpxchg((u8 *)p, (u8)old, (u8)new);
	case 2:
		return cmpxchg((u16 *)p, (u16)old, (u16)new);
	case 4:
		return cmpxchg((u32 *)p, (u32)old, (u32)new);
	default:
		return cmpxchg64((u64 *)p, old, new);
	}
}

#endif /* KMOD_ACCESS_WORD_H */
