// SPDX-License-Identifier: GPL-2.0
/* The dbgmem tool: verb search. */
#include "features.h"
#include "fuse_mem.h"
#include "proc.h"
#include "tool_json.h"
#include "tool_run.h"
#include "tool_sparse.h"
#include "random.h"
#include <kselftest_harness.h>

#include <time.h>

#define FILE_NAME	"/tmp/search-me"

/* All of @mem below the hole. */
#define WHERE		at(0, 0), "0x4000"

FIXTURE(search) {
	struct target t;
	char pid[16];
	char *file, *shared;	/* two pages each, also in the target */
};

FIXTURE_SETUP(search)
{
	int fd;

	fd = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, 2 * PAGE));
	self->file = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
			  fd, 0);
	close(fd);
	self->shared = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->file);
	ASSERT_NE(MAP_FAILED, self->shared);
	ASSERT_EQ(0, tool_begin(&self->t, self->pid));
	/* Only what a test puts there. */
	memset(mem, 0, PAGES * PAGE);
}

FIXTURE_TEARDOWN(search)
{
	tool_end(&self->t);
	unlink(FILE_NAME);
	munmap(self->file, 2 * PAGE);
	munmap(self->shared, 2 * PAGE);
}

/* The line that begins a match at @addr. */
static const char *head(const void *addr)
{
	static char text[4][32];
	static int next;
	char *s = text[next++ % 4];

	snprintf(s, sizeof(text[0]), "0x%016lx ", (unsigned long)addr);
	return s;
}

#define PUT(page, off, bytes) \
	memcpy(mem + (page) * PAGE + (off), bytes, sizeof(bytes) - 1)

#define RETARGET() \
	ASSERT_EQ(0, retarget(&self->t, self->pid))

/* Of the last search: this status, and these matches. */
#define EXPECT_MATCHES(want_status, nr) do {				\
	EXPECT_EQ(want_status, r.status) TH_LOG("%s", r.err);		\
	EXPECT_EQ((size_t)(nr), occurrences(r.out, "\n"))			\
		TH_LOG("%s", r.out);					\
} while (0)

/* --- what is looked for --- */

TEST_F(search, bytes_and_wildcards)
{
	PUT(1, 0x18, "\xde\xad\xbe\xef");
	PUT(2, 5, "\xde\xad\x11\xe0");
	RETARGET();
	RUN("search", "-b", "--hex", "de ad be ef", self->pid, WHERE);
	EXPECT_MATCHES(0, 1);
	EXPECT_HAS(head(mem + PAGE + 0x18), r.out);
	EXPECT_STREQ("", r.err);
	RUN("search", "-bx", "de ad ?? e?", self->pid, WHERE);
	EXPECT_MATCHES(0, 2);
	EXPECT_HAS(head(mem + 2 * PAGE + 5), r.out);
	RUN("search", "-bx", "de ad ?? ?f", self->pid, WHERE);
	EXPECT_MATCHES(0, 1);
}

TEST_F(search, strings_in_both_widths_and_cases)
{
	PUT(0, 7, "Needle");
	PUT(1, 9, "nEEDLE");
	PUT(2, 1, "N\0e\0e\0d\0l\0e\0");
	RETARGET();
	RUN("search", "-b", "--string", "Needle", self->pid, WHERE);
	EXPECT_MATCHES(0, 1);
	EXPECT_HAS(head(mem + 7), r.out);
	RUN("search", "-b", "-s", "needle", self->pid, WHERE);
	EXPECT_MATCHES(1, 0);
	RUN("search", "-b", "-is", "needle", self->pid, WHERE);
	EXPECT_MATCHES(0, 2);
	EXPECT_HAS(head(mem + PAGE + 9), r.out);
	RUN("search", "-b", "--utf16", "-s", "Needle", self->pid, WHERE);
	EXPECT_MATCHES(0, 1);
	EXPECT_HAS(head(mem + 2 * PAGE + 1), r.out);
}

TEST_F(search, numbers_and_pointers)
{
	const int32_t v32 = -12345;
	const uint64_t v64 = (uintptr_t)mem + 0x123;
	const uint16_t v16 = 0xbeef;

	memcpy(mem + 0x100, &v32, sizeof(v32));
	memcpy(mem + 0x201, &v64, sizeof(v64));
	memcpy(mem + 0x300, &v16, sizeof(v16));
	RETARGET();
	RUN("search", "-b", "--int", "-12345", self->pid, WHERE);
	EXPECT_MATCHES(0, 1);
	EXPECT_HAS(head(mem + 0x100), r.out);
	RUN("search", "-b", "--int", "-12345", "--width", "8", self->pid,
	    WHERE);
	EXPECT_MATCHES(1, 0);
	RUN("search", "-b", "--int", "0xbeef", "--width", "2", self->pid,
	    WHERE);
	EXPECT_MATCHES(0, 1);
	RUN("search", "-b", "--pointer", at(0, 0x123), self->pid, WHERE);
	EXPECT_MATCHES(0, 1);
	EXPECT_HAS(head(mem + 0x201), r.out);
	/* an address is what it is for the other verbs */
	RUN("search", "-b", "--pointer", "no-such-file+1", self->pid, WHERE);
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("no mapping is named", r.err);
}

