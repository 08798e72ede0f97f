// SPDX-License-Identifier: GPL-2.0
/* 6.0 has iterators over one piece of user memory. */
#include <linux/uio.h>

#ifndef DBGMEM_PROBE_ABSENT
void __user *probe(const struct iov_iter *i);
void __user *probe(const struct iov_iter *i)
{
	return user_backed_iter(i) && iter_is_ubuf(i) ? i->ubuf : NULL;
}
#else
extern char iter_is_ubuf, user_backed_iter;
#endif
