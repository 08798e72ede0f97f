/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All ioctls, for tests of their common properties: the offsets of their fields,
 * and a request that succeeds.
 */
#ifndef SELFTESTS_ABI_CASES_H
#define SELFTESTS_ABI_CASES_H

#include "abi.h"

struct part {
	size_t from, to;
};

#define for_each_part(p, c) \
	for (p = (c)->out; p < (c)->out + 3 && p->to; p++)

struct ioctl_case {
	unsigned long cmd;
	size_t first, size;		/* of the first version, and of the current one */
	struct part out[3];		/* where the outputs are */
	size_t reserved[3];		/* offsets, 0 for none */
	uint32_t flags;			/* the ones that are known */
	bool mirror;			/* it needs a session with one */
	void (*fill)(struct abi *a, void *req);
	/* Undo what a successful request changed. */
	void (*undo)(struct abi *a);
};

void fill_info(struct abi *a, void *req);
void fill_attach(struct abi *a, void *req);
void fill_transfer(struct abi *a, void *req);

/* With an expectation, so that every output is used. */
void fill_vector(struct abi *a, void *req, uint32_t op);
void fill_vector_read(struct abi *a, void *req);
void fill_vector_write(struct abi *a, void *req);
void fill_bp_set(struct abi *a, void *req);
void bp_clear_all(struct abi *a);
void fill_bp_clear(struct abi *a, void *req);
void fill_bp_list(struct abi *a, void *req);
void fill_cmpxchg(struct abi *a, void *req);

/* It asks for one region of several, so that "next" is used. */
void fill_region(struct abi *a, void *req);
void fill_window(struct abi *a, void *req);
void fill_window_sync(struct abi *a, void *req);

#endif /* SELFTESTS_ABI_CASES_H */
