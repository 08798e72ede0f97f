// SPDX-License-Identifier: GPL-2.0
/*
 * The programs as kselftests: "make run_tests" with the kernel's lib.mk runs them,
 * and reports in TAP how each ended.
 */
#include "proc.h"
#include <kselftest_harness.h>

#define TREE	"/kselftests/dbgmem"

FIXTURE(kselftest) {
	char out[64 << 10];
};

FIXTURE_SETUP(kselftest)
{
	if (access("/usr/bin/make", X_OK))
		SKIP(return, "this guest has no make");
}

FIXTURE_TEARDOWN(kselftest)
{
}

/* What "make run_tests" prints for @tests. */
static const char *run_tests(FIXTURE_DATA(kselftest) *self, const char *tests)
{
	char command[256];
	size_t len = 0;
	FILE *f;

	snprintf(command, sizeof(command),
		 "make -C " TREE " run_tests TESTS='%s' 2>&1", tests);
	f = popen(command, "r");
	if (f)
		len = fread(self->out, 1, sizeof(self->out) - 1, f);
	self->out[len] = 0;
	if (f)
		pclose(f);
	return self->out;
}

static int script(const char *name, const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), TREE "/%s", name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	if (fd < 0)
		return -errno;
	close(fd);
	return file_write(path, text);
}

/* In one line, as the runner would take it for results of this program. */
static const char *flat(char *text)
{
	char *p;

	for (p = text; (p = strchr(p, '\n')); )
		*p = '|';
	return text;
}

#define EXPECT_LINE(line) \
	EXPECT_NE(NULL, strstr(self->out, line)) \
		TH_LOG("not there: %s", flat(self->out))

TEST_F_TIMEOUT(kselftest, a_program_of_ours_passes, 120)
{
	run_tests(self, "test_main");
	EXPECT_LINE("\n1..1\n");
	EXPECT_LINE("\nok 1 selftests: dbgmem: test_main\n");
}

TEST_F_TIMEOUT(kselftest, one_that_fails_or_skips_is_reported_so, 120)
{
	ASSERT_EQ(0, script("test_fails", "#!/bin/sh\nexit 1\n"));
	ASSERT_EQ(0, script("test_skips", "#!/bin/sh\nexit 4\n"));
	run_tests(self, "test_fails test_skips");
	EXPECT_LINE("\nnot ok 1 selftests: dbgmem: test_fails # exit=1\n");
	EXPECT_LINE("\nok 2 selftests: dbgmem: test_skips # SKIP\n");
}

TEST_F_TIMEOUT(kselftest, the_settings_are_ours, 120)
{
	ASSERT_EQ(0, script("test_says",
			    "#!/bin/sh\necho timeout $kselftest_timeout\n"));
	run_tests(self, "test_says");
	EXPECT_LINE("# timeout 1200\n");
}

TEST_HARNESS_MAIN
