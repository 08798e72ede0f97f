/* SPDX-License-Identifier: GPL-2.0 */
/* Signals as a descriptor for poll(2). */
#ifndef DBGMEM_SIGNALS_H
#define DBGMEM_SIGNALS_H

#include <stddef.h>

/*
 * Block the signals in @wanted that are not ignored, and report them by a descriptor,
 * see signalfd(2). Returns -1 after a message.
 */
int signals_open(const int *wanted, size_t nr);

#endif /* DBGMEM_SIGNALS_H */
