/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_SHADOW_FIXTURE_H
#define SELFTESTS_SHADOW_FIXTURE_H

#include "engine.h"
#include "shadow.h"

FIXTURE(shadow) {
	struct bed bed;
	struct bed *b;
	char *buf;		/* as long as the bed and a page */
};

ENGINE_VARIANTS(shadow);

FIXTURE_SETUP(shadow)
{
	self->b = &self->bed;
	ASSERT_EQ(0, engine_set(variant->engine));
	self->buf = private_alloc(BED_SIZE + PAGE);
	ASSERT_NE(NULL, self->buf);
	ASSERT_EQ(0, bed_start(self->b));
}

FIXTURE_TEARDOWN(shadow)
{
	bed_stop(self->b);
	engine_set("auto");
}

#endif /* SELFTESTS_SHADOW_FIXTURE_H */
