/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For every test program: raw system calls on the ABI, the module's parameters,
 * and target processes. Only tests of the library link the library.
 */
#ifndef SELFTESTS_COMMON_H
#define SELFTESTS_COMMON_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <dbgmem/uapi.h>

#include "sizes.h"

#define DEV_PATH	"/dev/dbgmem"
#define PARAM_DIR	"/sys/module/dbgmem/parameters/"

/* --- the ABI: 0 or a positive result, or -errno --- */

int dev_open(int oflags);

/* Open /proc/@pid/@name ("mem", "auxv", "task/7/mem", ...). */
int proc_open(pid_t pid, const char *name, int oflags);

/* Flags of ATTACH for new sessions. */
extern uint32_t attach_flags;

int attach(int fd, pid_t pid, int mem_fd);

/* A session on @pid: the device and the mem file are opened with @oflags. */
int session_open(pid_t pid, int oflags);
int session_info(int fd, struct dbgmem_session_info *info);

/* What the module can do, asked on any session. */
int module_info(int fd, struct dbgmem_info *info);

/* Pages that the mirror of a session knows, or -1. */
long mirror_pages(int fd);

/* @cmd is DBGMEM_IOC_READ or _WRITE; @t, if not NULL, gets the answer. */
int xfer(int fd, unsigned long cmd, uint64_t addr, void *buf,
	 uint64_t len, uint32_t flags, struct dbgmem_transfer *t);

#define mem_read(fd, addr, buf, len, flags, t) \
	xfer(fd, DBGMEM_IOC_READ, (uintptr_t)(addr), buf, len, flags, t)
#define mem_write(fd, addr, buf, len, flags, t) \
	xfer(fd, DBGMEM_IOC_WRITE, (uintptr_t)(addr), (void *)(buf), len, flags, t)

/* --- the module's parameters --- */

int param_set(const char *name, const char *value);

/*
 * Select the engine for transfers. "mirror": new sessions have a mirror; pages
 * that it does not know go through any engine.
 */
int engine_set(const char *name);

/*
 * --- a target process ---
 *
 * A forked child that runs commands for the test: its mappings are those of the
 * test at the time of the fork (so that addresses need not be passed), but its
 * own address space. target_call() runs @fn in the child and waits; the child
 * sits in read(2) between calls, and dies with its parent.
 */
struct target {
	pid_t pid;
	int to, from;
};

typedef long (*target_fn)(void *arg);

void target_loop(int in, int out);
int target_start(struct target *t);

/* Start @fn in the target without waiting for it. */
void target_send(struct target *t, target_fn fn, void *arg);
long target_wait(struct target *t);
long target_call(struct target *t, target_fn fn, void *arg);
void target_stop(struct target *t);

#endif /* SELFTESTS_COMMON_H */
