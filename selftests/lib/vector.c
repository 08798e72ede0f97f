// SPDX-License-Identifier: GPL-2.0
#include "vector.h"

struct dbgmem_segment segment(const void *addr, const void *buf, uint64_t len)
{
	return (struct dbgmem_segment){
		.addr = (uintptr_t)addr,
		.buf = (uintptr_t)buf,
		.len = len,
	};
}

struct dbgmem_expect expect(const void *addr, uint64_t value)
{
	return (struct dbgmem_expect){
		.addr = (uintptr_t)addr,
		.value = value,
	};
}

int vec_with(int fd, uint32_t op, struct dbgmem_segment *segs, uint32_t nr,
	     uint32_t flags, struct dbgmem_expect *exps, uint32_t nr_exps,
	     struct dbgmem_vector *v)
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
		.expects = (uintptr_t)exps,
		.nr_expects = nr_exps,
		.expect_size = exps ? sizeof(*exps) : 0,
		/* Must be written back, as what is below. */
		.done = 0xdeadbeef,
		.nr_complete = 0xdead,
		.first_incomplete = 0xdead,
		.fault_addr = 0xdeadbeef,
		.first_unmet = 0xdead,
	};
	for (i = 0; i < nr; i++) {
		segs[i].done = 0xdeadbeef;
		segs[i].reason = 0xdead;
	}
	for (i = 0; i < nr_exps; i++) {
		exps[i].observed = 0xdeadbeef;
		exps[i].reason = 0xdead;
	}
	return ioctl(fd, DBGMEM_IOC_VECTOR, v) ? -errno : 0;
}

int vec(int fd, uint32_t op, struct dbgmem_segment *segs, uint32_t nr,
	uint32_t flags, struct dbgmem_vector *v)
{
	return vec_with(fd, op, segs, nr, flags, NULL, 0, v);
}

const char *vec_wrong(const struct dbgmem_vector *v,
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

bool vec_silent(const struct dbgmem_vector *v)
{
	return !v->done && !v->nr_complete && !v->first_incomplete &&
	       !v->fault_addr;
}
