// SPDX-License-Identifier: GPL-2.0
/* The strings in a stream of bytes, however it is cut. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "text/scan.h"
#include "random.h"

#define MAX_FOUND	64

struct found {
	uint64_t addr;
	size_t len;
	char text[64];
};

static struct found found[MAX_FOUND];
static size_t nr_found, limit = MAX_FOUND;
static struct scan_run runs[2];

static int on_found(void *arg, uint64_t addr, const char *text, size_t len)
{
	struct found *f = &found[nr_found++];

	f->addr = addr;
	f->len = len;
	memcpy(f->text, text, len < sizeof(f->text) ? len : sizeof(f->text) - 1);
	return nr_found == limit;
}

static struct scan begin(enum scan_encoding encoding, size_t min)
{
	struct scan s = {
		.encoding = encoding,
		.min = min,
		.found = on_found,
		.run = { &runs[0], &runs[1] },
	};

	memset(found, 0, sizeof(found));
	memset(runs, 0, sizeof(runs));
	nr_found = 0;
	return s;
}

/* @buf in pieces of at most @step bytes, with what was left of each. */
static void feed(struct scan *s, uint64_t addr, const void *buf, size_t len,
		 size_t step)
{
	size_t from = 0, to = 0;

	while (to < len) {
		to += step < len - to ? step : len - to;
		from += scan_feed(s, addr + from, (const uint8_t *)buf + from,
				  to - from);
		if (to - from > SCAN_LEFT)
			abort();
	}
	scan_break(s);
}

static const size_t steps[] = { 1, 2, 3, 5, 1000 };

#define FOR_STEPS(step)							\
	for (size_t _i = 0; _i < ARRAY_SIZE(steps) &&	\
	     (step = steps[_i]); _i++)

#define EXPECT_FOUND(i, want_addr, want) do {				\
	ASSERT_LT((size_t)(i), nr_found);				\
	EXPECT_EQ((uint64_t)(want_addr), found[i].addr);		\
	EXPECT_STREQ(want, found[i].text);				\
	EXPECT_EQ(strlen(want), found[i].len);				\
} while (0)

TEST(ascii_of_at_least_so_many)
{
	static const char text[] = "\001abc\002abcd\177 ~\tx\37712345";
	struct scan s;
	size_t step;

	FOR_STEPS(step) {
		s = begin(SCAN_ASCII, 4);
		feed(&s, 0x1000, text, sizeof(text) - 1, step);
		ASSERT_EQ(3, nr_found) TH_LOG("in steps of %zu", step);
		EXPECT_FOUND(0, 0x1005, "abcd");
		EXPECT_FOUND(1, 0x100a, " ~\tx");
		EXPECT_FOUND(2, 0x100f, "12345");
	}
	s = begin(SCAN_ASCII, 1);
	feed(&s, 0, text, sizeof(text) - 1, 7);
	EXPECT_EQ(4, nr_found);
}

TEST(utf8_counts_characters_and_takes_no_bad_ones)
{
	/* 4 characters; 3; control (U+0085); overlong; surrogate; cut off */
	static const char text[] =
		"\303\244\342\202\254\360\237\230\200a\0"
		"a\303\244b\0"
		"abcd\302\205efgh\300\257ijkl\355\240\200mnop\342\202";
	struct scan s;
	size_t step;

	FOR_STEPS(step) {
		s = begin(SCAN_UTF8, 4);
		feed(&s, 0, text, sizeof(text) - 1, step);
		ASSERT_EQ(5, nr_found) TH_LOG("in steps of %zu", step);
		EXPECT_FOUND(0, 0, "\303\244\342\202\254\360\237\230\200a");
		EXPECT_FOUND(1, 16, "abcd");
		EXPECT_FOUND(2, 22, "efgh");
		EXPECT_FOUND(3, 28, "ijkl");
		EXPECT_FOUND(4, 35, "mnop");
	}
}

TEST(utf16_at_even_and_odd_addresses)
{
	static const uint16_t even[] = { 1, 't', 'e', 's', 't', 0x20ac, 'a',
					 'b', 'c' };
	struct scan s;
	size_t step, odd;

	for (odd = 0; odd < 2; odd++)
		FOR_STEPS(step) {
			s = begin(SCAN_UTF16, 4);
			feed(&s, 0x1000 + odd, even, sizeof(even), step);
			ASSERT_EQ(1, nr_found) TH_LOG("in steps of %zu", step);
			EXPECT_FOUND(0, 0x1002 + odd, "test");
		}
}

