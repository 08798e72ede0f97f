// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * x86: where user_regs_struct, the FXSAVE area and the XSAVE area (which ptrace
 * gives in the standard form, not the compacted one) have their registers.
 */
#include <elf.h>
#include <string.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include "registers.h"

#define ONE(_name, _kind, _set, _offset, _size) {			\
	.name = (_name), .kind = DBGMEM_REGISTER_##_kind, .nr = 1,	\
	.piece = { { .set = (_set), .offset = (_offset), .size = (_size) } }, \
}

#define GENERAL64(n, offset)	ONE(n, GENERAL, NT_PRSTATUS, offset, 8)
#define GENERAL32(n, offset)	ONE(n, GENERAL, NT_PRSTATUS, offset, 4)

/* FXSAVE: the same in NT_PRFPREG of 64 bits and in NT_PRXFPREG of 32. */
#define FXSAVE(_name, _kind, _nr, _set, _offset, _size) {		\
	.name = (_name), .kind = DBGMEM_REGISTER_##_kind, .nr = (_nr),	\
	.piece = { { .set = (_set), .offset = (_offset), .size = (_size), \
		     .stride = 16 } },					\
}

/* XSAVE: up to three pieces, in components of which the first two are FXSAVE's. */
enum {
	X87, SSE, AVX, OPMASK = 5, ZMM_HI256, HI16_ZMM, PKRU = 9,
};

#define PIECE(_component, _offset, _size) {				\
	.set = NT_X86_XSTATE, .component = (_component),		\
	.offset = (_offset), .size = (_size),				\
}

#define XSAVE(_name, _kind, _nr, _first, ...) {				\
	.name = (_name), .kind = DBGMEM_REGISTER_##_kind, .nr = (_nr),	\
	.first = (_first), .piece = { __VA_ARGS__ },			\
}

#define XMM_LOW		PIECE(SSE, 160, 16)
#define YMM_HIGH	PIECE(AVX, 0, 16)
#define ZMM_HIGH	PIECE(ZMM_HI256, 0, 32)

static const struct dbgmem__family families64[] = {
	GENERAL64("rax", 80),
	GENERAL64("rbx", 40),
	GENERAL64("rcx", 88),
	GENERAL64("rdx", 96),
	GENERAL64("rsi", 104),
	GENERAL64("rdi", 112),
	GENERAL64("rbp", 32),
	GENERAL64("rsp", 152),
	GENERAL64("r8", 72),
	GENERAL64("r9", 64),
	GENERAL64("r10", 56),
	GENERAL64("r11", 48),
	GENERAL64("r12", 24),
	GENERAL64("r13", 16),
	GENERAL64("r14", 8),
	GENERAL64("r15", 0),
	ONE("rip", PC, NT_PRSTATUS, 128, 8),
	ONE("eflags", FLAGS, NT_PRSTATUS, 144, 4),
	ONE("cs", SEGMENT, NT_PRSTATUS, 136, 4),
	ONE("ss", SEGMENT, NT_PRSTATUS, 160, 4),
	ONE("ds", SEGMENT, NT_PRSTATUS, 184, 4),
	ONE("es", SEGMENT, NT_PRSTATUS, 192, 4),
	ONE("fs", SEGMENT, NT_PRSTATUS, 200, 4),
	ONE("gs", SEGMENT, NT_PRSTATUS, 208, 4),
	ONE("fs_base", SEGMENT, NT_PRSTATUS, 168, 8),
	ONE("gs_base", SEGMENT, NT_PRSTATUS, 176, 8),
	ONE("orig_rax", CONTROL, NT_PRSTATUS, 120, 8),
	FXSAVE("st", FLOAT, 8, NT_PRFPREG, 32, 10),
	ONE("fctrl", CONTROL, NT_PRFPREG, 0, 2),
	ONE("fstat", CONTROL, NT_PRFPREG, 2, 2),
	ONE("ftag", CONTROL, NT_PRFPREG, 4, 1),
	ONE("fop", CONTROL, NT_PRFPREG, 6, 2),
	ONE("mxcsr", CONTROL, NT_PRFPREG, 24, 4),
	FXSAVE("xmm", VECTOR, 16, NT_PRFPREG, 160, 16),
	XSAVE("ymm", VECTOR, 16, 0, XMM_LOW, YMM_HIGH),
	XSAVE("zmm", VECTOR, 16, 0, XMM_LOW, YMM_HIGH, ZMM_HIGH),
	XSAVE("zmm", VECTOR, 16, 16, PIECE(HI16_ZMM, 0, 64)),
	XSAVE("k", VECTOR, 8, 0, PIECE(OPMASK, 0, 8)),
	XSAVE("pkru", CONTROL, 1, 0, PIECE(PKRU, 0, 4)),
};

