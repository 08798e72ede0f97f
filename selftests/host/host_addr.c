// SPDX-License-Identifier: GPL-2.0
/* The tool's numbers and addresses, over a made-up /proc/PID/maps. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "target/addr.h"
#include "text/num.h"

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

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
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
		{ "4KB", 0, 4096 },
		{ "1KiB", 0, 1024 },
		{ "64k", 0, 65536 },
		{ "2kB", 0, 2048 },
		{ "3MiB", 0, 3 << 20 },
		{ "1GB", 0, 1 << 30 },
		{ "1T", 0, 1ULL << 40 },
		{ "1Ki", -EINVAL, 0 },
		{ "1B", -EINVAL, 0 },
		{ "1KiBs", -EINVAL, 0 },
		{ "1kk", -EINVAL, 0 },
		{ "1P", -EINVAL, 0 },
		{ "1 K", -EINVAL, 0 },
		{ "-1K", -EINVAL, 0 },
	};
	uint64_t v;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		EXPECT_EQ(cases[i].ret, num_parse_len(cases[i].s, &v))
			TH_LOG("for '%s'", cases[i].s);
		if (!cases[i].ret)
			EXPECT_EQ(cases[i].val, v);
	}
}

TEST(times)
{
	static const struct {
		const char *s;
		int ret;
		double val;
	} cases[] = {
		{ "1", 0, 1 },
		{ "0.25", 0, 0.25 },
		{ ".5", 0, 0.5 },
		{ "100ms", 0, 0.1 },
		{ "1.5s", 0, 1.5 },
		{ "500us", 0, 0.0005 },
		{ "", -EINVAL, 0 },
		{ "ms", -EINVAL, 0 },
		{ ".", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "nan", -EINVAL, 0 },
		{ "1 s", -EINVAL, 0 },
		{ "1sec", -EINVAL, 0 },
	};
	double v;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		EXPECT_EQ(cases[i].ret, num_parse_seconds(cases[i].s, &v))
			TH_LOG("for '%s'", cases[i].s);
		if (!cases[i].ret)
			EXPECT_TRUE(v > cases[i].val * 0.999 &&
				    v < cases[i].val * 1.001)
				TH_LOG("for '%s': %f", cases[i].s, v);
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

/* By address, as a session's regions come; with room for more at the end. */
static const struct {
	uint64_t start, end;
	const char *name;
} regions[] = {
	{ 0x400000, 0x401000, "/usr/bin/server" },
	{ 0x401000, 0x480000, "/usr/bin/server" },
	{ 0x55550000, 0x55571000, "[heap]" },
	{ 0x555555554000, 0x555555575000, "/usr/bin/pie" },
	{ 0x7f0000020000, 0x7f0000021000, "/srv/a/plugin.so" },
	{ 0x7f0000030000, 0x7f0000031000, "/srv/b/plugin.so" },
	{ 0x7f0000100000, 0x7f0000101000, "/usr/lib/libc.so.6" },
	{ 0x7f0000110000, 0x7f0000111000, "/usr/lib/libc.so.6" },
	{ 0x7f0000200000, 0x7f0000201000, "/opt/my prog-2" },
	{ 0x7f0000210000, 0x7f0000211000, "/opt/my prog" },
	{ 0x7f0000300000, 0x7f0000301000, "/tmp/gone (deleted)" },
	{ 0x7f0000400000, 0x7f0000401000, "/tmp/two\nlines" },
	{ 0x7f0000410000, 0x7f0000411000, "/tmp/two\\012lines" },
	{ 0x7f0000420000, 0x7f0000421000, "/tmp/\t\033[31m\xff\xc2\x9b\\" },
	{ 0x7f0000430000, 0x7f0000431000, "/tmp/raw\\101" },
	{ 0x7f0000500000, 0x7f0000501000, "/usr/lib/libstdc++.so.6" },
	{ 0x7f0000600000, 0x7f0000601000, "/run/plugin (deleted)" },
	{ 0x7f0000610000, 0x7f0000611000, "/run/plugin" },
	/* what a target may map to be taken for something else */
	{ 0x7f0000700000, 0x7f0000701000, "/tmp/[heap]" },
	{ 0x7f0000710000, 0x7f0000711000, "/tmp/[heap]+0x2a0" },
	{ 0x7f0000720000, 0x7f0000721000, "/tmp/[heap]+16" },
	{ 0x7f0000730000, 0x7f0000731000, "/tmp/libc.so.6+0x1c000" },
	{ 0x7f0000740000, 0x7f0000741000, "/tmp/libc.so.6+16" },
	{ 0x7f0000750000, 0x7f0000751000, "/usr/bin/server+0x10" },
	{ 0x7f0000760000, 0x7f0000761000, "/tmp/0x1000" },
	{ 0x7f0000770000, 0x7f0000771000, "/tmp/0x1000+8" },
	{ 0x7ffffff00000, 0x7ffffff21000, "[stack]" },
	{ 0xffffffffff600000, 0xffffffffff601000, "[top]" },
};

