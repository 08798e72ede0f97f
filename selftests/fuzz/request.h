/* SPDX-License-Identifier: GPL-2.0 */
/* The structure of an ioctl: passed as it should be, or in every wrong way. */
#ifndef FUZZ_REQUEST_H
#define FUZZ_REQUEST_H

#include "run.h"

/*
 * The ioctl @cmd with the @size bytes at @req, whose first field is set here;
 * they are the answer afterwards. Its errno is looked at. @sane says whether the
 * kernel saw what @req was, and the answer came back.
 */
int request(struct lane *l, const struct call *c, unsigned long cmd, void *req,
	    size_t size, bool *sane);

#endif /* FUZZ_REQUEST_H */
