// SPDX-License-Identifier: LGPL-2.1-or-later
/* read_many PID ADDR...: print the 64-bit words at many addresses, read in one call. */
#include <dbgmem.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int read_words(struct dbgmem_scatter *s, char **addrs)
{
	struct dbgmem_result res;
	ssize_t i;

	for (i = 0; addrs[i]; i++)
		if (dbgmem_scatter_add(s, strtoull(addrs[i], NULL, 0), NULL,
				       sizeof(uint64_t)) < 0)
			return -1;
	if (dbgmem_scatter_execute(s, NULL) < 0)
		return -1;
	/* A bad address does not stop the others. Each has an answer of its own. */
	for (i = 0; addrs[i]; i++) {
		if (dbgmem_scatter_result(s, (size_t)i, &res))
			printf("%s: %s\n", addrs[i], dbgmem_reason_str(res.reason));
		else
			printf("%s: %" PRIu64 "\n", addrs[i],
			       *(uint64_t *)dbgmem_scatter_data(s, (size_t)i));
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct dbgmem_scatter *s = NULL;
	struct dbgmem *m;
	int ret;

	if (argc < 3) {
		fprintf(stderr, "usage: %s PID ADDR...\n", argv[0]);
		return 2;
	}
	if (dbgmem_open(atoi(argv[1]), 0, &m)) {
		fprintf(stderr, "%s\n", dbgmem_errstr());
		return 1;
	}
	ret = dbgmem_scatter_new(m, DBGMEM_OP_READ, 0, &s);
	if (!ret)
		ret = read_words(s, argv + 2);
	if (ret)
		fprintf(stderr, "%s\n", dbgmem_errstr());
	dbgmem_scatter_free(s);
	dbgmem_close(m);
	return ret ? 1 : 0;
}
