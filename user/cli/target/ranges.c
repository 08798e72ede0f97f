// SPDX-License-Identifier: GPL-2.0
/* Several ranges of a target, read in one call. */
#include <stdbool.h>
#include <stdlib.h>

#include <dbgmem.h>

#include "target/ranges.h"
#include "text/message.h"

int ranges_status(int before, int next)
{
	return before == next ? before : STATUS_PARTIAL;
}

/* Allocate one buffer for all ranges, one after the other. */
static uint8_t *prepare(const struct range *range, size_t nr,
			struct dbgmem_segment **segs)
{
	uint64_t total = 0;
	uint8_t *buf;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (range[i].len > RANGES_MAX - total) {
			msg("several ranges, or --stable, take at most %llu bytes together; read a part at a time",
			    RANGES_MAX);
			return NULL;
		}
		total += range[i].len;
	}
	buf = malloc(total ? total : 1);
	*segs = calloc(nr ? nr : 1, sizeof(**segs));
	if (!buf || !*segs) {
		msg("out of memory for %llu bytes; read a part at a time",
		    (unsigned long long)total);
		free(buf);
		free(*segs);
		return NULL;
	}
	for (i = 0, total = 0; i < nr; i++) {
		(*segs)[i].addr = range[i].addr;
		(*segs)[i].buf = (uintptr_t)(buf + total);
		(*segs)[i].len = range[i].len;
		total += range[i].len;
	}
	return buf;
}

/* Print why @seg is incomplete. */
static void explain(const struct transfer *p, const struct dbgmem_segment *seg)
{
	const bool own = seg->reason == DBGMEM_REASON_BUFFER;
	struct dbgmem_result res = {
		.done = seg->done,
		.fault_addr = (own ? seg->buf : seg->addr) + seg->done,
		.reason = seg->reason,
	};
	struct transfer part = *p;

	part.addr = seg->addr;
	part.len = seg->len;
	part.done = seg->done;
	transfer_short(&part, &res);
}

static int changed(const struct transfer *p, const struct dbgmem_segment *seg,
		   uint32_t passes)
{
	struct transfer part = *p;

	part.addr = seg->addr;
	part.len = seg->len;
	return transfer_changed(&part, passes);
}

/* Print the result, if bytes were read or none were asked for. */
static int print(const struct transfer *p, const struct dbgmem_segment *seg,
		 size_t nr, uint32_t passes, struct sink *s)
{
	const bool several = nr > 1;
	int status = STATUS_OK, ret;
	uint64_t len;

	for (; nr--; seg++) {
		len = seg->len;
		ret = sink_range(s, seg->addr, several ? &len : NULL);
		if (!ret)
			ret = sink_put(s, seg->addr,
				       (uint8_t *)(uintptr_t)seg->buf,
				       seg->done, NULL, 0);
		if (ret)
			return ret;
		if (seg->done < seg->len) {
			explain(p, seg);
			status = STATUS_PARTIAL;
		} else if (seg->reason == DBGMEM_REASON_CHANGED) {
			status = changed(p, seg, passes);
		}
	}
	return status;
}

/* Report a failure of the whole call. */
static int failed(const struct transfer *p, const struct range *range,
		  size_t nr, const struct dbgmem_vector_result *res)
{
	struct transfer part = *p;

	if (res->first_incomplete < nr) {
		part.addr = range[res->first_incomplete].addr;
		part.len = range[res->first_incomplete].len;
	}
	part.done = res->result.done;
	return transfer_failed(&part);
}

int ranges_read(struct dbgmem *m, const struct transfer *p,
		const struct range *range, size_t nr, struct sink *s)
{
	struct dbgmem_vector_options opt = {
		.size = sizeof(opt),
		.flags = p->flags,
		.retries = p->retries,
	};
	struct dbgmem_vector_result res;
	struct dbgmem_segment *segs;
	uint8_t *buf;
	int status;
	size_t i;

	buf = prepare(range, nr, &segs);
	if (!buf)
		return STATUS_FAILED;
	if (dbgmem_read_segments_options(m, segs, nr, &opt, &res) < 0) {
		status = failed(p, range, nr, &res);
	} else if (res.result.done || res.nr_complete == nr) {
		status = print(p, segs, nr, opt.passes, s);
	} else {
		/* No byte was read: leave the output alone. */
		for (i = 0; i < nr; i++)
			if (segs[i].done < segs[i].len)
				explain(p, &segs[i]);
		status = STATUS_FAILED;
	}
	free(segs);
	free(buf);
	return status;
}
