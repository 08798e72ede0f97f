/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers of a command line. */
#ifndef DBGMEM_NUM_H
#define DBGMEM_NUM_H

#include <stdint.h>
#include <sys/types.h>

/*
 * Parse a whole string as a decimal number, or hexadecimal after 0x; a leading 0 does
 * not mean octal. Returns 0, -EINVAL, or -ERANGE above 64 bits.
 */
int num_parse(const char *s, uint64_t *val);

/*
 * The same with an optional unit: K, M, G or T for powers of 1024, also written KB or
 * KiB.
 */
int num_parse_len(const char *s, uint64_t *val);

/* Parse a time in seconds, or as 100ms, 20us, 1.5s. Returns 0 or -EINVAL. */
int num_parse_seconds(const char *s, double *val);

/* Parse a process id: decimal, 1 to INT_MAX. Returns 0 or -EINVAL. */
int num_parse_pid(const char *s, pid_t *pid);

#endif /* DBGMEM_NUM_H */
