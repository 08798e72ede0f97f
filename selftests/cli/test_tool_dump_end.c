// SPDX-License-Identifier: GPL-2.0
/*
 * dbgmem dump: interruptions and failures, and the state of its file afterwards.
 */
#include "proc.h"
#include "dump.h"

#include <glob.h>
#include <pty.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "corefile.h"
#include <kselftest_harness.h>

#define DENSE	(64UL << 20)	/* bytes, which take a while */

FIXTURE(end) {
	struct target t;
	char pid[16];
	char *late;		/* a page that is dumped at last */
	char *dense;		/* DENSE bytes, used all, below that */
	pid_t tool;
	int err;		/* of the tool */
};

FIXTURE_SETUP(end)
{
	self->dense = mmap(NULL, DENSE + 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->dense);
	self->late = self->dense + DENSE + PAGE;
	/* a region of its own */
	ASSERT_EQ(0, munmap(self->dense + DENSE, PAGE));
	memset(self->dense, 'd', DENSE);
	strcpy(self->late, SLEEP_TEXT);
	ASSERT_EQ(0, target_start(&self->t));
	sprintf(self->pid, "%d", (int)self->t.pid);
}

FIXTURE_TEARDOWN(end)
{
	target_stop(&self->t);
	munmap(self->dense, DENSE);
	munmap(self->late, PAGE);
	unlink(CORE_PATH);
}

/* All that the tool may leave in the core's directory. */
static size_t left(void)
{
	static const char *const patterns[] = { CORE_PATH ".*", "/tmp/.dbgmem.*" };
	size_t nr = 0, i;
	glob_t g;

	for (i = 0; i < 2; i++)
		if (!glob(patterns[i], 0, NULL, &g)) {
			nr += g.gl_pathc;
			globfree(&g);
		}
	return nr;
}

#define EXPECT_NO_FILE() do {						\
	EXPECT_EQ(-1, access(CORE_PATH, F_OK));				\
	EXPECT_EQ(0, left());						\
} while (0)

/* Bytes of the largest file that the tool has open, which has no name. */
static off_t written(pid_t tool)
{
	char path[64];
	struct stat st;
	off_t size = 0;
	int fd;

	for (fd = 3; fd < 32; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)tool, fd);
		if (!stat(path, &st) && S_ISREG(st.st_mode) && !st.st_nlink &&
		    st.st_size > size)
			size = st.st_size;
	}
	return size;
}

/* Wait until the tool is at the memory that takes a while. */
static bool dump_wait(pid_t tool)
{
	long end = now_ms() + 20000;

	while (written(tool) < 4 << 20)
		if (now_ms() > end)
			return false;
	return true;
}

static bool dump_begin(pid_t *tool, int *err, const char *pid)
{
	*err = capture_file("err", NULL, 0);
	*tool = fork();
	if (!*tool) {
		dup2(*err, 2);
		execl(tool_path(), "dbgmem", "dump", pid, CORE_PATH, NULL);
		_exit(127);
	}
	return dump_wait(*tool);
}

/* As run() leaves it. */
static void dump_end(pid_t tool, int err)
{
	r.status = child_wait(tool);
	capture_read(err, r.err, sizeof(r.err));
}

static bool has(const struct corefile *c, const char *text, const void *addr)
{
	char buf[32];

	return core_memory(c, (uintptr_t)addr, buf, strlen(text)) &&
	       !memcmp(text, buf, strlen(text));
}

TEST_F(end, the_file_comes_when_it_is_complete)
{
	struct corefile core;

	ASSERT_TRUE(dump_begin(&self->tool, &self->err, self->pid));
	EXPECT_EQ(-1, access(CORE_PATH, F_OK));
	dump_end(self->tool, self->err);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	/* No bar where there is no terminal. */
	EXPECT_STREQ("", r.err);
	ASSERT_TRUE(core_open(&core, CORE_PATH));
	EXPECT_TRUE(has(&core, SLEEP_TEXT, self->late));
	EXPECT_TRUE(has(&core, "dddd", self->dense + DENSE / 2));
	core_close(&core);
}

