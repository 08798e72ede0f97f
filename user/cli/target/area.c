// SPDX-License-Identifier: GPL-2.0
/* The memory that a verb scans: regions of some kind, or ranges. */
#include <stdlib.h>
#include <string.h>

#include "run/interrupt.h"
#include "target/area.h"
#include "target/target.h"
#include "text/message.h"

bool area_option(struct area *a, int c)
{
	switch (c) {
	case AREA_WRITABLE:
		a->filter |= DBGMEM_REGION_WRITE;
		return true;
	case AREA_EXECUTABLE:
		a->filter |= DBGMEM_REGION_EXEC;
		return true;
	case AREA_FILE:
		a->filter |= DBGMEM_REGION_FILE;
		return true;
	case AREA_ANONYMOUS:
		a->filter |= DBGMEM_REGION_NOT(DBGMEM_REGION_FILE);
		return true;
	case AREA_PRIVATE:
		a->filter |= DBGMEM_REGION_NOT(DBGMEM_REGION_SHARED);
		return true;
	case AREA_SHARED:
		a->filter |= DBGMEM_REGION_SHARED;
		return true;
	default:
		return false;
	}
}

int area_parse(struct area *a, const char *verb, char **args, int nr,
	       pid_t *pid)
{
	int status;

	status = target_pid(verb, args, nr, pid);
	if (status)
		return status;
	if ((uint32_t)a->filter & (a->filter >> 32))
		return msg_usage(verb, "--file-backed and --anonymous, --private and --shared exclude each other");
	if (nr == 1)
		return STATUS_OK;
	return target_parse_all(verb, args + 1, nr - 1, TARGET_LEN_SOME,
				&a->given, &a->nr_given);
}

/* Append the mapped parts of @r. */
static int find(struct area *a, struct dbgmem *m, const struct dbgmem_range *r,
		uint64_t filter)
{
	struct dbgmem_range *found, *more;
	uint64_t bytes = 0;
	size_t nr, i;

	/* A range cannot include the last byte of the 64-bit address space. */
	if (dbgmem_ranges_find(m, r->addr, r->len < UINT64_MAX - r->addr ?
			       r->len : UINT64_MAX - r->addr, filter, &found,
			       &nr)) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	more = reallocarray(a->range, a->nr + nr + 1, sizeof(*more));
	if (!more) {
		msg("out of memory");
		dbgmem_ranges_free(found);
		return STATUS_FAILED;
	}
	a->range = more;
	for (i = 0; i < nr; i++) {
		a->range[a->nr++] = found[i];
		bytes += found[i].len;
	}
	a->found += bytes;
	if (a->given)
		a->unmapped += r->len - bytes;
	dbgmem_ranges_free(found);
	return STATUS_OK;
}

int area_find(struct area *a, struct dbgmem *m, uint32_t flags)
{
	static const struct dbgmem_range all = { .len = UINT64_MAX };
	uint64_t filter = a->filter;
	struct dbgmem_range r;
	int status;
	size_t i;

	if (!(flags & DBGMEM_FORCE))
		filter |= DBGMEM_REGION_READ;
	if (!a->given)
		return find(a, m, &all,
			    filter | DBGMEM_REGION_NOT(DBGMEM_REGION_SPECIAL));
	status = target_resolve(m, a->given, a->nr_given);
	for (i = 0; i < a->nr_given && !status; i++) {
		if (!a->given[i].has_len)
			status = target_extent(m, &a->given[i]);
		r = (struct dbgmem_range){
			.addr = a->given[i].addr,
			.len = a->given[i].len,
		};
		if (!status)
			status = find(a, m, &r, filter);
	}
	return status;
}

int area_verdict(const struct area *a, pid_t pid, uint32_t flags,
		 const struct coverage *c)
{
	uint64_t missed = a->unmapped;

	/* With --no-fault, skipping pages is what was asked for. */
	if (!(flags & DBGMEM_NOFAULT))
		missed += c->skipped;
	if (c->cut)
		msg("%s%llu of %llu bytes of process %d were searched",
		    interrupt_seen() ? "interrupted: " : "",
		    (unsigned long long)(c->done - c->skipped),
		    (unsigned long long)a->found, (int)pid);
	if (missed)
		msg("%llu bytes of process %d could not be read and were left out",
		    (unsigned long long)missed, (int)pid);
	if (!c->cut && !missed)
		return STATUS_OK;
	return c->done > c->skipped ? STATUS_PARTIAL : STATUS_FAILED;
}

void area_free(struct area *a)
{
	free(a->given);
	free(a->range);
	*a = (struct area){ 0 };
}
