/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A program while it runs, in a process of its own: the caller. Its lanes are
 * threads; each has buffers that no other touches.
 */
#ifndef FUZZ_RUN_H
#define FUZZ_RUN_H

#include "place.h"
#include "program.h"
#include "target.h"

#include <stdarg.h>
#include <stdatomic.h>

/* What is left of a caller, in memory shared with who started it. */
struct result {
	atomic_uint calls;
	atomic_bool params;	/* changed some */
	atomic_bool failed;
	char text[256];		/* why */
};

struct slot {
	atomic_int fd;		/* -1: none */
	atomic_uint target;	/* whom it was attached to last */
	atomic_bool attached;
};

struct run {
	const struct program *program;
	struct slot slot[NR_SLOTS];
	struct fuzz_target target[NR_TARGETS];
	struct result *result;
	bool trust_errno;	/* descriptors stay what they are */
	bool trust_request;	/* nobody changes it during the call */
};

struct lane {
	struct run *run;
	struct caller *mem;
	unsigned int nr;
	bool racing;		/* others run at the same time */
	unsigned char fill;	/* of the buffer, before the call */
};

/* Say that something is not as promised; the first one counts. */
__attribute__((format(printf, 3, 4)))
void run_failed(struct lane *l, const struct call *c, const char *format, ...);

/* The slot's descriptor, -1 if it has none. */
int run_fd(struct lane *l, const struct call *c);
/* Put a new one there, and close what was. */
void run_set_fd(struct lane *l, const struct call *c, int fd);
struct fuzz_target *run_target(struct lane *l, const struct call *c);

/* May what the target's memory holds be concluded from what we know? */
bool run_knows_target(struct lane *l, const struct call *c);

#endif /* FUZZ_RUN_H */
