/* SPDX-License-Identifier: GPL-2.0 */
/* io_uring, one request at a time. */
#ifndef SELFTESTS_URING_H
#define SELFTESTS_URING_H

#include <liburing.h>

/* What became of the request that was prepared. */
int uring_submit(struct io_uring *ring);

#endif /* SELFTESTS_URING_H */
