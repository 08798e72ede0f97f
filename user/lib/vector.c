// SPDX-License-Identifier: LGPL-2.1-or-later
/* Many pieces in one call, and as many calls as the kernel's limit asks for. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "internal.h"

static const char *verb_of(uint32_t op)
{
	return op == DBGMEM_OP_READ ? "read" : "write";
}

static uint32_t cmd_of(uint32_t op)
{
	return op == DBGMEM_OP_READ ? DBGMEM_IOC_READ : DBGMEM_IOC_WRITE;
}

/* What EXACT may have; 0 if the module does not say. */
static unsigned int max_exact_pages(struct dbgmem *m)
{
	struct dbgmem_info info = { .size = sizeof(info) };

	dbgmem__node_ioctl(m->fd, DBGMEM_IOC_INFO, &info);
	return info.max_exact_pages;
}

/* Segment @seg went as its answer says; @code is the errno value for it. */
int dbgmem__segment_fail(struct dbgmem *m, uint32_t op,
			 const struct dbgmem_segment *seg, uint32_t flags,
			 uint64_t fault_addr, int code)
{
	struct dbgmem_transfer t = {
		.flags = flags,
		.addr = seg->addr,
		.buf = seg->buf,
		.len = seg->len,
		.done = seg->done,
		.fault_addr = fault_addr,
		.reason = seg->reason,
	};
	char what[160], of[64] = "";

	if (seg->done)
		snprintf(of, sizeof(of), "more than %llu of ",
			 (unsigned long long)seg->done);
	snprintf(what, sizeof(what),
		 "cannot %s%s %s%llu bytes at 0x%llx of process %d",
		 verb_of(op), flags & DBGMEM_EXACT ? " exactly" : "", of,
		 (unsigned long long)seg->len, (unsigned long long)seg->addr,
		 (int)m->pid);
	return dbgmem__transfer_fail(m, cmd_of(op), &t, code, what);
}

/* The vector as a whole failed. */
static int vector_fail(struct dbgmem *m, uint32_t op, size_t nr, uint32_t flags,
		       const struct dbgmem_vector_result *res, int code)
{
	struct dbgmem_error e = {
		.code = code,
		.source = DBGMEM_SOURCE_USAGE,
		.pid = m->pid,
		.result.done = res->result.done,
	};
	struct dbgmem_transfer t = { .flags = flags, .done = res->result.done };
	char what[128];

	snprintf(what, sizeof(what), "cannot %s%s %zu segments of process %d",
		 verb_of(op), flags & DBGMEM_EXACT ? " exactly" : "", nr,
		 (int)m->pid);
	switch (code) {
	case E2BIG:
		return dbgmem__fail(&e, "%s: EXACT, STABLE and expectations allow at most %u segments: split it, or transfer without these",
				    what, m->max_segments);
	case EMSGSIZE:
		return dbgmem__fail(&e, "%s: an exact vector takes at most %u pages on either side: split it, or transfer without EXACT",
				    what, max_exact_pages(m));
	case EINVAL:
		return dbgmem__fail(&e, "%s: flags 0x%x do not go together or with this call",
				    what, flags);
	case EFAULT:
		return dbgmem__fail(&e, "%s: the array of segments is not accessible",
				    what);
	case ENOTTY:
		e.source = DBGMEM_SOURCE_MODULE;
		return dbgmem__fail(&e, "%s: the loaded dbgmem module does not know vectors: install it and the library from the same release",
				    what);
	default:
		return dbgmem__transfer_fail(m, cmd_of(op), &t, code, what);
	}
}

/* A promise over all segments: not to be split into several calls. */
static bool indivisible(const struct dbgmem_vector_options *opt)
{
	return opt->flags & (DBGMEM_EXACT | DBGMEM_STABLE) || opt->nr_expects;
}

/* For calls that do not come to give any. */
static void answers_clear(struct dbgmem_segment *segs, size_t nr,
			  struct dbgmem_vector_options *opt)
{
	size_t i;

	for (i = 0; segs && i < nr; i++) {
		segs[i].done = 0;
		segs[i].reason = DBGMEM_REASON_NONE;
	}
	for (i = 0; opt->expects && i < opt->nr_expects; i++) {
		opt->expects[i].observed = 0;
		opt->expects[i].reason = DBGMEM_REASON_NONE;
	}
	opt->first_unmet = opt->nr_expects;
	opt->nr_changed = 0;
	opt->passes = 0;
}

/*
 * Everything that the kernel would refuse is refused here, before the first of
 * several calls has moved something.
 */
