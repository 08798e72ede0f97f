// SPDX-License-Identifier: GPL-2.0
/* A file that the tool makes is a new one, complete, and its user's only; or none. */
#include "proc.h"

#include <dirent.h>
#include <sys/resource.h>

#include "kselftest_harness.h"
#include "run/interrupt.h"
#include "run/outfile.h"
#include "text/message.h"

FIXTURE(outfile) {
	struct outfile o;
	char dir[64];
	char before[64];
};

/*
 * With /proc the file has no name until it is complete. Without, as on file systems
 * that do not know such files, it has one.
 */
FIXTURE_VARIANT(outfile) {
	bool named;
};

FIXTURE_VARIANT_ADD(outfile, without_a_name) {
	.named = false,
};

FIXTURE_VARIANT_ADD(outfile, with_a_name) {
	.named = true,
};

FIXTURE_SETUP(outfile)
{
	strcpy(self->dir, "/tmp/host_outfile.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	if (variant->named) {
		if (geteuid())
			ASSERT_EQ(0, unshare(CLONE_NEWUSER));
		ASSERT_EQ(0, chroot(self->dir));
		ASSERT_EQ(0, chdir("/"));
	} else {
		ASSERT_EQ(0, chdir(self->dir));
	}
	/* What it says is not of interest. */
	ASSERT_NE(NULL, freopen("messages", "w+", stderr));
}

FIXTURE_TEARDOWN(outfile)
{
	struct dirent *e;
	DIR *d = opendir(".");

	while (d && (e = readdir(d)))
		if (unlink(e->d_name))
			rmdir(e->d_name);
	closedir(d);
	rmdir(self->dir);
}

static void put(const char *name, const char *text)
{
	const int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
}

/* All that is in @name, or "(none)". */
static const char *content(const char *name)
{
	static char text[64];
	const int fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return "(none)";
	n = read(fd, text, sizeof(text) - 1);
	text[n < 0 ? 0 : n] = '\0';
	close(fd);
	return text;
}

static bool said(const char *words)
{
	static char text[4096];
	ssize_t n;

	fflush(stderr);
	n = pread(STDERR_FILENO, text, sizeof(text) - 1, 0);
	text[n < 0 ? 0 : n] = '\0';
	return strstr(text, words);
}

/* Names in the directory, less that of the messages. */
static size_t names(void)
{
	struct dirent *e;
	DIR *d = opendir(".");
	size_t nr = 0;

	while ((e = readdir(d)))
		nr += strcmp(e->d_name, ".") && strcmp(e->d_name, "..") &&
		      strcmp(e->d_name, "messages");
	closedir(d);
	return nr;
}

/* Begin one with "new" in it. */
static int begin(struct outfile *o, const char *path, bool replace)
{
	const int status = outfile_open(o, path, replace);

	if (!status && write(o->fd, "new", 3) != 3)
		abort();
	return status;
}

static int make(struct outfile *o, const char *path, bool replace)
{
	const int status = begin(o, path, replace);

	return status ? status : outfile_commit(o);
}

TEST_F(outfile, a_new_one_comes_complete_and_private)
{
	struct stat st;

	umask(0);
	ASSERT_EQ(STATUS_OK, begin(&self->o, "new", false));
	EXPECT_EQ(variant->named, names());
	EXPECT_STREQ("(none)", content("new"));
	ASSERT_EQ(0, fstat(self->o.fd, &st));
	EXPECT_EQ(0600, st.st_mode & 07777);
	ASSERT_EQ(STATUS_OK, outfile_commit(&self->o));
	EXPECT_STREQ("new", content("new"));
	ASSERT_EQ(0, stat("new", &st));
	EXPECT_EQ(0600, st.st_mode & 07777);
	EXPECT_EQ(1, st.st_nlink);
	EXPECT_EQ(1, names());
	EXPECT_FALSE(said("cannot"));
}

