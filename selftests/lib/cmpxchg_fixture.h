/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_CMPXCHG_FIXTURE_H
#define SELFTESTS_CMPXCHG_FIXTURE_H

#include "engine.h"
#include "cmpxchg.h"

FIXTURE(cmpxchg) {
	struct bed bed;
	struct bed *b;
	struct dbgmem_cmpxchg_args c;
};

ENGINE_VARIANTS(cmpxchg);

FIXTURE_SETUP(cmpxchg)
{
	self->b = &self->bed;
	ASSERT_EQ(0, engine_set(variant->engine));
	ASSERT_EQ(0, bed_start(self->b));
}

FIXTURE_TEARDOWN(cmpxchg)
{
	bed_stop(self->b);
	engine_set("auto");
	param_set("force", "capable");
}

#endif /* SELFTESTS_CMPXCHG_FIXTURE_H */
