// SPDX-License-Identifier: GPL-2.0
/* 5.17 has an exit for threads of the kernel alone. */
#include <linux/kthread.h>

#ifndef DBGMEM_PROBE_ABSENT
void *probe = kthread_exit;
#else
enum { kthread_exit };
#endif