#define NR_REGIONS	ARRAY_SIZE(regions)

FIXTURE(maps) {
	struct symbolizer maps;
	char err[512];
};

FIXTURE_SETUP(maps)
{
	size_t i;

	for (i = 0; i < NR_REGIONS; i++) {
		const struct dbgmem_region region = {
			.start = regions[i].start,
			.end = regions[i].end,
		};

		ASSERT_EQ(0, symbolizer_add(&self->maps, &region, regions[i].name));
	}
	symbolizer_finish(&self->maps);
}

FIXTURE_TEARDOWN(maps)
{
	symbolizer_free(&self->maps);
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
	EXPECT_ADDR(0xffffffffff600001, "[top]+1");
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

TEST_F(maps, sums_of_numbers)
{
	EXPECT_ADDR(0x1008, "0x1000+8");
	EXPECT_ADDR(0xff8, "0x1000-8");
	EXPECT_ADDR(0x1010, "4096+0x10");
	EXPECT_ADDR(0, "0x1000-4096");
	EXPECT_REFUSED(-ERANGE, "write 0x8 for ADDR and 0x1 for LEN", "8-9");
	EXPECT_REFUSED(-ERANGE, "outside the 64-bit address space",
		       "0xffffffffffffffff+1");
	EXPECT_REFUSED(-ERANGE, "64 bits", "0x1+0x10000000000000000");
	EXPECT_REFUSED(-ERANGE, "64 bits", "0x10000000000000000+1");
}

TEST_F(maps, addresses_copied_without_0x)
{
	EXPECT_REFUSED(-ENOENT, "write 0x5609e3e98098?", "5609e3e98098");
	EXPECT_REFUSED(-ENOENT, "write 0x5609e3e98098+8?", "5609e3e98098+8");
	EXPECT_REFUSED(-ERANGE,
		       "write 0x555555554000 for ADDR and 0x21000 for LEN",
		       "555555554000-555555575000");
	EXPECT_REFUSED(-ENOENT,
		       "write 0x7ffff7d8a000 for ADDR and 0x1000 for LEN",
		       "7ffff7d8a000-7ffff7d8b000");
	EXPECT_REFUSED(-ENOENT, "no mapping is named 'cafe'", "cafe");
}

TEST_F(maps, names_with_signs_and_blanks)
{
	EXPECT_REFUSED(-ENOTUNIQ, "write 'my prog-2+0x0' for the mapping",
		       "my prog-2");
	EXPECT_ADDR(0x7f0000200000, "my prog-2+0x0");
	EXPECT_ADDR(0x7f0000200000, "/opt/my prog-2+0x0");
	EXPECT_ADDR(0x7f000020fffd, "my prog-3");
	EXPECT_ADDR(0x7f0000200005, "my prog-2+5");
	EXPECT_ADDR(0x7f0000500000, "libstdc++.so.6");
	EXPECT_ADDR(0x7f0000500001, "libstdc++.so.6+1");
}

TEST_F(maps, deleted_names)
{
	EXPECT_ADDR(0x7f0000300000, "/tmp/gone");
	EXPECT_ADDR(0x7f0000300000, "gone");
	EXPECT_ADDR(0x7f0000300008, "/tmp/gone (deleted)+8");
}

TEST_F(maps, a_file_that_was_replaced_and_the_one_that_is_there)
{
	EXPECT_ADDR(0x7f0000610000, "/run/plugin");
	EXPECT_ADDR(0x7f0000600000, "/run/plugin (deleted)");
	EXPECT_REFUSED(-ENOTUNIQ, "/run/plugin (deleted), /run/plugin",
		       "plugin");
}

/*
 * Deleted one after the other, the first of them mapped twice. No name of theirs is
 * taken; what is printed instead is.
 */
TEST_F(maps, files_that_have_the_same_name)
{
	static const struct dbgmem_region region[] = {
		{ .start = 0x7f0000800000, .end = 0x7f0000801000, .inode = 7 },
		{ .start = 0x7f0000810000, .end = 0x7f0000811000, .inode = 8 },
		{ .start = 0x7f0000820000, .end = 0x7f0000821000, .inode = 7 },
	};
	static const char *const names[] = {
		"/srv/log (deleted)", "/srv/log", "log", "log+0x8",
	};
	char *text;
	size_t i;
	FILE *f;

	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, symbolizer_add(&self->maps, &region[i],
					"/srv/log (deleted)"));
	symbolizer_finish(&self->maps);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		EXPECT_REFUSED(-ENOTUNIQ, "give an address, they begin at 0x7f0000800000, 0x7f0000810000",
			       names[i]);
	f = open_memstream(&text, &i);
	symbolizer_print(&self->maps, 0x7f0000810008, f);
	fputc('\n', f);
	symbolizer_print(&self->maps, 0x7f0000820008, f);
	fclose(f);
	EXPECT_STREQ("0x7f0000810000+0x8 (/srv/log (deleted))\n"
		     "0x7f0000800000+0x20008 (/srv/log (deleted))", text);
	free(text);
	EXPECT_ADDR(0x7f0000820008, "0x7f0000800000+0x20008");
}