/* --- where --- */

TEST_F(search, only_at_multiples)
{
	PUT(0, 3, "ab");
	PUT(0, 64, "ab");
	PUT(0, 72, "ab");
	RETARGET();
	RUN("search", "-b", "--align", "8", "-s", "ab", self->pid, WHERE);
	EXPECT_MATCHES(0, 2);
	RUN("search", "-b", "-a", "64", "-s", "ab", self->pid, WHERE);
	EXPECT_MATCHES(0, 1);
	EXPECT_HAS(head(mem + 64), r.out);
}

/* Fresh bytes, which are nowhere else: not even in this program. */
static void unique(char *hex, size_t nr, char **where, size_t nr_where)
{
	uint64_t random = time(NULL) ^ (uint64_t)getpid() << 32;
	size_t i, k;

	for (i = 0; i < nr; i++) {
		volatile char c = (char)random_next(&random);

		for (k = 0; k < nr_where; k++)
			where[k][i] = c;
		sprintf(hex + 2 * i, "%02x", (unsigned char)c);
	}
}

TEST_F(search, all_memory_or_what_is_mapped_so)
{
	char *copies[3] = { mem + 0x123, self->file + 0x456,
			   self->shared + PAGE - 8 };
	static const struct {
		const char *options[2];
		bool found[3];
	} cases[] = {
		{ { "-b", "-b" }, { true, true, true } },
		{ { "--writable", "-b" }, { true, true, true } },
		{ { "--executable", "-b" }, { false, false, false } },
		{ { "--private", "-b" }, { true, false, false } },
		{ { "--shared", "-b" }, { false, true, true } },
		/* shared memory is a file to the kernel, too */
		{ { "--anonymous", "-b" }, { true, false, false } },
		{ { "--file-backed", "-b" }, { false, true, true } },
		{ { "--file-backed", "--private" }, { false, false, false } },
	};
	size_t i, k, nr;
	char hex[33];

	unique(hex, 16, copies, 3);
	RETARGET();
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		RUN("search", "-b", cases[i].options[0], cases[i].options[1],
		    "-x", hex, self->pid);
		for (k = 0, nr = 0; k < 3; k++) {
			nr += cases[i].found[k];
			EXPECT_EQ(cases[i].found[k],
				  !!strstr(r.out, head(copies[k])))
				TH_LOG("%s, %zu", cases[i].options[0], k);
		}
		EXPECT_EQ(nr, occurrences(r.out, "\n")) TH_LOG("%s", r.out);

		EXPECT_EQ(nr ? 0 : 1, r.status) TH_LOG("%s", r.err);
	}
	/* in a range, too */
	RUN("search", "-b", "--executable", "-x", hex, self->pid, WHERE);
	EXPECT_NE(0, r.status);
	EXPECT_EQ(0, r.out_len);
}

TEST_F(search, what_is_mapped_there_can_be_given_as_an_address)
{
	char *copies[1] = { self->file + PAGE + 0x456 };
	char hex[33], name[64];

	unique(hex, 16, copies, 1);
	RETARGET();
	/* two mappings of the file: the offset is from the lower one */
	ASSERT_EQ(0, target_call(&self->t, page_protect_read, self->file + PAGE));
	RUN("search", "-b", "-x", hex, self->pid);
	snprintf(name, sizeof(name), "%s" FILE_NAME "+0x1456\n",
		 head(copies[0]));
	EXPECT_STREQ(name, r.out);
	RUN("read", self->pid, FILE_NAME "+0x1456", "16");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(0, memcmp(r.out, copies[0], 16));
}

