/* SPDX-License-Identifier: GPL-2.0 */
/* A terminal used as a screen that is redrawn. */
#ifndef DBGMEM_SCREEN_H
#define DBGMEM_SCREEN_H

#include <stdbool.h>

/* Is standard output a suitable terminal, and this process in the foreground? */
bool screen_possible(void);

/*
 * Switch to the alternate screen without cursor and echo. screen_stop() must undo this
 * before the process ends or stops. Both may be called at any time.
 */
void screen_start(void);
void screen_stop(void);

/* Set up a started screen again, after another process may have used the terminal. */
void screen_again(void);

/* Like screen_stop() for a process that is about to end: takes no locks. */
void screen_leave(void);

/* Number of lines of the terminal. */
unsigned int screen_rows(void);

/*
 * Replace the screen by the first lines of @text. Does nothing while this process is in
 * the background.
 */
void screen_show(const char *text);

/* The descriptor to read keys from, or -1. */
int screen_input(void);

/* Read a key after poll(2) has reported one. Returns 0 if there is none. */
char screen_key(void);

#endif /* DBGMEM_SCREEN_H */
