// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * DBGMEM_STABLE: a vector is read until two passes in a row agree.
 *
 * The first pass reads into the caller's buffers, the later ones into a copy. Where
 * the copy differs from the buffer, the segment has changed and the buffer gets the
 * later data.
 */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

/* So that an aligned word has an aligned place. */
static size_t copy_size(const struct dbgmem_segment *seg)
{
	return (size_t)((seg->len + 7) & ~7ULL);
}

/* Memory for the segments of the later passes, and behind them for their data. */
static struct dbgmem_segment *later_alloc(const struct dbgmem_segment *segs,
					  size_t nr)
{
	size_t size = nr * sizeof(*segs), i;

	for (i = 0; i < nr; i++)
		size += copy_size(&segs[i]);
	return malloc(size + 1);
}

/* What did not fit into the caller's buffer is not read again. */
static void later_prepare(struct dbgmem_segment *later,
			  const struct dbgmem_segment *segs, size_t nr)
{
	char *copy = (char *)(later + nr);
	size_t i;

	for (i = 0; i < nr; i++) {
		later[i] = segs[i];
		later[i].buf = (uintptr_t)copy;
		if (segs[i].reason == DBGMEM_REASON_BUFFER)
			later[i].len = segs[i].done;
		copy += copy_size(&segs[i]);
	}
}

/* Take over the later answer. Returns whether it is another. */
static bool segment_take(struct dbgmem_segment *seg,
			 const struct dbgmem_segment *later)
{
	const void *copy = (const void *)(uintptr_t)later->buf;
	void *buf = (void *)(uintptr_t)seg->buf;
	bool changed = seg->done != later->done;

	if (later->done && memcmp(buf, copy, later->done)) {
		memcpy(buf, copy, later->done);
		changed = true;
	}
	seg->done = later->done;
	seg->reason = later->reason;
	if (later->done == later->len && later->len < seg->len)
		seg->reason = DBGMEM_REASON_BUFFER;
	else if (changed && !seg->reason)
		seg->reason = DBGMEM_REASON_CHANGED;
	return changed;
}

static size_t segments_take(struct dbgmem_segment *segs,
			    const struct dbgmem_segment *later, size_t nr)
{
	size_t changed = 0, i;

	for (i = 0; i < nr; i++)
		changed += segment_take(&segs[i], &later[i]);
	return changed;
}

/* Nobody knows whether these are the same twice. */
static size_t segments_doubt(struct dbgmem_segment *segs, size_t nr)
{
	size_t changed = 0, i;

	for (i = 0; i < nr; i++) {
		if (segs[i].done < segs[i].len)
			continue;
		segs[i].reason = DBGMEM_REASON_CHANGED;
		changed++;
	}
	return changed;
}

static void summarise(const struct dbgmem_segment *segs, size_t nr,
		      struct dbgmem_vector_result *res)
{
	const struct dbgmem_segment *seg;
	size_t i;

	*res = (struct dbgmem_vector_result){ .first_incomplete = nr };
	for (i = 0; i < nr; i++) {
		seg = &segs[i];
		res->result.done += seg->done;
		if (seg->done == seg->len) {
			res->nr_complete++;
		} else if (res->first_incomplete == nr) {
			res->first_incomplete = i;
			res->result.reason = seg->reason;
			res->result.fault_addr = seg->done +
				(seg->reason == DBGMEM_REASON_BUFFER ?
				 seg->buf : seg->addr);
		}
	}
}

static ssize_t pass(struct dbgmem *m, struct dbgmem_segment *segs, size_t nr,
		    struct dbgmem_vector_options *opt,
		    struct dbgmem_vector_result *res)
{
	struct dbgmem_vector_options plain = *opt;
	ssize_t ret;

	plain.flags &= ~DBGMEM_STABLE;
	plain.retries = 0;
	ret = dbgmem__vector(m, DBGMEM_OP_READ, segs, nr, &plain, res);
	opt->first_unmet = plain.first_unmet;
	return ret;
}

ssize_t dbgmem__stable(struct dbgmem *m, struct dbgmem_segment *segs, size_t nr,
		       struct dbgmem_vector_options *opt,
		       struct dbgmem_vector_result *res)
{
	struct dbgmem_segment *later = later_alloc(segs, nr);
	struct dbgmem_vector_result unused;
	ssize_t ret;

	if (!later)
		return dbgmem__fail_simple(ENOMEM, DBGMEM_SOURCE_SYSTEM,
			"cannot read %zu segments twice: no memory for a copy of them",
			nr);
	ret = pass(m, segs, nr, opt, res);
	if (ret < 0)
		goto out;
	later_prepare(later, segs, nr);
	opt->passes = 1;
	do {
		ret = pass(m, later, nr, opt, &unused);
		if (ret < 0) {
			opt->nr_changed = segments_doubt(segs, nr);
			break;
		}
		opt->passes++;
		opt->nr_changed = segments_take(segs, later, nr);
	} while (opt->nr_changed && opt->passes < opt->retries + 2);
	summarise(segs, nr, res);
	if (ret == -ECANCELED || ret == -EINTR)
		dbgmem__fail_done(res->result.done);
	else
		ret = (ssize_t)res->result.done;
out:
	free(later);
	return ret;
}
