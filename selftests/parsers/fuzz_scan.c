// SPDX-License-Identifier: GPL-2.0
/* Strings in memory: the first bytes say which, and how it comes in. */
/* sources: user/cli/text/scan.c user/cli/text/text.c user/lib/utf.c */
#include "fuzz.h"

#include <dbgmem.h>

#include "text/scan.h"

struct found {
	uint64_t sum;
	size_t nr;
};

static int found(void *arg, uint64_t addr, const char *text, size_t len)
{
	struct found *f = arg;
	size_t i;

	MUST(len && dbgmem_utf8_valid(text, len) == len);
	for (i = 0; i < len; i++)
		f->sum = f->sum * 31 + (unsigned char)text[i] + addr;
	f->nr++;
	return 0;
}

/* In pieces of @step bytes. */
static struct found scan(const uint8_t *data, size_t len, unsigned int kind,
			 size_t step)
{
	static struct scan_run run[2];
	struct found f = { 0 };
	struct scan s = {
		.encoding = kind % 3,
		.min = 1 + kind / 3 % 5,
		.found = found,
		.arg = &f,
		.run = { &run[0], &run[1] },
	};
	size_t from = 0, to = 0, used;

	memset(run, 0, sizeof(run));
	while (from < len) {
		to = to + step < len ? to + step : len;
		used = scan_feed(&s, 0x1000 + from, data + from, to - from);
		MUST(used <= to - from && to - from - used <= SCAN_LEFT);
		from += used;
		if (to == len)
			break;
	}
	scan_break(&s);
	return f;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct found all, parts;

	if (len < 2)
		return 0;
	all = scan(data + 2, len - 2, data[0], len);
	parts = scan(data + 2, len - 2, data[0], 4 + data[1] % 16);
	MUST(all.nr == parts.nr && all.sum == parts.sum);
	return 0;
}
