// SPDX-License-Identifier: GPL-2.0
/* Contents that tell where they belong. */
#include "torture.h"

static uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t state = a * 0xff51afd7ed558ccd ^ b;

	return random_next(&state);
}

static uint64_t stamp(uint64_t addr, int place, uint32_t generation)
{
	return mix(addr & -8UL, (uint64_t)generation << 8 | place);
}

/* In one's own memory, a word at a time. */
void stamp_fill(uint64_t addr, size_t len, int place, uint32_t generation)
{
	uint64_t end = addr + len;

	for (; addr < end; addr += 8)
		__atomic_store_n((uint64_t *)addr,
				 stamp(addr, place, generation),
				 __ATOMIC_RELAXED);
}

/*
 * The first of @len bytes, which were read from @addr, that is neither the
 * stamp's nor, with @zeros, 0; or -1. Half a stamp is as good, as it may be read
 * while it is written.
 */
long stamp_differs(uint64_t addr, const void *data, size_t len, int place,
		   uint32_t generation, bool zeros)
{
	const unsigned char *p = data;
	uint64_t at, word = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char want;

		at = addr + i;
		if (!i || at % 8 == 0)
			word = stamp(at, place, generation);
		want = word >> at % 8 * 8;
		if (p[i] != want && (p[i] || !zeros))
			return i;
	}
	return -1;
}

void record_make(uint64_t *record, uint64_t number, int agent,
		 uint32_t generation)
{
	int i;

	record[0] = number;
	for (i = 1; i < RECORD_WORDS; i++)
		record[i] = mix(number * RECORD_WORDS + i,
				(uint64_t)generation << 8 | agent);
}

/* Whole, or never written. */
bool record_good(const uint64_t *record, int agent, uint32_t generation)
{
	uint64_t want[RECORD_WORDS] = {};

	if (record[0])
		record_make(want, record[0], agent, generation);
	return !memcmp(record, want, sizeof(want));
}
