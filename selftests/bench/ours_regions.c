// SPDX-License-Identifier: GPL-2.0
/*
 * dbgmem's own calls for the cases regions and regions_at.
 */
#include "regions.h"

/* As libdbgmem does it. */
#define BATCH		256
#define BATCH_NAMES	(64 * KIB)

int ours_regions(const struct work *w)
{
	static struct dbgmem_region region[BATCH];
	static char names[BATCH_NAMES];
	struct dbgmem_region_list l = {
		.size = sizeof(l),
		.entries = (uintptr_t)region,
		.names = (uintptr_t)names,
		.nr_entries = BATCH,
		.entry_size = sizeof(region[0]),
		.names_size = sizeof(names),
	};
	uint64_t nr = 0, sum = 0;
	unsigned int i;

	(void)w;
	do {
		if (ioctl(crowd.session, DBGMEM_IOC_REGION_LIST, &l))
			return -errno;
		for (i = 0; i < l.nr; i++)
			sum += crowd_term(region[i].start, region[i].end,
					  region[i].flags & DBGMEM_REGION_READ);
		nr += l.nr;
		l.addr = l.next;
		l.flags = DBGMEM_REGION_LIST_CLIP;
	} while (l.more);
	return crowd_check(nr, sum);
}

int ours_region_at(const struct work *w)
{
	struct dbgmem_region region;
	struct dbgmem_region_list l = {
		.size = sizeof(l),
		.flags = DBGMEM_REGION_LIST_AT,
		.addr = crowd.addr,
		.entries = (uintptr_t)&region,
		.nr_entries = 1,
		.entry_size = sizeof(region),
	};

	(void)w;
	if (ioctl(crowd.session, DBGMEM_IOC_REGION_LIST, &l))
		return -errno;
	return l.nr == 1 && region.start == crowd.start ? 0 : -EBADMSG;
}