TEST_F(maps, names_as_they_are_printed_and_as_they_are)
{
	EXPECT_ADDR(0x7f0000400000, "/tmp/two\nlines");
	EXPECT_ADDR(0x7f0000400000, "/tmp/two\\012lines");
	EXPECT_ADDR(0x7f0000410000, "/tmp/two\\134012lines");
	EXPECT_ADDR(0x7f0000420004,
		    "/tmp/\\011\\033[31m\\377\\302\\233\\134+0x4");
	EXPECT_ADDR(0x7f0000420000, "/tmp/\t\033[31m\xff\xc2\x9b\\");
	/* Nothing is printed so, but it is the name. */
	EXPECT_ADDR(0x7f0000430000, "/tmp/raw\\101");
}

/* Nothing that a target names changes what a number or a name means. */
TEST_F(maps, names_that_look_like_others)
{
	EXPECT_ADDR(0x55550000, "[heap]");
	EXPECT_ADDR(0x555502a0, "[heap]+0x2a0");
	EXPECT_ADDR(0x55550010, "[heap]+16");
	EXPECT_ADDR(0x400010, "/usr/bin/server+0x10");
	EXPECT_ADDR(0x7f0000750000, "/usr/bin/server+0x10+0x0");
	EXPECT_ADDR(0x7f000011c000, "libc.so.6+0x1c000");
	EXPECT_REFUSED(-ENOTUNIQ, "'libc.so.6+16' may be a mapping",
		       "libc.so.6+16");
	EXPECT_ADDR(0x1000, "0x1000");
	EXPECT_ADDR(0x1008, "0x1000+8");
}

/* All that is printed, of every byte of every mapping's begin and end. */
TEST_F(maps, what_is_printed_is_accepted)
{
	char *text = NULL;
	uint64_t addr;
	size_t i, size;
	int end;
	FILE *f;

	for (i = 0; i < 2 * NR_REGIONS; i++) {
		end = i & 1;
		addr = end ? regions[i / 2].end - 1 : regions[i / 2].start;
		f = open_memstream(&text, &size);
		ASSERT_NE(NULL, f);
		symbolizer_print(&self->maps, addr, f);
		fclose(f);
		EXPECT_ADDR(addr, text);
		free(text);
	}
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
	EXPECT_EQ(NULL, strstr(self->err, "/tmp/two"));
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
	EXPECT_REFUSED(-ERANGE, "64-bit", "[top]+0xa00000");
	EXPECT_REFUSED(-ERANGE, "64-bit", "[heap]-0x55550001");
	EXPECT_ADDR(0, "[heap]-0x55550000");
	EXPECT_REFUSED(-ERANGE, "offset", "[heap]+0x10000000000000000");
}

TEST(a_process_without_names)
{
	struct symbolizer none = { 0 };
	char err[128];
	uint64_t a;

	EXPECT_EQ(-ENOENT, addr_parse("x", &none, &a, err, sizeof(err)));
	EXPECT_STREQ("no mapping is named 'x'", err);
}

/* A target may map as many files, with names as long, as it likes. */
TEST(names_without_end_take_memory_with_one)
{
	static char name[16384];
	struct symbolizer many = { 0 };
	char err[1024];
	uint64_t a;
	size_t i;

	memset(name, '/', sizeof(name) - 1);
	for (i = 0; i < 65536; i++) {
		const struct dbgmem_region region = {
			.start = i << 12,
			.end = (i + 1) << 12,
		};

		snprintf(name + sizeof(name) - 9, 9, "/n%06zu", i);
		ASSERT_EQ(0, symbolizer_add(&many, &region, name));
	}
	symbolizer_finish(&many);
	EXPECT_TRUE(many.cut);
	EXPECT_GE(16U << 20, many.names_room);
	EXPECT_EQ(-ENOTUNIQ, addr_parse("nothing", &many, &a, err, sizeof(err)));
	EXPECT_NE(NULL, strstr(err, "as a number")) TH_LOG("%s", err);
	/* Nor one that was found: it may be one of several. */
	EXPECT_EQ(-ENOTUNIQ, addr_parse("n000001", &many, &a, err, sizeof(err)));
	EXPECT_EQ(0, addr_parse("0x1000", &many, &a, err, sizeof(err)));
	symbolizer_free(&many);
}

TEST_HARNESS_MAIN
