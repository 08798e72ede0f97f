/* SPDX-License-Identifier: GPL-2.0 */
/* Signals to wait for together with other things. */
#ifndef DBGMEM_SIGNALS_H
#define DBGMEM_SIGNALS_H

#include <stddef.h>

/*
 * A descriptor, see signalfd(2), that tells of those @wanted that are not ignored;
 * from now on they do nothing else. Or -1, and the message is out.
 */
int signals_open(const int *wanted, size_t nr);

#endif /* DBGMEM_SIGNALS_H */
