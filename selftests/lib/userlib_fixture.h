/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_USERLIB_FIXTURE_H
#define SELFTESTS_USERLIB_FIXTURE_H

#include "userlib.h"

#include <kselftest_harness.h>

FIXTURE(lib) {
	struct target t;
	struct dbgmem *m;
	uint64_t addr;
	char buf[PAGES * PAGE];
};

FIXTURE_SETUP(lib)
{
	ASSERT_TRUE(mem_make(PAGES));
	self->addr = (uintptr_t)mem;
	ASSERT_EQ(0, target_start(&self->t));
	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_WRITE, &self->m))
		TH_LOG("%s", dbgmem_errstr());
}

FIXTURE_TEARDOWN(lib)
{
	dbgmem_close(self->m);
	target_stop(&self->t);
	munmap(mem, PAGES * PAGE);
}

#endif /* SELFTESTS_USERLIB_FIXTURE_H */
