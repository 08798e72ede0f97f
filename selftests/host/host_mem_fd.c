// SPDX-License-Identifier: GPL-2.0
/* Why a process could not be opened: what is wrong with /proc is said. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "../../user/lib/internal.h"

#define NOT_ALLOWED	99

/* What is said of process @pid in a child that @enter has put elsewhere. */
static int said_elsewhere(int (*enter)(void), pid_t pid, char *text,
			  size_t size)
{
	int fd[2], status;
	pid_t child;
	ssize_t n;

	if (pipe(fd))
		abort();
	child = fork();
	if (!child) {
		if (enter())
			_exit(NOT_ALLOWED);
		/* The first one in a new pid namespace is the next. */
		child = fork();
		if (child) {
			waitpid(child, &status, 0);
			_exit(WEXITSTATUS(status));
		}
		if (dbgmem__mem_fd_fail(pid ? pid : getpid(), ENOENT) !=
		    -ESRCH)
			_exit(1);
		n = write(fd[1], dbgmem_errstr(), strlen(dbgmem_errstr()));
		_exit(n <= 0);
	}
	close(fd[1]);
	n = read(fd[0], text, size - 1);
	text[n > 0 ? n : 0] = 0;
	close(fd[0]);
	waitpid(child, &status, 0);
	return WEXITSTATUS(status);
}

static int nowhere(void)
{
	return 0;
}

static int pid_namespace(void)
{
	return unshare(CLONE_NEWUSER | CLONE_NEWPID);
}

static int no_proc(void)
{
	return unshare(CLONE_NEWUSER) || chroot("/usr") ? -1 : 0;
}

TEST(proc_of_another_pid_namespace)
{
	char text[512];
	int ret;

	ret = said_elsewhere(pid_namespace, 0, text, sizeof(text));
	if (ret == NOT_ALLOWED)
		SKIP(return, "namespaces of users are not allowed here");
	ASSERT_EQ(0, ret);
	EXPECT_NE(NULL, strstr(text, "/proc belongs to another pid namespace"))
		TH_LOG("%s", text);
}

TEST(no_proc_at_all)
{
	char text[512];
	int ret;

	ret = said_elsewhere(no_proc, 0, text, sizeof(text));
	if (ret == NOT_ALLOWED)
		SKIP(return, "namespaces of users are not allowed here");
	ASSERT_EQ(0, ret);
	EXPECT_NE(NULL, strstr(text, "/proc is not mounted"))
		TH_LOG("%s", text);
}

TEST(a_process_that_is_not_there)
{
	char text[512];

	ASSERT_EQ(0, said_elsewhere(nowhere, 0x7fffffff, text, sizeof(text)));
	EXPECT_NE(NULL, strstr(text, "no such process in this pid namespace"))
		TH_LOG("%s", text);
}

TEST_HARNESS_MAIN
