/* SPDX-License-Identifier: GPL-2.0 */
/* A progress bar. */
#ifndef DBGMEM_BAR_H
#define DBGMEM_BAR_H

#include <stdbool.h>
#include <stdint.h>

/* Drawn on standard error if that is a terminal. */
struct bar {
	bool on;
	long began, drawn;	/* ms; @drawn is 0 before the first time */
};

void bar_begin(struct bar *b);

/*
 * Callback for struct dbgmem_progress, with @bar as its arg: show that @done of @total
 * bytes are done. Returns 1 after a signal, see interrupt.h.
 */
int bar_step(void *bar, uint64_t done, uint64_t total);

/* Erase the bar. Call this before any message. */
void bar_end(struct bar *b);

#endif /* DBGMEM_BAR_H */
