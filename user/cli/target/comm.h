/* SPDX-License-Identifier: GPL-2.0 */
/* The names of processes. */
#ifndef DBGMEM_COMM_H
#define DBGMEM_COMM_H

#include <stdbool.h>
#include <sys/types.h>

/* Longer than TASK_COMM_LEN, for kernel threads. */
#define COMM_SIZE	64

/*
 * Read /proc/PID/comm: any bytes, as a process chooses its own name. Returns false, and
 * "?", if there is none.
 */
bool comm_get(pid_t pid, char name[COMM_SIZE]);

#endif /* DBGMEM_COMM_H */
