// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The trap instruction of the machine: what gdb plants there, or the kernel. In
 * the order of memory: of architectures whose instructions have the byte order
 * of data it is written as a number.
 */
#include <errno.h>

#include "internal.h"

#if defined(__x86_64__) || defined(__i386__)
static const uint8_t trap[] = { 0xcc };				/* int3 */
#elif defined(__aarch64__)
static const uint8_t trap[] = { 0x00, 0x00, 0x20, 0xd4 };	/* brk #0 */
#elif defined(__arm__) && defined(__ARMEL__)
static const uint8_t trap[] = { 0xf0, 0x01, 0xf0, 0xe7 };	/* udf #16 */
#elif defined(__riscv) && defined(__riscv_compressed)
/* fits on instructions of either length */
static const uint8_t trap[] = { 0x02, 0x90 };			/* c.ebreak */
#elif defined(__riscv)
static const uint8_t trap[] = { 0x73, 0x00, 0x10, 0x00 };	/* ebreak */
#elif defined(__s390__)
static const uint8_t trap[] = { 0x00, 0x01 };
#elif defined(__powerpc__)
static const uint32_t trap[] = { 0x7fe00008 };			/* trap */
#elif defined(__mips__) && !defined(__mips_micromips)
static const uint32_t trap[] = { 0x0005000d };			/* break 5 */
#else
#define TRAP_UNKNOWN
#endif

DBGMEM_EXPORT const uint8_t *dbgmem_bp_trap(size_t *len)
{
#ifndef TRAP_UNKNOWN
	*len = sizeof(trap);
	return (const uint8_t *)trap;
#else
	*len = 0;
	dbgmem__fail_simple(EOPNOTSUPP, DBGMEM_SOURCE_USAGE,
			    "the trap instruction of this architecture is unknown: give its bytes");
	return NULL;
#endif
}