TEST_F(outfile, one_that_is_discarded_was_never_there)
{
	ASSERT_EQ(STATUS_OK, begin(&self->o, "new", false));
	outfile_discard(&self->o);
	EXPECT_EQ(0, names());
	put("old", "old");
	ASSERT_EQ(STATUS_OK, begin(&self->o, "old", true));
	outfile_discard(&self->o);
	EXPECT_STREQ("old", content("old"));
	EXPECT_EQ(1, names());
}

TEST_F(outfile, what_is_there_is_replaced_on_request_only)
{
	struct stat before, after;

	put("old", "old");
	ASSERT_EQ(0, link("old", "other"));
	ASSERT_EQ(0, stat("old", &before));
	EXPECT_EQ(STATUS_FAILED, make(&self->o, "old", false));
	EXPECT_TRUE(said("it exists already; --replace replaces it"));
	EXPECT_STREQ("old", content("old"));
	ASSERT_EQ(STATUS_OK, make(&self->o, "old", true));
	EXPECT_STREQ("new", content("old"));
	/* By another file: who has the old one open, or a link, gets nothing. */
	EXPECT_STREQ("old", content("other"));
	ASSERT_EQ(0, stat("old", &after));
	EXPECT_NE(before.st_ino, after.st_ino);
	EXPECT_EQ(0600, after.st_mode & 07777);
	EXPECT_EQ(2, names());
}

/* With and without: neither does a link make a file, nor does it lead to one. */
TEST_F(outfile, links_are_not_followed)
{
	int replace;

	put("victim", "victim");
	ASSERT_EQ(0, symlink("victim", "to-victim"));
	ASSERT_EQ(0, symlink("nobody", "to-nobody"));
	for (replace = 0; replace < 2; replace++) {
		EXPECT_EQ(STATUS_FAILED, make(&self->o, "to-victim", replace));
		EXPECT_EQ(STATUS_FAILED, make(&self->o, "to-nobody", replace));
		EXPECT_STREQ("victim", content("victim"));
		EXPECT_STREQ("(none)", content("nobody"));
	}
	EXPECT_TRUE(said("symbolic link"));
	EXPECT_EQ(3, names());
}

TEST_F(outfile, what_is_no_regular_file_stays)
{
	int replace;

	ASSERT_EQ(0, mkfifo("fifo", 0600));
	ASSERT_EQ(0, mkdir("directory", 0700));
	alarm(10);
	for (replace = 0; replace < 2; replace++) {
		EXPECT_EQ(STATUS_FAILED, make(&self->o, "fifo", replace));
		EXPECT_EQ(STATUS_FAILED, make(&self->o, "directory", replace));
		EXPECT_EQ(STATUS_FAILED, make(&self->o, "directory/", replace));
		EXPECT_EQ(STATUS_FAILED, make(&self->o, ".", replace));
		EXPECT_EQ(STATUS_FAILED, make(&self->o, "..", replace));
		EXPECT_EQ(STATUS_FAILED, make(&self->o, "/", replace));
		EXPECT_EQ(STATUS_FAILED, make(&self->o, "", replace));
		EXPECT_EQ(STATUS_FAILED, make(&self->o, "none/new", replace));
	}
	EXPECT_TRUE(said("not a regular file"));
	EXPECT_EQ(2, names());
}

TEST_F(outfile, what_comes_meanwhile_is_not_replaced)
{
	ASSERT_EQ(STATUS_OK, begin(&self->o, "new", false));
	put("new", "theirs");
	EXPECT_EQ(STATUS_FAILED, outfile_commit(&self->o));
	EXPECT_TRUE(said("it exists already"));
	EXPECT_STREQ("theirs", content("new"));
	EXPECT_EQ(1, names());
}

TEST_F(outfile, a_link_that_comes_meanwhile_is_not_followed)
{
	put("victim", "victim");
	ASSERT_EQ(STATUS_OK, begin(&self->o, "new", true));
	ASSERT_EQ(0, symlink("victim", "new"));
	EXPECT_EQ(STATUS_FAILED, outfile_commit(&self->o));
	EXPECT_STREQ("victim", content("victim"));
	EXPECT_EQ(2, names());
}

