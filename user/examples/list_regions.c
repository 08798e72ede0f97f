// SPDX-License-Identifier: LGPL-2.1-or-later
/* list_regions PID: what is mapped and can be written, with sizes and names. */
#include <dbgmem.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	struct dbgmem_regions *list = NULL;
	struct dbgmem_region region;
	struct dbgmem *m;
	const char *name;
	int ret;

	if (argc != 2) {
		fprintf(stderr, "usage: %s PID\n", argv[0]);
		return 2;
	}
	if (dbgmem_open(atoi(argv[1]), 0, &m)) {
		fprintf(stderr, "%s\n", dbgmem_errstr());
		return 1;
	}
	ret = dbgmem_regions_new(m, 0, 0, DBGMEM_REGION_WRITE, DBGMEM_REGIONS_NAMES, &list);
	while (!ret && (ret = dbgmem_regions_next(list, &region, &name)) == 1) {
		printf("0x%" PRIx64 " %" PRIu64 " KiB ", (uint64_t)region.start,
		       (uint64_t)(region.end - region.start) / 1024);
		/* The target chose the name: print nothing that a terminal would obey. */
		for (; *name; name++)
			putchar(*name >= ' ' && *name <= '~' ? *name : '?');
		putchar('\n');
		ret = 0;
	}
	if (ret)
		fprintf(stderr, "%s\n", dbgmem_errstr());
	dbgmem_regions_free(list);
	dbgmem_close(m);
	return ret ? 1 : 0;
}
