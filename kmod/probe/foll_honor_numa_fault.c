// SPDX-License-Identifier: GPL-2.0
/* Since 6.5 pages with a hint of NUMA balancing are found, unless one asks not. */
#include <linux/mm.h>

#ifndef DBGMEM_PROBE_ABSENT
unsigned int probe = FOLL_HONOR_NUMA_FAULT;
#else
enum { FOLL_HONOR_NUMA_FAULT };
#endif
