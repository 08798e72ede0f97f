/* SPDX-License-Identifier: GPL-2.0 */
/* A dump of what is around a place of the target, in which that is marked. */
#ifndef DBGMEM_CONTEXT_H
#define DBGMEM_CONTEXT_H

#include <stddef.h>
#include <stdint.h>

#include <dbgmem.h>

struct context {
	struct dbgmem *m;
	uint32_t flags;		/* as peek_valid() has them */
	uint64_t around;	/* lines before and behind */
	const char *mark_on;	/* as struct hexdump has it */
	/* room */
	uint8_t *buf, *valid;
	size_t size;
	uint64_t page_size;
};

void context_init(struct context *c, struct dbgmem *m, uint32_t flags,
		  uint64_t around);

/* Of @len bytes at @addr, to standard output: 0, or -1: out of memory. */
int context_print(struct context *c, uint64_t addr, size_t len);

void context_free(struct context *c);

#endif /* DBGMEM_CONTEXT_H */
