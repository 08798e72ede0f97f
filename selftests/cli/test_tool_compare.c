// SPDX-License-Identifier: GPL-2.0
/* The dbgmem tool: verb compare. */
#include "features.h"
#include "tool_json.h"
#include "tool_run.h"
#include "tool_sparse.h"
#include <kselftest_harness.h>

#define FILE_NAME	"/tmp/compare-with-me"

FIXTURE(compare) {
	struct target t, other;
	char pid[16], other_pid[16];
};

FIXTURE_SETUP(compare)
{
	ASSERT_EQ(0, tool_begin(&self->t, self->pid));
	/* Both sides begin as the same. */
	memset(mem, 0x11, PAGES * PAGE);
	ASSERT_EQ(0, retarget(&self->t, self->pid));
	ASSERT_EQ(0, retarget(&self->other, self->other_pid));
}

FIXTURE_TEARDOWN(compare)
{
	target_stop(&self->other);
	tool_end(&self->t);
	unlink(FILE_NAME);
}

#define PUT(page, off, bytes) \
	memcpy(mem + (page) * PAGE + (off), bytes, sizeof(bytes) - 1)

#define RETARGET() \
	ASSERT_EQ(0, retarget(&self->t, self->pid))

static void file_is(const void *data, size_t len)
{
	int fd = open(FILE_NAME, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len)
		abort();
	close(fd);
}

/* A row of the table: addresses, length, the rest. */
static const char *row(const void *a, uint64_t b, size_t len, const char *rest)
{
	static char rows[4][128];
	static int next;
	char *s = rows[next++ % 4];

	snprintf(s, sizeof(rows[0]), "0x%016lx 0x%016llx %12zu %s\n",
		 (unsigned long)a, (unsigned long long)b, len, rest);
	return s;
}

#define HEAD \
"ADDRESS            OTHER                    LENGTH DIFFERENCE\n"
#define HEAD_FILE \
"ADDRESS            OFFSET                   LENGTH DIFFERENCE\n"

/* --- two places of one process --- */

TEST_F(compare, equal_says_nothing)
{
	RUN("compare", self->pid, at(0, 0), at(2, 0), "8K");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(0, r.out_len);
	EXPECT_STREQ("", r.err);
	RUN("compare", self->pid, at(0, 0), at(2, 0), "0");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
}

