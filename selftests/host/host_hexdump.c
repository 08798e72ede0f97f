// SPDX-License-Identifier: GPL-2.0
/* The tool's dump is that of hexdump -C, but for the width of addresses. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "text/hexdump.h"
#include "random.h"

/* The dump of @len bytes in pieces of @step; to be freed. */
static char *dump(const void *buf, size_t len, uint64_t addr, size_t step)
{
	struct hexdump d;
	size_t pos, size;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	hexdump_start(&d, f, addr);
	for (pos = 0; pos < len; pos += step)
		hexdump_add(&d, (const char *)buf + pos,
			    step < len - pos ? step : len - pos);
	hexdump_end(&d);
	fclose(f);
	return text;
}

#define EXPECT_DUMP(want, buf, len, addr) do {				\
	static const size_t _steps[] = { 1, 3, 16, 17, 100000 };	\
	size_t _i;							\
	for (_i = 0; _i < ARRAY_SIZE(_steps); _i++) {	\
		char *_t = dump(buf, len, addr, _steps[_i]);		\
		ASSERT_NE(NULL, _t);					\
		EXPECT_STREQ(want, _t)					\
			TH_LOG("in steps of %zu", _steps[_i]);		\
		free(_t);						\
	}								\
} while (0)

TEST(nothing)
{
	EXPECT_DUMP("", "", 0, 0x1000);
}

TEST(one_line)
{
	EXPECT_DUMP(
"0000000000001000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
"0000000000001010\n", "0123456789abcdef", 16, 0x1000);
}

TEST(short_line)
{
	EXPECT_DUMP(
"00007f0000000003  00 7f 20 7e ff 0a 41                              |.. ~..A|\n"
"00007f000000000a\n", "\x00\x7f\x20\x7e\xff\n\x41", 7, 0x7f0000000003);
	EXPECT_DUMP(
"0000000000000000  41 42 43 44 45 46 47 48  49                       |ABCDEFGHI|\n"
"0000000000000009\n", "ABCDEFGHI", 9, 0);
}

TEST(repeated_lines)
{
	char buf[16 * 8 + 5];

	memset(buf, 0, sizeof(buf));
	buf[16 * 5] = 1;
	EXPECT_DUMP(
"0000000000002000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n"
"*\n"
"0000000000002050  01 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n"
"0000000000002060  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n"
"*\n"
"0000000000002080  00 00 00 00 00                                    |.....|\n"
"0000000000002085\n", buf, sizeof(buf), 0x2000);
	EXPECT_DUMP(
"0000000000002000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n"
"*\n"
"0000000000002050\n", buf, 16 * 5, 0x2000);
}

TEST(holes)
{
	struct hexdump d;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	ASSERT_NE(NULL, f);
	hexdump_start(&d, f, 0xff8);
	hexdump_add(&d, "ABCDEFGH", 8);
	hexdump_add(&d, NULL, 16 * 4);
	/* A hole is not the zeros that it stands for. */
	hexdump_add(&d, "\0\0\0\0\0\0\0\0", 8);
	hexdump_add(&d, "????????", 8);
	hexdump_add(&d, "\0\0\0\0\0\0\0\0", 8);
	hexdump_end(&d);
	fclose(f);
	EXPECT_STREQ(
"0000000000000ff8  41 42 43 44 45 46 47 48  ?? ?? ?? ?? ?? ?? ?? ??  |ABCDEFGH????????|\n"
"0000000000001008  ?? ?? ?? ?? ?? ?? ?? ??  ?? ?? ?? ?? ?? ?? ?? ??  |????????????????|\n"
"*\n"
"0000000000001038  ?? ?? ?? ?? ?? ?? ?? ??  00 00 00 00 00 00 00 00  |????????........|\n"
"0000000000001048  3f 3f 3f 3f 3f 3f 3f 3f  00 00 00 00 00 00 00 00  |????????........|\n"
"0000000000001058\n", text);
	free(text);
}

TEST(end_of_the_address_space)
{
	EXPECT_DUMP(
"ffffffffffffffff  41                                                |A|\n"
"0000000000000000\n", "A", 1, UINT64_MAX);
}

/* A byte of @buf is marked where @marks has an m; ? is a hole. */
static char *marked_dump(const char *buf, size_t len, const char *marks,
			 const char *mark_on, uint64_t addr)
{
	struct hexdump d;
	char *text = NULL;
	size_t i, size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	hexdump_start(&d, f, addr);
	d.mark_on = mark_on;
	d.lines_only = true;
	for (i = 0; i < len; i++) {
		d.mark = marks[i] == 'm';
		hexdump_add(&d, buf[i] == '?' ? NULL : buf + i, 1);
	}
	hexdump_end(&d);
	fclose(f);
	return text;
}