TEST_F(end, a_signal_ends_it_and_leaves_nothing)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	size_t i;

	for (i = 0; i < 3; i++) {
		ASSERT_TRUE(dump_begin(&self->tool, &self->err, self->pid));
		kill(self->tool, signals[i]);
		dump_end(self->tool, self->err);
		EXPECT_EQ(1, r.status);
		EXPECT_HAS(strsignal(signals[i]), r.err);
		EXPECT_HAS("nothing is saved", r.err);
		EXPECT_NO_FILE();
	}
}

/* It writes nothing but the first one's name meanwhile. */
TEST_F(end, a_second_signal_leaves_nothing_either)
{
	ASSERT_TRUE(dump_begin(&self->tool, &self->err, self->pid));
	ASSERT_EQ(0, kill(self->tool, SIGSTOP));
	kill(self->tool, SIGTERM);
	kill(self->tool, SIGHUP);
	kill(self->tool, SIGINT);
	kill(self->tool, SIGCONT);
	dump_end(self->tool, self->err);
	EXPECT_NE(0, r.status);
	EXPECT_NO_FILE();
}

TEST_F(end, a_file_that_grows_too_large_is_an_error)
{
	const struct rlimit limit = { 1 << 20, 1 << 20 };

	self->err = capture_file("err", NULL, 0);
	self->tool = fork();
	if (!self->tool) {
		dup2(self->err, 2);
		setrlimit(RLIMIT_FSIZE, &limit);
		execl(tool_path(), "dbgmem", "dump", self->pid, CORE_PATH, NULL);
		_exit(127);
	}
	dump_end(self->tool, self->err);
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("File too large", r.err);
	EXPECT_NO_FILE();
}

TEST_F(end, with_the_process_nothing_is_left)
{
	ASSERT_TRUE(dump_begin(&self->tool, &self->err, self->pid));
	kill(self->t.pid, SIGKILL);
	dump_end(self->tool, self->err);
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("exited", r.err);
	EXPECT_HAS(CORE_PATH " is not made", r.err);
	EXPECT_NO_FILE();
}

TEST_F(end, with_another_program_nothing_is_left)
{
	ASSERT_TRUE(dump_begin(&self->tool, &self->err, self->pid));
	target_send(&self->t, exec_sleep, NULL);
	dump_end(self->tool, self->err);
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("another program", r.err);
	EXPECT_NO_FILE();
}

