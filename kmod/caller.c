// SPDX-License-Identifier: GPL-2.0
/*
 * The caller's end of a transfer: copying between it and a mapped page of the
 * target.
 *
 * copy_to_user() may split what it copies, so naturally aligned pieces of 1, 2,
 * 4 and 8 bytes go through a register: the target's side sees one access.
 */
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "dbgmem.h"
#include "word.h"

static size_t put_bytes(struct dbgmem_caller *c, size_t at, const void *src,
			size_t len)
{
	if (unlikely(c->iter))
		return copy_to_iter(src, len, c->iter);
	return len - copy_to_user(c->user + at, src, len);
}

static size_t get_bytes(struct dbgmem_caller *c, size_t at, void *dst,
			size_t len)
{
	if (unlikely(c->iter))
		return copy_from_iter(dst, len, c->iter);
	/* copy_from_user() fills what it did not get with zeros: the target's. */
	if (!access_ok(c->user + at, len))
		return 0;
	return len - __copy_from_user(dst, c->user + at, len);
}

static size_t put_word(struct dbgmem_caller *c, size_t at, const void *kaddr,
		       size_t len)
{
	unsigned long word;

	dbgmem_copy_word(&word, kaddr, len);
	return put_bytes(c, at, &word, len);
}

/* All of it or nothing. */
static size_t get_word(struct dbgmem_caller *c, size_t at, void *kaddr,
		       size_t len)
{
	unsigned long word;

	if (get_bytes(c, at, &word, len) != len)
		return 0;
	dbgmem_copy_word(kaddr, &word, len);
	return len;
}

/**
 * dbgmem_caller_put - copy from a page of the target to the caller
 * @c: the caller's end
 * @at: offset into the buffer (always the next byte where it is an iterator)
 * @kaddr: mapped memory of the target
 * @len: bytes
 *
 * Return: bytes copied.
 */
size_t dbgmem_caller_put(struct dbgmem_caller *c, size_t at, const char *kaddr,
			 size_t len)
{
	if (dbgmem_is_word(kaddr, len))
		return put_word(c, at, kaddr, len);
	return put_bytes(c, at, kaddr, len);
}

/**
 * dbgmem_caller_get - copy from the caller to a page of the target
 * @c: the caller's end
 * @at: offset into the buffer (always the next byte where it is an iterator)
 * @kaddr: mapped memory of the target
 * @len: bytes
 *
 * Return: bytes copied.
 */
size_t dbgmem_caller_get(struct dbgmem_caller *c, size_t at, char *kaddr,
			 size_t len)
{
	size_t n;

	if (!dbgmem_is_word(kaddr, len))
		return get_bytes(c, at, kaddr, len);
	n = get_word(c, at, kaddr, len);
	/* A buffer that ends within the word: what there is of it. */
	if (unlikely(!n) && !c->iter)
		n = get_bytes(c, at, kaddr, len);
	return n;
}

/**
 * dbgmem_caller_readable - how much of the buffer can be read just now
 * @c: the caller's end
 * @len: bytes
 *
 * Return: bytes from the start, up to the first page that cannot be read.
 */
size_t dbgmem_caller_readable(struct dbgmem_caller *c, size_t len)
{
	if (unlikely(c->iter))
		return len;
	return len - fault_in_readable(c->user, len);
}

/**
 * dbgmem_caller_zero - fill the caller's buffer with zeros
 * @c: the caller's end
 * @at: offset into the buffer (always the next byte where it is an iterator)
 * @len: bytes
 *
 * Return: bytes filled.
 */
size_t dbgmem_caller_zero(struct dbgmem_caller *c, size_t at, size_t len)
{
	if (unlikely(c->iter))
		return iov_iter_zero(len, c->iter);
	return len - clear_user(c->user + at, len);
}
