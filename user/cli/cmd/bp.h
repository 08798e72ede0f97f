/* SPDX-License-Identifier: GPL-2.0 */
/* What the verbs of 'dbgmem bp' share. */
#ifndef DBGMEM_BP_H
#define DBGMEM_BP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <dbgmem.h>

#include "cli.h"

/* Exit statuses; argv[0] is the tool. */
int bp_set(int argc, char **argv);
int bp_list(int argc, char **argv);

/*
 * @args are @nr times ADDR; *@at is the caller's to resolve, and to free. STATUS_OK,
 * or another status, and the message is out.
 */
int bp_parse(const char *verb, char **args, size_t nr,
	     struct target_range **at);

/* Say what became of @cleared breakpoints that were taken out. The exit status. */
int bp_report(pid_t pid, uint32_t cleared, uint32_t lost);

#endif /* DBGMEM_BP_H */
