/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_VECTOR_FIXTURE_H
#define SELFTESTS_VECTOR_FIXTURE_H

#include "engine.h"
#include "vector.h"

FIXTURE(vector) {
	struct fixture fixture;
	struct target *target;
	struct job *job;
	char *mem, *buf;
	char *image;		/* shared with the target */
	struct dbgmem_segment *segs;	/* room for one too many */
	struct dbgmem_vector v;
	int fd;
};

ENGINE_VARIANTS(vector);

/* A new target that has what is mapped by now. 0 or -errno. */
static inline int vector_restart(FIXTURE_DATA(vector) *self)
{
	int ret;

	fixture_stop(&self->fixture);
	ret = fixture_start(&self->fixture);
	self->fd = self->fixture.fd;
	if (!ret)
		target_fill(self->target, self->job, self->mem, 0, AREA, 3);
	return ret;
}

FIXTURE_SETUP(vector)
{
	ASSERT_EQ(0, fixture_open(&self->fixture, variant->engine));
	self->target = &self->fixture.target;
	self->job = self->fixture.job;
	self->mem = private_alloc(AREA);
	ASSERT_NE(NULL, self->mem);
	self->buf = private_alloc(AREA);
	ASSERT_NE(NULL, self->buf);
	pattern_fill(self->buf, 0, AREA, 4);
	self->image = shared_alloc(AREA);
	ASSERT_NE(NULL, self->image);
	self->segs = calloc(MAX_SEGMENTS + 1, sizeof(*self->segs));
	ASSERT_NE(NULL, self->segs);
	ASSERT_EQ(0, vector_restart(self));
}

FIXTURE_TEARDOWN(vector)
{
	fixture_close(&self->fixture);
}

#endif /* SELFTESTS_VECTOR_FIXTURE_H */
