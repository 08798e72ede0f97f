// SPDX-License-Identifier: GPL-2.0
/*
 * Faults that /proc/self/fail-nth does not reach, made by the module's test build
 * on every kernel: while the module is loaded, and in the worker that removes the
 * breakpoints of a closed session.
 */
#include "breakpoint.h"
#include "sweep.h"
#include <kselftest_harness.h>

FIXTURE(module) {
};

FIXTURE_SETUP(module)
{
}

FIXTURE_TEARDOWN(module)
{
}

TEST_F_TIMEOUT(module, each_load_fails_well, 60)
{
	unsigned int nth, least = 6;
	char params[48], value[16];
	int ret;

	for (nth = 1; nth < 100; nth++) {
		snprintf(params, sizeof(params), "fail_nth=%u", nth);
		ret = fault_build_load(params);
		ASSERT_TRUE(!ret || ret == -ENOMEM);
		if (!ret) {
			param_get("fail_nth", value, sizeof(value));
			if (strcmp(value, "0"))
				break;
			/* It does without what it would learn. */
			param_get("force", value, sizeof(value));
			EXPECT_STREQ("ptrace", value);
			++*sweep_faults;
			continue;
		}
		++*sweep_faults;
		EXPECT_EQ(DBGMEM_MODULE_ABSENT, dbgmem_module_state());
		EXPECT_EQ(-1, access(DEV_PATH, F_OK));
	}
	/* What procfs files, a mapping, workqueues and the device need. */
	EXPECT_LT(least, nth);
	EXPECT_GT(100, nth);
	ASSERT_EQ(0, fault_build_load(NULL));
}

/* The worker tries again for a second, and close() waits for it for five. */
static bool restored(struct bed *b)
{
	int i;

	for (i = 0; i < 1000 && !untouched(b); i++)
		sleep_ms(20);
	return untouched(b);
}

TEST_F_TIMEOUT(module, no_breakpoint_stays_for_want_of_memory, 60)
{
	struct bed bed, *b = &bed;
	int fd, ret;

	ASSERT_EQ(0, bed_start(b));
	/* Nobody kills the worker. */
	ASSERT_EQ(0, fault_kinds(FAULT_MEMORY));
	SWEEP_EACH(nth) {
		fd = session_open(b->target->pid, O_RDWR);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, bp_set(fd, b->mem + 9, INT3, 1, NULL));
		ASSERT_EQ(0, bp_set(fd, b->mem + PAGE - 3, LONG_TRAP, 16,
				    NULL));
		SWEEP_CALL(nth, ret, close(fd) ? -errno : 0, 0, 0);
		ASSERT_TRUE(restored(b));
		ASSERT_TRUE(shows_pattern(b, b->mem, 64, 0));
	}
	ASSERT_EQ(0, fault_kinds(FAULT_ANY));
	bed_stop(b);
}

int main(int argc, char **argv)
{
	fault_by_build = true;
	return sweep_run(argc, argv, 6, test_harness_run);
}