TEST(nothing_goes_across_a_break)
{
	struct scan s = begin(SCAN_ASCII, 4);

	scan_feed(&s, 0, (const uint8_t *)"abc", 3);
	scan_break(&s);
	scan_feed(&s, 3, (const uint8_t *)"def", 3);
	scan_break(&s);
	EXPECT_EQ(0, nr_found);
	s = begin(SCAN_UTF8, 1);
	EXPECT_EQ(1, scan_feed(&s, 0, (const uint8_t *)"a\xc3", 2));
	scan_break(&s);
	scan_feed(&s, 2, (const uint8_t *)"\xa4", 1);
	scan_break(&s);
	ASSERT_EQ(1, nr_found);
	EXPECT_FOUND(0, 0, "a");
}

TEST(what_is_found_can_end_it)
{
	struct scan s = begin(SCAN_ASCII, 1);

	limit = 2;
	scan_feed(&s, 0, (const uint8_t *)"a\0b\0c\0d", 7);
	scan_break(&s);
	limit = MAX_FOUND;
	EXPECT_EQ(2, nr_found);
	EXPECT_NE(0, s.stopped);
}

/* Pieces of whole characters, one behind the other, none lost. */
TEST(a_long_one_comes_in_pieces)
{
	const size_t chars = SCAN_MAX;
	uint8_t *buf = malloc(3 * chars + 1);
	struct scan s = begin(SCAN_UTF8, 4);
	uint64_t next = 0x10;
	size_t i;

	ASSERT_NE(NULL, buf);
	buf[0] = 'x';
	for (i = 0; i < chars; i++)
		memcpy(buf + 1 + 3 * i, "\xe2\x82\xac", 3);
	feed(&s, 0x10, buf, 3 * chars + 1, 1000);
	ASSERT_LT(3, nr_found);
	for (i = 0; i < nr_found; i++) {
		EXPECT_EQ(next, found[i].addr);
		EXPECT_LE(found[i].len, SCAN_MAX);
		EXPECT_EQ(i == 0, found[i].len % 3);
		EXPECT_EQ('\xe2', found[i].text[i == 0]);
		next += found[i].len;
	}
	EXPECT_EQ(0x10 + 3 * chars + 1, next);
	free(buf);
}

/* What strings(1) prints of the same bytes. */
TEST(same_as_strings)
{
	static const struct {
		enum scan_encoding encoding;
		const char *option;
	} kinds[] = { { SCAN_ASCII, "s" }, { SCAN_UTF16, "l" } };
	uint64_t random = 7;
	unsigned int k;
	char path[64], cmd[128], line[128], want[128];
	uint8_t buf[3000];
	struct scan s;
	size_t i, n;
	FILE *f;
	int fd;

	if (system("command -v strings >/dev/null 2>&1"))
		SKIP(return, "strings is not installed");
	snprintf(path, sizeof(path), "/tmp/host_scan.%d", (int)getpid());
	for (k = 0; k < 2; k++) {
		for (i = 0; i < sizeof(buf); i++)
			buf[i] = (k ? i % 7 > 3 : random_below(&random, 4) == 0) ?
				 0 : (uint8_t)random_next(&random);
		for (i = 0; k && i + 16 < sizeof(buf); i += 97)
			memcpy(buf + i, "a\0b\0c\0d\0e\0f", 12);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		ASSERT_GE(fd, 0);
		ASSERT_EQ((ssize_t)sizeof(buf), write(fd, buf, sizeof(buf)));
		close(fd);
		s = begin(kinds[k].encoding, 4);
		feed(&s, 0, buf, sizeof(buf), 100);
		snprintf(cmd, sizeof(cmd), "strings -a -n4 -tx -e%s %s",
			 kinds[k].option, path);
		f = popen(cmd, "r");
		ASSERT_NE(NULL, f);
		for (n = 0; fgets(line, sizeof(line), f); n++) {
			ASSERT_LT(n, nr_found);
			snprintf(want, sizeof(want), "%7lx %s\n",
				 (unsigned long)found[n].addr, found[n].text);
			EXPECT_STREQ(line, want);
		}
		EXPECT_EQ(0, pclose(f));
		EXPECT_EQ(n, nr_found);
		EXPECT_LT(3, n);
	}
	unlink(path);
}

TEST_HARNESS_MAIN
