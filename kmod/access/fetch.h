/* SPDX-License-Identifier: GPL-2.0 */
/* Faulting pages in by a kernel thread. */
#ifndef KMOD_ACCESS_FETCH_H
#define KMOD_ACCESS_FETCH_H

#include <linux/cred.h>

struct mm_struct;

int dbgmem_fetch(struct mm_struct *mm, unsigned long addr, unsigned long nr,
		 unsigned int foll);
int dbgmem_fetch_timeout(struct mm_struct *mm, unsigned long addr,
			 unsigned long nr, unsigned int foll,
			 const struct cred *cred, long timeout);

#endif /* KMOD_ACCESS_FETCH_H */
