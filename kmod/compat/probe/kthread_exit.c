// SPDX-License-Identifier: GPL-2.0
/* 5.17 has an exit for threads of the kernel alone. */
#include <linux/module.h>

#ifndef DBGMEM_PROBE_ABSENT
void *probe = __module_put_and_kthread_exit;
#else
enum { __module_put_and_kthread_exit };
#endif
