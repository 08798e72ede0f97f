// SPDX-License-Identifier: GPL-2.0
/* 5.16 tells how much of user memory could be faulted in. */
#include <linux/pagemap.h>

#ifndef DBGMEM_PROBE_ABSENT
size_t probe(const char __user *p, size_t len);
size_t probe(const char __user *p, size_t len)
{
	return fault_in_readable(p, len);
}
#else
int probe(const char __user *p, int len);
int probe(const char __user *p, int len)
{
	return fault_in_pages_readable(p, len);
}
#endif
