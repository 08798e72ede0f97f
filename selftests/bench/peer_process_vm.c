// SPDX-License-Identifier: GPL-2.0
/*
 * Peer: process_vm_readv(2) and process_vm_writev(2).
 */
#include "bench.h"

#include <limits.h>

/*
 * @nr pieces from the one numbered @first. Here they lie side by side: one
 * vector element describes them, which is the peer's fastest way.
 */
static inline int pieces(const struct work *w, unsigned int first,
			 unsigned int nr)
{
	struct iovec local = {
		.iov_base = w->buf + first * w->size,
		.iov_len = nr * w->size,
	};
	ssize_t n;

	if (w->write)
		n = process_vm_writev(subject.target.pid, &local, 1,
				      w->pieces + first, nr, 0);
	else
		n = process_vm_readv(subject.target.pid, &local, 1,
				     w->pieces + first, nr, 0);
	if (n < 0)
		return -errno;
	return (size_t)n == local.iov_len ? 0 : -EIO;
}

int process_vm_one(const struct work *w)
{
	return pieces(w, 0, 1);
}

/* In as few calls as it takes. */
int process_vm_all(const struct work *w)
{
	unsigned int i, nr;
	int ret;

	for (i = 0; i < w->nr; i += nr) {
		nr = w->nr - i < IOV_MAX ? w->nr - i : IOV_MAX;
		ret = pieces(w, i, nr);
		if (ret)
			return ret;
	}
	return 0;
}

int process_vm_each(const struct work *w)
{
	unsigned int i;
	int ret;

	for (i = 0; i < w->nr; i++) {
		ret = pieces(w, i, 1);
		if (ret)
			return ret;
	}
	return 0;
}
