// SPDX-License-Identifier: GPL-2.0
/* link: -m32 -static */
/*
 * A traced program of 32 bits, with registers that are known, pi being in st0:
 * loads them, stops, and exits with 0 if the tracer changed each to its complement
 * (but for st0), else with a number that tells the first that is not.
 */
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "registers32.h"

uint32_t general_in[NR_GENERAL32], general_out[NR_GENERAL32];
uint8_t vector_in[NR_VECTOR32][16], vector_out[NR_VECTOR32][16];

#ifdef __i386__

#define IRP	".irp i,0,1,2,3,4,5,6,7\n"
#define GENERAL(op)							\
	op("eax", "0") op("ebx", "4") op("ecx", "8") op("edx", "12")	\
	op("esi", "16") op("edi", "20") op("ebp", "24")
#define LOAD(reg, at)	"mov general_in+" at ", %%" reg "\n"
#define STORE(reg, at)	"mov %%" reg ", general_out+" at "\n"

__attribute__((used)) static void done(void)
{
	int i, k;

	for (i = 0; i < NR_GENERAL32; i++)
		if ((general_out[i] ^ general32(i)) != 0xffffffff)
			_exit(1 + i);
	for (i = 0; i < NR_VECTOR32; i++)
		for (k = 0; k < 16; k++)
			if ((vector_out[i][k] ^ vector32(i, k)) != 0xff)
				_exit(100 + i);
	_exit(0);
}

__attribute__((noreturn, target("sse2"))) static void load(void)
{
	asm volatile("fldpi\n"
		     IRP "movdqu vector_in+16*\\i, %%xmm\\i\n .endr\n"
		     GENERAL(LOAD)
		     "int3\n"
		     GENERAL(STORE)
		     IRP "movdqu %%xmm\\i, vector_out+16*\\i\n .endr\n"
		     "and $-16, %%esp\n"
		     "call done\n" : : : "memory");
	__builtin_unreachable();
}

#else

/* used by tests of x86 only */
static void load(void)
{
	_exit(97);
}

#endif

int main(void)
{
	int i, k;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		return 98;
	for (i = 0; i < NR_GENERAL32; i++)
		general_in[i] = general32(i);
	for (i = 0; i < NR_VECTOR32; i++)
		for (k = 0; k < 16; k++)
			vector_in[i][k] = vector32(i, k);
	load();
}
