// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * watch_value PID ADDR N: print N values of the int at ADDR, each time that it
 * changes. A window shows the target's memory here: looking is a load, no call.
 */
#include <dbgmem.h>
#include <stdio.h>
#include <stdlib.h>

/* Without dbgmem_window_read() a page that goes away would raise SIGBUS. */
static int look(struct dbgmem_window *w, uint64_t addr, int *value)
{
	return dbgmem_window_read(w, addr, value, sizeof(*value)) == sizeof(*value) ? 0 : -1;
}

static int watch(struct dbgmem_window *w, uint64_t addr, int n)
{
	int value, before;

	if (look(w, addr, &before))
		return -1;
	printf("%d\n", before);
	while (--n > 0) {
		do {
			if (look(w, addr, &value))
				return -1;
		} while (value == before);
		printf("%d\n", value);
		before = value;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct dbgmem_window *w = NULL;
	struct dbgmem *m;
	uint64_t addr;
	int ret;

	if (argc != 4) {
		fprintf(stderr, "usage: %s PID ADDR N\n", argv[0]);
		return 2;
	}
	addr = strtoull(argv[2], NULL, 0);
	if (dbgmem_open(atoi(argv[1]), DBGMEM_OPEN_RDONLY, &m)) {
		fprintf(stderr, "%s\n", dbgmem_errstr());
		return 1;
	}
	ret = dbgmem_window_catch(0);
	if (!ret)
		ret = dbgmem_window_map(m, addr, sizeof(int), 0, &w);
	if (!ret)
		ret = watch(w, addr, atoi(argv[3]));
	if (ret)
		fprintf(stderr, "%s\n", dbgmem_errstr());
	dbgmem_window_unmap(w);
	dbgmem_close(m);
	return ret ? 1 : 0;
}
