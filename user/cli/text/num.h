/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers as people type them. */
#ifndef DBGMEM_NUM_H
#define DBGMEM_NUM_H

#include <stdint.h>
#include <sys/types.h>

/*
 * Decimal, or hexadecimal after 0x; a leading 0 does not mean octal. The whole
 * string must be the number. 0, -EINVAL, or -ERANGE above 64 bits.
 */
int num_parse(const char *s, uint64_t *val);

/*
 * The same with an optional unit: K, M, G or T, for 1024 bytes and its powers, also
 * written as KB or KiB.
 */
int num_parse_len(const char *s, uint64_t *val);

/* A time, in seconds or as 100ms, 20us, 1.5s. 0 or -EINVAL. */
int num_parse_seconds(const char *s, double *val);

/* A process id: decimal, 1 to INT_MAX. 0 or -EINVAL. */
int num_parse_pid(const char *s, pid_t *pid);

#endif /* DBGMEM_NUM_H */
