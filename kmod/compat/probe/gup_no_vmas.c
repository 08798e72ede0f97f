// SPDX-License-Identifier: GPL-2.0
/* 6.5 dropped an argument of these. */
#include <linux/mm.h>

#ifndef DBGMEM_PROBE_ABSENT
long probe(struct mm_struct *mm, struct page **p, int *locked);
long probe(struct mm_struct *mm, struct page **p, int *locked)
{
	return get_user_pages_remote(mm, 0, 1, 0, p, locked) +
	       pin_user_pages_remote(mm, 0, 1, 0, p, locked);
}
#else
long probe(struct mm_struct *mm, struct page **p, int *locked);
long probe(struct mm_struct *mm, struct page **p, int *locked)
{
	return get_user_pages_remote(mm, 0, 1, 0, p, NULL, locked) +
	       pin_user_pages_remote(mm, 0, 1, 0, p, NULL, locked);
}
#endif