static int segments_check(struct dbgmem *m, uint32_t op,
			  struct dbgmem_segment *segs, size_t nr,
			  const struct dbgmem_vector_options *opt,
			  struct dbgmem_vector_result *res)
{
	const uint32_t flags = opt->flags;
	struct dbgmem_segment *seg;
	uint64_t total = 0;
	size_t i;

	if (nr && !segs)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot %s %zu segments: the array is NULL",
			verb_of(op), nr);
	if (indivisible(opt) && m->max_segments && nr > m->max_segments)
		return vector_fail(m, op, nr, flags, res, E2BIG);
	for (i = 0; i < nr; i++) {
		seg = &segs[i];
		res->first_incomplete = i;
		if (seg->reserved)
			return dbgmem__fail_simple(EOPNOTSUPP,
				DBGMEM_SOURCE_USAGE,
				"cannot %s %zu segments: the reserved field of segment %zu is not 0",
				verb_of(op), nr, i);
		if (seg->len > UINT64_MAX - seg->addr ||
		    seg->len > UINT64_MAX - seg->buf)
			return dbgmem__segment_fail(m, op, seg, flags, 0,
						    EOVERFLOW);
		if (seg->len > SSIZE_MAX - total)
			return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
				"cannot %s %zu segments: the sum of the lengths exceeds SSIZE_MAX",
				verb_of(op), nr);
		total += seg->len;
	}
	res->first_incomplete = nr;
	return 0;
}

/* The same for what is asked for beside the segments. */
static int options_check(struct dbgmem *m, uint32_t op,
			 const struct dbgmem_vector_options *opt)
{
	const struct dbgmem_expect *x;
	size_t i;
	int ret;

	if (opt->nr_expects) {
		ret = dbgmem__feature(m, DBGMEM_FEATURE_EXPECT, "expectations");
		if (ret)
			return ret;
	}
#define REFUSED	"cannot %s a vector: "
	if (opt->retries && !(opt->flags & DBGMEM_STABLE))
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			REFUSED "retries need STABLE",
			verb_of(op));
	if (opt->retries > DBGMEM_MAX_RETRIES)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			REFUSED "%u retries: the maximum is %u",
			verb_of(op), opt->retries, DBGMEM_MAX_RETRIES);
	if (opt->nr_expects > m->max_expects)
		return dbgmem__fail_simple(E2BIG, DBGMEM_SOURCE_USAGE,
			REFUSED "%zu expectations: the maximum is %u",
			verb_of(op), opt->nr_expects, m->max_expects);
	if (opt->nr_expects && !opt->expects)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			REFUSED "%zu expectations, but their array is NULL",
			verb_of(op), opt->nr_expects);
	for (i = 0; i < opt->nr_expects; i++) {
		x = &opt->expects[i];
		if (x->reserved)
			return dbgmem__fail_simple(EOPNOTSUPP,
				DBGMEM_SOURCE_USAGE,
				REFUSED "the reserved field of expectation %zu is not 0",
				verb_of(op), i);
		if (x->addr % 8)
			return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
				REFUSED "the address of expectation %zu, 0x%llx, is not a multiple of 8",
				verb_of(op), i, (unsigned long long)x->addr);
	}
#undef REFUSED
	return 0;
}

/* What ended the target, or the kernel's means, between two calls; or none. */
static uint32_t reason_of(int code)
{
	switch (code) {
	case ESRCH:
		return DBGMEM_REASON_EXITED;
	case ESTALE:
		return DBGMEM_REASON_EXECED;
	case ENOMEM:
		return DBGMEM_REASON_NOMEM;
	case EINTR:
		return DBGMEM_REASON_INTERRUPTED;
	default:
		return DBGMEM_REASON_NONE;
	}
}

/* The segments from @pos on do not come to their turn, for @reason. */
static void rest_give_up(struct dbgmem_segment *segs, size_t pos, size_t nr,
			 uint32_t reason, struct dbgmem_vector_result *res)
{
	for (; pos < nr; pos++) {
		struct dbgmem_segment *seg = &segs[pos];

		seg->done = 0;
		seg->reason = DBGMEM_REASON_NONE;
		if (!seg->len) {
			res->nr_complete++;
			continue;
		}
		seg->reason = reason;
		if (res->first_incomplete == nr) {
			res->first_incomplete = pos;
			res->result.fault_addr = seg->addr;
			res->result.reason = reason;
		}
	}
}

