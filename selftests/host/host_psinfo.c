// SPDX-License-Identifier: GPL-2.0
/* What the tool reads of /proc has an end, and numbers are those of a pid namespace. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "target/psinfo.h"

FIXTURE(psinfo) {
	char root[64];	/* in place of /proc */
	int dir;	/* root/100, in place of /proc/100 */
};

FIXTURE_SETUP(psinfo)
{
	char path[80];

	strcpy(self->root, "/tmp/host_psinfo.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->root));
	snprintf(path, sizeof(path), "%s/100", self->root);
	ASSERT_EQ(0, mkdir(path, 0700));
	self->dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, self->dir);
	snprintf(path, sizeof(path), "%s/50", self->root);
	ASSERT_EQ(0, mkdir(path, 0700));
}

FIXTURE_TEARDOWN(psinfo)
{
	static const char *const names[] = {
		"100/stat", "100/status", "100/cmdline", "100", "50/status", "50",
	};
	const int root = open(self->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (unlinkat(root, names[i], 0))
			unlinkat(root, names[i], AT_REMOVEDIR);
	close(root);
	close(self->dir);
	rmdir(self->root);
}

static void put(int dir, const char *name, const char *text)
{
	const int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			      0600);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
}

/* --- files without an end --- */

static long memory_kb(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

TEST_F(psinfo, a_file_without_an_end_costs_no_more_than_the_bound)
{
	const long before = memory_kb();
	char begin[80];

	/* A command line of untouched memory reads like this. */
	ASSERT_EQ(0, symlinkat("/dev/zero", self->dir, "cmdline"));
	EXPECT_EQ(NULL, ps_read(self->dir, "cmdline", NULL));
	EXPECT_EQ(EFBIG, errno);
	EXPECT_GT(before + 16 * (long)(PS_MAX >> 10), memory_kb());
	memset(begin, 'x', sizeof(begin));
	EXPECT_EQ((ssize_t)sizeof(begin),
		  ps_read_begin(self->dir, "cmdline", begin, sizeof(begin)));
	EXPECT_EQ(0, begin[79]);
}

TEST_F(psinfo, nobody_who_never_answers_is_waited_for)
{
	char begin[8];
	size_t len;
	char *text;

	ASSERT_EQ(0, mkfifoat(self->dir, "cmdline", 0600));
	alarm(5);
	/* With no writer it reads as empty; open() would wait for one. */
	EXPECT_EQ(0, ps_read_begin(self->dir, "cmdline", begin, sizeof(begin)));
	text = ps_read(self->dir, "cmdline", &len);
	EXPECT_NE(NULL, text);
	EXPECT_EQ(0, len);
	free(text);
	alarm(0);
}

/* Of all lengths around what is read at once. */
TEST_F(psinfo, a_file_comes_whole)
{
	static const size_t sizes[] = {
		0, 1, 4095, 4096, 4097, 8192, 100000, PS_MAX - 1, PS_MAX,
	};
	char *text, *got;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		text = malloc(sizes[i] + 1);
		memset(text, 'a', sizes[i]);
		text[sizes[i]] = '\0';
		put(self->dir, "cmdline", text);
		got = ps_read(self->dir, "cmdline", &len);
		ASSERT_NE(NULL, got) TH_LOG("%zu", sizes[i]);
		EXPECT_EQ(sizes[i], len);
		EXPECT_STREQ(text, got);
		free(got);
		free(text);
	}
	EXPECT_EQ(NULL, ps_read(self->dir, "nothing", NULL));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-ENOENT, ps_read_begin(self->dir, "nothing", NULL, 0));
}

/* --- numbers --- */

#define STAT	"100 (a) b\n) S 50 60 70 0 -1 4194304 1 2 3 4 5 6 7 8 20 -3 1 0"

TEST_F(psinfo, numbers_of_the_only_namespace)
{
	struct psinfo info;

	put(self->dir, "stat", STAT);
	put(self->dir, "status", "Name:\ta\nTgid:\t99\nUid:\t1\t2\nGid:\t3\n"
	    "NStgid:\t99\nNSpid:\t100\nNSpgid:\t60\nNSsid:\t70\n"
	    "SigPnd:\t0a\nSigBlk:\t0b\n");
	ASSERT_EQ(0, psinfo_read(self->dir, 0, &info));
	EXPECT_STREQ("a) b\n", info.name);
	EXPECT_EQ(100, info.pid);
	EXPECT_EQ(99, info.tgid);
	EXPECT_EQ(50, info.ppid);
	EXPECT_EQ(60, info.pgrp);
	EXPECT_EQ(70, info.sid);
	EXPECT_EQ(-3, info.nice);
	EXPECT_EQ(10, info.sigpend);
	EXPECT_EQ(11, info.sighold);
}

/* What the kernel would write into the process's core. */
TEST_F(psinfo, numbers_of_the_innermost_namespace)
{
	char path[80];
	struct psinfo info;
	int parent;

	snprintf(path, sizeof(path), "%s/50", self->root);
	parent = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	put(self->dir, "stat", STAT);
	put(self->dir, "status", "Name:\ta\nTgid:\t99\n"
	    "NStgid:\t99\t19\t2\nNSpid:\t100\t20\t3\nNSpgid:\t60\t12\t0\n"
	    "NSsid:\t70\t13\t0\nSigPnd:\t0\nSigBlk:\t0\n");
	put(parent, "status", "Name:\tp\nNSpid:\t50\t11\t1\nSigPnd:\t0\n");
	ASSERT_EQ(0, psinfo_read(self->dir, 0, &info));
	EXPECT_EQ(3, info.pid);
	EXPECT_EQ(2, info.tgid);
	EXPECT_EQ(1, info.ppid);
	EXPECT_EQ(0, info.pgrp);
	EXPECT_EQ(0, info.sid);
	/* The parent is outside, or has gone. */
	put(parent, "status", "Name:\tp\nNSpid:\t50\nSigPnd:\t0\n");
	ASSERT_EQ(0, psinfo_read(self->dir, 0, &info));
	EXPECT_EQ(0, info.ppid);
	ASSERT_EQ(0, unlinkat(parent, "status", 0));
	ASSERT_EQ(0, psinfo_read(self->dir, 0, &info));
	EXPECT_EQ(0, info.ppid);
	close(parent);
}

TEST_F(psinfo, numbers_of_a_kernel_without_namespaces)
{
	struct psinfo info;

	put(self->dir, "stat", STAT);
	put(self->dir, "status", "Name:\ta\nTgid:\t99\nSigPnd:\t0\n");
	ASSERT_EQ(0, psinfo_read(self->dir, 0, &info));
	EXPECT_EQ(100, info.pid);
	EXPECT_EQ(99, info.tgid);
	EXPECT_EQ(50, info.ppid);
	EXPECT_EQ(60, info.pgrp);
	EXPECT_EQ(70, info.sid);
}

TEST(of_this_process_it_is_what_libc_says)
{
	struct psinfo info;
	int dir = ps_open(getpid());

	ASSERT_LE(0, dir);
	ASSERT_EQ(0, psinfo_read(dir, getpid(), &info));
	EXPECT_EQ(getpid(), info.pid);
	EXPECT_EQ(getpid(), info.tgid);
	EXPECT_EQ(getppid(), info.ppid);
	EXPECT_EQ(getpgrp(), info.pgrp);
	EXPECT_EQ(getsid(0), info.sid);
	close(dir);
}

TEST_HARNESS_MAIN
