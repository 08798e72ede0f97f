/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DBGMEM_IOC_VECTOR for the tests: the call, what must hold for every answer,
 * and a fixture with a target and a caller's buffer, once per engine.
 *
 * The target's memory at @mem is pattern 3, the caller's at @buf pattern 4.
 */
#ifndef SELFTESTS_VECTOR_H
#define SELFTESTS_VECTOR_H

#include "memory.h"
#include "random.h"
#include <kselftest_harness.h>

#define MAX_SEGMENTS	65536
#define PAGES		24
#define AREA		(PAGES * PAGE)

static inline struct dbgmem_segment segment(const void *addr, const void *buf,
					    uint64_t len)
{
	return (struct dbgmem_segment){
		.addr = (uintptr_t)addr,
		.buf = (uintptr_t)buf,
		.len = len,
	};
}

/* 0 or -errno; @v, if not NULL, gets the answer. */
static inline int vec(int fd, uint32_t op, struct dbgmem_segment *segs,
		      uint32_t nr, uint32_t flags, struct dbgmem_vector *v)
{
	struct dbgmem_vector tmp;
	uint32_t i;

	if (!v)
		v = &tmp;
	*v = (struct dbgmem_vector){
		.size = sizeof(*v),
		.flags = flags,
		.segments = (uintptr_t)segs,
		.nr_segments = nr,
		.segment_size = sizeof(*segs),
		.op = op,
		/* Must be written back, as what is below. */
		.done = 0xdeadbeef,
		.nr_complete = 0xdeadbeef,
		.first_incomplete = 0xdeadbeef,
		.fault_addr = 0xdeadbeef,
	};
	for (i = 0; i < nr; i++) {
		segs[i].done = 0xdeadbeef;
		segs[i].reason = 0xdead;
	}
	return ioctl(fd, DBGMEM_IOC_VECTOR, v) ? -errno : 0;
}

#define vec_read(fd, segs, nr, flags, v) \
	vec(fd, DBGMEM_OP_READ, segs, nr, flags, v)
#define vec_write(fd, segs, nr, flags, v) \
	vec(fd, DBGMEM_OP_WRITE, segs, nr, flags, v)

/*
 * What is wrong in the answer to a vector that was carried out, or NULL: the
 * summary is that of the segments, and a reason goes with what is incomplete.
 */
static inline const char *vec_wrong(const struct dbgmem_vector *v,
				    const struct dbgmem_segment *segs)
{
	uint32_t i, complete = 0, first = v->nr_segments;
	uint64_t done = 0, fault = 0;

	for (i = 0; i < v->nr_segments; i++) {
		if (segs[i].done > segs[i].len)
			return "a segment's done is more than its len";
		if (segs[i].reason ? segs[i].done == segs[i].len :
				     segs[i].done != segs[i].len)
			return "a segment's reason does not go with its done";
		done += segs[i].done;
		complete += segs[i].done == segs[i].len;
		if (segs[i].done < segs[i].len && first == v->nr_segments) {
			first = i;
			fault = segs[i].done +
				(segs[i].reason == DBGMEM_REASON_BUFFER ?
				 segs[i].buf : segs[i].addr);
		}
	}
	if (v->done != done)
		return "done is not the sum";
	if (v->nr_complete != complete)
		return "nr_complete is not the number";
	if (v->first_incomplete != first)
		return "first_incomplete is another";
	if (v->fault_addr != fault)
		return "fault_addr is another";
	return NULL;
}

#define EXPECT_SUMMARY(v, segs) do {					\
	const char *wrong = vec_wrong(v, segs);				\
									\
	EXPECT_EQ(NULL, wrong)						\
		TH_LOG("%s", wrong);					\
} while (0)

/* As if nothing had been asked. */
static inline bool vec_silent(const struct dbgmem_vector *v)
{
	return !v->done && !v->nr_complete && !v->first_incomplete &&
	       !v->fault_addr;
}

FIXTURE(vector) {
	struct trial trial;
	struct target *target;
	struct job *job;
	char *mem, *buf;
	char *image;		/* the target sees it too */
	struct dbgmem_segment *segs;	/* room for one too many */
	struct dbgmem_vector v;
	int fd;
};

FIXTURE_VARIANT(vector) {
	const char *engine;
	bool devices;		/* it reaches device mappings */
};

FIXTURE_VARIANT_ADD(vector, remote) {
	.engine = "remote",
	.devices = DEVICES_REACHED,
};

FIXTURE_VARIANT_ADD(vector, pinned) { .engine = "pinned", };

FIXTURE_VARIANT_ADD(vector, auto) {
	.engine = "auto",
	.devices = DEVICES_REACHED,
};

FIXTURE_VARIANT_ADD(vector, mirror) {
	.engine = "mirror",
	.devices = DEVICES_REACHED,
};

/* A new target that has what is mapped by now. 0 or -errno. */
static inline int vector_restart(FIXTURE_DATA(vector) *self)
{
	int ret;

	trial_stop(&self->trial);
	ret = trial_start(&self->trial);
	self->fd = self->trial.fd;
	if (!ret)
		target_fill(self->target, self->job, self->mem, 0, AREA, 3);
	return ret;
}

FIXTURE_SETUP(vector)
{
	trial_init(&self->trial);
	ASSERT_NE(NULL, self->trial.job);
	self->target = &self->trial.target;
	self->job = self->trial.job;
	ASSERT_EQ(0, engine_set(variant->engine));
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
	trial_stop(&self->trial);
	engine_set("auto");
}

#endif /* SELFTESTS_VECTOR_H */
