// SPDX-License-Identifier: GPL-2.0
/* The tool's numbers and addresses, over a made-up /proc/PID/maps. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "../user/cli/addr.h"
#include "../user/cli/num.h"

TEST(numbers)
{
	static const struct {
		const char *s;
		int ret;
		uint64_t val;
	} cases[] = {
		{ "0", 0, 0 },
		{ "10", 0, 10 },
		{ "010", 0, 10 },
		{ "0x10", 0, 16 },
		{ "0XfF", 0, 255 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "0xffffffffffffffff", 0, UINT64_MAX },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "0x10000000000000000", -ERANGE, 0 },
		{ "99999999999999999999999", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "0x", -EINVAL, 0 },
		{ "x10", -EINVAL, 0 },
		{ "ff", -EINVAL, 0 },
		{ "12a", -EINVAL, 0 },
		{ "0xfg", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1 ", -EINVAL, 0 },
		{ "1K", -EINVAL, 0 },
		{ "99999999999999999999999z", -EINVAL, 0 },
	};
	uint64_t v;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		EXPECT_EQ(cases[i].ret, num_parse(cases[i].s, &v))
			TH_LOG("for '%s'", cases[i].s);
		if (!cases[i].ret)
			EXPECT_EQ(cases[i].val, v);
	}
}

TEST(lengths)
{
	static const struct {
		const char *s;
		int ret;
		uint64_t val;
	} cases[] = {
		{ "0", 0, 0 },
		{ "7", 0, 7 },
		{ "1K", 0, 1024 },
		{ "1k", 0, 1024 },
		{ "3M", 0, 3 << 20 },
		{ "2m", 0, 2 << 20 },
		{ "1G", 0, 1 << 30 },
		{ "0x10K", 0, 16384 },
		{ "17179869183G", 0, UINT64_MAX - (1 << 30) + 1 },
		{ "17179869184G", -ERANGE, 0 },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "18446744073709551616K", -ERANGE, 0 },
		{ "K", -EINVAL, 0 },
		{ "1KB", -EINVAL, 0 },
		{ "1T", -EINVAL, 0 },
		{ "1 K", -EINVAL, 0 },
		{ "-1K", -EINVAL, 0 },
	};
	uint64_t v;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		EXPECT_EQ(cases[i].ret, num_parse_len(cases[i].s, &v))
			TH_LOG("for '%s'", cases[i].s);
		if (!cases[i].ret)
			EXPECT_EQ(cases[i].val, v);
	}
}

TEST(process_ids)
{
	pid_t pid;

	EXPECT_EQ(0, num_parse_pid("1", &pid));
	EXPECT_EQ(1, pid);
	EXPECT_EQ(0, num_parse_pid("2147483647", &pid));
	EXPECT_EQ(INT_MAX, pid);
	EXPECT_EQ(-EINVAL, num_parse_pid("2147483648", &pid));
	EXPECT_EQ(-EINVAL, num_parse_pid("0", &pid));
	EXPECT_EQ(-EINVAL, num_parse_pid("-1", &pid));
	EXPECT_EQ(-EINVAL, num_parse_pid("0x10", &pid));
	EXPECT_EQ(-EINVAL, num_parse_pid("self", &pid));
	EXPECT_EQ(-EINVAL, num_parse_pid("", &pid));
	EXPECT_EQ(-EINVAL, num_parse_pid("4294967297", &pid));
}

static const char maps_text[] =
"400000-401000 r--p 00000000 08:01 17    /usr/bin/server\n"
"401000-480000 r-xp 00001000 08:01 17    /usr/bin/server\n"
"55550000-55571000 rw-p 00000000 00:00 0                                  [heap]\n"
"7f0000001000-7f0000002000 rw-p 00000000 00:00 0 \n"
"7f0000030000-7f0000031000 rw-p 00000000 08:01 19    /srv/b/plugin.so\n"
"7f0000020000-7f0000021000 rw-p 00000000 08:01 18    /srv/a/plugin.so\n"
"7f0000110000-7f0000111000 r-xp 00010000 08:01 20    /usr/lib/libc.so.6\n"
"7f0000100000-7f0000101000 r--p 00000000 08:01 20    /usr/lib/libc.so.6\n"
"7f0000200000-7f0000201000 r--p 00000000 08:01 21    /opt/my prog-2\n"
"7f0000210000-7f0000211000 r--p 00000000 08:01 22    /opt/my prog\n"
"7f0000300000-7f0000301000 r--p 00000000 08:01 23    /tmp/gone (deleted)\n"
"7f0000400000-7f0000401000 r--p 00000000 08:01 24    /tmp/two\\012lines\n"
"7f0000500000-7f0000501000 r--p 00000000 08:01 25    /usr/lib/libstdc++.so.6\n"
"7ffffff00000-7ffffff21000 rw-p 00000000 00:00 0                          [stack]\n"
"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n";

FIXTURE(maps) {
	struct maps maps;
	char *text;
	char err[512];
};

FIXTURE_SETUP(maps)
{
	self->text = strdup(maps_text);
	ASSERT_NE(NULL, self->text);
	ASSERT_EQ(0, maps_parse(self->text, &self->maps));
}

FIXTURE_TEARDOWN(maps)
{
	maps_free(&self->maps);
	free(self->text);
}

#define EXPECT_ADDR(expected, expr) do {				\
	uint64_t _a = ~(uint64_t)(expected);				\
	int _r = addr_parse(expr, &self->maps, &_a, self->err,		\
			    sizeof(self->err));				\
	EXPECT_EQ(0, _r)						\
		TH_LOG("for '%s': %s", expr, self->err);		\
	EXPECT_EQ((uint64_t)(expected), _a)				\
		TH_LOG("for '%s'", expr);				\
} while (0)

#define EXPECT_REFUSED(code, words, expr) do {				\
	uint64_t _a;							\
	self->err[0] = '\0';						\
	EXPECT_EQ(code, addr_parse(expr, &self->maps, &_a, self->err,	\
				   sizeof(self->err)))			\
		TH_LOG("for '%s'", expr);				\
	EXPECT_NE(NULL, strstr(self->err, words))			\
		TH_LOG("for '%s': %s", expr, self->err);		\
} while (0)

TEST_F(maps, named_lines_only)
{
	EXPECT_EQ(14, self->maps.nr);
	EXPECT_EQ(0x400000, self->maps.map[0].start);
	EXPECT_STREQ("/usr/bin/server", self->maps.map[0].name);
}

TEST_F(maps, plain_numbers)
{
	EXPECT_ADDR(0x1234, "0x1234");
	EXPECT_ADDR(1234, "1234");
	EXPECT_ADDR(UINT64_MAX, "0xffffffffffffffff");
	EXPECT_REFUSED(-ERANGE, "64 bits", "0x10000000000000000");
	EXPECT_REFUSED(-EINVAL, "empty", "");
}

TEST_F(maps, numbers_need_no_maps)
{
	uint64_t a;

	EXPECT_EQ(0, addr_parse("0x10", NULL, &a, self->err, sizeof(self->err)));
	EXPECT_EQ(16, a);
	EXPECT_EQ(-EAGAIN, addr_parse("[heap]", NULL, &a, self->err,
				      sizeof(self->err)));
	EXPECT_EQ(-ERANGE, addr_parse("0x10000000000000000", NULL, &a,
				      self->err, sizeof(self->err)));
}

TEST_F(maps, special_names)
{
	EXPECT_ADDR(0x55550000, "[heap]");
	EXPECT_ADDR(0x55550010, "[heap]+0x10");
	EXPECT_ADDR(0x55550010, "[heap]+16");
	EXPECT_ADDR(0x7ffffff00000, "[stack]");
	EXPECT_ADDR(0x7fffffeffff0, "[stack]-0x10");
	EXPECT_ADDR(0xffffffffff600001, "[vsyscall]+1");
}

TEST_F(maps, file_names_and_paths)
{
	EXPECT_ADDR(0x400000, "server");
	EXPECT_ADDR(0x400000, "/usr/bin/server");
	EXPECT_ADDR(0x401000, "/usr/bin/server+0x1000");
	EXPECT_ADDR(0x7f0000030004, "/srv/b/plugin.so+4");
}

TEST_F(maps, lowest_mapping_is_the_base)
{
	EXPECT_ADDR(0x7f000011c000, "libc.so.6+0x1c000");
	EXPECT_ADDR(0x7f0000100000, "libc.so.6");
}

TEST_F(maps, names_with_signs_and_blanks)
{
	/* The whole is a name, though "my prog" minus 2 would do as well. */
	EXPECT_ADDR(0x7f0000200000, "my prog-2");
	EXPECT_ADDR(0x7f000020fffd, "my prog-3");
	EXPECT_ADDR(0x7f0000200005, "my prog-2+5");
	EXPECT_ADDR(0x7f0000500000, "libstdc++.so.6");
	EXPECT_ADDR(0x7f0000500001, "libstdc++.so.6+1");
}

