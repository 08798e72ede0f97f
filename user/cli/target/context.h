/* SPDX-License-Identifier: GPL-2.0 */
/* A dump of the memory around an address, with a mark. */
#ifndef DBGMEM_CONTEXT_H
#define DBGMEM_CONTEXT_H

#include <stddef.h>
#include <stdint.h>

#include <dbgmem.h>

struct context {
	struct dbgmem *m;
	uint32_t flags;		/* as for peek_valid() */
	uint64_t around;	/* lines before and after */
	const char *mark_on;	/* as in struct hexdump */
	/* buffers */
	uint8_t *buf, *valid;
	size_t size;
	uint64_t page_size;
};

void context_init(struct context *c, struct dbgmem *m, uint32_t flags,
		  uint64_t around);

/* Print the dump around @len bytes at @addr. Returns 0, or -1 when out of memory. */
int context_print(struct context *c, uint64_t addr, size_t len);

void context_free(struct context *c);

#endif /* DBGMEM_CONTEXT_H */
