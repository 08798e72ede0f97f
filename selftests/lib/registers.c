// SPDX-License-Identifier: GPL-2.0
/* Only x86 has them, see x86_only.h. */
#ifdef __x86_64__
#include "registers.h"

/* Reached from assembly. */
struct file registers_in;
struct file registers_now;
int registers_vectors;

static struct file *registers_out;	/* shared with the parent */

#define IRP_16	".irp i,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
#define IRP_HIGH ".irp i,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
#define IRP_8	".irp i,0,1,2,3,4,5,6,7\n"
#define IRP_8_DOWN ".irp i,7,6,5,4,3,2,1,0\n"
#define VECTOR	"128+64*\\i"	/* offsets in struct file */
#define MASK	"2176+8*\\i"
#define X87	"2240+16*\\i"
#define EFLAGS	"2368"
#define MXCSR	"2376"
#define OTHER	"2380"
#define SP	"2384"

_Static_assert(offsetof(struct file, vector) == 128, "VECTOR");
_Static_assert(offsetof(struct file, mask) == 2176, "MASK");
_Static_assert(offsetof(struct file, x87) == 2240, "X87");
_Static_assert(offsetof(struct file, eflags) == 2368, "EFLAGS");
_Static_assert(offsetof(struct file, mxcsr) == 2376, "MXCSR");
_Static_assert(offsetof(struct file, other) == 2380, "OTHER");
_Static_assert(offsetof(struct file, sp) == 2384, "SP");

#define GENERAL_ALL(op)							\
	op("rax", "0") op("rbx", "8") op("rcx", "16") op("rdx", "24")	\
	op("rsi", "32") op("rdi", "40") op("rbp", "48") op("r8", "56")	\
	op("r9", "64") op("r10", "72") op("r11", "80") op("r12", "88")	\
	op("r13", "96") op("r14", "104") op("r15", "112")
#define GENERAL_LOAD(reg, at)	"mov registers_in+" at "(%rip), %" reg "\n"
#define GENERAL_STORE(reg, at)	"mov %" reg ", registers_now+" at "(%rip)\n"

asm(".pushsection .text\n"
    ".globl registers_load, registers_other, registers_after\n"
    "registers_load:\n"
    "fninit\n"
    IRP_8_DOWN "fldt registers_in+" X87 "(%rip)\n .endr\n"
    "ldmxcsr registers_in+" MXCSR "(%rip)\n"
    "cmpl $1, registers_vectors(%rip)\n"
    "jb 1f\n"
    "ja 2f\n"
    IRP_16 "vmovdqu registers_in+" VECTOR "(%rip), %ymm\\i\n .endr\n"
    "jmp 3f\n"
    "1:\n"
    IRP_16 "movdqu registers_in+" VECTOR "(%rip), %xmm\\i\n .endr\n"
    "jmp 3f\n"
    "2:\n"
    IRP_16 "vmovdqu64 registers_in+" VECTOR "(%rip), %zmm\\i\n .endr\n"
    IRP_HIGH "vmovdqu64 registers_in+" VECTOR "(%rip), %zmm\\i\n .endr\n"
    IRP_8 "kmovq registers_in+" MASK "(%rip), %k\\i\n .endr\n"
    "3:\n"
    "pushq registers_in+" EFLAGS "(%rip)\n"
    "popfq\n"
    GENERAL_ALL(GENERAL_LOAD)
    "int3\n"
    "registers_after:\n"
    GENERAL_ALL(GENERAL_STORE)
    "mov %rsp, registers_now+" SP "(%rip)\n"
    "pushfq\n"
    "popq registers_now+" EFLAGS "(%rip)\n"
    "stmxcsr registers_now+" MXCSR "(%rip)\n"
    IRP_8 "fstpt registers_now+" X87 "(%rip)\n .endr\n"
    "cmpl $1, registers_vectors(%rip)\n"
    "jb 1f\n"
    "ja 2f\n"
    IRP_16 "vmovdqu %ymm\\i, registers_now+" VECTOR "(%rip)\n .endr\n"
    "jmp 3f\n"
    "1:\n"
    IRP_16 "movdqu %xmm\\i, registers_now+" VECTOR "(%rip)\n .endr\n"
    "jmp 3f\n"
    "2:\n"
    IRP_16 "vmovdqu64 %zmm\\i, registers_now+" VECTOR "(%rip)\n .endr\n"
    IRP_HIGH "vmovdqu64 %zmm\\i, registers_now+" VECTOR "(%rip)\n .endr\n"
    IRP_8 "kmovq %k\\i, registers_now+" MASK "(%rip)\n .endr\n"
    "3:\n"
    "and $-16, %rsp\n"
    "cld\n"
    "call registers_done\n"
    "registers_other:\n"
    "movl $1, registers_now+" OTHER "(%rip)\n"
    "jmp registers_after\n"
    ".popsection\n");