TEST_F(end, what_vanishes_meanwhile_is_told_of)
{
	char *page = self->dense + DENSE - PAGE, want[128];
	struct corefile core;

	ASSERT_TRUE(dump_begin(&self->tool, &self->err, self->pid));
	/* It must not be there already when they go. */
	ASSERT_EQ(0, kill(self->tool, SIGSTOP));
	EXPECT_EQ(0, target_call(&self->t, page_unmap, page));
	EXPECT_EQ(0, target_call(&self->t, page_unmap, self->late));
	ASSERT_EQ(0, kill(self->tool, SIGCONT));
	dump_end(self->tool, self->err);
	EXPECT_EQ(3, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS(": 8192 bytes in 2 of ", r.err);
	EXPECT_EQ(NULL, strstr(r.err, " of 0 mappings"));
	snprintf(want, sizeof(want), "first at 0x%lx: ", (unsigned long)page);
	EXPECT_HAS(want, r.err);
	ASSERT_TRUE(core_open(&core, CORE_PATH));
	EXPECT_TRUE(has(&core, "dddd", page - PAGE));
	EXPECT_FALSE(has(&core, "d", page));
	EXPECT_TRUE(has(&core, "", page));
	ASSERT_NE(NULL, core_segment(&core, (uintptr_t)self->late));
	EXPECT_EQ(0, core_segment(&core, (uintptr_t)self->late)->p_filesz);
	core_close(&core);
}

TEST_F(end, a_full_disk)
{
	ASSERT_EQ(0, mkdir("/tmp/small", 0700));
	ASSERT_EQ(0, mount("small", "/tmp/small", "tmpfs", 0, "size=1m"));
	RUN("dump", self->pid, "/tmp/small/core");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("No space left on device", r.err);
	EXPECT_HAS("/tmp/small/core is not made", r.err);
	EXPECT_EQ(0, umount("/tmp/small"));
	EXPECT_EQ(0, rmdir("/tmp/small"));
}

TEST_F(end, what_is_there_is_replaced_only_on_request)
{
	char text[8];
	int fd;

	fd = open(CORE_PATH, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	ASSERT_LE(0, fd);
	ASSERT_EQ(4, write(fd, "mine", 4));
	close(fd);
	RUN("dump", self->pid, CORE_PATH);
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("it exists already; --replace replaces it", r.err);
	EXPECT_EQ(4, file_read(CORE_PATH, text, sizeof(text)));
	EXPECT_STREQ("mine", text);
	EXPECT_EQ(0, left());

	ASSERT_EQ(0, symlink(CORE_PATH, CORE_PATH ".link"));
	RUN("dump", "--replace", self->pid, CORE_PATH ".link");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("symbolic link", r.err);
	EXPECT_EQ(0, unlink(CORE_PATH ".link"));
	EXPECT_EQ(4, file_read(CORE_PATH, text, sizeof(text)));

	RUN("dump", "--replace", self->pid, "/dev/null");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("not a regular file", r.err);
	EXPECT_EQ(0, access("/dev/zero", F_OK));

	RUN("dump", self->pid, "/tmp/not/there");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("No such file or directory", r.err);
}

/* It was not there at the begin. */
TEST_F(end, what_has_come_meanwhile_is_not_replaced)
{
	char text[8];
	int fd;

	ASSERT_TRUE(dump_begin(&self->tool, &self->err, self->pid));
	fd = open(CORE_PATH, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	ASSERT_LE(0, fd);
	ASSERT_EQ(4, write(fd, "mine", 4));
	close(fd);
	dump_end(self->tool, self->err);
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("it exists already", r.err);
	EXPECT_EQ(4, file_read(CORE_PATH, text, sizeof(text)));
	EXPECT_STREQ("mine", text);
	EXPECT_EQ(0, left());
}

TEST_F(end, a_bar_on_a_terminal)
{
	char text[65536];
	size_t len = 0;
	ssize_t n;
	int fd;

	self->tool = forkpty(&fd, NULL, NULL, NULL);
	ASSERT_LE(0, self->tool);
	if (!self->tool) {
		execl(tool_path(), "dbgmem", "dump", self->pid, CORE_PATH, NULL);
		_exit(127);
	}
	/* However fast it is, this takes long enough for a bar. */
	ASSERT_TRUE(dump_wait(self->tool));
	kill(self->tool, SIGSTOP);
	sleep_ms(200);
	kill(self->tool, SIGCONT);
	while (len < sizeof(text) - 1 &&
	       (n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(fd);
	EXPECT_EQ(0, child_wait(self->tool));
	EXPECT_HAS("\r[", text);
	EXPECT_HAS("%  ", text);
	EXPECT_HAS(" MiB, ", text);
	/* The last thing is to wipe it away. */
	ASSERT_LT(4, len);
	EXPECT_STREQ("\r\033[K", text + len - 4);
}

TEST_F(end, wrong_command_lines)
{
	RUN("dump", self->pid);
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("PID and FILE are needed", r.err);
	RUN("dump", self->pid, CORE_PATH, CORE_PATH);
	EXPECT_EQ(2, r.status);
	RUN("dump", "x", CORE_PATH);
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("'x' is not a process id", r.err);
	RUN("dump", "2147483647", CORE_PATH);
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("2147483647", r.err);
	/* A thread of the kernel has no memory. */
	RUN("dump", "2", CORE_PATH);
	EXPECT_EQ(1, r.status);
	EXPECT_NO_FILE();
	RUN("dump", "--help");
	EXPECT_EQ(0, r.status);
	EXPECT_HAS("Usage: dbgmem dump", r.out);
}

TEST_HARNESS_MAIN
