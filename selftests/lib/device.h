/* SPDX-License-Identifier: GPL-2.0 */
/* Special memory, which not every engine reaches. */
#ifndef SELFTESTS_DEVICE_H
#define SELFTESTS_DEVICE_H

#include "memory.h"

#include <glob.h>

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

/* A page of secret memory at @at. */
bool map_secret(void *at);

/*
 * A page of a PCI device's memory at @at: of a graphics adapter if there is one,
 * as its frame buffer is memory indeed.
 */
bool map_device(void *at);

#endif /* SELFTESTS_DEVICE_H */
