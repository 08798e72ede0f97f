// SPDX-License-Identifier: GPL-2.0
/* 6.4 looks at the current piece of an iterator in another way. */
#include <linux/uio.h>

#ifndef DBGMEM_PROBE_ABSENT
void __user *probe(const struct iov_iter *i, size_t *len);
void __user *probe(const struct iov_iter *i, size_t *len)
{
	*len = iter_iov_len(i);
	return iter_iov_addr(i);
}
#else
void __user *probe(const struct iov_iter *i, size_t *len);
void __user *probe(const struct iov_iter *i, size_t *len)
{
	struct iovec v = iov_iter_iovec(i);

	*len = v.iov_len;
	return v.iov_base;
}
#endif
