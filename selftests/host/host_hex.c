// SPDX-License-Identifier: GPL-2.0
/* The tool's hexadecimal input. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "text/hex.h"

TEST(bytes_in_memory_order)
{
	static const char *const same[] = {
		"deadbeef", "DEADBEEF", "de ad be ef", "dead beef",
		"  de\tad\nbe ef ", "dE Ad bE eF",
	};
	static const uint8_t want[] = { 0xde, 0xad, 0xbe, 0xef };
	char err[128];
	uint8_t *b;
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(same); i++) {
		ASSERT_EQ(0, hex_parse(same[i], &b, &n, err, sizeof(err)))
			TH_LOG("for '%s': %s", same[i], err);
		ASSERT_EQ(sizeof(want), n);
		EXPECT_EQ(0, memcmp(want, b, n));
		free(b);
	}
}

TEST(every_byte_value)
{
	char text[2 * 256 + 1], err[128];
	uint8_t *b;
	size_t n;
	int i;

	for (i = 0; i < 256; i++)
		sprintf(text + 2 * i, "%02x", i);
	ASSERT_EQ(0, hex_parse(text, &b, &n, err, sizeof(err)));
	ASSERT_EQ(256, n);
	for (i = 0; i < 256; i++)
		EXPECT_EQ(i, b[i]);
	free(b);
}

TEST(bad_input_says_why)
{
	static const struct {
		const char *s, *words;
	} cases[] = {
		{ "", "no bytes" },
		{ "   ", "no bytes" },
		{ "a", "position 1 has one digit" },
		{ "abc", "position 3 has one digit" },
		{ "d e", "position 1 has one digit" },
		{ "de adb", "position 6 has one digit" },
		{ "zz", "'z' at position 1" },
		{ "de-ad", "'-' at position 3" },
		{ "\x01", "'?' at position 1" },
		{ "\xc3\xa9", "'?' at position 1" },
		{ "0xdead", "byte order" },
		{ "de 0XAD", "byte order" },
	};
	uint8_t *b;
	char err[256];
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		err[0] = '\0';
		EXPECT_EQ(-EINVAL, hex_parse(cases[i].s, &b, &n, err,
					     sizeof(err)))
			TH_LOG("for '%s'", cases[i].s);
		EXPECT_EQ(NULL, b);
		EXPECT_EQ(0, n);
		EXPECT_NE(NULL, strstr(err, cases[i].words))
			TH_LOG("for '%s': %s", cases[i].s, err);
	}
}

TEST(question_marks_only_where_they_are_asked_for)
{
	uint8_t *b, *m;
	char err[256];
	size_t n;

	EXPECT_EQ(-EINVAL, hex_parse("d?", &b, &n, err, sizeof(err)));
	EXPECT_EQ(-EINVAL, hex_parse("??", &b, &n, err, sizeof(err)));
	EXPECT_NE(NULL, strstr(err, "'?' at position 1"));
	ASSERT_EQ(0, hex_parse_mask("d? ?e ?? ab", &b, &m, &n, err,
				    sizeof(err)));
	ASSERT_EQ(4, n);
	EXPECT_EQ(0, memcmp("\xd0\x0e\0\xab", b, 4));
	EXPECT_EQ(0, memcmp("\xf0\x0f\0\xff", m, 4));
	free(b);
	free(m);
	EXPECT_EQ(-EINVAL, hex_parse_mask("ab ?", &b, &m, &n, err,
					  sizeof(err)));
	EXPECT_EQ(NULL, b);
	EXPECT_EQ(NULL, m);
}

TEST_HARNESS_MAIN
