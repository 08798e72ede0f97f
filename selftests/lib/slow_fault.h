/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory whose pages come only when the test says so: by userfaultfd, or from a
 * mapped FUSE file. Each slot is good for one fault.
 */
#ifndef SELFTESTS_SLOW_FAULT_H
#define SELFTESTS_SLOW_FAULT_H

#include "fuse_mem.h"
#include "memory.h"
#include "proc.h"

#include <linux/userfaultfd.h>
#include <poll.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open	434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd	438
#endif

#define SLOW_SIZE	((unsigned long)FUSE_SLOW_SIZE)

enum slow_kind {
	SLOW_USERFAULTFD,
	SLOW_FUSE,
	SLOW_FUSE_IN_TURN,	/* a server without asynchronous reads */
	SLOW_FUSE_RANDOM,	/* nothing is read ahead: MADV_RANDOM */
};

struct slow {
	enum slow_kind kind;
	struct fuse_mem fuse;
	char *mem;
	int uffd;		/* a duplicate of the target's */
};

char *slow_slot(const struct slow *s, unsigned int i);

/* Map it before the target is forked. NULL, or what this machine lacks. */
const char *slow_map(struct slow *s);

/* Let the faults of @t wait. 0 or -errno. */
int slow_hold(struct slow *s, struct target *t);

/* Wait @ms until somebody waits for a page. */
bool slow_waits(struct slow *s, long ms);

/* Provide the page of @slot, filled with zeros. */
void slow_answer(struct slow *s, char *slot);
void slow_unmap(struct slow *s);

#endif /* SELFTESTS_SLOW_FAULT_H */
