/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Patterns to recognize memory by. A pattern has a seed, and no two places in it
 * look alike, so a byte from another place or pattern is detected.
 */
#ifndef SELFTESTS_PATTERN_H
#define SELFTESTS_PATTERN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Byte @i of the pattern is byte i % 8 of word i / 8. */
uint64_t pattern_u64(uint64_t seed, size_t word);
unsigned char pattern_byte(uint64_t seed, size_t i);

/* @p is byte @from of the pattern. */
void pattern_fill(void *p, size_t from, size_t len, uint64_t seed);

/* The first byte at @p that is not the pattern's, or -1. */
long pattern_differs(const void *p, size_t from, size_t len, uint64_t seed);

/* The first byte at @p that is not @c, or -1. */
long byte_differs(const void *p, unsigned char c, size_t len);

#endif /* SELFTESTS_PATTERN_H */
