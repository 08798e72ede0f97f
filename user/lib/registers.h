/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the registers of a thread are in the sets that ptrace(2) gives. */
#ifndef DBGMEM_REGISTERS_H
#define DBGMEM_REGISTERS_H

#include "internal.h"

#pragma GCC visibility push(hidden)

#define REGISTER_PIECES	3

/*
 * Bytes of a register; those of the next one of its family are @stride behind, or, if
 * that is 0, at once.
 */
struct dbgmem__piece {
	uint32_t set;		/* NT_* of PTRACE_GETREGSET */
	uint16_t component;	/* of NT_X86_XSTATE: @offset is from its begin */
	uint16_t offset, size, stride;
};

/* Registers that differ by a number; or a single one, which has none. */
struct dbgmem__family {
	const char *name;
	enum dbgmem_register_kind kind;
	uint8_t nr, first;
	struct dbgmem__piece piece[REGISTER_PIECES]; /* all of one set */
};

/* One kind of thread, which is told by the size of its NT_PRSTATUS. */
struct dbgmem__view {
	size_t prstatus;
	const struct dbgmem__family *families;
	size_t nr;
	const char *const (*aliases)[2]; /* name, that of the family */
	size_t nr_aliases;
};

/* registers_x86.c, registers_arm.c; each is there on all architectures. */
extern const struct dbgmem__view dbgmem__views_x86[2], dbgmem__views_arm[2];

/*
 * Where component @i begins in @set, an NT_X86_XSTATE of @len bytes. false if the
 * thread has none.
 */
bool dbgmem__xstate_find(const uint8_t *set, size_t len, unsigned int i,
			 size_t *offset);

/* It is in use from now on, or the kernel would not look at it. */
void dbgmem__xstate_use(uint8_t *set, unsigned int i);

/*
 * Bytes of a register from @off on; *@done of @len were there. 0 or a negative
 * errno.
 */
int dbgmem__register_read(pid_t tid, uint32_t id, uint64_t off, void *buf,
			  uint64_t len, uint64_t *done);
int dbgmem__register_write(pid_t tid, uint32_t id, uint64_t off,
			   const void *buf, uint64_t len, uint64_t *done);

#pragma GCC visibility pop

#endif /* DBGMEM_REGISTERS_H */
