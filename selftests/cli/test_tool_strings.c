// SPDX-License-Identifier: GPL-2.0
/* The dbgmem tool: verb strings. */
#include "features.h"
#include "tool_json.h"
#include "tool_run.h"
#include "tool_sparse.h"
#include <kselftest_harness.h>

#define FILE_NAME	"/tmp/strings-of-me"

FIXTURE(strings) {
	struct target t;
	char pid[16];
	char *file;		/* a page, also in the target */
};

FIXTURE_SETUP(strings)
{
	int fd;

	fd = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, PAGE));
	self->file = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			  0);
	ASSERT_NE(MAP_FAILED, self->file);
	close(fd);
	ASSERT_EQ(0, tool_begin(&self->t, self->pid));
	/* Only what a test puts there. */
	memset(mem, 0, PAGES * PAGE);
}

FIXTURE_TEARDOWN(strings)
{
	tool_end(&self->t);
	unlink(FILE_NAME);
	munmap(self->file, PAGE);
}

#define PUT(page, off, bytes) \
	memcpy(mem + (page) * PAGE + (off), bytes, sizeof(bytes) - 1)

#define RETARGET() \
	ASSERT_EQ(0, retarget(&self->t, self->pid))

/* All of @mem below the hole. */
#define WHERE		at(0, 0), "16K"

/* "0x... TEXT\n" */
static const char *row(const void *addr, const char *text)
{
	static char rows[4][128];
	static int next;
	char *s = rows[next++ % 4];

	snprintf(s, sizeof(rows[0]), "0x%016lx %s\n", (unsigned long)addr,
		 text);
	return s;
}

TEST_F(strings, four_characters_of_ascii_with_their_address)
{
	PUT(0, 9, "abc");
	PUT(0, 20, "a\tb ~");
	PUT(1, 0, "gr\303\274\303\237e, four");
	RETARGET();
	RUN("strings", self->pid, WHERE);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("", r.err);
	EXPECT_EQ(&r.out[0], strstr(r.out, row(mem + 20, "a\tb ~")))
		TH_LOG("%s", r.out);
	EXPECT_HAS(row(mem + PAGE + 6, "e, four"), r.out);
	EXPECT_EQ(strlen(row(mem, "a\tb ~")) + strlen(row(mem, "e, four")),
		  r.out_len);
	RUN("strings", "-m3", self->pid, at(0, 0), "19");
	EXPECT_STREQ(row(mem + 9, "abc"), r.out);
	RUN("strings", "--min", "6", self->pid, at(0, 0), "4K");
	EXPECT_EQ(1, r.status);
	EXPECT_EQ(0, r.out_len);
	EXPECT_HAS("no string in 4096 bytes of process", r.err);
}

TEST_F(strings, other_encodings)
{
	PUT(1, 0, "gr\303\274\303\237e");
	PUT(2, 1, "w\0i\0d\0e\0");
	RETARGET();
	RUN("strings", "--utf8", self->pid, WHERE);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ(row(mem + PAGE, "gr\303\274\303\237e"), r.out);
	RUN("strings", "--utf16", self->pid, WHERE);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ(row(mem + 2 * PAGE + 1, "wide"), r.out);
	RUN("strings", "--utf16", "--utf8", self->pid, WHERE);
	EXPECT_EQ(2, r.status);
}

