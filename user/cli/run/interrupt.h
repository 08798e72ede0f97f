/* SPDX-License-Identifier: GPL-2.0 */
/* A verb that takes long, and is told to end. */
#ifndef DBGMEM_INTERRUPT_H
#define DBGMEM_INTERRUPT_H

#include <sys/types.h>

#include <dbgmem.h>

/*
 * How long a verb may leave the first signal unseen, and how long what is to be done
 * before the end may take: whole seconds.
 */
#define INTERRUPT_LIMIT_MS	3000

/*
 * From now on the first SIGINT, SIGTERM or SIGHUP that is not ignored makes
 * interrupt_seen() say so, and the second one ends the tool, whatever it waits for.
 * So does the first one, if the verb does not look within INTERRUPT_LIMIT_MS.
 */
void interrupt_catch(void);

/*
 * The same for verbs that do not look: the first signal ends the tool, whatever it
 * waits for, as if nothing was caught; but for interrupt_before_end().
 */
void interrupt_watch(void);

/* The signal, or 0. Who gets a signal is expected to end the verb. */
int interrupt_seen(void);

/* Readable when there is a signal; -1 if none is caught. */
int interrupt_fd(void);

/*
 * read(2), which ends with EINTR when there is a signal to be seen, also while nothing
 * comes.
 */
ssize_t interrupt_read(int fd, void *buf, size_t len);

/*
 * Call @leave, in another thread, before a signal ends the tool; NULL for none. It
 * must not take locks: whoever holds one may never go on. If it takes longer than
 * INTERRUPT_LIMIT_MS, the tool ends without.
 */
void interrupt_before_end(void (*leave)(void));

/*
 * For calls of the library that take one: ends them with -ECANCELED, and between
 * their pieces flushes standard output.
 */
extern const struct dbgmem_progress interrupt_progress;

#endif /* DBGMEM_INTERRUPT_H */
