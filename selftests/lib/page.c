// SPDX-License-Identifier: GPL-2.0
#include "page.h"
#include "pattern.h"

#define SEED	1

char *mem;

bool mem_make(size_t nr)
{
	mem = mmap(NULL, nr * PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED)
		return false;
	pattern_fill(mem, 0, nr * PAGE, SEED);
	return true;
}

uint8_t pattern(size_t i)
{
	return pattern_byte(SEED, i);
}

bool is_pattern(const char *buf, size_t from, size_t len)
{
	return pattern_differs(buf, from, len, SEED) < 0;
}

long page_unmap(void *page)
{
	return munmap(page, PAGE);
}

long page_protect_none(void *page)
{
	return mprotect(page, PAGE, PROT_NONE);
}

long page_protect_read(void *page)
{
	return mprotect(page, PAGE, PROT_READ);
}

long page_drop(void *page)
{
	return madvise(page, PAGE, MADV_DONTNEED);
}

long byte_get(void *addr)
{
	return *(volatile unsigned char *)addr;
}

long byte_set(void *addr)
{
	*(volatile unsigned char *)addr = 0xee;
	return 0;
}
