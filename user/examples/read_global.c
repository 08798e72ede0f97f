// SPDX-License-Identifier: LGPL-2.1-or-later
/* read_global PID ADDR: print the int at ADDR, as "nm" or a debugger names it. */
#include <dbgmem.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	struct dbgmem *m;
	int value, ret;

	if (argc != 3) {
		fprintf(stderr, "usage: %s PID ADDR\n", argv[0]);
		return 2;
	}
	if (dbgmem_open(atoi(argv[1]), 0, &m)) {
		fprintf(stderr, "%s\n", dbgmem_errstr());
		return 1;
	}
	/* All of it or nothing. The sentence names the address and the reason. */
	ret = dbgmem_read_exact(m, strtoull(argv[2], NULL, 0), &value, sizeof(value));
	if (ret)
		fprintf(stderr, "%s\n", dbgmem_errstr());
	else
		printf("%d\n", value);
	dbgmem_close(m);
	return ret ? 1 : 0;
}
