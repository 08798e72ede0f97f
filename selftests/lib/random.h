/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers that are the same for the same seed, on every machine. */
#ifndef SELFTESTS_RANDOM_H
#define SELFTESTS_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* splitmix64: any state is a good one. */
static inline uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* 0 to @n - 1 */
static inline uint32_t random_below(uint64_t *state, uint32_t n)
{
	return (random_next(state) >> 32) * n >> 32;
}

static inline bool random_percent(uint64_t *state, uint32_t percent)
{
	return random_below(state, 100) < percent;
}

#endif /* SELFTESTS_RANDOM_H */
