// SPDX-License-Identifier: GPL-2.0
/* Since 6.0 a fault may drop the mmap_lock and be done. */
#include <linux/mm.h>

#ifndef DBGMEM_PROBE_ABSENT
unsigned int probe = (__force unsigned int)VM_FAULT_COMPLETED;
#else
enum { VM_FAULT_COMPLETED };
#endif
