/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mock target for parts of the library that only read. Its pages are small and
 * some are holes, so that all positions of matches, pieces and holes are tried
 * quickly.
 */
#ifndef SELFTESTS_MOCK_TARGET_H
#define SELFTESTS_MOCK_TARGET_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/lib/walk.h"

#define MOCK_PAGE	16
#define MOCK_PAGES	40
#define MOCK_SIZE	(MOCK_PAGE * MOCK_PAGES)
#define MOCK_BASE	(1000 * MOCK_PAGE)

struct mock {
	struct dbgmem m;		/* must be first */
	unsigned char mem[MOCK_SIZE];	/* at MOCK_BASE */
	bool hole[MOCK_PAGES];
	bool zero[MOCK_PAGES];		/* never touched: a read allocates a page */
	unsigned int made;		/* pages allocated by reads */
	unsigned int reads;
	unsigned int ends_after;	/* reads, in the middle of the next; 0: never */
};

void mock_seed(uint64_t seed);
unsigned int mock_random(unsigned int n);
void mock_init(struct mock *f, unsigned int letters, unsigned int holes);
bool mock_readable(const struct mock *f, uint64_t addr);

/* Some pages were never touched. */
void mock_untouch(struct mock *f, unsigned int percent);

/* For walk.extent. They end early now and then. */
int mock_extent(struct dbgmem__walk *w, uint64_t addr, uint64_t end,
		struct dbgmem__extent *x);

/* READ with ZEROFILL and a bitmap, as uapi/dbgmem/uapi.h describes it. */
ssize_t mock_read(struct dbgmem *m, uint64_t addr, void *buf, size_t len,
		  uint32_t flags, uint8_t *valid, size_t valid_size,
		  struct dbgmem_result *res);

/* Some range that touches it. */
struct dbgmem_range mock_range(void);

#endif /* SELFTESTS_MOCK_TARGET_H */
