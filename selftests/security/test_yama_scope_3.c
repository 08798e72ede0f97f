// SPDX-License-Identifier: GPL-2.0
/*
 * Yama's scope 3: nobody can attach, not even root with all capabilities. It
 * cannot be undone; the runner runs this program last in its guest, and sets
 * DBGMEM_YAMA_3.
 */
#include "proc.h"

#include <dbgmem.h>

#include "ways_in.h"
#include <kselftest_harness.h>

#define YAMA	"/proc/sys/kernel/yama/ptrace_scope"

static volatile unsigned char mark[64] = "the target's own bytes";

TEST(scope_3_denies_everybody_and_ends_no_session)
{
	struct target child = {};
	unsigned char buf[8];
	struct dbgmem *m;
	int fd, unbound;

	if (access(YAMA, F_OK))
		SKIP(return, "this kernel has no Yama");
	if (!getenv("DBGMEM_YAMA_3"))
		SKIP(return, "it cannot be undone: set DBGMEM_YAMA_3=1 where nothing is to be traced until the next boot");
	ASSERT_EQ(0, target_start(&child));
	unbound = dev_open(O_RDWR);
	ASSERT_LE(0, unbound);
	fd = session_open(child.pid, O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, file_write(YAMA, "3"));

	/* a child, init, a kernel thread: root is let at none */
	EXPECT_EQ(-EACCES, session_open(child.pid, O_RDWR));
	EXPECT_EQ(-EACCES, session_open(child.pid, O_RDONLY));
	EXPECT_EQ(-EACCES, session_open(1, O_RDONLY));
	EXPECT_EQ(-EACCES, session_open(getppid(), O_RDONLY));
	EXPECT_FALSE(other_ways_in(unbound, child.pid, mark));
	EXPECT_EQ(-EACCES, dbgmem_open(child.pid, DBGMEM_OPEN_WRITE, &m));
	EXPECT_EQ(DBGMEM_SOURCE_KERNEL, dbgmem_last_error()->source);
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), "ptrace_scope is 3"));

	/* as an open /proc/PID/mem does, what was there goes on */
	EXPECT_EQ(0, mem_read(fd, mark, buf, sizeof(buf), 0, NULL));
	EXPECT_EQ(0, memcmp(buf, (void *)mark, sizeof(buf)));
	/* oneself is not a matter of ptrace */
	EXPECT_EQ(0, attach(unbound, getpid(),
			    proc_open(getpid(), "mem", O_RDWR)));
	EXPECT_EQ(-EINVAL, file_write(YAMA, "0"));
	target_stop(&child);
}

TEST_HARNESS_MAIN
