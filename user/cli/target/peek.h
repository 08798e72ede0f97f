/* SPDX-License-Identifier: GPL-2.0 */
/* Read memory without changing it: bring no page in. */
#ifndef DBGMEM_PEEK_H
#define DBGMEM_PEEK_H

#include <stddef.h>
#include <stdint.h>

#include <dbgmem.h>

/*
 * Read @len bytes at @addr with @flags: DBGMEM_FORCE, and DBGMEM_NOFAULT or
 * DBGMEM_FAULT_IN. Without the last two, unused pages are zeros and stay unused. @valid
 * has a bit for each page as for dbgmem_read_valid(), all zeros if nothing could be
 * read.
 */
void peek_valid(struct dbgmem *m, uint64_t addr, uint8_t *buf, size_t len,
		uint32_t flags, uint8_t *valid, uint64_t page_size);

/* The same for a few bytes. Returns how many were read from the start. */
size_t peek_bytes(struct dbgmem *m, uint64_t addr, uint8_t *buf, size_t len,
		  uint32_t flags);

#endif /* DBGMEM_PEEK_H */
