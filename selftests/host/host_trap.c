// SPDX-License-Identifier: GPL-2.0
/* The library's trap instruction: that the machine takes it for one. */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <dbgmem.h>

#include "kselftest_harness.h"

TEST(the_trap_fits_a_breakpoint)
{
	size_t len = 77;

	ASSERT_NE(NULL, dbgmem_bp_trap(&len));
	EXPECT_GE(len, 1);
	EXPECT_LE(len, DBGMEM_BP_MAX_LEN);
}

TEST(executing_it_is_a_sigtrap)
{
	const uint8_t *trap;
	int status;
	size_t len;
	pid_t pid;
	char *p;

	trap = dbgmem_bp_trap(&len);
	ASSERT_NE(NULL, trap);
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, p);
	memcpy(p, trap, len);
	ASSERT_EQ(0, mprotect(p, 4096, PROT_READ | PROT_EXEC));
	__builtin___clear_cache(p, p + len);
	pid = fork();
	if (!pid) {
		((void (*)(void))(uintptr_t)p)();
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(SIGTRAP, WTERMSIG(status));
	munmap(p, 4096);
}

TEST_HARNESS_MAIN
