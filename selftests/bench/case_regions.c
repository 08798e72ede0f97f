// SPDX-License-Identifier: GPL-2.0
/*
 * Cases regions and regions_at: all mappings of a process that has 10,000 more
 * than usual, names included; and the one that an address in the middle is in.
 * Not of the other cases' target: it would be another one for them.
 */
#include "regions.h"

#define MAPPINGS	10000

static const struct method all_methods[] = {
	{ .engine = "auto", .call = ours_regions },
	{ .name = "proc_maps", .call = proc_maps_all },
	{ .name = "proc_maps_sscanf", .call = proc_maps_all_sscanf },
};

static const struct method at_methods[] = {
	{ .engine = "auto", .call = ours_region_at },
	{ .name = "proc_maps", .call = proc_maps_at },
	{ .name = "proc_maps_sscanf", .call = proc_maps_at_sscanf },
};

struct crowd crowd;

/* In the target: protections that alternate, so that none merge. */
static long crowd_map(void *arg)
{
	char *p;
	size_t i;

	(void)arg;
	p = mmap(NULL, MAPPINGS * PAGE, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return -errno;
	for (i = 0; i < MAPPINGS; i += 2)
		if (mprotect(p + i * PAGE, PAGE, PROT_READ))
			return -errno;
	return (long)p;
}

static int compare(const char *name, const struct method *m, unsigned int nr,
		   unsigned int work)
{
	struct work w;
	int ret;

	ret = work_init(&w, false, 0, work);
	if (ret)
		return ret;
	w.effort = 10;
	ret = run(name, m, nr, &w);
	work_free(&w);
	return ret;
}

int case_regions(void)
{
	struct target t = { .pid = 0 };
	long p;
	int ret;

	ret = target_start(&t);
	if (ret)
		return ret;
	crowd.pid = t.pid;
	p = target_call(&t, crowd_map, NULL);
	if (p < 0) {
		ret = p;
		goto stop;
	}
	crowd.addr = (uint64_t)p + MAPPINGS / 2 * PAGE + 8;
	crowd.session = session_open(t.pid, O_RDONLY);
	if (crowd.session < 0) {
		ret = crowd.session;
		goto stop;
	}
	/* What all of them have to find. */
	ret = crowd_expect(MAPPINGS);
	if (!ret)
		ret = compare("regions", all_methods, ARRAY_SIZE(all_methods),
			      MAPPINGS);
	if (!ret)
		ret = compare("regions_at", at_methods, ARRAY_SIZE(at_methods),
			      1);
	close(crowd.session);
stop:
	if (ret)
		printf("# error: regions: %s\n", strerror(-ret));
	target_stop(&t);
	return ret;
}