static const struct dbgmem__family families32[] = {
	GENERAL32("eax", 24),
	GENERAL32("ebx", 0),
	GENERAL32("ecx", 4),
	GENERAL32("edx", 8),
	GENERAL32("esi", 12),
	GENERAL32("edi", 16),
	GENERAL32("ebp", 20),
	GENERAL32("esp", 60),
	ONE("eip", PC, NT_PRSTATUS, 48, 4),
	ONE("eflags", FLAGS, NT_PRSTATUS, 56, 4),
	ONE("cs", SEGMENT, NT_PRSTATUS, 52, 4),
	ONE("ss", SEGMENT, NT_PRSTATUS, 64, 4),
	ONE("ds", SEGMENT, NT_PRSTATUS, 28, 4),
	ONE("es", SEGMENT, NT_PRSTATUS, 32, 4),
	ONE("fs", SEGMENT, NT_PRSTATUS, 36, 4),
	ONE("gs", SEGMENT, NT_PRSTATUS, 40, 4),
	ONE("orig_eax", CONTROL, NT_PRSTATUS, 44, 4),
	FXSAVE("st", FLOAT, 8, NT_PRXFPREG, 32, 10),
	ONE("fctrl", CONTROL, NT_PRXFPREG, 0, 2),
	ONE("fstat", CONTROL, NT_PRXFPREG, 2, 2),
	ONE("ftag", CONTROL, NT_PRXFPREG, 4, 1),
	ONE("fop", CONTROL, NT_PRXFPREG, 6, 2),
	ONE("mxcsr", CONTROL, NT_PRXFPREG, 24, 4),
	FXSAVE("xmm", VECTOR, 8, NT_PRXFPREG, 160, 16),
	XSAVE("ymm", VECTOR, 8, 0, XMM_LOW, YMM_HIGH),
	XSAVE("zmm", VECTOR, 8, 0, XMM_LOW, YMM_HIGH, ZMM_HIGH),
	XSAVE("k", VECTOR, 8, 0, PIECE(OPMASK, 0, 8)),
	XSAVE("pkru", CONTROL, 1, 0, PIECE(PKRU, 0, 4)),
};

static const char *const aliases64[][2] = {
	{ "pc", "rip" }, { "sp", "rsp" }, { "fp", "rbp" },
	{ "flags", "eflags" },
};

static const char *const aliases32[][2] = {
	{ "pc", "eip" }, { "sp", "esp" }, { "fp", "ebp" },
	{ "flags", "eflags" },
};

#define NR(array)	(sizeof(array) / sizeof((array)[0]))

const struct dbgmem__view dbgmem__views_x86[2] = {
	{ 27 * 8, families64, NR(families64), aliases64, NR(aliases64) },
	{ 17 * 4, families32, NR(families32), aliases32, NR(aliases32) },
};

/* In the part of the FXSAVE area that is software's, and the XSAVE header. */
#define XCR0_OFFSET	464
#define XSTATE_BV	512
#define HEADER_END	576

static bool cpuid_xsave(unsigned int i, uint32_t *size, uint32_t *offset)
{
#if defined(__x86_64__) || defined(__i386__)
	unsigned int ecx, edx;

	return __get_cpuid_count(0xd, i, size, offset, &ecx, &edx) && *size;
#else
	(void)i;
	(void)size;
	(void)offset;
	return false;
#endif
}

bool dbgmem__xstate_find(const uint8_t *set, size_t len, unsigned int i,
			 size_t *offset)
{
	uint32_t size = 0, from = 0;
	uint64_t xcr0;

	if (len < HEADER_END)
		return false;
	memcpy(&xcr0, set + XCR0_OFFSET, sizeof(xcr0));
	if (!(xcr0 >> i & 1))
		return false;
	if (i > SSE && (!cpuid_xsave(i, &size, &from) || from < HEADER_END ||
			from > len || size > len - from))
		return false;
	*offset = from;
	return true;
}

void dbgmem__xstate_use(uint8_t *set, unsigned int i)
{
	uint64_t bv;

	memcpy(&bv, set + XSTATE_BV, sizeof(bv));
	bv |= 1ULL << i;
	memcpy(set + XSTATE_BV, &bv, sizeof(bv));
}
