// SPDX-License-Identifier: GPL-2.0
/* The auxiliary vector, which a process may change: what kind of core it gets. */
/* sources: user/cli/core/core.c */
#define _GNU_SOURCE
#include "fuzz.h"

#include "core/core.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct core_kind kind;
	uint64_t top = 0, size;
	char *auxv;

	if (len >= sizeof(top)) {
		memcpy(&top, data, sizeof(top));
		data += sizeof(top);
		len -= sizeof(top);
	}
	auxv = text_of(data, len);
	core_kind_find(&kind, top, auxv, len);
	size = core_headers_size(&kind, 1);
	MUST(size == (kind.wide ? 64 + 56 : 52 + 32));
	free(auxv);
	return 0;
}
