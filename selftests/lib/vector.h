/* SPDX-License-Identifier: GPL-2.0 */
/* DBGMEM_IOC_VECTOR: the call, and checks that hold for every answer. */
#ifndef SELFTESTS_VECTOR_H
#define SELFTESTS_VECTOR_H

#include "memory.h"
#include "random.h"

#define MAX_SEGMENTS	65536
#define MAX_EXPECTS	256
#define PAGES		24
#define AREA		(PAGES * PAGE)

struct dbgmem_segment segment(const void *addr, const void *buf, uint64_t len);

struct dbgmem_expect expect(const void *addr, uint64_t value);

/* 0 or -errno; @v, if not NULL, gets the answer. */
int vec(int fd, uint32_t op, struct dbgmem_segment *segs, uint32_t nr,
	uint32_t flags, struct dbgmem_vector *v);
int vec_with(int fd, uint32_t op, struct dbgmem_segment *segs, uint32_t nr,
	     uint32_t flags, struct dbgmem_expect *exps, uint32_t nr_exps,
	     struct dbgmem_vector *v);

#define vec_read(fd, segs, nr, flags, v) \
	vec(fd, DBGMEM_OP_READ, segs, nr, flags, v)
#define vec_write(fd, segs, nr, flags, v) \
	vec(fd, DBGMEM_OP_WRITE, segs, nr, flags, v)

/*
 * What is wrong in the answer to a vector that was carried out, or NULL. The
 * summary must be that of the segments, and each incomplete segment must have a
 * reason.
 */
const char *vec_wrong(const struct dbgmem_vector *v,
		      const struct dbgmem_segment *segs);

#define EXPECT_SUMMARY(v, segs) do {					\
	const char *wrong = vec_wrong(v, segs);				\
									\
	EXPECT_EQ(NULL, wrong)						\
		TH_LOG("%s", wrong);					\
} while (0)

/* Are all outputs zero? */
bool vec_silent(const struct dbgmem_vector *v);

#endif /* SELFTESTS_VECTOR_H */
