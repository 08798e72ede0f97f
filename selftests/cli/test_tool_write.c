// SPDX-License-Identifier: GPL-2.0
/* The verbs that change something: write, load, unload. */
#include "tool.h"
#include <kselftest_harness.h>

#include <grp.h>

/*
 * The target's bytes, by the target's own hand: it compares its memory with the
 * test's, which the target got a copy of when it was made, and then says how many
 * bytes differ from that.
 */
static char *was;

static long bytes_changed(void *unused)
{
	size_t i;
	long n = 0;

	for (i = 0; i < PAGES * PAGE; i++)
		if (i / PAGE != HOLE)
			n += mem[i] != was[i];
	return n;
}

FIXTURE(write) {
	struct target t;
	char pid[16];
};

FIXTURE_SETUP(write)
{
	ASSERT_TRUE(mem_make(2 * PAGES));
	was = mem + PAGES * PAGE;
	memcpy(was, mem, PAGES * PAGE);
	ASSERT_EQ(0, retarget(&self->t, self->pid));
}

FIXTURE_TEARDOWN(write)
{
	target_stop(&self->t);
	munmap(mem, 2 * PAGES * PAGE);
}

#define EXPECT_DONE(changed) do {					\
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);		\
	EXPECT_STREQ("", r.err);					\
	EXPECT_EQ(0, r.out_len);					\
	EXPECT_EQ(changed, target_call(&self->t, bytes_changed, NULL));	\
} while (0)

#define EXPECT_BYTE(value, page, off) \
	EXPECT_EQ((unsigned char)(value), \
		  target_call(&self->t, byte_get, mem + (page) * PAGE + (off)))

/* --- write --- */

TEST_F(write, hex)
{
	memset(mem, 0, 8);
	memset(was, 0, 8);
	ASSERT_EQ(0, retarget(&self->t, self->pid));
	RUN("write", self->pid, at(0, 2), "--hex", "de ad beef");
	EXPECT_DONE(4);
	EXPECT_BYTE(0xde, 0, 2);
	EXPECT_BYTE(0xef, 0, 5);
	RUN("write", "--exact", self->pid, at(0, 6), "-x01");
	EXPECT_DONE(5);
	EXPECT_BYTE(1, 0, 6);
}

TEST_F(write, string)
{
	memset(mem, 0, 8);
	memset(was, 0, 8);
	ASSERT_EQ(0, retarget(&self->t, self->pid));
	RUN("write", self->pid, at(0, 0), "--string", "hello");
	EXPECT_DONE(5);
	EXPECT_BYTE('o', 0, 4);
}

TEST_F(write, standard_input)
{
	memset(mem, 0, 8);
	memset(was, 0, 8);
	ASSERT_EQ(0, retarget(&self->t, self->pid));
	RUN_INPUT("abc", 3, "write", self->pid, at(0, 0), "-");
	EXPECT_DONE(3);
	RUN_INPUT("xyz", 3, "write", self->pid, at(0, 1));
	EXPECT_DONE(4);
	EXPECT_BYTE('a', 0, 0);
	EXPECT_BYTE('z', 0, 3);
	RUN_INPUT("", 0, "write", self->pid, at(0, 1), "-");
	EXPECT_DONE(4);
}

TEST_F(write, big_file_is_streamed)
{
	const char *path = "/tmp/test_tool.in";
	const size_t len = 0x1ff001, from = (HOLE + 1) * PAGE + 77;
	char *data = malloc(len);
	size_t i;
	int fd;

	ASSERT_NE(NULL, data);
	for (i = 0; i < len; i++)
		data[i] = (char)~mem[from + i];
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	ASSERT_EQ((ssize_t)len, write(fd, data, len));
	close(fd);
	RUN("write", self->pid, at(HOLE + 1, 77), "--file", path);
	EXPECT_DONE((long)len);
	/* Changing it back is all of it there, byte for byte. */
	RUN_INPUT(mem + from, len, "write", "--exact", self->pid,
		  at(HOLE + 1, 77));
	EXPECT_DONE(0);
	free(data);
	unlink(path);
}