TEST_F(maps, deleted_and_escaped_names)
{
	EXPECT_ADDR(0x7f0000300000, "/tmp/gone");
	EXPECT_ADDR(0x7f0000300000, "gone");
	EXPECT_ADDR(0x7f0000300008, "/tmp/gone (deleted)+8");
	EXPECT_ADDR(0x7f0000400000, "/tmp/two\nlines");
}

TEST_F(maps, ambiguous_name_lists_the_candidates)
{
	EXPECT_REFUSED(-ENOTUNIQ, "/srv/a/plugin.so", "plugin.so+1");
	EXPECT_REFUSED(-ENOTUNIQ, "/srv/b/plugin.so", "plugin.so");
	EXPECT_REFUSED(-ENOTUNIQ, "whole path", "plugin.so");
}

TEST_F(maps, unknown_name_lists_what_resembles_it)
{
	EXPECT_REFUSED(-ENOENT, "no mapping is named 'libc'", "libc+4");
	EXPECT_REFUSED(-ENOENT, "similar ones: /usr/lib/libc.so.6", "libc");
	EXPECT_EQ(NULL, strstr(self->err, "server"));
	EXPECT_REFUSED(-ENOENT, "there are: /usr/bin/server", "nothing");
	/* More than eight are not listed. */
	EXPECT_REFUSED(-ENOENT, ", ...", "nothing");
	EXPECT_REFUSED(-ENOENT, "'[heap]+0xzz'", "[heap]+0xzz");
	EXPECT_REFUSED(-ENOENT, "'[heap]+'", "[heap]+");
	EXPECT_REFUSED(-ENOENT, "'+0x10'", "+0x10");
	EXPECT_REFUSED(-ENOENT, "'-1'", "-1");
}

