/* SPDX-License-Identifier: GPL-2.0 */
/* Cancellation of a verb by a signal. */
#ifndef DBGMEM_INTERRUPT_H
#define DBGMEM_INTERRUPT_H

#include <sys/types.h>

#include <dbgmem.h>

/*
 * Limit for a verb to see the first signal, and for what is done before the end. Whole
 * seconds.
 */
#define INTERRUPT_LIMIT_MS	3000

/*
 * From now on interrupt_seen() reports the first SIGINT, SIGTERM or SIGHUP that is not
 * ignored. The second signal ends the tool, whatever it waits for. So does the first
 * one if the verb does not call interrupt_seen() within INTERRUPT_LIMIT_MS.
 */
void interrupt_catch(void);

/*
 * The same for verbs that do not call interrupt_seen(): the first signal ends the tool,
 * whatever it waits for, after the function of interrupt_before_end().
 */
void interrupt_watch(void);

/* Returns the signal, or 0. The verb must end after a signal. */
int interrupt_seen(void);

/* Readable after a signal; -1 if none is caught. */
int interrupt_fd(void);

/* read(2) that fails with EINTR after a signal, also while no data comes. */
ssize_t interrupt_read(int fd, void *buf, size_t len);

/*
 * Call @leave, in another thread, before a signal ends the tool; NULL for none. @leave
 * must not take locks, as their holder may never run again. The tool ends without it
 * after INTERRUPT_LIMIT_MS.
 */
void interrupt_before_end(void (*leave)(void));

/*
 * Progress callback for the library: ends a call with -ECANCELED after a signal, and
 * flushes standard output between its pieces.
 */
extern const struct dbgmem_progress interrupt_progress;

#endif /* DBGMEM_INTERRUPT_H */