TEST_F(write, stops_at_a_hole)
{
	char *data = malloc(8 * PAGE), words[128];

	ASSERT_NE(NULL, data);
	memset(data, 0, 8 * PAGE);
	RUN_INPUT(data, 2 * PAGE, "write", self->pid,
		  at(HOLE - 1, 0));
	EXPECT_EQ(3, r.status);
	snprintf(words, sizeof(words),
		 "stopped at %s after 4096 bytes: nothing is mapped",
		 at(HOLE, 0));
	EXPECT_HAS(words, r.err);
	EXPECT_BYTE(0, HOLE - 1, 4095);

	ASSERT_EQ(0, retarget(&self->t, self->pid));
	RUN_INPUT(data, 2 * PAGE, "write", "--exact", self->pid,
		  at(HOLE - 1, 0));
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("nothing was transferred", r.err);
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
	RUN("write", self->pid, at(HOLE, 9), "--string", "x");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("cannot write at", r.err);
	EXPECT_HAS(at(HOLE, 9), r.err);
	free(data);
}

TEST_F(write, force)
{
	ASSERT_EQ(0, target_call(&self->t, page_protect_read, mem));
	RUN("write", self->pid, at(0, 0), "--hex", "ff");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("protection", r.err);
	EXPECT_HAS("--force", r.err);
	RUN("write", "--force", self->pid, at(0, 0), "--hex", "ff");
	EXPECT_DONE(1);
	ASSERT_EQ(0, param_set("force", "never"));
	RUN("write", "--force", self->pid, at(0, 1), "--hex", "fe");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("force= policy is never", r.err);
	ASSERT_EQ(0, param_set("force", "capable"));
	EXPECT_EQ(1, target_call(&self->t, bytes_changed, NULL));
}

TEST_F(write, source_that_is_none)
{
	RUN("write", self->pid, at(0, 0), "--file", "/nonexistent");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("cannot read /nonexistent: No such file", r.err);
	RUN("write", self->pid, at(0, 0), "--file", "/tmp");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("Is a directory", r.err);
	EXPECT_HAS("0 bytes were written", r.err);
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
}

TEST_F(write, exact_input_above_the_limit)
{
	/* A device without an end: not read for ever, and nothing written. */
	RUN("write", "--exact", self->pid, at(0, 0), "--file",
	    "/dev/zero");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("--exact takes at most", r.err);
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
}

/* --- another user --- */

TEST_F(write, words_for_who_may_not)
{
	int status, err = capture_file("err", NULL, 0);
	pid_t pid;

	pid = fork();
	if (!pid) {
		dup2(err, 2);
		if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) ||
		    setresuid(65534, 65534, 65534))
			_exit(99);
		execl(tool_path(), "dbgmem", "read", self->pid, at(0, 0), "1",
		      NULL);
		_exit(98);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	capture_read(err, r.err, sizeof(r.err));
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(1, WEXITSTATUS(status));
	EXPECT_HAS("/dev/dbgmem", r.err);
	EXPECT_HAS("join the group dbgmem", r.err);
}

/* --- load and unload: the module is loaded again when a test ends --- */

FIXTURE(load) {
};

FIXTURE_SETUP(load)
{
	RUN("load");
	ASSERT_EQ(0, r.status) TH_LOG("%s", r.err);
}

FIXTURE_TEARDOWN(load)
{
	RUN("unload");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	RUN("load");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
}

TEST_F(load, unload_and_load)
{
	RUN("unload");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(-1, access(DEV_PATH, F_OK));
	RUN("unload");
	EXPECT_EQ(0, r.status);
	RUN("info");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("module:         not loaded\n", r.out);
	EXPECT_HAS("run 'dbgmem load' as root", r.err);
	RUN("read", "1", "0x1000", "1");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("run 'dbgmem load' as root", r.err);
	RUN("load");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("", r.err);
	EXPECT_EQ(0, access(DEV_PATH, F_OK));
}

TEST_F(load, parameters)
{
	RUN("load", "force=never");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("loaded already", r.err);
	RUN("unload");
	RUN("load", "engine=remote", "force=never");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	RUN("info");
	EXPECT_HAS("engine:         remote\n", r.out);
	EXPECT_HAS("force policy:   never", r.out);
	RUN("unload");
	RUN("load", "strict=never");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("no parameter \"strict\"", r.err);
	RUN("load", "--path", "/nonexistent.ko");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("no such file", r.err);
}

TEST_F(load, busy_unload_is_refused)
{
	int fd = dev_open(O_RDWR);

	ASSERT_GE(fd, 0);
	RUN("unload");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("in use, 1 session(s) open", r.err);
	EXPECT_HAS("fuser", r.err);
	close(fd);
}

TEST_HARNESS_MAIN
