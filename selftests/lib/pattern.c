// SPDX-License-Identifier: GPL-2.0
#include "pattern.h"

uint64_t pattern_u64(uint64_t seed, size_t word)
{
	uint64_t v = (word + 1) * 0x9e3779b97f4a7c15ULL + seed * 0xd1342543de82ef95ULL;

	return v ^ v >> 29;
}

unsigned char pattern_byte(uint64_t seed, size_t i)
{
	return pattern_u64(seed, i / 8) >> i % 8 * 8;
}

void pattern_fill(void *p, size_t from, size_t len, uint64_t seed)
{
	unsigned char *b = p;
	uint64_t v;
	size_t i = 0;

	while (i < len) {
		if ((from + i) % 8 || len - i < 8) {
			b[i] = pattern_byte(seed, from + i);
			i++;
			continue;
		}
		v = pattern_u64(seed, (from + i) / 8);
		memcpy(b + i, &v, 8);
		i += 8;
	}
}

long pattern_differs(const void *p, size_t from, size_t len, uint64_t seed)
{
	const unsigned char *b = p;
	uint64_t v, w;
	size_t i = 0;

	while (i < len) {
		if ((from + i) % 8 || len - i < 8) {
			if (b[i] != pattern_byte(seed, from + i))
				return i;
			i++;
			continue;
		}
		v = pattern_u64(seed, (from + i) / 8);
		memcpy(&w, b + i, 8);
		if (v != w)
			break;
		i += 8;
	}
	for (; i < len; i++)
		if (b[i] != pattern_byte(seed, from + i))
			return i;
	return -1;
}

long byte_differs(const void *p, unsigned char c, size_t len)
{
	const unsigned char *b = p;
	size_t i;

	if (!len || (b[0] == c && !memcmp(b, b + 1, len - 1)))
		return -1;
	for (i = 0; i < len; i++)
		if (b[i] != c)
			return i;
	return -1;
}
