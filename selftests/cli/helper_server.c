// SPDX-License-Identifier: GPL-2.0
/* The server of README's session: one page with an account, nothing behind it. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Far from where the kernel puts programs, libraries, heap and stack. */
#define SERVER_PAGE	0x600000000000UL

int main(void)
{
	char *page = mmap((void *)SERVER_PAGE, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (page != (void *)SERVER_PAGE)
		return 1;
	strcpy(page, "account 0000042 EUR");
	/* Whoever started it waits for this. */
	write(STDOUT_FILENO, ".", 1);
	for (;;)
		pause();
}