/* An expectation does not hold; where there are some there is one call. */
static int canceled(struct dbgmem *m, uint32_t op,
		    const struct dbgmem_segment *segs, size_t nr,
		    const struct dbgmem_vector_options *opt,
		    const struct dbgmem_vector *v,
		    struct dbgmem_vector_result *res)
{
	const struct dbgmem_expect none = { 0 }, *x = &none;
	struct dbgmem_error e = {
		.code = ECANCELED,
		.source = DBGMEM_SOURCE_EXPECTATION,
		.pid = m->pid,
		.result.done = v->done,
	};
	char found[128], moved[64] = "nothing was transferred";

	res->result.done = v->done;
	res->nr_complete = v->nr_complete;
	res->first_incomplete = v->first_incomplete;
	res->result.fault_addr = v->fault_addr;
	if (res->first_incomplete < nr)
		res->result.reason = segs[res->first_incomplete].reason;
	if (opt->first_unmet < opt->nr_expects)
		x = &opt->expects[opt->first_unmet];
	e.result.fault_addr = x->addr;
	e.result.reason = x->reason;
	if (x->reason)
		snprintf(found, sizeof(found), "could not be read: %s",
			 dbgmem_reason_str(x->reason));
	else
		snprintf(found, sizeof(found), "is 0x%llx, not 0x%llx",
			 (unsigned long long)x->observed,
			 (unsigned long long)x->value);
	if (v->done)
		snprintf(moved, sizeof(moved),
			 "%llu bytes had been transferred before",
			 (unsigned long long)v->done);
	return dbgmem__fail(&e, "cannot %s %zu segments of process %d: expectation %zu does not hold: the word at 0x%llx %s; %s",
			    verb_of(op), nr, (int)m->pid, opt->first_unmet,
			    (unsigned long long)x->addr, found, moved);
}

/* A call failed, and what had moved before is all that moves. */
static int call_fail(struct dbgmem *m, uint32_t op,
		     const struct dbgmem_segment *segs, size_t nr,
		     const struct dbgmem_vector_options *opt,
		     const struct dbgmem_vector *v,
		     struct dbgmem_vector_result *res, int code)
{
	const uint32_t flags = opt->flags;
	const struct dbgmem_segment *bad;

	if (code == ECANCELED)
		return canceled(m, op, segs, nr, opt, v, res);
	/* EXACT, which is one call: a segment is to blame. */
	if (code == EFAULT && flags & DBGMEM_EXACT &&
	    v->first_incomplete < nr && segs[v->first_incomplete].reason) {
		bad = &segs[v->first_incomplete];
		res->first_incomplete = v->first_incomplete;
		res->result.fault_addr = v->fault_addr;
		res->result.reason = bad->reason;
		return dbgmem__segment_fail(m, op, bad, flags, v->fault_addr,
					    code);
	}
	return vector_fail(m, op, nr, flags, res, code);
}

/* A success that the caller may ask about all the same: why it is not all. */
static void incomplete(struct dbgmem *m, uint32_t op,
		       const struct dbgmem_segment *first, uint32_t flags,
		       const struct dbgmem_vector_result *res)
{
	dbgmem__segment_fail(m, op, first, flags, res->result.fault_addr,
			     -dbgmem__reason_errno(first->reason));
	dbgmem__fail_done(res->result.done);
}

static ssize_t vector_run(struct dbgmem *m, uint32_t op,
			  struct dbgmem_segment *segs, size_t nr,
			  struct dbgmem_vector_options *opt,
			  struct dbgmem_vector_result *res)
{
	size_t max = m->max_segments ? m->max_segments : UINT32_MAX;
	struct dbgmem_vector v;
	size_t pos = 0, n;
	uint32_t reason;
	int ret;

