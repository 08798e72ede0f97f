/* SPDX-License-Identifier: GPL-2.0 */
/* Asking the process that holds breakpoints. */
#ifndef DBGMEM_ASK_H
#define DBGMEM_ASK_H

#include "request.h"

/*
 * Ask process @holder for @r. 0 and *@a; -ECONNREFUSED: it does not listen;
 * -EPERM: another process listens under its name; -ETIMEDOUT: it did not
 * answer; -EPROTO: it answered what this does not understand; or another
 * negative errno.
 */
int ask(pid_t holder, const struct request *r, struct answer *a);

#endif /* DBGMEM_ASK_H */
