// SPDX-License-Identifier: GPL-2.0
/* A pattern in a buffer: every match, whatever the way to look for it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kselftest_harness.h"
#include "../../user/lib/needle.h"

#define HAY	8192
#define ADDR	0x10000ULL

static unsigned char hay[HAY];

static size_t find_slowly(const struct dbgmem_pattern *p, size_t from)
{
	const unsigned char *bytes = p->bytes, *mask = p->mask;
	const int64_t align = p->align ? (int64_t)p->align : 1;
	size_t i;

	for (; from + p->len <= HAY; from++) {
		if ((int64_t)(ADDR + from - p->align_from) % align)
			continue;
		for (i = 0; i < p->len; i++)
			if ((hay[from + i] ^ bytes[i]) & (mask ? mask[i] : 0xff))
				break;
		if (i == p->len)
			return from;
	}
	return SIZE_MAX;
}

/* The number of matches, or -1 if they are not those of a slow search. */
static long compare_all(const struct dbgmem_pattern *p)
{
	size_t at = 0, want = 0, from;
	struct dbgmem__needle n;
	long nr = 0;

	if (dbgmem__needle_init(&n, p))
		return -1;
	for (from = 0; want != SIZE_MAX && at == want; from = at + 1, nr++) {
		want = find_slowly(p, from);
		at = dbgmem__needle_find(&n, hay, HAY, ADDR, from);
	}
	dbgmem__needle_free(&n);
	return at == want ? nr - 1 : -1;
}

TEST(the_first_the_last_and_all_between)
{
	struct dbgmem_pattern p = { .bytes = "\1\2\3", .len = 3 };

	memset(hay, 0, HAY);
	EXPECT_EQ(0, compare_all(&p));
	memcpy(hay, p.bytes, 3);
	EXPECT_EQ(1, compare_all(&p));
	memcpy(hay + HAY - 3, p.bytes, 3);
	EXPECT_EQ(2, compare_all(&p));
	memcpy(hay + 1000, p.bytes, 3);
	EXPECT_EQ(3, compare_all(&p));
	p.bytes = "\0";
	p.len = 1;
	EXPECT_EQ(HAY - 9, compare_all(&p));
	p.bytes = hay;
	p.len = HAY;
	EXPECT_EQ(1, compare_all(&p));
}

TEST(matches_that_overlap)
{
	struct dbgmem_pattern p = { .bytes = "\0\0\0\0\0\0\0\0", .len = 8 };

	memset(hay, 0, HAY);
	EXPECT_EQ(HAY - 7, compare_all(&p));
	p.mask = "\xff\0\xff\0\0\0\xff\xff";
	EXPECT_EQ(HAY - 7, compare_all(&p));
}

TEST(wildcards_and_bits)
{
	struct dbgmem_pattern p = {
		.bytes = "needle", .mask = "\xdf\xdf\xdf\xdf\xdf\xdf", .len = 6,
	};
	static const char text[] = "needle NEEDLE Needle nEEdlE noodle Necdle";

	memset(hay, 0xff, HAY);
	memcpy(hay + 77, text, sizeof(text));
	/* Letters in either case, and nothing else. */
	EXPECT_EQ(4, compare_all(&p));
	p.mask = "\xff\0\0\xff\xff\xff";
	EXPECT_EQ(2, compare_all(&p));
	p.mask = "\0\0\0\0\0\xff";
	EXPECT_EQ(9, compare_all(&p));
	/* What the mask leaves out does not count in the pattern either. */
	p.bytes = "\1\2\3\4\5e";
	EXPECT_EQ(9, compare_all(&p));
}

TEST(alignment_is_of_the_address)
{
	static const uint64_t aligns[] = { 1, 2, 3, 8, 12, 100, 4096, 1ULL << 63 };
	static const uint64_t froms[] = {
		0, 1, 7, ADDR - 1, ADDR, ADDR + 5, ADDR + HAY, ADDR + 2 * HAY + 1,
		INT64_MAX,
	};
	struct dbgmem_pattern p = { .bytes = "\0\0", .len = 2 };
	size_t i, j, k;

	memset(hay, 0, HAY);
	for (i = 0; i < HAY; i += 50)
		hay[i] = 1;
	for (i = 0; i < ARRAY_SIZE(aligns); i++) {
		for (j = 0; j < ARRAY_SIZE(froms); j++) {
			for (k = 1; k <= 2; k++) {
				p.align = aligns[i];
				p.align_from = froms[j];
				p.len = k;
				if (p.align == 1ULL << 63)
					p.align--;
				EXPECT_LE(0, compare_all(&p))
					TH_LOG("align %llu from %llu",
					       (unsigned long long)p.align,
					       (unsigned long long)p.align_from);
			}
		}
	}
	p.align = 4096;
	p.align_from = ADDR + 2;
	EXPECT_EQ(2, compare_all(&p));
}