	answers_clear(segs, nr, opt);
	ret = segments_check(m, op, segs, nr, opt, res);
	if (!ret)
		ret = options_check(m, op, opt);
	if (ret)
		return ret;
	if (opt->flags & DBGMEM_STABLE)
		return op == DBGMEM_OP_READ ?
		       dbgmem__stable(m, segs, nr, opt, res) :
		       vector_fail(m, op, nr, opt->flags, res, EINVAL);
	/* Without segments too: there may be something to refuse. */
	do {
		n = nr - pos < max ? nr - pos : max;
		v = (struct dbgmem_vector){
			.size = sizeof(v),
			.flags = opt->flags,
			.segments = (uintptr_t)(segs + pos),
			.nr_segments = (uint32_t)n,
			.segment_size = sizeof(*segs),
			.op = op,
		};
		if (opt->nr_expects) {
			v.expects = (uintptr_t)opt->expects;
			v.nr_expects = (uint32_t)opt->nr_expects;
			v.expect_size = sizeof(*opt->expects);
		}
		ret = dbgmem__node_ioctl(m->fd, DBGMEM_IOC_VECTOR, &v);
		if (!ret || ret == -ECANCELED)
			opt->first_unmet = v.first_unmet;
		if (ret) {
			reason = reason_of(-ret);
			if (pos && reason) {
				rest_give_up(segs, pos, nr, reason, res);
				break;
			}
			if (res->first_incomplete == nr)
				res->first_incomplete = pos;
			return call_fail(m, op, segs, nr, opt, &v, res, -ret);
		}
		res->result.done += v.done;
		res->nr_complete += v.nr_complete;
		if (v.first_incomplete < n && res->first_incomplete == nr) {
			res->first_incomplete = pos + v.first_incomplete;
			res->result.fault_addr = v.fault_addr;
			res->result.reason = segs[res->first_incomplete].reason;
		}
		pos += n;
	} while (pos < nr);
	if (res->first_incomplete < nr)
		incomplete(m, op, &segs[res->first_incomplete], opt->flags,
			   res);
	return (ssize_t)res->result.done;
}

ssize_t dbgmem__vector(struct dbgmem *m, uint32_t op,
		       struct dbgmem_segment *segs, size_t nr,
		       struct dbgmem_vector_options *opt,
		       struct dbgmem_vector_result *res)
{
	struct dbgmem_vector_result none;

	if (!res)
		res = &none;
	*res = (struct dbgmem_vector_result){ 0 };
	return vector_run(m, op, segs, nr, opt, res);
}

DBGMEM_EXPORT ssize_t dbgmem_read_segments(struct dbgmem *m,
					   struct dbgmem_segment *segs, size_t nr,
					   uint32_t flags,
					   struct dbgmem_vector_result *res)
{
	struct dbgmem_vector_options opt = { .flags = flags };

	return dbgmem__vector(m, DBGMEM_OP_READ, segs, nr, &opt, res);
}

DBGMEM_EXPORT ssize_t dbgmem_write_segments(struct dbgmem *m,
					    struct dbgmem_segment *segs, size_t nr,
					    uint32_t flags,
					    struct dbgmem_vector_result *res)
{
	struct dbgmem_vector_options opt = { .flags = flags };

	return dbgmem__vector(m, DBGMEM_OP_WRITE, segs, nr, &opt, res);
}

#define FIRST_OPTIONS \
	dbgmem__first_size(struct dbgmem_vector_options, passes, uint32_t)

/* Members that this library does not know must be 0, as for the kernel. */
static ssize_t options_run(struct dbgmem *m, uint32_t op,
			   struct dbgmem_segment *segs, size_t nr,
			   struct dbgmem_vector_options *opt,
			   struct dbgmem_vector_result *res)
{
	struct dbgmem_vector_options all = { 0 };
	const size_t size = opt->size;
	const size_t known = size < sizeof(all) ? size : sizeof(all);
	const char *more = (const char *)opt;
	ssize_t ret;
	size_t i;

	if (res)
		*res = (struct dbgmem_vector_result){ 0 };
	ret = dbgmem__size_check(size, FIRST_OPTIONS, "dbgmem_vector_options");
	if (ret)
		return ret;
	for (i = sizeof(all); i < size; i++)
		if (more[i])
			return dbgmem__fail_simple(E2BIG, DBGMEM_SOURCE_USAGE,
				"cannot %s a vector: this library is older than the program and does not know all of its options",
				verb_of(op));
	memcpy(&all, opt, known);
	ret = dbgmem__vector(m, op, segs, nr, &all, res);
	memcpy(opt, &all, known);
	return ret;
}

DBGMEM_EXPORT ssize_t dbgmem_read_segments_options(struct dbgmem *m,
						   struct dbgmem_segment *segs,
						   size_t nr,
						   struct dbgmem_vector_options *opt,
						   struct dbgmem_vector_result *res)
{
	return options_run(m, DBGMEM_OP_READ, segs, nr, opt, res);
}

DBGMEM_EXPORT ssize_t dbgmem_write_segments_options(struct dbgmem *m,
						    struct dbgmem_segment *segs,
						    size_t nr,
						    struct dbgmem_vector_options *opt,
						    struct dbgmem_vector_result *res)
{
	return options_run(m, DBGMEM_OP_WRITE, segs, nr, opt, res);
}
