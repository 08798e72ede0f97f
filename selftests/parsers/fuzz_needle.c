// SPDX-License-Identifier: GPL-2.0
/* The search: length of the pattern, alignment, pattern, mask, memory. */
/* sources: user/lib/needle.c user/lib/error.c */
#include "fuzz.h"

#include <stdbool.h>

#include "../../user/lib/needle.h"

#define ADDR	0x1003

static bool matches(const struct dbgmem_pattern *p, const uint8_t *at)
{
	const uint8_t *bytes = p->bytes, *mask = p->mask;
	size_t i;

	for (i = 0; i < p->len; i++)
		if ((at[i] ^ bytes[i]) & (mask ? mask[i] : 0xff))
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct dbgmem_pattern p = { 0 };
	struct dbgmem__needle n;
	size_t at, want, nr;

	if (len < 2)
		return 0;
	p.len = data[0] % 24;
	p.align = data[1] % 9;
	p.bytes = data + 2;
	nr = data[1] & 0x80 ? 2 * p.len : p.len;
	if (len < 2 + nr)
		return 0;
	if (data[1] & 0x80)
		p.mask = data + 2 + p.len;
	if (dbgmem__needle_init(&n, &p))
		return 0;
	data += 2 + nr;
	len -= 2 + nr;
	for (at = 0; at <= len; at = want + 1) {
		for (want = at; want + p.len <= len; want++)
			if ((p.align < 2 || (ADDR + want) % p.align == 0) &&
			    matches(&p, data + want))
				break;
		if (want + p.len > len)
			want = SIZE_MAX;
		MUST(dbgmem__needle_find(&n, data, len, ADDR, at) == want);
		if (want == SIZE_MAX)
			break;
	}
	dbgmem__needle_free(&n);
	return 0;
}
