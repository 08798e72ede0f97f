// SPDX-License-Identifier: GPL-2.0
/*
 * The validity bitmap: which pages of the target a READ really got.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include "valid.h"

#define VALID_CLEAR_CHUNK	SZ_1M

static int valid_clear(u8 __user *map, u64 size)
{
	while (size) {
		size_t n = min_t(u64, size, VALID_CLEAR_CHUNK);

		if (clear_user(map, n))
			return -EFAULT;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		map += n;
		size -= n;
	}
	return 0;
}

/**
 * dbgmem_valid_init - clear the caller's bitmap and get ready to set bits
 * @v: the bitmap
 * @t: the request, its range checked, with a bitmap and of some bytes
 *
 * Return: 0, -EINVAL when it is too short for the range, -EFAULT or -EINTR.
 */
int dbgmem_valid_init(struct dbgmem_valid *v, const struct dbgmem_transfer *t)
{
	u64 pages, bytes;

	*v = (struct dbgmem_valid) {
		.map = u64_to_user_ptr(t->valid),
		.base = t->addr >> PAGE_SHIFT,
	};
	pages = ((t->addr + t->len - 1) >> PAGE_SHIFT) - v->base + 1;
	bytes = (pages + 7) / 8;
	if (t->valid_size < bytes)
		return -EINVAL;
	return valid_clear(v->map, bytes);
}

/**
 * dbgmem_valid_flush - write out bits that are still held back
 * @v: the bitmap
 *
 * Return: 0 or -EFAULT.
 */
int dbgmem_valid_flush(struct dbgmem_valid *v)
{
	u8 bits = v->bits;

	v->bits = 0;
	if (!bits)
		return 0;
	return put_user(bits, v->map + v->byte);
}

/**
 * dbgmem_valid_mark - set the bits of the pages that a piece read completes
 * @v: the bitmap
 * @addr: the target's address of the piece
 * @len: its bytes
 * @last: the request ends with it, so its last page is complete
 *
 * Pieces come in ascending order, and a hole never ends within a page: so a
 * page is complete when the piece that holds its last byte is.
 *
 * Return: 0 or -EFAULT.
 */
int dbgmem_valid_mark(struct dbgmem_valid *v, unsigned long addr,
		      unsigned long len, bool last)
{
	u64 page, end;
	int ret;

	page = (addr >> PAGE_SHIFT) - v->base;
	end = ((addr + len - 1) >> PAGE_SHIFT) - v->base;
	if (last || !((addr + len) & ~PAGE_MASK))
		end++;

	for (; page < end; page++) {
		if (page / 8 != v->byte) {
			ret = dbgmem_valid_flush(v);
			if (ret)
				return ret;
			v->byte = page / 8;
		}
		v->bits |= 1U << (page % 8);
	}
	return 0;
}