/*
 * What looks like a match nearly everywhere: the whole memory is the pattern but
 * for one byte that is not the first to be looked at.
 */
TEST(nearly_a_match_everywhere)
{
	unsigned char bytes[600];
	struct dbgmem_pattern p = { .bytes = bytes, .len = sizeof(bytes) };
	size_t i;

	for (i = 0; i < HAY; i++)
		hay[i] = "ab"[i % 2];
	memcpy(bytes, hay, sizeof(bytes));
	EXPECT_EQ((HAY - sizeof(bytes)) / 2 + 1, compare_all(&p));
	bytes[sizeof(bytes) - 1] = 'a';
	EXPECT_EQ(0, compare_all(&p));
	memcpy(hay + HAY - sizeof(bytes), bytes, sizeof(bytes));
	EXPECT_EQ(1, compare_all(&p));
	/* Makes one more, that ends with its first byte. */
	memcpy(hay + 3001, bytes, sizeof(bytes));
	EXPECT_EQ(3, compare_all(&p));
	p.align = 2;
	EXPECT_EQ(2, compare_all(&p));
	p.align_from = 1;
	EXPECT_EQ(1, compare_all(&p));
	p.align = 1000;
	EXPECT_EQ(0, compare_all(&p));
	p.align_from = ADDR + 1;
	EXPECT_EQ(1, compare_all(&p));
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* A product of the lengths would take minutes. */
TEST(a_long_pattern_takes_no_longer_on_bad_data)
{
	const size_t len = 32 << 20, part = 1 << 20;
	unsigned char *big = malloc(len), *bytes = malloc(part);
	struct dbgmem_pattern p = { .bytes = bytes, .len = part };
	struct dbgmem__needle n;
	double begin = now();

	ASSERT_NE(NULL, big);
	ASSERT_NE(NULL, bytes);
	memset(big, 'x', len);
	memset(bytes, 'x', part);
	bytes[part - 1] = 'z';
	for (p.align = 1; p.align <= 2; p.align++) {
		ASSERT_EQ(0, dbgmem__needle_init(&n, &p));
		/* As if what differs were not the rarest. */
		n.rare[0] = n.rare[1];
		EXPECT_EQ(SIZE_MAX, dbgmem__needle_find(&n, big, len, ADDR, 0));
		dbgmem__needle_free(&n);
	}
	EXPECT_LT(now() - begin, 5.0);
	free(bytes);
	free(big);
}

/* Each with each: two rare bytes, in any order and distance, and around. */
TEST(short_patterns_at_every_place)
{
	struct dbgmem_pattern p = { .bytes = "\xf7\x48\xf9\xf8", .len = 4 };
	static const char *const masks[] = {
		NULL, "\xff\xff\xff\xff", "\xff\0\0\xff", "\0\xff\0\0",
		"\0\0\xf0\1", "\xf0\xff\0\x80",
	};
	size_t i, j, at;

	for (i = 0; i < ARRAY_SIZE(masks); i++) {
		p.mask = masks[i];
		for (p.len = masks[i] ? 4 : 1; p.len <= 4; p.len++) {
			for (at = 0; at < 40; at++) {
				for (j = 0; j < HAY; j++)
					hay[j] = (unsigned char)
						 (at % 2 ? j * j >> 3 : 0xf7);
				memcpy(hay + at, p.bytes, p.len);
				memcpy(hay + HAY - p.len - at, p.bytes, p.len);
				ASSERT_LE(2, compare_all(&p))
					TH_LOG("mask %zu, len %zu, at %zu", i,
					       p.len, at);
			}
		}
	}
}

TEST_HARNESS_MAIN