TEST_F(maps, message_fits_its_buffer)
{
	uint64_t a;
	char small[16];

	memset(small, 'x', sizeof(small));
	EXPECT_EQ(-ENOENT, addr_parse("nothing", &self->maps, &a, small, 8));
	EXPECT_EQ(7, strlen(small));
	EXPECT_EQ('x', small[8]);
}

TEST_F(maps, overflow_is_checked)
{
	EXPECT_REFUSED(-ERANGE, "64-bit", "[vsyscall]+0xa00000");
	EXPECT_REFUSED(-ERANGE, "64-bit", "[heap]-0x55550001");
	EXPECT_ADDR(0, "[heap]-0x55550000");
	EXPECT_REFUSED(-ERANGE, "offset", "[heap]+0x10000000000000000");
}

TEST(text_that_is_no_maps)
{
	char bad[] = "this is not a mapping\n", none[] = "";
	struct maps maps;
	uint64_t a;
	char err[128];

	EXPECT_EQ(-EINVAL, maps_parse(bad, &maps));
	ASSERT_EQ(0, maps_parse(none, &maps));
	EXPECT_EQ(0, maps.nr);
	EXPECT_EQ(-ENOENT, addr_parse("x", &maps, &a, err, sizeof(err)));
	EXPECT_STREQ("no mapping is named 'x'", err);
	maps_free(&maps);
}

TEST_HARNESS_MAIN
