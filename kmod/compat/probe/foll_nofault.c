// SPDX-License-Identifier: GPL-2.0
/* 5.16 can look without faulting pages in. */
#include <linux/mm.h>

#ifndef DBGMEM_PROBE_ABSENT
unsigned int probe = FOLL_NOFAULT;
#else
enum { FOLL_NOFAULT };
#endif
