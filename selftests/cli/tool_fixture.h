/* SPDX-License-Identifier: GPL-2.0 */
/* For tests of the tool that need a target only. */
#ifndef SELFTESTS_TOOL_FIXTURE_H
#define SELFTESTS_TOOL_FIXTURE_H

#include "tool.h"
#include <kselftest_harness.h>

#define TOOL_FIXTURE(_name)						\
FIXTURE(_name) {							\
	struct target t;						\
	char pid[16];							\
};									\
									\
FIXTURE_SETUP(_name)							\
{									\
	ASSERT_EQ(0, tool_begin(&self->t, self->pid));			\
}									\
									\
FIXTURE_TEARDOWN(_name)							\
{									\
	tool_end(&self->t);						\
}

#endif /* SELFTESTS_TOOL_FIXTURE_H */