TEST_F(compare, stretches_with_their_bytes_on_both_sides)
{
	char want[512];

	PUT(0, 5, "\x01");
	PUT(2, 100, "\x21\x22\x23\x24\x25\x26\x27\x28\x29");
	RETARGET();
	RUN("compare", self->pid, at(0, 0), at(2, 0), "8K");
	EXPECT_EQ(1, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("", r.err);
	snprintf(want, sizeof(want), "%s%s%s", HEAD,
		 row(mem + 5, (uintptr_t)mem + 2 * PAGE + 5, 1, "01 11"),
		 row(mem + 100, (uintptr_t)mem + 2 * PAGE + 100, 9,
		     "1111111111111111... 2122232425262728..."));
	EXPECT_STREQ(want, r.out);
	RUN("compare", "--brief", self->pid, at(0, 0), at(2, 0), "8K");
	EXPECT_HAS("            9 different\n", r.out);
	RUN("compare", "--limit", "1", self->pid, at(0, 0), at(2, 0), "8K");
	EXPECT_EQ(1, r.status);
	snprintf(want, sizeof(want), "%s%s", HEAD,
		 row(mem + 5, (uintptr_t)mem + 2 * PAGE + 5, 1, "01 11"));
	EXPECT_STREQ(want, r.out);
}

TEST_F(compare, what_cannot_be_read_is_a_part_missing)
{
	char want[512];

	RUN("compare", self->pid, at(HOLE - 1, 0), at(HOLE + 1, 0), "8K");
	EXPECT_EQ(3, r.status);
	snprintf(want, sizeof(want), "%s%s", HEAD,
		 row(mem + HOLE * PAGE, (uintptr_t)mem + (HOLE + 2) * PAGE, 4096,
		     "not readable at ADDRESS"));
	EXPECT_STREQ(want, r.out);
	EXPECT_HAS("4096 bytes could not be read, on one side or both", r.err);
	RUN("compare", self->pid, at(HOLE + 1, 0), at(HOLE - 1, 0), "8K");
	EXPECT_EQ(3, r.status);
	EXPECT_HAS("not readable at OTHER\n", r.out);
	RUN("compare", self->pid, at(HOLE, 0), at(HOLE, 5), "8");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("not readable on either side\n", r.out);
	/* differences do not hide it */
	PUT(HOLE - 1, 0, "x");
	RETARGET();
	RUN("compare", self->pid, at(HOLE - 1, 0), at(HOLE + 1, 0), "8K");
	EXPECT_EQ(3, r.status);
}

TEST_F(compare, force)
{
	ASSERT_EQ(0, target_call(&self->t, page_protect_none, mem));
	RUN("compare", self->pid, at(0, 0), at(2, 0), "4K");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("not readable at ADDRESS", r.out);
	RUN("compare", "-f", self->pid, at(0, 0), at(2, 0), "4K");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
}

TEST_F(compare, no_fault_is_what_is_resident_on_both_sides)
{
	NEEDS_NOFAULT();
	ASSERT_EQ(0, target_call(&self->t, page_drop, mem + PAGE));
	RUN("compare", "--no-fault", self->pid, at(1, 0), at(2, 0), "8K");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(0, r.out_len);
	RUN("compare", self->pid, at(1, 0), at(2, 0), "8K");
	EXPECT_EQ(1, r.status);
}

/* --- two processes --- */

TEST_F(compare, with_another_process)
{
	RUN("compare", "--with", self->other_pid, self->pid, at(0, 0), at(0, 0),
	    "16K");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	PUT(3, 17, "only here");
	RETARGET();
	RUN("compare", "-w", self->other_pid, self->pid, at(0, 0), at(0, 0),
	    "16K");
	EXPECT_EQ(1, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS(row(mem + 3 * PAGE + 17, (uintptr_t)mem + 3 * PAGE + 17, 9,
		       "6f6e6c7920686572... 1111111111111111..."), r.out);
	RUN("compare", "-w", "2147483647", self->pid, at(0, 0), at(0, 0), "1");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("no such process", r.err);
}

/* --- a file --- */

TEST_F(compare, with_a_file_as_long_as_it_is)
{
	char want[512];

	mem[3000] = 0x22;
	file_is(mem, 10000);
	mem[3000] = 0x11;
	RUN("compare", "--file", FILE_NAME, self->pid, at(0, 0));
	EXPECT_EQ(1, r.status) TH_LOG("%s", r.err);
	snprintf(want, sizeof(want), "%s%s", HEAD_FILE,
		 row(mem + 3000, 3000, 1, "11 22"));
	EXPECT_STREQ(want, r.out);
	/* from standard input; from byte 3001 on there is none */
	RUN_INPUT(mem, 10000, "compare", "-i", "-", self->pid, at(0, 0));
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	RUN("compare", "-i", FILE_NAME, "--offset", "3001", self->pid, at(0, 0));
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	RUN("compare", "-i", FILE_NAME, "-o", "2999", self->pid, at(1, 0), "2");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS(row(mem + PAGE + 1, 3000, 1, "11 22"), r.out);
}

/* A stretch that begins in one piece of the file and ends in another is one. */
TEST_F(compare, a_file_of_several_pieces)
{
	const size_t border = 1 << 20, len = 2000 * 1024;
	char *data = mem + (HOLE + 1) * PAGE, saved[6];

	memcpy(saved, data + border - 3, 6);
	memcpy(data + border - 3, "abcdef", 6);
	data[len - 1] = 'z';
	file_is(data, len);
	memcpy(data + border - 3, saved, 6);
	data[len - 1] = 0x11;
	RUN("compare", "-i", FILE_NAME, self->pid, at(HOLE + 1, 0));
	EXPECT_EQ(1, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS(row(data + border - 3, border - 3, 6,
		       "111111111111 616263646566"), r.out);
	EXPECT_HAS(row(data + len - 1, len - 1, 1, "11 7a"), r.out);
	EXPECT_EQ(strlen(HEAD_FILE) + strlen(row(0, 0, 0, "1111 6162")) + 16 +
		  strlen(row(0, 0, 0, "11 7a")), r.out_len) TH_LOG("%s", r.out);
}

TEST_F(compare, a_file_that_is_too_short)
{
	file_is(mem, 100);
	RUN("compare", "-i", FILE_NAME, self->pid, at(0, 0), "200");
	EXPECT_EQ(3, r.status);
	EXPECT_HAS(FILE_NAME " is too short: it has 100 bytes to compare with",
		   r.err);
	RUN("compare", "-i", FILE_NAME, "-o", "100", self->pid, at(0, 0));
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("it has 0 bytes to compare with", r.err);
	RUN("compare", "-i", "/nonexistent/x", self->pid, at(0, 0));
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("cannot read /nonexistent/x: No such file", r.err);
	RUN("compare", "-i", "/tmp", self->pid, at(0, 0));
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("/tmp: Is a directory", r.err);
}

/* --- JSON, ends --- */

TEST_F(compare, json)
{
	struct json_object *all, *o;

	PUT(0, 5, "\x01\x02");
	RETARGET();
	RUN("compare", "--json", self->pid, at(0, 0), at(2, 0), "4K");
	EXPECT_EQ(1, r.status) TH_LOG("%s", r.err);
	all = json_out();
	ASSERT_NE(NULL, all) TH_LOG("%s", r.out);
	ASSERT_EQ(1, json_object_array_length(all));
	o = json_at(all, 0);
	EXPECT_STREQ(at(0, 5), json_get(o, "address"));
	EXPECT_STREQ(at(2, 5), json_get(o, "other"));
	EXPECT_STREQ("2", json_get(o, "length"));
	EXPECT_STREQ("different", json_get(o, "kind"));
	EXPECT_STREQ("0102", json_get(o, "bytes"));
	EXPECT_STREQ("1111", json_get(o, "other_bytes"));
	json_object_put(all);
	RUN("compare", "-j", self->pid, at(HOLE, 0), at(2, 0), "1");
	EXPECT_EQ(2, r.status);
	all = json_out();
	EXPECT_STREQ("unreadable", json_get(json_at(all, 0), "kind"));
	json_object_put(all);
	RUN("compare", "-j", self->pid, at(0, 0), at(0, 0), "4K");
	EXPECT_EQ(0, r.status);
	EXPECT_STREQ("[]\n", r.out);
}

TEST_F(compare, makes_no_page)
{
	struct sparse f;

	ASSERT_EQ(0, sparse_make(&f, &self->t, self->pid));
	ASSERT_EQ(2, pwrite(f.fd, "ab", 2, SPARSE_SIZE / 2 - 1));
	sparse_look(&f);
	RUN("compare", self->pid, SPARSE_ADDR, MUCH_ADDR, "1G");
	EXPECT_EQ(1, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS(" 6162 0000\n", r.out);
	RUN("compare", "--json", self->pid, MUCH_ADDR, SPARSE_ADDR, "1G");
	EXPECT_EQ(1, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("0000", r.out);
	/* Nothing and nothing, whatever it is that is not there. */
	RUN("compare", self->pid, SPARSE_ADDR, MUCH_ADDR, "256M");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	RUN_INPUT("\0\0\0\0", 4, "compare", "-i", "-", self->pid, MUCH_ADDR);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_GT(SPARSE_LITTLE, sparse_grown(&f));
	RUN("compare", "--fault-in", self->pid, SPARSE_ADDR, MUCH_ADDR, "1M");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_LE(1 << 20, sparse_grown(&f));
	sparse_free(&f);
}

TEST_F(compare, ctrl_c_says_how_far_it_came)
{
	struct running w;

	ASSERT_EQ(0, target_call(&self->t, map_much, MUCH));
	BEGIN(&w, "compare", "--fault-in", self->pid, MUCH_ADDR, MUCH_RANGE);
	ASSERT_TRUE(running_midst(&w, "dbgmem-read-bytes:"));
	kill(w.pid, SIGINT);
	running_end(&w);
	EXPECT_EQ(3, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("interrupted: ", r.err);
	EXPECT_HAS(" of 1099511627776 bytes at 0x100000000000", r.err);
}

/* At the first one, and not because its patience is over. */
TEST_F(compare, ctrl_c_ends_a_wait_for_input)
{
	const int stdin_before = dup(0);
	struct running w;
	long begin;
	int fd[2];

	ASSERT_EQ(0, pipe2(fd, O_CLOEXEC));
	ASSERT_EQ(16, write(fd[1], mem, 16));
	dup2(fd[0], 0);
	BEGIN(&w, "compare", "--file", "-", self->pid, at(0, 0));
	dup2(stdin_before, 0);
	close(stdin_before);
	ASSERT_TRUE(proc_wait_state(w.pid, 'S'));
	/* It has read what there is, and waits for more. */
	for (begin = now_ms(); now_ms() - begin < PATIENCE_MS;) {
		if (!ioctl(fd[0], FIONREAD, &r.status) && !r.status)
			break;
		usleep(5000);
	}
	close(fd[0]);
	kill(w.pid, SIGINT);
	running_end(&w);
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("interrupted: 0", r.err);
	close(fd[1]);
}

TEST_F(compare, wrong_command_lines)
{
	RUN("compare", self->pid, at(0, 0), "4K");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("PID, ADDR, OTHER and LEN are needed", r.err);
	RUN("compare", "-i", "x", self->pid, at(0, 0), at(0, 0), "4K");
	EXPECT_EQ(2, r.status);
	RUN("compare", "-i", "x", "-w", "1", self->pid, at(0, 0));
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("exclude each other", r.err);
	RUN("compare", "-o", "1", self->pid, at(0, 0), at(0, 0), "1");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("--offset is for --file", r.err);
	RUN("compare", "-w", "x", self->pid, at(0, 0), at(0, 0), "1");
	EXPECT_EQ(2, r.status);
	RUN("compare", "-l", "0", self->pid, at(0, 0), at(0, 0), "1");
	EXPECT_EQ(2, r.status);
	RUN("compare", self->pid, at(0, 0), "0xffffffffffffffff", "2");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("outside", r.err);
	RUN("compare", "--help");
	EXPECT_EQ(0, r.status);
	EXPECT_HAS("Usage: dbgmem compare", r.out);
}

TEST_HARNESS_MAIN