void registers_done(void)
{
	*registers_out = registers_now;
	_exit(0);
}

const char *const general_names[NR_GENERAL] = {
	"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10",
	"r11", "r12", "r13", "r14", "r15",
};

int vectors_here(void)
{
	if (__builtin_cpu_supports("avx512f") &&
	    __builtin_cpu_supports("avx512bw"))
		return VECTORS_AVX512;
	return __builtin_cpu_supports("avx") ? VECTORS_AVX : VECTORS_SSE;
}

void file_fill(struct file *f, uint64_t seed)
{
	size_t i;

	pattern_fill(f, 0, sizeof(*f), seed);
	for (i = 0; i < NR_FLOAT; i++) {
		f->x87[i][7] |= 0x80;	/* a normal number */
		f->x87[i][8] = i + 1;
		f->x87[i][9] = 0x40;
		memset(f->x87[i] + 10, 0, 6);
	}
	f->eflags = 0x202 | (seed % 2 ? 0x8d5 : 0x401);
	f->mxcsr = 0x1f80 | (seed % 2 ? 0x6000 : 0x2000);
	f->other = 0;
}

int child_start(struct child *c, const struct file *f, int vectors)
{
	int status;

	c->pid = 0;
	c->after = mmap(NULL, sizeof(*c->after), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c->after == MAP_FAILED)
		return -errno;
	registers_in = *f;
	registers_out = c->after;
	registers_vectors = vectors;
	c->pid = fork();
	if (!c->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
			_exit(1);
		registers_load();
		_exit(2);
	}
	if (c->pid < 0 || waitpid(c->pid, &status, 0) != c->pid)
		return -errno;
	if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP) {
		c->pid = 0;
		return -EPERM;
	}
	return 0;
}

int child_finish(struct child *c)
{
	int status = 0;

	if (ptrace(PTRACE_CONT, c->pid, NULL, NULL) ||
	    waitpid(c->pid, &status, 0) != c->pid)
		return -1000;
	if (WIFSTOPPED(status))
		return -WSTOPSIG(status);
	c->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void child_stop(struct child *c)
{
	if (c->pid > 0) {
		kill(c->pid, SIGKILL);
		waitpid(c->pid, NULL, 0);
	}
	munmap(c->after, sizeof(*c->after));
}

int register_read(pid_t tid, const char *name, void *buf, uint64_t len,
		  uint64_t *done)
{
	struct dbgmem_context ctx = { .tid = tid };
	struct dbgmem_location loc = { DBGMEM_LOCATION_REGISTER, 0, 0 };
	struct dbgmem_register reg;
	int ret;

	ret = dbgmem_register_find(tid, name, &reg);
	if (ret)
		return ret;
	loc.reg = reg.id;
	return dbgmem_context_read(&ctx, &loc, buf, len, done);
}

int register_write(pid_t tid, const char *name, const void *buf, uint64_t len,
		   uint64_t *done)
{
	struct dbgmem_context ctx = { .tid = tid };
	struct dbgmem_location loc = { DBGMEM_LOCATION_REGISTER, 0, 0 };
	struct dbgmem_register reg;
	int ret;

	ret = dbgmem_register_find(tid, name, &reg);
	if (ret)
		return ret;
	loc.reg = reg.id;
	return dbgmem_context_write(&ctx, &loc, buf, len, done);
}

#endif
