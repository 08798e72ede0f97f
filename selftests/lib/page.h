/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages at the same address in the test and in its target, and functions that the
 * target runs on one of them: a target_fn each, 0 for success.
 */
#ifndef SELFTESTS_PAGE_H
#define SELFTESTS_PAGE_H

#include "common.h"

extern char *mem;

/* @nr new pages at @mem, filled with the pattern. */
bool mem_make(size_t nr);

/* Byte @i of that pattern. */
uint8_t pattern(size_t i);
bool is_pattern(const char *buf, size_t from, size_t len);

long page_unmap(void *page);
long page_protect_none(void *page);
long page_protect_read(void *page);
long page_drop(void *page);

/* Read the byte at @addr; write 0xee there. */
long byte_get(void *addr);
long byte_set(void *addr);

#endif /* SELFTESTS_PAGE_H */