/* It goes to the directory that the path led to when it was opened. */
TEST_F(outfile, a_directory_that_is_exchanged_meanwhile)
{
	ASSERT_EQ(0, mkdir("mine", 0700));
	ASSERT_EQ(0, mkdir("theirs", 0700));
	ASSERT_EQ(STATUS_OK, begin(&self->o, "mine/new", false));
	ASSERT_EQ(0, rename("mine", "moved"));
	ASSERT_EQ(0, symlink("theirs", "mine"));
	ASSERT_EQ(STATUS_OK, outfile_commit(&self->o));
	EXPECT_STREQ("new", content("moved/new"));
	EXPECT_STREQ("(none)", content("theirs/new"));
	unlink("moved/new");
}

/* --- signals --- */

TEST_F(outfile, a_signal_that_ends_the_tool_leaves_nothing)
{
	static const int signals[] = {
		SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE,
		SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU,
	};
	int status, replace;
	size_t i;
	pid_t pid;

	put("old", "old");
	for (i = 0; i < 2 * ARRAY_SIZE(signals); i++) {
		replace = (int)(i % 2);
		pid = fork();
		if (!pid) {
			prctl(PR_SET_DUMPABLE, 0);
			begin(&self->o, replace ? "old" : "new", replace);
			kill(getpid(), signals[i / 2]);
			for (;;)
				pause();
		}
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_TRUE(WIFSIGNALED(status));
		EXPECT_EQ(signals[i / 2], WTERMSIG(status));
		EXPECT_EQ(1, names());
		EXPECT_STREQ("old", content("old"));
	}
}

/* As in a write to a file system that does not answer: no handler runs there. */
static void wait_caught(int fd)
{
	interrupt_catch();
	wait_in_vfork(fd);
}

static void go_on_all_the_same(int unused)
{
	(void)unused;
	interrupt_catch();
	for (;;)
		interrupt_seen();
}

TEST_F(outfile, a_signal_ends_it_whatever_it_waits_for)
{
	static const struct {
		void (*wait)(int fd);
		int signals;
	} waits[] = {
		{ wait_in_vfork, 1 },
		{ wait_caught, 1 },
		{ wait_caught, 2 },
		{ go_on_all_the_same, 2 },
	};
	int status, k, ready[2], gate[2];
	size_t i;
	pid_t pid;
	char c;

	for (i = 0; i < ARRAY_SIZE(waits); i++) {
		ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
		ASSERT_EQ(0, pipe2(gate, O_CLOEXEC));
		pid = fork();
		if (!pid) {
			close(gate[1]);
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			prctl(PR_SET_DUMPABLE, 0);
			begin(&self->o, "new", false);
			if (write(ready[1], "", 1) == 1)
				waits[i].wait(gate[0]);
			_exit(1);
		}
		close(ready[1]);
		ASSERT_EQ(1, read(ready[0], &c, 1));
		close(ready[0]);
		sleep_ms(100);
		for (k = 0; k < waits[i].signals; k++, sleep_ms(100))
			kill(pid, SIGINT);
		for (k = 0; k < 10000 && !waitpid(pid, &status, WNOHANG); k++)
			sleep_ms(1);
		if (k == 10000) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
		}
		close(gate[0]);
		close(gate[1]);
		EXPECT_EQ(SIGINT, status) TH_LOG("%zu", i);
		EXPECT_EQ(0, names());
	}
}

TEST_F(outfile, signals_that_are_ignored_stay_so)
{
	signal(SIGHUP, SIG_IGN);
	ASSERT_EQ(STATUS_OK, begin(&self->o, "new", false));
	raise(SIGHUP);
	ASSERT_EQ(STATUS_OK, outfile_commit(&self->o));
	EXPECT_STREQ("new", content("new"));
}

TEST_F(outfile, a_file_that_grows_too_large_is_an_error)
{
	const struct rlimit limit = { 2, 2 };
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		if (setrlimit(RLIMIT_FSIZE, &limit) ||
		    outfile_open(&self->o, "new", false) ||
		    write(self->o.fd, "new", 3) != 2 ||
		    write(self->o.fd, "w", 1) != -1 || errno != EFBIG)
			_exit(1);
		outfile_discard(&self->o);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, names());
}

TEST_HARNESS_MAIN
