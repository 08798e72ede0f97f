// SPDX-License-Identifier: GPL-2.0
/* link: -nostdlib -static -no-pie -Wl,--section-start=.secret=0x10000000 */
/*
 * The set-uid program that tests race with: a secret at a fixed address, in
 * memory that it may write, and nothing else, so that thousands can be run.
 *
 * It stays until its standard input ends, then tells by its exit code what has
 * become of the secret.
 */
#include "secret.h"

__attribute__((section(".secret"), used))
volatile unsigned char secret[SECRET_SIZE] = {
	[0 ... SECRET_SIZE - 1] = SECRET_BYTE,
};

static long call(long nr, long arg, long arg2, long arg3)
{
	long ret;

#ifdef __x86_64__
	__asm__ volatile("syscall" : "=a"(ret) : "a"(nr), "D"(arg), "S"(arg2), "d"(arg3)
			 : "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = arg;
	register long x1 __asm__("x1") = arg2;
	register long x2 __asm__("x2") = arg3;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	ret = x0;
#else
#error this architecture has no system call here yet
#endif
	return ret;
}

#ifdef __x86_64__
#define NR_EXIT		231
#define NR_GETEUID	107
#define NR_READ		0
#else
#define NR_EXIT		94
#define NR_GETEUID	175
#define NR_READ		63
#endif

static int intact(void)
{
	int i;

	for (i = 0; i < SECRET_SIZE; i++)
		if (secret[i] != SECRET_BYTE)
			return 0;
	return 1;
}

__attribute__((used, noreturn))
static void run(void)
{
	int code = SECRET_EXIT_INTACT;
	char c;

	/* stay while the writers of the pipe have not closed it */
	while (call(NR_READ, 0, (long)&c, 1) > 0)
		;
	if (!intact())
		code = SECRET_EXIT_CHANGED;
	else if (call(NR_GETEUID, 0, 0, 0))
		code = SECRET_EXIT_NOT_ROOT;
	for (;;)
		call(NR_EXIT, code, 0, 0);
}

#ifdef __x86_64__
__asm__(".globl _start\n_start:\n\tand $-16, %rsp\n\tcall run");
#else
__asm__(".globl _start\n_start:\n\tbl run");
#endif
