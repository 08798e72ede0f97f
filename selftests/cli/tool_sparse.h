/* SPDX-License-Identifier: GPL-2.0 */
/* Sparse memory, and how much of it was allocated meanwhile. */
#ifndef SELFTESTS_TOOL_SPARSE_H
#define SELFTESTS_TOOL_SPARSE_H

#include "proc.h"
#include "tool_run.h"

#define SPARSE		((void *)0x200000000000)
#define SPARSE_ADDR	"0x200000000000"
#define SPARSE_SIZE	(1UL << 30)
#define SPARSE_RANGE	SPARSE_ADDR, "1G"

/* The page tables of the pages that are present are smaller than this. */
#define SPARSE_LITTLE	(64 << 10)

/* A file in memory that the target maps at SPARSE; map_much() is there, too. */
struct sparse {
	const struct target *t;
	int fd;
	long long before;
};

/* For a new target, which retarget() makes: it gets the file as it begins. */
int sparse_make(struct sparse *f, struct target *t, char *pid);
void sparse_look(struct sparse *f);
long long sparse_grown(const struct sparse *f);

/* 20 TB of reserved memory, as ASan and wasm have, with only @text at its end. */
#define RESERVED	(20UL << 40)
#define RESERVED_RANGE	SPARSE_ADDR, "20T"

/* The limit on an emulated, busy machine; an idle one takes a second. */
#define RESERVED_MS	10000

long reserve(void *text);
void sparse_free(struct sparse *f);

#endif /* SELFTESTS_TOOL_SPARSE_H */
