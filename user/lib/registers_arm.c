// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * ARM: where user_pt_regs, user_fpsimd_state and, of 32 bits, pt_regs and
 * user_vfp have their registers.
 */
#include <elf.h>

#include "registers.h"

#define FAMILY(_name, _kind, _nr, _set, _offset, _size) {		\
	.name = (_name), .kind = DBGMEM_REGISTER_##_kind, .nr = (_nr),	\
	.piece = { { .set = (_set), .offset = (_offset), .size = (_size) } }, \
}

static const struct dbgmem__family families64[] = {
	FAMILY("x", GENERAL, 31, NT_PRSTATUS, 0, 8),
	FAMILY("sp", GENERAL, 1, NT_PRSTATUS, 248, 8),
	FAMILY("pc", PC, 1, NT_PRSTATUS, 256, 8),
	FAMILY("cpsr", FLAGS, 1, NT_PRSTATUS, 264, 4),
	FAMILY("v", VECTOR, 32, NT_PRFPREG, 0, 16),
	FAMILY("fpsr", CONTROL, 1, NT_PRFPREG, 512, 4),
	FAMILY("fpcr", CONTROL, 1, NT_PRFPREG, 516, 4),
};

static const struct dbgmem__family families32[] = {
	FAMILY("r", GENERAL, 13, NT_PRSTATUS, 0, 4),
	FAMILY("sp", GENERAL, 1, NT_PRSTATUS, 52, 4),
	FAMILY("lr", GENERAL, 1, NT_PRSTATUS, 56, 4),
	FAMILY("pc", PC, 1, NT_PRSTATUS, 60, 4),
	FAMILY("cpsr", FLAGS, 1, NT_PRSTATUS, 64, 4),
	FAMILY("d", VECTOR, 32, NT_ARM_VFP, 0, 8),
	FAMILY("fpscr", CONTROL, 1, NT_ARM_VFP, 256, 4),
};

static const char *const aliases64[][2] = {
	{ "fp", "x29" }, { "lr", "x30" }, { "flags", "cpsr" },
};

static const char *const aliases32[][2] = {
	{ "fp", "r11" }, { "flags", "cpsr" },
};

#define NR(array)	(sizeof(array) / sizeof((array)[0]))

const struct dbgmem__view dbgmem__views_arm[2] = {
	{ 34 * 8, families64, NR(families64), aliases64, NR(aliases64) },
	{ 18 * 4, families32, NR(families32), aliases32, NR(aliases32) },
};