TEST_F(search, ranges_with_a_hole_are_searched_around_it)
{
	PUT(HOLE - 1, PAGE - 3, "abcdef");
	PUT(HOLE + 1, 5, "abcdef");
	RETARGET();
	RUN("search", "-b", "-s", "abcdef", self->pid, at(HOLE - 1, 0), "3*4096");
	EXPECT_EQ(2, r.status);
	RUN("search", "-b", "-s", "abcdef", self->pid, at(HOLE - 1, 0), "12K");
	EXPECT_MATCHES(3, 1);
	EXPECT_HAS(head(mem + (HOLE + 1) * PAGE + 5), r.out);
	EXPECT_HAS("4096 bytes of process", r.err);
	EXPECT_HAS("could not be read", r.err);
	/* several; a match across two that touch */
	RUN("search", "-b", "-s", "cdef", self->pid, at(HOLE + 1, 0), "8",
	    at(HOLE + 1, 8), "8");
	EXPECT_MATCHES(0, 1);
	RUN("search", "-b", "-s", "abc", self->pid, at(HOLE, 0), "4K");
	EXPECT_MATCHES(2, 0);
	EXPECT_HAS("could not be read", r.err);
}

TEST_F(search, force)
{
	PUT(1, 5, "hidden");
	RETARGET();
	ASSERT_EQ(0, target_call(&self->t, page_protect_none, mem + PAGE));
	RUN("search", "-b", "-s", "hidden", self->pid, at(1, 0), "4K");
	EXPECT_MATCHES(2, 0);
	RUN("search", "-bf", "-s", "hidden", self->pid, at(1, 0), "4K");
	EXPECT_MATCHES(0, 1);
}

/* What is not resident was not asked for, and is no part missing. */
TEST_F(search, no_fault)
{
	NEEDS_NOFAULT();
	RETARGET();
	ASSERT_EQ(0, target_call(&self->t, page_drop, mem + 2 * PAGE));
	RUN("search", "--no-fault", "-c", "-x", "00", self->pid, at(2, 0), "8K");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("4096\n", r.out);
	RUN("search", "-c", "-x", "00", self->pid, at(2, 0), "8K");
	EXPECT_STREQ("8192\n", r.out);
}

/* --- what is printed --- */

TEST_F(search, a_dump_with_the_match_marked)
{
	static const char fmt[] =
"0x%016lx -\n"
"%016lx  00 00 00 00 00 00 00 00  00 00 00 00 00 00[6e 65] |..............ne|\n"
"%016lx [65 64 6c 65]00 00 00 00  00 00 00 00 00 00 00 00  |edle............|\n";
	unsigned long a = (unsigned long)mem + PAGE + 0x20;
	char want[512];

	PUT(1, 0x2e, "needle");
	RETARGET();
	RUN("search", "-s", "needle", self->pid, WHERE);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	snprintf(want, sizeof(want), fmt, a + 14, a, a + 16);
	EXPECT_STREQ(want, r.out);
}

TEST_F(search, context_that_is_not_mapped_is_shown_as_such)
{
	char want[200];

	PUT(HOLE - 1, PAGE - 4, "end!");
	RETARGET();
	RUN("search", "-C1", "-s", "end!", self->pid, WHERE);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(4, occurrences(r.out, "\n"));
	EXPECT_HAS("00 00 00 00[65 6e 64 21] |............end!|\n", r.out);
	snprintf(want, sizeof(want),
"%016lx  ?? ?? ?? ?? ?? ?? ?? ??  ?? ?? ?? ?? ?? ?? ?? ??  |????????????????|\n",
		 (unsigned long)mem + HOLE * PAGE);
	EXPECT_HAS(want, r.out);
}

TEST_F(search, colour_only_on_a_terminal)
{
	struct termios before;
	struct running w;

	PUT(0, 0, "needle");
	RETARGET();
	TERMINAL(&w, 24, &before, "search", "-s", "needle", self->pid, WHERE);
	running_end(&w);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS(" \033[1;31m6e 65 65 64 6c 65\033[m 00", r.out);
	EXPECT_EQ(NULL, strstr(r.out, "[6e"));
	setenv("NO_COLOR", "1", 1);
	TERMINAL(&w, 24, &before, "search", "-s", "needle", self->pid, WHERE);
	unsetenv("NO_COLOR");
	running_end(&w);
	EXPECT_EQ(NULL, strchr(r.out, '\033'));
	EXPECT_HAS("[6e 65 65 64 6c 65]00", r.out);
}

TEST_F(search, count_and_limit)
{
	PUT(0, 0, "aaaaa");
	RETARGET();
	/* overlapping ones count */
	RUN("search", "-c", "-s", "aa", self->pid, WHERE);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("4\n", r.out);
	RUN("search", "--count", "--limit", "3", "-s", "aa", self->pid, WHERE);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("3\n", r.out);
	RUN("search", "-b", "-l1", "-s", "aa", self->pid, WHERE);
	EXPECT_MATCHES(0, 1);
	EXPECT_STREQ("", r.err);
	RUN("search", "-c", "-s", "bb", self->pid, WHERE);
	EXPECT_EQ(1, r.status);
	EXPECT_STREQ("0\n", r.out);
	EXPECT_HAS("no match in 16384 bytes of process", r.err);
}

