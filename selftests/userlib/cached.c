// SPDX-License-Identifier: GPL-2.0
#include "cached.h"

long session_count(struct dbgmem *m, const char *key)
{
	char path[64], text[2048], line[64], *p;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", dbgmem_fd(m));
	if (file_read(path, text, sizeof(text)) <= 0)
		return -1;
	snprintf(line, sizeof(line), "\n%s:\t", key);
	p = strstr(text, line);
	return p ? strtol(p + strlen(line), NULL, 10) : -1;
}

long byte_fill(void *page)
{
	memset(page, 0xee, PAGE);
	return 0;
}