/* Of a piece that is read at once, of a page, of a range; and not of a hole. */
TEST_F(strings, across_borders_but_not_across_holes)
{
	const uintptr_t base = (uintptr_t)mem + (HOLE + 1) * PAGE;
	/* where the tool's pieces meet, in the pages above the hole */
	char *border = (char *)((base + (1UL << 20)) & ~((1UL << 20) - 1));

	memcpy(border - 3, "abc\303\244def", 8);
	memcpy(border + 3 * PAGE - 3, "page border", 11);
	PUT(HOLE - 1, PAGE - 3, "abc");
	PUT(HOLE + 1, 0, "def");
	RETARGET();
	RUN("strings", "--utf8", self->pid, at(HOLE + 1, 0), "2101248");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS(row(border - 3, "abc\303\244def"), r.out);
	EXPECT_HAS(row(border + 3 * PAGE - 3, "page border"), r.out);
	EXPECT_EQ(2 * 19 + 9 + 12, r.out_len) TH_LOG("%s", r.out);
	/* two ranges that touch within a character */
	char addr[2][32];

	snprintf(addr[0], 32, "0x%lx", (unsigned long)border - 8);
	snprintf(addr[1], 32, "0x%lx", (unsigned long)border + 1);
	RUN("strings", "--utf8", self->pid, addr[0], "9", addr[1], "1",
	    at(0, 0), "1");
	EXPECT_STREQ(row(border - 3, "abc\xc3\xa4"), r.out);
	RUN("strings", self->pid, at(HOLE - 1, 0), "12K");
	EXPECT_EQ(3, r.status);
	EXPECT_EQ(0, r.out_len);
	EXPECT_HAS("4096 bytes of process", r.err);
	EXPECT_HAS("could not be read", r.err);
}

TEST_F(strings, all_memory_with_filters_and_names)
{
	memcpy(self->file + 0x123, "I am in the file", 16);
	PUT(0, 5, "I am in anonymous memory");
	RETARGET();
	RUN("strings", "-R", "--file-backed", "--shared", self->pid);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS(row(self->file + 0x123,
		       FILE_NAME "+0x123 I am in the file"), r.out);
	EXPECT_EQ(NULL, strstr(r.out, row(mem + 5, "I am in anonymous memory")));
	RUN("strings", "--writable", "--private", self->pid);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS(row(mem + 5, "I am in anonymous memory"), r.out);
	EXPECT_EQ(NULL, strstr(r.out, row(self->file + 0x123,
					  "I am in the file")));
	/* and what every process has */
	RUN("strings", "-R", self->pid);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS(" [stack]+0x", r.out);
	EXPECT_HAS("/test_tool_strings+0x", r.out);
}

TEST_F(strings, limit)
{
	PUT(0, 0, "first\0second\0third");
	RETARGET();
	RUN("strings", "-l2", self->pid, WHERE);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("first\n", r.out);
	EXPECT_HAS("second\n", r.out);
	EXPECT_EQ(NULL, strstr(r.out, "third"));
}

TEST_F(strings, json)
{
	struct json_object *all, *o;

	memcpy(self->file + 0x20, "in a file: \"\\\" \xc3\xa4", 17);
	PUT(0, 3, "tab\there");
	RETARGET();
	RUN("strings", "--json", self->pid, WHERE);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	all = json_out();
	ASSERT_NE(NULL, all) TH_LOG("%s", r.out);
	ASSERT_EQ(1, json_object_array_length(all));
	o = json_at(all, 0);
	EXPECT_STREQ(at(0, 3), json_get(o, "address"));
	EXPECT_STREQ("tab\there", json_get(o, "string"));
	EXPECT_STREQ("", json_get(o, "region"));
	json_object_put(all);
	RUN("strings", "-j", "--utf8", "--shared", self->pid, FILE_NAME, "4K");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	all = json_out();
	ASSERT_NE(NULL, all) TH_LOG("%s", r.out);
	o = json_at(all, 0);
	EXPECT_STREQ("in a file: \"\\\" \xc3\xa4", json_get(o, "string"));
	EXPECT_STREQ(FILE_NAME, json_get(o, "region"));
	EXPECT_STREQ("0x20", json_get(o, "offset"));
	json_object_put(all);
	/* all of it is JSON, whatever there is in a process */
	RUN("strings", "-j", "--utf8", self->pid);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	all = json_out();
	ASSERT_NE(NULL, all);
	EXPECT_LT(100, json_object_array_length(all));
	json_object_put(all);
}

TEST_F(strings, no_fault_leaves_out_what_is_not_resident)
{
	NEEDS_NOFAULT();
	PUT(1, 0, "resident");
	RETARGET();
	ASSERT_EQ(0, target_call(&self->t, page_drop, mem));
	RUN("strings", "--no-fault", self->pid, WHERE);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ(row(mem + PAGE, "resident"), r.out);
}

