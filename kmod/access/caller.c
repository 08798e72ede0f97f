// SPDX-License-Identifier: GPL-2.0
/*
 * The caller's end of a transfer: see caller.h.
 */
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "caller.h"
#include "compat/compat.h"

/*
 * A copy that was cut short may report fewer bytes than it could have copied, by
 * as much as the processor moves at a time (up to 63 bytes on arm64). Copy the
 * rest byte by byte, up to the first that faults.
 */
static size_t caller_put_rest(char __user *to, const char *src, size_t done,
			      size_t len)
{
	while (done < len && !copy_to_user(to + done, src + done, 1))
		done++;
	return done;
}

static size_t caller_get_rest(char *dst, const char __user *from, size_t done,
			      size_t len)
{
	while (done < len && !__copy_from_user(dst + done, from + done, 1))
		done++;
	return done;
}

static size_t caller_zero_rest(char __user *to, size_t done, size_t len)
{
	while (done < len && !clear_user(to + done, 1))
		done++;
	return done;
}

/*
 * Whole pages get a copy of constant size: the checks that hardened usercopy
 * makes on others are of no use on a page that user space maps.
 */
static size_t caller_put_bytes(struct dbgmem_caller *c, size_t at,
			       const void *src, size_t len)
{
	size_t left;

	if (unlikely(c->iter))
		return copy_to_iter(src, len, c->iter);
	if (len == PAGE_SIZE)
		left = copy_to_user(c->user + at, src, PAGE_SIZE);
	else
		left = copy_to_user(c->user + at, src, len);
	if (unlikely(left))
		return caller_put_rest(c->user + at, src, len - left, len);
	return len;
}

/* copy_from_user() fills what it did not get with zeros: the target's. */
static size_t caller_get_bytes(struct dbgmem_caller *c, size_t at, void *dst,
			       size_t len)
{
	size_t left;

	if (unlikely(c->iter))
		return copy_from_iter(dst, len, c->iter);
	if (!access_ok(c->user + at, len))
		return 0;
	/* As in lib/usercopy.c: not past the check by speculation either. */
	barrier_nospec();
	if (len == PAGE_SIZE)
		left = __copy_from_user(dst, c->user + at, PAGE_SIZE);
	else
		left = __copy_from_user(dst, c->user + at, len);
	if (unlikely(left))
		return caller_get_rest(dst, c->user + at, len - left, len);
	return len;
}

static bool caller_put_word(struct dbgmem_caller *c, size_t at,
			    const void *kaddr, size_t len)
{
	unsigned long word;

	dbgmem_copy_word(&word, kaddr, len);
	return caller_put_bytes(c, at, &word, len) == len;
}

static bool caller_get_word(struct dbgmem_caller *c, size_t at, void *kaddr,
			    size_t len)
{
	unsigned long word = 0;

	if (caller_get_bytes(c, at, &word, len) != len)
		return false;
	dbgmem_copy_word(kaddr, &word, len);
	return true;
}

static size_t caller_put(struct dbgmem_caller *c, size_t at, const char *kaddr,
			 size_t len)
{
	/* A buffer that ends within the word: what there is of it. */
	if (dbgmem_is_word(kaddr, len) && caller_put_word(c, at, kaddr, len))
		return len;
	return caller_put_bytes(c, at, kaddr, len);
}

static size_t caller_get(struct dbgmem_caller *c, size_t at, char *kaddr,
			 size_t len)
{
	if (dbgmem_is_word(kaddr, len) && caller_get_word(c, at, kaddr, len))
		return len;
	return caller_get_bytes(c, at, kaddr, len);
}

/**
 * dbgmem_caller_put_any - dbgmem_caller_put(), whatever the size
 * @c: as there
 * @at: as there
 * @kaddr: as there
 * @len: as there
 */
size_t dbgmem_caller_put_any(struct dbgmem_caller *c, size_t at,
			     const char *kaddr, size_t len)
{
	return dbgmem_racing_bytes(caller_put(c, at, kaddr, len));
}

/**
 * dbgmem_caller_get_any - dbgmem_caller_get(), whatever the size
 * @c: as there
 * @at: as there
 * @kaddr: as there
 * @len: as there
 */
size_t dbgmem_caller_get_any(struct dbgmem_caller *c, size_t at, char *kaddr,
			     size_t len)
{
	return dbgmem_racing_bytes(caller_get(c, at, kaddr, len));
}

/**
 * dbgmem_caller_readable - how much of the buffer can be read without a fault
 * @c: the caller's end
 * @len: bytes
 *
 * Return: bytes from the start, up to the first page that is not there.
 */
size_t dbgmem_caller_readable(struct dbgmem_caller *c, size_t len)
{
	size_t left;

	if (unlikely(c->iter))
		return len;
	pagefault_disable();
	left = fault_in_readable(c->user, len);
	pagefault_enable();
	return len - left;
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
	size_t left;

	if (unlikely(c->iter))
		return iov_iter_zero(len, c->iter);
	left = clear_user(c->user + at, len);
	return unlikely(left) ?
	       caller_zero_rest(c->user + at, len - left, len) : len;
}
