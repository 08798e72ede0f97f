/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_REGION_FIXTURE_H
#define SELFTESTS_REGION_FIXTURE_H

#include "region.h"

#include <kselftest_harness.h>

FIXTURE(region) {
	struct rich rich;
	struct regions *all;
	struct maps *maps;
	int fd;			/* = rich.session */
	pid_t pid;		/* = rich.target.pid */
};

FIXTURE_SETUP(region)
{
	struct rich *r = &self->rich;

	self->all = shared_alloc(sizeof(*self->all));
	self->maps = shared_alloc(sizeof(*self->maps));
	ASSERT_NE(NULL, self->all);
	ASSERT_NE(NULL, self->maps);
	ASSERT_EQ(NR_RICH, rich_map(r));
	ASSERT_EQ(0, target_start(&r->target));
	self->pid = r->target.pid;
	self->fd = session_open(self->pid, O_RDONLY);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(region)
{
	close(self->fd);
	target_stop(&self->rich.target);
	file_write_number("/proc/sys/vm/nr_hugepages", 0);
}

#endif /* SELFTESTS_REGION_FIXTURE_H */
