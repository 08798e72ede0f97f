// SPDX-License-Identifier: LGPL-2.1-or-later
/* Fill memory of the target with a pattern. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "walk.h"

#define FILL_FLAGS	(DBGMEM_EXACT | DBGMEM_FORCE | DBGMEM_RAW)

/* What is written over and over: the pattern, as often as makes a piece. */
struct tile {
	const unsigned char *bytes;
	size_t len;
	unsigned char *copy;	/* to be freed */
};

/* For @len bytes at once, or as many as are worth it. */
static int tile_init(struct tile *t, const void *pattern, size_t pattern_len,
		     uint64_t len)
{
	size_t times = len / pattern_len + (len % pattern_len != 0), i;

	*t = (struct tile){ .bytes = pattern, .len = pattern_len };
	if (times <= 1)
		return 0;
	if (times > SIZE_MAX / pattern_len)
		return -ENOMEM;
	t->len = times * pattern_len;
	t->copy = malloc(t->len);
	if (!t->copy)
		return -ENOMEM;
	for (i = 0; i < t->len; i += pattern_len)
		memcpy(t->copy + i, pattern, pattern_len);
	t->bytes = t->copy;
	return 0;
}

static int fill(struct dbgmem *m, uint64_t addr, uint64_t len,
		const struct tile *t, uint32_t flags, size_t max,
		const struct dbgmem_progress *progress,
		struct dbgmem_result *res)
{
	struct dbgmem_result piece;
	uint64_t done = 0;
	size_t from, n;
	ssize_t ret;

	while (done < len) {
		from = done % t->len;
		n = t->len - from;
		n = n < max ? n : max;
		n = len - done < n ? len - done : n;
		ret = dbgmem_write_flags(m, addr + done, t->bytes + from, n,
					 flags, &piece);
		done += piece.done;
		res->done = done;
		if (ret >= 0 && piece.done < n)
			continue;	/* which says why */
		res->fault_addr = piece.fault_addr;
		res->reason = piece.reason;
		if (ret >= 0)
			ret = dbgmem__progress(progress, m, "the filling of",
					       done, len);
		if (ret) {
			dbgmem__fail_done(done);
			return (int)ret;
		}
	}
	return 0;
}

DBGMEM_EXPORT int64_t dbgmem_fill(struct dbgmem *m, uint64_t addr, uint64_t len,
				  const void *pattern, size_t pattern_len,
				  uint32_t flags,
				  const struct dbgmem_progress *progress,
				  struct dbgmem_result *res)
{
	const bool exact = flags & DBGMEM_EXACT;
	struct dbgmem_result none;
	struct tile tile;
	int ret;

	if (!res)
		res = &none;
	*res = (struct dbgmem_result){ 0 };
	if (!pattern || !pattern_len)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot fill %llu bytes at 0x%llx of process %d: no pattern",
			(unsigned long long)len, (unsigned long long)addr,
			(int)m->pid);
	ret = dbgmem__long_check(m, DBGMEM_IOC_WRITE, addr, len, flags,
				 FILL_FLAGS);
	if (ret)
		return ret;
	if (tile_init(&tile, pattern, pattern_len,
		      exact || len < DBGMEM__PIECE ? len : DBGMEM__PIECE))
		return dbgmem__fail_simple(ENOMEM, DBGMEM_SOURCE_SYSTEM,
			"cannot fill %llu bytes at 0x%llx of process %d: out of memory",
			(unsigned long long)len, (unsigned long long)addr,
			(int)m->pid);
	ret = fill(m, addr, len, &tile, flags, exact ? SIZE_MAX : DBGMEM__PIECE,
		   progress, res);
	free(tile.copy);
	return res->done ? (int64_t)res->done : ret;
}
