/* SPDX-License-Identifier: GPL-2.0 */
/* Having pages faulted in by a thread of the kernel's. */
#ifndef KMOD_FETCH_H
#define KMOD_FETCH_H

struct mm_struct;

int dbgmem_fetch(struct mm_struct *mm, unsigned long addr, unsigned long nr,
		 unsigned int foll);

#endif /* KMOD_FETCH_H */
