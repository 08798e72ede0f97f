/* SPDX-License-Identifier: GPL-2.0 */
/* What is in memory, looked at without a change to it. */
#ifndef DBGMEM_PEEK_H
#define DBGMEM_PEEK_H

#include <stddef.h>
#include <stdint.h>

#include <dbgmem.h>

/*
 * Read @len bytes at @addr with @flags, DBGMEM_FORCE and DBGMEM_NOFAULT or
 * DBGMEM_FAULT_IN; without these two what is not there is zeros, and stays so. @valid
 * has a bit for each page as for dbgmem_read_valid(), and is all zeros where nothing
 * could be read.
 */
void peek_valid(struct dbgmem *m, uint64_t addr, uint8_t *buf, size_t len,
		uint32_t flags, uint8_t *valid, uint64_t page_size);

/* The same for a few bytes; how many, from the first on. */
size_t peek_bytes(struct dbgmem *m, uint64_t addr, uint8_t *buf, size_t len,
		  uint32_t flags);

#endif /* DBGMEM_PEEK_H */
