/* SPDX-License-Identifier: GPL-2.0 */
/* A progress bar. */
#ifndef DBGMEM_BAR_H
#define DBGMEM_BAR_H

#include <stdbool.h>
#include <stdint.h>

/* Drawn on standard error where that is a terminal; otherwise nothing is. */
struct bar {
	bool on;
	long began, drawn;	/* ms; drawn is 0 before the first time */
};

void bar_begin(struct bar *b);

/*
 * For struct dbgmem_progress, @bar being its arg: show that @done of @total bytes
 * are done. 1 if the tool was told to end, see interrupt.h.
 */
int bar_step(void *bar, uint64_t done, uint64_t total);

/* Wipe it away: before any message. */
void bar_end(struct bar *b);

#endif /* DBGMEM_BAR_H */
