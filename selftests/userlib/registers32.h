/* SPDX-License-Identifier: GPL-2.0 */
/* The registers of helper_registers32. */
#ifndef SELFTESTS_REGISTERS32_H
#define SELFTESTS_REGISTERS32_H

#include <stdint.h>

#define NR_GENERAL32	7	/* all but the stack pointer */
#define NR_VECTOR32	8

static inline uint32_t general32(int i)
{
	return 0x11111111U * (i + 1) ^ 0x01234567;
}

static inline uint8_t vector32(int i, int k)
{
	return (uint8_t)(i * 37 + k * 3 + 1);
}

#endif /* SELFTESTS_REGISTERS32_H */
