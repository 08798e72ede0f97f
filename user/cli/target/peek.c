// SPDX-License-Identifier: GPL-2.0
/* Read memory without changing it: bring no page in. */
#include <stdbool.h>
#include <string.h>

#include "target/peek.h"

/* Flags for a read that brings no page in, unless @flags ask for that. */
static uint32_t read_flags(uint32_t flags)
{
	return flags & DBGMEM_FAULT_IN ? flags & ~DBGMEM_FAULT_IN :
					 flags | DBGMEM_NOFAULT;
}

/* Is the result of that read final? Otherwise unused pages must be taken for zeros. */
static bool is_final(uint32_t flags)
{
	return flags & (DBGMEM_FAULT_IN | DBGMEM_NOFAULT);
}

static void run_copy(const struct dbgmem_run *run, uint8_t *to)
{
	if (run->bytes)
		memcpy(to, run->bytes, (size_t)run->len);
	else
		memset(to, 0, (size_t)run->len);
}

/* Mark the pages of @run as valid, counted from the page of @addr. */
static void run_mark(const struct dbgmem_run *run, uint64_t addr,
		     uint8_t *valid, uint64_t page_size)
{
	uint64_t page = run->addr / page_size - addr / page_size;
	const uint64_t last = (run->addr + run->len - 1) / page_size -
			      addr / page_size;

	for (; page <= last; page++)
		valid[page / 8] |= (uint8_t)(1U << page % 8);
}

void peek_valid(struct dbgmem *m, uint64_t addr, uint8_t *buf, size_t len,
		uint32_t flags, uint8_t *valid, uint64_t page_size)
{
	const size_t valid_size = dbgmem_valid_size(m, addr, len);
	const struct dbgmem_range range = { addr, len };
	struct dbgmem_runs *runs;
	struct dbgmem_result res;
	struct dbgmem_run run;

	if (dbgmem_read_valid(m, addr, buf, len,
			      read_flags(flags) | DBGMEM_ZEROFILL, valid,
			      valid_size, &res) < 0)
		memset(valid, 0, valid_size);
	else if (res.done == len)
		return;
	if (is_final(flags) ||
	    dbgmem_runs_new(m, &range, 1, flags, NULL, &runs))
		return;
	while (dbgmem_runs_next(runs, &run) > 0) {
		run_copy(&run, buf + (run.addr - addr));
		run_mark(&run, addr, valid, page_size);
	}
	dbgmem_runs_free(runs);
}

size_t peek_bytes(struct dbgmem *m, uint64_t addr, uint8_t *buf, size_t len,
		  uint32_t flags)
{
	const struct dbgmem_range range = { addr, len };
	struct dbgmem_runs *runs;
	struct dbgmem_result res;
	struct dbgmem_run run;
	size_t done = 0;

	if (dbgmem_read_flags(m, addr, buf, len, read_flags(flags), &res) < 0)
		res.done = 0;
	if (res.done == len || is_final(flags) ||
	    dbgmem_runs_new(m, &range, 1, flags, NULL, &runs))
		return (size_t)res.done;
	while (dbgmem_runs_next(runs, &run) > 0 && run.addr == addr + done) {
		run_copy(&run, buf + done);
		done += (size_t)run.len;
	}
	dbgmem_runs_free(runs);
	return done;
}
