/* SPDX-License-Identifier: GPL-2.0 */
/* io_uring, one request at a time. */
#ifndef SELFTESTS_URING_H
#define SELFTESTS_URING_H

#include <liburing.h>

/* The result of the prepared request. */
int uring_submit(struct io_uring *ring);

#endif /* SELFTESTS_URING_H */
