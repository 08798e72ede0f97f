// SPDX-License-Identifier: GPL-2.0
/* link: -m32 -static */
/*
 * A program with pointers of 4 bytes: it prints the address of an array of
 * pointers, and waits until it is killed.
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <signal.h>

static volatile uint32_t pointers[] = { 0, 0x12345678, 0x80000000, 0xffffffff };

int main(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	printf("%lx\n", (unsigned long)(uintptr_t)pointers);
	fflush(stdout);
	for (;;)
		pause();
}
