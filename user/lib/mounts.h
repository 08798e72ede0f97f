/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* File systems that answer without asking a process. */
#ifndef DBGMEM_MOUNTS_H
#define DBGMEM_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Their devices, as those of regions. */
struct dbgmem__mounts {
	size_t nr;
	struct {
		uint32_t major, minor;
	} device[256];
};

/* Those that this process sees, and then those of the process of @dir, /proc/PID. */
void dbgmem__mounts_read(struct dbgmem__mounts *m, int dir);

/* Does nobody wait who opens a file there? */
bool dbgmem__mounts_local(const struct dbgmem__mounts *m, uint32_t major,
			  uint32_t minor);

#pragma GCC visibility pop

#endif /* DBGMEM_MOUNTS_H */
