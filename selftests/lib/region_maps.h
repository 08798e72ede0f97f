/* SPDX-License-Identifier: GPL-2.0 */
/* The lines of /proc/PID/maps, and whether a region is one of them. */
#ifndef SELFTESTS_REGION_MAPS_H
#define SELFTESTS_REGION_MAPS_H

#include "common.h"

#define MAX_REGIONS	4096

struct line {
	uint64_t start, end, offset, inode;
	uint32_t major, minor;
	char prot[5];
	char *name;
};

struct maps {
	uint32_t nr;
	struct line line[MAX_REGIONS];
	char text[1 << 20];
};

/* Read from the open file. [vsyscall], which is not the target's, is left out. */
int maps_get(int fd, struct maps *maps);
int maps_of(pid_t pid, struct maps *maps);

/* Compare all fields of a line; the name only if there is one to compare. */
bool region_is_line(const struct dbgmem_region *r, const char *name,
		    const struct line *l);

#endif /* SELFTESTS_REGION_MAPS_H */
