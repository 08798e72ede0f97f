// SPDX-License-Identifier: GPL-2.0
/* Bugs, for analyze.sh to see that each analyzer finds them. */
#include <stdlib.h>
#include <string.h>

int planted_null(int n)
{
	int *p = NULL;

	if (n > 3)
		p = &n;
	return *p;
}

int planted_leak(size_t len)
{
	char *p = malloc(len);

	if (!p)
		return -1;
	memset(p, 1, len);
	return p[len / 2];
}

int planted_uninitialized(int n)
{
	int x;

	if (n == 5)
		x = 7;
	return x;
}
