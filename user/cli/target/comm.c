// SPDX-License-Identifier: GPL-2.0
/* The names of processes. */
#include <stdio.h>
#include <string.h>

#include "target/comm.h"

bool comm_get(pid_t pid, char name[COMM_SIZE])
{
	char path[64];
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	f = fopen(path, "re");
	len = f ? fread(name, 1, COMM_SIZE - 1, f) : 0;
	if (f)
		fclose(f);
	/* Remove the newline at the end; the name may have others. */
	if (len && name[len - 1] == '\n')
		len--;
	name[len] = '\0';
	if (len)
		return true;
	name[0] = '?';
	name[1] = '\0';
	return false;
}