#define EXPECT_MARKED(want, buf, marks, on) do {			\
	char *_t = marked_dump(buf, strlen(marks), marks, on, 0x10);	\
	ASSERT_NE(NULL, _t);						\
	EXPECT_STREQ(want, _t);						\
	free(_t);							\
} while (0)

TEST(marks_are_brackets_in_place_of_blanks)
{
	EXPECT_MARKED(
"0000000000000010  61[62 63]64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  |abcdefghijklmnop|\n",
		      "abcdefghijklmnop", ".mm.............", NULL);
	/* from the first byte, over the gap, and to the last */
	EXPECT_MARKED(
"0000000000000010 [61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70] |abcdefghijklmnop|\n",
		      "abcdefghijklmnop", "mmmmmmmmmmmmmmmm", NULL);
	/* on both sides of the gap */
	EXPECT_MARKED(
"0000000000000010  61 62 63 64 65 66 67[68] 69 6a[6b]6c 6d 6e 6f 70  |abcdefghijklmnop|\n",
		      "abcdefghijklmnop", ".......m..m.....", NULL);
	EXPECT_MARKED(
"0000000000000010  61 62 63 64 65 66 67 68 [69]6a 6b 6c 6d 6e 6f 70  |abcdefghijklmnop|\n",
		      "abcdefghijklmnop", "........m.......", NULL);
	/* a line that is short, and holes */
	EXPECT_MARKED(
"0000000000000010  61[?? 63]                                         |a?c|\n",
		      "a?c", ".mm", NULL);
}

TEST(marks_go_on_in_the_next_line)
{
	EXPECT_MARKED(
"0000000000000010  61 61 61 61 61 61 61 61  61 61 61 61 61 61 61[61] |aaaaaaaaaaaaaaaa|\n"
"0000000000000020 [62]62                                             |bb|\n",
		      "aaaaaaaaaaaaaaaabb", "...............mm.", NULL);
}

TEST(marks_of_a_terminal)
{
	EXPECT_MARKED(
"0000000000000010  61 <62 63\033[m 64                                       |a<bc\033[md|\n",
		      "abcd", ".mm.", "<");
	EXPECT_MARKED(
"0000000000000010  <61 62\033[m                                             |<ab\033[m|\n",
		      "ab", "mm", "<");
}

TEST(lines_only_are_all_of_them)
{
	EXPECT_MARKED(
"0000000000000010  61 61 61 61 61 61 61 61  61 61 61 61 61 61 61 61  |aaaaaaaaaaaaaaaa|\n"
"0000000000000020  61 61 61 61 61 61 61 61  61 61 61 61 61 61 61 61  |aaaaaaaaaaaaaaaa|\n"
"0000000000000030  61 61 61 61 61 61 61 61  61 61 61 61 61 61 61 61  |aaaaaaaaaaaaaaaa|\n",
		      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		      "................................................",
		      NULL);
}

/* What people know it from says the same, where it is installed. */
TEST(same_as_hexdump)
{
	char path[64], cmd[128], line[256];
	uint8_t buf[5000];
	uint64_t random = 1;
	char *ours, *p;
	size_t i;
	FILE *f;
	int fd;

	if (system("command -v hexdump >/dev/null 2>&1"))
		SKIP(return, "hexdump is not installed");
	for (i = 0; i < sizeof(buf); i++)
		buf[i] = i / 1000 % 2 ? (uint8_t)random_next(&random) : 7;
	snprintf(path, sizeof(path), "/tmp/host_hexdump.%d", (int)getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	ASSERT_GE(fd, 0);
	ASSERT_EQ((ssize_t)sizeof(buf), write(fd, buf, sizeof(buf)));
	close(fd);
	ours = dump(buf, sizeof(buf), 0, 1000);
	ASSERT_NE(NULL, ours);

	snprintf(cmd, sizeof(cmd), "hexdump -C %s", path);
	f = popen(cmd, "r");
	ASSERT_NE(NULL, f);
	for (p = ours; fgets(line, sizeof(line), f); p = strchr(p, '\n') + 1) {
		ASSERT_NE(NULL, strchr(p, '\n'));
		/* It has addresses of 8 digits. */
		if (*p != '*')
			p += 8;
		ASSERT_EQ(0, strncmp(line, p, strlen(line)))
			TH_LOG("%s", line);
	}
	EXPECT_EQ(0, pclose(f));
	EXPECT_EQ('\0', *p);
	unlink(path);
	free(ours);
}

TEST_HARNESS_MAIN