TEST_F(search, json)
{
	char *copies[2] = { self->file + 0x10, mem + 0x20 };
	struct json_object *all, *o;
	char hex[33], text[32];
	size_t i, named = 0;

	unique(hex, 16, copies, 2);
	RETARGET();
	RUN("search", "--json", "-x", hex, self->pid);
	all = json_out();
	ASSERT_NE(NULL, all) TH_LOG("%s", r.out);
	ASSERT_EQ(2, json_object_array_length(all));
	for (i = 0; i < 2; i++) {
		o = json_at(all, i);
		EXPECT_STREQ(hex, json_get(o, "bytes"));
		if (!*json_get(o, "region")) {
			EXPECT_STREQ(at(0, 0x20), json_get(o, "address"));
			continue;
		}
		named++;
		snprintf(text, sizeof(text), "0x%lx", (unsigned long)copies[0]);
		EXPECT_STREQ(text, json_get(o, "address"));
		EXPECT_STREQ(FILE_NAME, json_get(o, "region"));
		EXPECT_STREQ("0x10", json_get(o, "offset"));
	}
	EXPECT_EQ(1, named);
	json_object_put(all);
	RUN("search", "-j", "-s", "nowhere", self->pid, WHERE);
	EXPECT_EQ(1, r.status);
	EXPECT_STREQ("[]\n", r.out);
}

/* --- what never was touched --- */

TEST_F(search, makes_no_page)
{
	struct sparse f;

	PUT(0, 10, "needle");
	ASSERT_EQ(0, sparse_make(&f, &self->t, self->pid));
	ASSERT_EQ(6, pwrite(f.fd, "needle", 6, SPARSE_SIZE / 2 - 3));
	sparse_look(&f);
	RUN("search", "-C", "9999", "-s", "needle", self->pid, WHERE,
	    SPARSE_RANGE, MUCH_RANGE);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS(head(mem + 10), r.out);
	EXPECT_HAS(head((char *)SPARSE + SPARSE_SIZE / 2 - 3), r.out);
	RUN("search", "-j", "-s", "needle", self->pid, SPARSE_RANGE);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	RUN("search", "-c", "--int", "0", "--align", "0x10000", self->pid,
	    SPARSE_RANGE);
	/* Less the one where the needle is. */
	EXPECT_STREQ("16383\n", r.out);
	EXPECT_GT(SPARSE_LITTLE, sparse_grown(&f));
	/* Unless it is told to. */
	RUN("search", "--fault-in", "-c", "--int", "0", "--align", "8",
	    self->pid, SPARSE_ADDR, "1M");
	EXPECT_STREQ("131072\n", r.out);
	EXPECT_LE(1 << 20, sparse_grown(&f));
	sparse_free(&f);
}

TEST_F(search, reserved_terabytes_take_no_time)
{
	long before;

	RETARGET();
	ASSERT_EQ(0, target_call(&self->t, reserve, "needle"));
	before = now_ms();
	RUN("search", "-s", "needle", self->pid, RESERVED_RANGE);
	TH_LOG("%ld ms", now_ms() - before);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS(head((char *)SPARSE + RESERVED - PAGE), r.out);
	EXPECT_GT(RESERVED_MS, now_ms() - before);
}

/* Into a file, too: whatever ends it, that was found. */
TEST_F(search, what_was_found_is_written_before_more_is_read)
{
	struct running w;

	PUT(0, 0, "needle");
	RETARGET();
	ASSERT_EQ(0, target_call(&self->t, map_much, MUCH));
	BEGIN(&w, "search", "--fault-in", "-b", "-s", "needle", self->pid,
	      WHERE, MUCH_RANGE);
	EXPECT_TRUE(running_until(&w, 0, head(mem)));
	kill(w.pid, SIGKILL);
	running_end(&w);
	EXPECT_HAS(head(mem), r.out);
}

/* --- file systems that do not answer --- */

static long map_fuse(void *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *map = fd < 0 ? MAP_FAILED :
			     mmap(NULL, FUSE_FILE_SIZE, PROT_READ, MAP_SHARED,
				  fd, 0);

	close(fd);
	return map == MAP_FAILED;
}

static const char *const fuse_lines[][4] = {
	{ "search", "-s", "needle" }, { "strings" }, { "dump", "--replace" },
};

