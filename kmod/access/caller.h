/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The caller's end of a transfer: copying between it and a mapped page of the
 * target.
 *
 * copy_to_user() may split what it copies, so naturally aligned pieces of 1, 2,
 * 4 and 8 bytes go through a register: the target's side sees one access.
 */
#ifndef KMOD_ACCESS_CALLER_H
#define KMOD_ACCESS_CALLER_H

#include <linux/types.h>
#include <linux/uaccess.h>

#include "word.h"

struct iov_iter;

/**
 * struct dbgmem_caller - the caller's end of a transfer
 * @user: the caller's buffer
 * @iter: where it is kernel memory instead (registered io_uring buffers), else
 *	NULL; only the bytes of the current transfer
 */
struct dbgmem_caller {
	char __user	*user;
	struct iov_iter	*iter;
};

size_t dbgmem_caller_put_any(struct dbgmem_caller *c, size_t at,
			     const char *kaddr, size_t len);
size_t dbgmem_caller_get_any(struct dbgmem_caller *c, size_t at, char *kaddr,
			     size_t len);
size_t dbgmem_caller_readable(struct dbgmem_caller *c, size_t len);
size_t dbgmem_caller_zero(struct dbgmem_caller *c, size_t at, size_t len);

/* The usual word, aligned on both sides: the caller's address of it, or NULL. */
static inline unsigned long __user *
dbgmem_caller_long(struct dbgmem_caller *c, size_t at, const void *kaddr,
		   size_t len)
{
	char __user *p = c->user + at;

	if (len == sizeof(long) && !c->iter &&
	    IS_ALIGNED((unsigned long)p | (unsigned long)kaddr, sizeof(long)))
		return (unsigned long __user *)p;
	return NULL;
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
static inline size_t dbgmem_caller_put(struct dbgmem_caller *c, size_t at,
				       const char *kaddr, size_t len)
{
	unsigned long __user *p = dbgmem_caller_long(c, at, kaddr, len);

	if (p && !put_user(READ_ONCE(*(const unsigned long *)kaddr), p))
		return len;
	return dbgmem_caller_put_any(c, at, kaddr, len);
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
static inline size_t dbgmem_caller_get(struct dbgmem_caller *c, size_t at,
				       char *kaddr, size_t len)
{
	unsigned long __user *p = dbgmem_caller_long(c, at, kaddr, len);
	unsigned long word;

	if (p && !get_user(word, p)) {
		WRITE_ONCE(*(unsigned long *)kaddr, word);
		return len;
	}
	return dbgmem_caller_get_any(c, at, kaddr, len);
}

#endif /* KMOD_ACCESS_CALLER_H */
