// SPDX-License-Identifier: GPL-2.0
/* Values with a type: the same of all verbs that have them. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dbgmem.h>

#include "kselftest_harness.h"
#include "text/message.h"
#include "text/typed.h"

static const struct option options[] = {
	TYPED_OPTIONS,
	{ "exact", no_argument, NULL, 'e' },
	{ }
};

/* What a verb makes of its command line. */
static struct typed t;
static char *words[16];
static int nr_words;

static int parse(unsigned int most, bool wild, const char *const *args)
{
	static char copies[16][64];
	static char *argv[16];
	int argc = 0, c;

	for (; args[argc]; argc++) {
		snprintf(copies[argc], sizeof(copies[0]), "%s", args[argc]);
		argv[argc] = copies[argc];
	}
	argv[argc] = NULL;
	t = (struct typed){ .most = most, .wild = wild };
	optind = 0;
	while ((c = getopt_long(argc, argv, "x:s:e", options, NULL)) != -1)
		if (!typed_option(&t, c, optarg, argv[optind]) && c != 'e')
			return STATUS_USAGE;
	nr_words = argc - optind;
	memcpy(words, argv + optind, sizeof(*words) * (size_t)nr_words);
	return typed_end(&t, "write", words, &nr_words);
}

#define PARSE(most, wild, ...) \
	parse(most, wild, (const char *const []){ "dbgmem", __VA_ARGS__, NULL })

/* One value, and nothing left but the two other words. */
#define EXPECT_VALUE(want, size, ...) do {				\
	struct pattern _p;						\
	ASSERT_EQ(0, PARSE(1, false, "145", "0x10", __VA_ARGS__));	\
	ASSERT_EQ(1, t.nr);						\
	EXPECT_EQ(2, nr_words);						\
	EXPECT_STREQ("145", words[0]);					\
	EXPECT_STREQ("0x10", words[1]);					\
	ASSERT_EQ(0, typed_get(&t, 0, "write", &_p));			\
	ASSERT_EQ((size_t)(size), _p.len);				\
	EXPECT_EQ(0, memcmp(want, _p.bytes, _p.len));			\
	pattern_free(&_p);						\
} while (0)

#define EXPECT_NUMBER(type, v, ...) do {				\
	type _v = (type)(v);						\
	EXPECT_VALUE(&_v, sizeof(_v), __VA_ARGS__);			\
} while (0)

TEST(numbers_of_every_type)
{
	EXPECT_NUMBER(int32_t, -5, "--int", "-5");
	EXPECT_NUMBER(uint64_t, 1ULL << 32, "--int", "0x100000000");
	EXPECT_NUMBER(uint16_t, 7, "--int", "7", "--width", "2");
	EXPECT_NUMBER(uint8_t, 255, "--u8", "255");
	EXPECT_NUMBER(uint16_t, 65535, "--u16", "0xffff");
	EXPECT_NUMBER(uint32_t, 4294967295, "--u32", "4294967295");
	EXPECT_NUMBER(uint64_t, UINT64_MAX, "--u64", "18446744073709551615");
	EXPECT_NUMBER(int8_t, -128, "--i8", "-128");
	EXPECT_NUMBER(int16_t, 32767, "--i16", "32767");
	EXPECT_NUMBER(int32_t, -1, "--i32", "-1");
	EXPECT_NUMBER(int64_t, INT64_MIN, "--i64", "-9223372036854775808");
	EXPECT_NUMBER(float, 0.1f, "--f32", "0.1");
	EXPECT_NUMBER(double, -1.5e300, "--f64", "-1.5e300");
	EXPECT_NUMBER(double, __builtin_inf(), "--f64", "inf");
}

TEST(bytes_and_strings)
{
	EXPECT_VALUE("\xde\xad", 2, "--hex", "de ad");
	EXPECT_VALUE("\xde\xad", 2, "-x", "dead");
	EXPECT_VALUE("hello", 5, "--string", "hello");
	EXPECT_VALUE("hello", 5, "-s", "hello");
}

