/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_REGISTERS_FIXTURE_H
#define SELFTESTS_REGISTERS_FIXTURE_H

#include "registers.h"

#include <kselftest_harness.h>

FIXTURE(registers) {
	struct file f;
	struct child c;
	int vectors;
};

FIXTURE_SETUP(registers)
{
	self->vectors = vectors_here();
	file_fill(&self->f, 1);
	ASSERT_EQ(0, child_start(&self->c, &self->f, self->vectors));
}

FIXTURE_TEARDOWN(registers)
{
	child_stop(&self->c);
}

#endif /* SELFTESTS_REGISTERS_FIXTURE_H */
