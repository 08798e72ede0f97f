// SPDX-License-Identifier: LGPL-2.1-or-later
/* find_string PID STRING: addresses of a string in memory that can be written. */
#include <dbgmem.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int find(struct dbgmem *m, const char *string)
{
	struct dbgmem_pattern pattern = { .bytes = string, .len = strlen(string) };
	uint64_t filter = DBGMEM_REGION_WRITE | DBGMEM_REGION_NOT(DBGMEM_REGION_SPECIAL);
	struct dbgmem_range *ranges;
	struct dbgmem_search *s;
	uint64_t addr;
	size_t nr;
	int ret;

	ret = dbgmem_ranges_find(m, 0, UINT64_MAX, filter, &ranges, &nr);
	if (ret)
		return ret;
	/* Pages that were never touched are zeros: they are not read, nor allocated. */
	ret = dbgmem_search_new(m, ranges, nr, &pattern, 0, NULL, &s);
	dbgmem_ranges_free(ranges);
	if (ret)
		return ret;
	while ((ret = dbgmem_search_next(s, &addr)) == 1)
		printf("0x%" PRIx64 "\n", addr);
	dbgmem_search_free(s);
	return ret;
}

int main(int argc, char **argv)
{
	struct dbgmem *m;
	int ret;

	if (argc != 3) {
		fprintf(stderr, "usage: %s PID STRING\n", argv[0]);
		return 2;
	}
	if (dbgmem_open(atoi(argv[1]), 0, &m)) {
		fprintf(stderr, "%s\n", dbgmem_errstr());
		return 1;
	}
	ret = find(m, argv[2]);
	if (ret)
		fprintf(stderr, "%s\n", dbgmem_errstr());
	dbgmem_close(m);
	return ret ? 1 : 0;
}
