/* SPDX-License-Identifier: GPL-2.0 */
/* Machine-dependent facts: registers, and the trap instruction. */
#ifndef SELFTESTS_MACHINE_H
#define SELFTESTS_MACHINE_H

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>

/*
 * TRAP is the instruction, with TRAP_LEN bytes; after it, the program counter is
 * TRAP_BEHIND bytes further on. GENERAL_REG and VECTOR_REG are names of two
 * registers; reg_general() is the first in user_regs_struct, VECTOR_OFFSET is the
 * offset of the second in NT_PRFPREG.
 */
#if defined(__x86_64__)

#define TRAP		"\xcc"
#define TRAP_LEN	1
#define TRAP_BEHIND	1
#define GENERAL_REG	"rbx"
#define VECTOR_REG	"xmm7"
#define VECTOR_OFFSET	(offsetof(struct user_fpregs_struct, xmm_space) + 7 * 16)

#define reg_pc(regs)		((regs)->rip)
#define reg_sp(regs)		((regs)->rsp)
#define reg_general(regs)	((regs)->rbx)
#define reg_syscall(regs)	((regs)->orig_rax)

static inline unsigned long long reg_argument(const struct user_regs_struct *r,
					      int i)
{
	switch (i) {
	case 0:
		return r->rdi;
	case 1:
		return r->rsi;
	case 2:
		return r->rdx;
	case 3:
		return r->r10;
	case 4:
		return r->r8;
	default:
		return r->r9;
	}
}

#elif defined(__aarch64__)

#define TRAP		"\x00\x00\x20\xd4"	/* brk #0 */
#define TRAP_LEN	4
#define TRAP_BEHIND	0
#define GENERAL_REG	"x19"
#define VECTOR_REG	"v7"
#define VECTOR_OFFSET	(7 * 16)

#define reg_pc(r)		((r)->pc)
#define reg_sp(r)		((r)->sp)
#define reg_general(r)		((r)->regs[19])
#define reg_syscall(r)		((r)->regs[8])
#define reg_argument(r, i)	((r)->regs[i])

#else
#error this architecture is not known here yet
#endif

/* 0 or -1; the thread is stopped, and ours. */
int regs_get(pid_t tid, struct user_regs_struct *regs);
int regs_set(pid_t tid, struct user_regs_struct *regs);

#endif /* SELFTESTS_MACHINE_H */
