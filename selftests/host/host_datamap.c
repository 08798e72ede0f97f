// SPDX-License-Identifier: GPL-2.0
/* Files of shared memory: what has data, and nobody who opens them waits. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "core/datamap.h"
#include "sizes.h"

#define SIZE	(256 * PAGE)

FIXTURE(datamap) {
	struct dbgmem__mounts mounts;
	struct dbgmem_region region;
	int dir, fd, data;
	char *mem;
};

FIXTURE_SETUP(datamap)
{
	struct stat st;

	self->data = -1;
	self->dir = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	dbgmem__mounts_read(&self->mounts, self->dir);
	self->fd = memfd_create("datamap", MFD_CLOEXEC);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, ftruncate(self->fd, SIZE));
	self->mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd,
			 0);
	ASSERT_NE(MAP_FAILED, self->mem);
	ASSERT_EQ(0, fstat(self->fd, &st));
	self->region = (struct dbgmem_region){
		.start = (uintptr_t)self->mem,
		.end = (uintptr_t)self->mem + SIZE,
		.dev_major = major(st.st_dev),
		.dev_minor = minor(st.st_dev),
	};
}

FIXTURE_TEARDOWN(datamap)
{
	munmap(self->mem, SIZE);
	close(self->fd);
	close(self->dir);
	if (self->data >= 0)
		close(self->data);
}

TEST_F(datamap, the_pages_that_have_data)
{
	uint64_t start, len;

	self->mem[3 * PAGE] = 1;
	self->mem[4 * PAGE] = 1;
	self->mem[200 * PAGE] = 1;
	self->data = datamap_open(&self->mounts, self->dir, &self->region);
	if (self->data == -EPERM)
		SKIP(return, "this takes root");
	ASSERT_LE(0, self->data);
	ASSERT_EQ(1, datamap_run(self->data, &self->region, self->region.start,
				 self->region.end, PAGE, &start, &len));
	EXPECT_EQ(self->region.start + 3 * PAGE, start);
	EXPECT_EQ(2 * PAGE, len);
	ASSERT_EQ(1, datamap_run(self->data, &self->region, start + len,
				 self->region.end, PAGE, &start, &len));
	EXPECT_EQ(self->region.start + 200 * PAGE, start);
	EXPECT_EQ(0, datamap_run(self->data, &self->region, start + len,
				 self->region.end, PAGE, &start, &len));
}

/* open() would wait for the holder, lease-break-time long. */
TEST_F(datamap, a_lease_is_not_waited_for)
{
	struct timespec before, after;
	char path[32];
	int fd;

	/* Only who has opened it may have one, and nobody else. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->fd);
	fd = open(path, O_RDWR | O_CLOEXEC);
	signal(SIGIO, SIG_IGN);
	ASSERT_EQ(0, fcntl(fd, F_SETLEASE, F_WRLCK));
	clock_gettime(CLOCK_MONOTONIC, &before);
	self->data = datamap_open(&self->mounts, self->dir, &self->region);
	clock_gettime(CLOCK_MONOTONIC, &after);
	EXPECT_GT(5, after.tv_sec - before.tv_sec);
	if (self->data == -EPERM)
		SKIP(return, "this takes root");
	EXPECT_EQ(-EAGAIN, self->data);
	close(fd);
}

/* Those of FUSE, for one: whoever mounted it answers when it likes. */
TEST_F(datamap, file_systems_that_may_wait_are_left_alone)
{
	self->region.dev_minor += 12345;
	EXPECT_EQ(-EOPNOTSUPP, datamap_open(&self->mounts, self->dir,
					    &self->region));
}

/* What is mounted is known by device and type, whatever its names say. */
TEST_F(datamap, devices_of_proc_are_not_among_them)
{
	struct stat st;
	size_t i;

	ASSERT_EQ(0, stat("/proc", &st));
	EXPECT_LT(0, self->mounts.nr);
	for (i = 0; i < self->mounts.nr; i++)
		EXPECT_FALSE(self->mounts.device[i].major == major(st.st_dev) &&
			     self->mounts.device[i].minor == minor(st.st_dev));
}

TEST_HARNESS_MAIN
