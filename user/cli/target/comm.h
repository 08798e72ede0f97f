/* SPDX-License-Identifier: GPL-2.0 */
/* The names of processes. */
#ifndef DBGMEM_COMM_H
#define DBGMEM_COMM_H

#include <stdbool.h>
#include <sys/types.h>

/* TASK_COMM_LEN, and longer for threads of the kernel. */
#define COMM_SIZE	64

/*
 * What /proc/PID/comm says: any bytes, as a process chooses its name itself. False,
 * and "?", if there is none.
 */
bool comm_get(pid_t pid, char name[COMM_SIZE]);

#endif /* DBGMEM_COMM_H */
