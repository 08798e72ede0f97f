/* SPDX-License-Identifier: GPL-2.0 */
/* The notes of a core, as the kernel lays them out. */
#ifndef DBGMEM_NOTE_H
#define DBGMEM_NOTE_H

#include "core.h"
#include "psinfo.h"
#include "segments.h"

/* All of these: 0 or a negative errno. */

/* NT_PRSTATUS of thread @tid: its state, and its general registers. */
int note_prstatus(struct notes *n, pid_t tid, const struct psinfo *info,
		  const void *regs, size_t len);

/* NT_PRPSINFO; @args is /proc/PID/cmdline. */
int note_prpsinfo(struct notes *n, pid_t pid, const struct psinfo *info,
		  const char *args, size_t len);

/* NT_FILE: which file is mapped where. */
int note_file(struct notes *n, const struct segments *s, uint64_t page_size);

#endif /* DBGMEM_NOTE_H */
