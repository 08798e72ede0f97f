/* SPDX-License-Identifier: GPL-2.0 */
/* The notes of a core in the kernel's layout. */
#ifndef DBGMEM_NOTE_H
#define DBGMEM_NOTE_H

#include "core/core.h"
#include "core/segments.h"
#include "target/psinfo.h"

/* All of these return 0 or a negative errno. */

/*
 * The tool's own note: a line of text for each thread. Readers check the type before
 * the owner: BFD (gdb) and delve take any note of type 1 in a core for NT_PRSTATUS. So
 * this number has no other meaning; like NT_FILE and NT_SIGINFO it is four letters,
 * "DBGT".
 */
#define NOTE_OWNER	"dbgmem"
#define NOTE_THREADS	0x44424754

/* NT_PRSTATUS of a thread, and an empty NT_SIGINFO. */
int note_prstatus(struct notes *n, const struct psinfo *info, const void *regs,
		  size_t len);

/* NT_PRPSINFO; @args is the beginning of /proc/PID/cmdline. */
#define NOTE_ARGS_MAX	80
int note_prpsinfo(struct notes *n, const struct psinfo *info, const char *args,
		  size_t len);

/* NT_FILE: which file is mapped where. */
int note_file(struct notes *n, const struct segments *s, uint64_t page_size);

#endif /* DBGMEM_NOTE_H */
