/* SPDX-License-Identifier: GPL-2.0 */
/* The notes of a core, as the kernel lays them out. */
#ifndef DBGMEM_NOTE_H
#define DBGMEM_NOTE_H

#include "core/core.h"
#include "core/segments.h"
#include "target/psinfo.h"

/* All of these: 0 or a negative errno. */

/*
 * The tool's own note: a line of text for each thread. Readers take the type before
 * the owner: in a core, BFD (gdb) and delve take any note of type 1 for NT_PRSTATUS,
 * so this is a number that nobody else gives a meaning, made as NT_FILE and NT_SIGINFO
 * are: "DBGT".
 */
#define NOTE_OWNER	"dbgmem"
#define NOTE_THREADS	0x44424754

/* NT_PRSTATUS of a thread, and NT_SIGINFO: no signal has ended it. */
int note_prstatus(struct notes *n, const struct psinfo *info, const void *regs,
		  size_t len);

/* NT_PRPSINFO; @args is how /proc/PID/cmdline begins. */
#define NOTE_ARGS_MAX	80
int note_prpsinfo(struct notes *n, const struct psinfo *info, const char *args,
		  size_t len);

/* NT_FILE: which file is mapped where. */
int note_file(struct notes *n, const struct segments *s, uint64_t page_size);

#endif /* DBGMEM_NOTE_H */