TEST_F(strings, makes_no_page)
{
	struct sparse f;

	PUT(0, 10, "a string");
	ASSERT_EQ(0, sparse_make(&f, &self->t, self->pid));
	ASSERT_EQ(8, pwrite(f.fd, "anything", 8, SPARSE_SIZE / 2 - 3));
	sparse_look(&f);
	RUN("strings", self->pid, WHERE, SPARSE_RANGE, MUCH_RANGE);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS(row(mem + 10, "a string"), r.out);
	EXPECT_HAS(row((char *)SPARSE + SPARSE_SIZE / 2 - 3, "anything"),
		   r.out);
	RUN("strings", "--shared", self->pid);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_GT(SPARSE_LITTLE, sparse_grown(&f));
	RUN("strings", "--fault-in", self->pid, SPARSE_ADDR, "1M");
	EXPECT_LE(1 << 20, sparse_grown(&f));
	sparse_free(&f);
}

TEST_F(strings, reserved_terabytes_take_no_time)
{
	long before;

	RETARGET();
	ASSERT_EQ(0, target_call(&self->t, reserve, "needle"));
	before = now_ms();
	RUN("strings", self->pid, RESERVED_RANGE);
	TH_LOG("%ld ms", now_ms() - before);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ(row((char *)SPARSE + RESERVED - PAGE, "needle"), r.out);
	EXPECT_GT(RESERVED_MS, now_ms() - before);
}

TEST_F(strings, what_was_found_is_written_before_more_is_read)
{
	struct running w;

	PUT(0, 0, "a string");
	RETARGET();
	ASSERT_EQ(0, target_call(&self->t, map_much, MUCH));
	BEGIN(&w, "strings", "--fault-in", self->pid, WHERE, MUCH_RANGE);
	EXPECT_TRUE(running_until(&w, 0, row(mem, "a string")));
	kill(w.pid, SIGKILL);
	running_end(&w);
	EXPECT_HAS(row(mem, "a string"), r.out);
}

TEST_F(strings, ctrl_c_says_how_far_it_came)
{
	struct running w;

	PUT(0, 0, "a string");
	RETARGET();
	ASSERT_EQ(0, target_call(&self->t, map_much, MUCH));
	BEGIN(&w, "strings", "--fault-in", self->pid, WHERE, MUCH_RANGE);
	ASSERT_TRUE(running_midst(&w, "dbgmem-read-bytes:"));
	kill(w.pid, SIGTERM);
	running_end(&w);
	EXPECT_EQ(3, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ(row(mem, "a string"), r.out);
	EXPECT_HAS("interrupted: ", r.err);
	EXPECT_HAS(" of 1099511644160 bytes of process", r.err);
}

TEST_F(strings, a_target_that_exits)
{
	struct running w;

	ASSERT_EQ(0, target_call(&self->t, map_much, MUCH));
	BEGIN(&w, "strings", "--fault-in", "-j", self->pid, MUCH_RANGE);
	ASSERT_TRUE(running_midst(&w, "dbgmem-read-bytes:"));
	kill(self->t.pid, SIGKILL);
	running_end(&w);
	EXPECT_EQ(3, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("has exited", r.err);
	EXPECT_STREQ("[]\n", r.out);
}

TEST_F(strings, wrong_command_lines)
{
	RUN("strings");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("PID is needed", r.err);
	RUN("strings", self->pid, "0x1000");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("nothing is mapped", r.err);
	RUN("strings", "-n0", self->pid);
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("--min: '0'", r.err);
	RUN("strings", "-l0", self->pid);
	EXPECT_EQ(2, r.status);
	RUN("strings", "--file-backed", "--anonymous", self->pid);
	EXPECT_EQ(2, r.status);
	RUN("strings", "--help");
	EXPECT_EQ(0, r.status);
	EXPECT_HAS("Usage: dbgmem strings", r.out);
	RUN("strings", "2147483647");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("no such process", r.err);
}

TEST_HARNESS_MAIN
