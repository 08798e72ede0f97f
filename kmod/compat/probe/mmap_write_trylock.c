// SPDX-License-Identifier: GPL-2.0
/* Kernels before 7.3 have a way to try for the mmap_lock as a writer. */
#include <linux/mm.h>

#ifndef DBGMEM_PROBE_ABSENT
bool probe(struct mm_struct *mm);
bool probe(struct mm_struct *mm)
{
	return mmap_write_trylock(mm);
}
#else
extern char mmap_write_trylock;
#endif
