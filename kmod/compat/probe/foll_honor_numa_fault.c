// SPDX-License-Identifier: GPL-2.0
/* Newer kernels find pages with a hint of NUMA balancing unless asked not to. */
#include <linux/mm.h>

#ifndef DBGMEM_PROBE_ABSENT
unsigned int probe = FOLL_HONOR_NUMA_FAULT;
#else
enum { FOLL_HONOR_NUMA_FAULT };
#endif