/* An open(2) there would not even end when the tool is killed. */
TEST_F_TIMEOUT(search, a_file_system_that_does_not_answer, 120)
{
	static const char path[] = "/tmp/search-fuse/file";
	const char *args[8];
	struct fuse_mem f;
	struct running w;
	size_t i, n;
	long end;

	if (fuse_mem_start(&f, "/tmp/search-fuse") == -ENODEV)
		SKIP(return, "no FUSE");
	ASSERT_EQ(0, target_call(&self->t, map_fuse, (void *)path));
	kill(f.server, SIGSTOP);
	for (i = 0; i < ARRAY_SIZE(fuse_lines); i++) {
		for (n = 0; n < 4 && fuse_lines[i][n]; n++)
			args[n] = fuse_lines[i][n];
		args[n++] = self->pid;
		if (i == 2)
			args[n++] = "/tmp/search-core";
		args[n] = NULL;
		running_begin(&w, args);
		end = now_ms() + PATIENCE_MS;
		while (proc_state(w.pid) != 'Z' && now_ms() < end)
			sleep_ms(5);
		EXPECT_EQ('Z', proc_state(w.pid)) TH_LOG("%s", args[0]);
		/* Else nobody could wait for it. */
		if (proc_state(w.pid) != 'Z')
			kill(f.server, SIGKILL);
		running_end(&w);
	}
	unlink("/tmp/search-core");
	fuse_mem_stop(&f);
}

/* --- ends --- */

TEST_F(search, ctrl_c_says_how_far_it_came)
{
	struct json_object *all;
	struct running w;

	PUT(0, 0, "needle");
	RETARGET();
	ASSERT_EQ(0, target_call(&self->t, map_much, MUCH));
	BEGIN(&w, "search", "--fault-in", "-j", "-s", "needle", self->pid,
	      WHERE, MUCH_RANGE);
	ASSERT_TRUE(running_midst(&w, "dbgmem-read-bytes:"));
	kill(w.pid, SIGINT);
	running_end(&w);
	EXPECT_EQ(3, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("interrupted: ", r.err);
	EXPECT_HAS(" of 1099511644160 bytes of process", r.err);
	all = json_out();
	ASSERT_NE(NULL, all) TH_LOG("%s", r.out);
	EXPECT_EQ(1, json_object_array_length(all));
	json_object_put(all);
}

TEST_F(search, a_target_that_exits)
{
	struct running w;

	PUT(0, 0, "needle");
	RETARGET();
	ASSERT_EQ(0, target_call(&self->t, map_much, MUCH));
	BEGIN(&w, "search", "--fault-in", "-b", "-s", "needle", self->pid,
	      WHERE, MUCH_RANGE);
	ASSERT_TRUE(running_midst(&w, "dbgmem-read-bytes:"));
	kill(self->t.pid, SIGKILL);
	running_end(&w);
	EXPECT_EQ(3, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("has exited", r.err);
	EXPECT_HAS(" of 1099511644160 bytes of process", r.err);
	EXPECT_HAS(head(mem), r.out);
	RUN("search", "-s", "x", "2147483647");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("no such process", r.err);
}

TEST_F(search, wrong_command_lines)
{
	static const struct {
		const char *args[6], *words;
	} cases[] = {
		{ { "1" }, "must say what to look for" },
		{ { "-s", "a", "-x", "00", "1" }, "only one of" },
		{ { "-s", "a" }, "PID is needed" },
		{ { "-s", "", "1" }, "no characters" },
		{ { "-x", "??", "1" }, "matches everything" },
		{ { "-s", "a", "one" }, "'one' is not a process id" },
		{ { "--utf16", "-x", "00", "1" }, "--utf16 needs a string" },
		{ { "--width", "2", "-x", "00", "1" }, "is for --int" },
		{ { "--width", "3", "--int", "7", "1" }, "'3' is not 1, 2, 4 or 8" },
		{ { "-a", "0", "-x", "00", "1" }, "--align: '0'" },
		{ { "-l", "0", "-x", "00", "1" }, "--limit: '0'" },
		{ { "-C", "x", "-x", "00", "1" }, "--context: 'x'" },
		{ { "--file-backed", "--anonymous", "-x00", "1" }, "exclude" },
		{ { "--nonsense" }, "--help" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *const *a = cases[i].args;

		RUN("search", a[0], a[1], a[2], a[3], a[4], a[5]);
		EXPECT_EQ(2, r.status) TH_LOG("%s", cases[i].words);
		EXPECT_HAS(cases[i].words, r.err);
		EXPECT_EQ(0, r.out_len);
	}
	RUN("search", "--help");
	EXPECT_EQ(0, r.status);
	EXPECT_HAS("Usage: dbgmem search", r.out);
}

TEST_HARNESS_MAIN