TEST(utf16_is_a_value_or_says_how_a_string_is_meant)
{
	static const uint16_t text[] = { 'h', 0xe9 };

	EXPECT_VALUE(text, 4, "--utf16", "h\303\251");
	EXPECT_VALUE(text, 4, "--utf16=h\303\251");
	EXPECT_VALUE(text, 4, "--utf16", "--string", "h\303\251");
	EXPECT_VALUE(text, 4, "--string", "h\303\251", "--utf16");
	/* before the other words, and between them */
	ASSERT_EQ(0, PARSE(1, false, "--utf16", "hi", "145", "0x10"));
	EXPECT_EQ(2, nr_words);
	ASSERT_EQ(0, PARSE(1, false, "-s", "hi", "--utf16", "145", "0x10"));
	EXPECT_EQ(2, nr_words);
	EXPECT_EQ(STATUS_USAGE, PARSE(1, false, "145", "0x10", "--utf16"));
	EXPECT_EQ(STATUS_USAGE, PARSE(1, false, "145", "--utf16", "-e"));
}

TEST(a_file)
{
	char name[] = "/tmp/host_typed.XXXXXX", *big;
	struct pattern p;
	int fd;

	fd = mkstemp(name);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, PARSE(1, false, "--file", name));
	EXPECT_EQ(STATUS_FAILED, typed_get(&t, 0, "fill", &p));
	ASSERT_EQ(4, write(fd, "a\0b\n", 4));
	EXPECT_VALUE("a\0b\n", 4, "--file", name);
	big = calloc(1, PATTERN_FILE_MAX);
	ASSERT_NE(NULL, big);
	EXPECT_EQ((ssize_t)PATTERN_FILE_MAX, write(fd, big, PATTERN_FILE_MAX));
	free(big);
	ASSERT_EQ(0, PARSE(1, false, "--file", name));
	EXPECT_EQ(STATUS_FAILED, typed_get(&t, 0, "fill", &p));
	unlink(name);
	close(fd);
	EXPECT_EQ(STATUS_FAILED, typed_get(&t, 0, "fill", &p));
}

TEST(two_values_in_their_order)
{
	struct pattern p;

	ASSERT_EQ(0, PARSE(2, false, "145", "0x10", "--u8", "1", "--u8", "2"));
	ASSERT_EQ(2, t.nr);
	ASSERT_EQ(0, typed_get(&t, 0, "cmpxchg", &p));
	EXPECT_EQ(1, p.bytes[0]);
	pattern_free(&p);
	ASSERT_EQ(0, typed_get(&t, 1, "cmpxchg", &p));
	EXPECT_EQ(2, p.bytes[0]);
	pattern_free(&p);
	EXPECT_EQ(STATUS_USAGE, PARSE(1, false, "--u8", "1", "--u8", "2"));
	EXPECT_EQ(STATUS_USAGE, PARSE(2, false, "--u8", "1", "--u8", "2",
				      "--u8", "3"));
}

TEST(wildcards_only_where_something_is_looked_for)
{
	struct pattern p;

	ASSERT_EQ(0, PARSE(1, true, "--hex", "de ??"));
	ASSERT_EQ(0, typed_get(&t, 0, "search", &p));
	pattern_free(&p);
	ASSERT_EQ(0, PARSE(1, false, "--hex", "de ??"));
	EXPECT_EQ(STATUS_USAGE, typed_get(&t, 0, "write", &p));
}

TEST(values_that_are_none)
{
	static const char *const bad[][2] = {
		{ "--u8", "256" }, { "--u8", "-1" }, { "--i8", "128" },
		{ "--i8", "-129" }, { "--u64", "18446744073709551616" },
		{ "--i64", "0x8000000000000000" }, { "--u32", "1.5" },
		{ "--f32", "1e39" }, { "--f64", "1e999" }, { "--f64", "" },
		{ "--f64", "1x" }, { "--f32", " 1" }, { "--int", "x" },
		{ "--hex", "d" }, { "--string", "" },
	};
	struct pattern p;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		ASSERT_EQ(0, PARSE(1, false, bad[i][0], bad[i][1]));
		EXPECT_EQ(STATUS_USAGE, typed_get(&t, 0, "write", &p))
			TH_LOG("%s '%s'", bad[i][0], bad[i][1]);
		EXPECT_EQ(NULL, p.bytes);
	}
	EXPECT_EQ(STATUS_USAGE, PARSE(1, false, "--int", "1", "--width", "3"));
	EXPECT_EQ(STATUS_USAGE, PARSE(1, false, "--u8", "1", "--width", "1"));
}

TEST_HARNESS_MAIN
