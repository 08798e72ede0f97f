/* SPDX-License-Identifier: GPL-2.0 */
/* A terminal used as one screen that is written again and again. */
#ifndef DBGMEM_SCREEN_H
#define DBGMEM_SCREEN_H

#include <stdbool.h>

/* Is standard output a terminal that can be used so, and not in the background? */
bool screen_possible(void);

/*
 * A screen of its own, no cursor, keys that are not shown: to be taken back by
 * screen_stop() before this process ends or stops. Both may be called in any case.
 */
void screen_start(void);
void screen_stop(void);

/* If it is started: somebody else may have used the terminal meanwhile. */
void screen_again(void);

/* As screen_stop(), for a process that is about to end: takes no locks. */
void screen_leave(void);

/* Lines of the terminal. */
unsigned int screen_rows(void);

/*
 * Show the lines of @text instead of what was there, as many as there is place
 * for; nothing while this process is in the background.
 */
void screen_show(const char *text);

/* The descriptor that keys come from, or -1. */
int screen_input(void);

/* The key, when poll(2) has told of one; or 0. */
char screen_key(void);

#endif /* DBGMEM_SCREEN_H */
