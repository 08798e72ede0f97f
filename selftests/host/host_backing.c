// SPDX-License-Identifier: GPL-2.0
/*
 * Where the file that a region maps has data, as the library sees it: of mappings of
 * this process, which root finds by the kernel's link and others by name.
 */
#include "kselftest_harness.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "../../user/lib/backing.h"
#include "sizes.h"

#define PAGES	16

FIXTURE(backing) {
	struct dbgmem__mounts mounts;
	int dir, fd;
	char name[64];
	struct dbgmem_region region;
	struct dbgmem__backing b;
	char *mem;
};

/* A file of PAGES pages, all of them holes, that is mapped from page @from on. */
FIXTURE_SETUP(backing)
{
	struct stat st;

	self->dir = open("/proc/self", O_PATH | O_CLOEXEC);
	ASSERT_LE(0, self->dir);
	strcpy(self->name, "/tmp/dbgmem-backing-XXXXXX");
	self->fd = mkstemp(self->name);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, ftruncate(self->fd, PAGES * PAGE));
	self->mem = mmap(NULL, PAGES * PAGE, PROT_READ, MAP_SHARED, self->fd,
			 PAGE);
	ASSERT_NE(MAP_FAILED, self->mem);
	ASSERT_EQ(0, fstat(self->fd, &st));
	self->region = (struct dbgmem_region){
		.start = (uintptr_t)self->mem,
		.end = (uintptr_t)self->mem + PAGES * PAGE,
		.offset = PAGE,
		.dev_major = major(st.st_dev),
		.dev_minor = minor(st.st_dev),
		.inode = st.st_ino,
		.flags = DBGMEM_REGION_FILE | DBGMEM_REGION_READ,
	};
	self->b.fd = -1;
	dbgmem__mounts_read(&self->mounts, self->dir);
}

FIXTURE_TEARDOWN(backing)
{
	dbgmem__backing_close(&self->b);
	munmap(self->mem, PAGES * PAGE);
	unlink(self->name);
	close(self->fd);
	close(self->dir);
}

/* The kind of each page as a letter, from the first on; '?' where it makes no sense. */
static const char *kinds(struct dbgmem__backing *b,
			 const struct dbgmem_region *r)
{
	static char text[PAGES + 1];
	uint64_t addr = r->start, until = addr;
	unsigned int kind = 0;
	size_t i;

	for (i = 0; i < PAGES; i++, addr += PAGE) {
		if (addr == until)
			kind = dbgmem__backing_at(b, r, PAGE, addr, r->end,
						  &until);
		text[i] = until <= addr || until > r->end || until % PAGE ?
			  '?' : "dz-u"[kind];
	}
	return text;
}

TEST_F(backing, data_holes_and_the_end)
{
	ASSERT_EQ(1, pwrite(self->fd, "x", 1, 3 * PAGE + 17));
	ASSERT_EQ(1, pwrite(self->fd, "x", 1, 4 * PAGE));
	ASSERT_EQ(1, pwrite(self->fd, "x", 1, 9 * PAGE - 1));
	dbgmem__backing_open(&self->b, &self->mounts, self->dir, &self->region, self->name);
	ASSERT_LE(0, self->b.fd);
	/* From page 1 of the file on, and one more than it has. */
	EXPECT_STREQ("zzddzzzdzzzzzzz-", kinds(&self->b, &self->region));
	/* It changes under it. */
	ASSERT_EQ(0, ftruncate(self->fd, 6 * PAGE + 1));
	EXPECT_STREQ("zzddzz----------", kinds(&self->b, &self->region));
	ASSERT_EQ(0, ftruncate(self->fd, 0));
	EXPECT_STREQ("----------------", kinds(&self->b, &self->region));
}

/* As a user who may not follow the kernel's links: by name, if it is that file. */
TEST_F(backing, by_name)
{
	int none = open("/", O_PATH | O_CLOEXEC);
	struct dbgmem_region other = self->region;

	dbgmem__backing_open(&self->b, &self->mounts, none, &self->region, self->name);
	EXPECT_LE(0, self->b.fd);
	dbgmem__backing_close(&self->b);
	other.inode++;
	dbgmem__backing_open(&self->b, &self->mounts, none, &other, self->name);
	EXPECT_EQ(-1, self->b.fd);
	EXPECT_STREQ("uuuuuuuuuuuuuuuu", kinds(&self->b, &other));
	other = self->region;
	other.flags |= DBGMEM_REGION_DELETED;
	dbgmem__backing_open(&self->b, &self->mounts, none, &other, self->name);
	EXPECT_EQ(-1, self->b.fd);
	dbgmem__backing_open(&self->b, &self->mounts, none, &self->region, "relative");
	EXPECT_EQ(-1, self->b.fd);
	close(none);
}

/* Of FUSE and its like nothing is opened: it answers when it likes. */
TEST_F(backing, other_file_systems_are_not_asked)
{
	struct dbgmem_region other = self->region;
	struct stat st;

	ASSERT_EQ(0, stat("/proc", &st));
	other.dev_major = major(st.st_dev);
	other.dev_minor = minor(st.st_dev);
	dbgmem__backing_open(&self->b, &self->mounts, self->dir, &other,
			     self->name);
	EXPECT_EQ(-1, self->b.fd);
	EXPECT_STREQ("uuuuuuuuuuuuuuuu", kinds(&self->b, &other));
	/* Nor is it walked through. */
	other = self->region;
	dbgmem__backing_open(&self->b, &self->mounts, -1, &other, "/proc/version");
	EXPECT_EQ(-1, self->b.fd);
}

/* Whoever holds one lets others wait for 45 s. */
TEST_F(backing, a_lease_is_not_waited_for)
{
	const char ready = 1;
	struct timespec from, to;
	int pipes[2];
	pid_t pid;
	char c;

	ASSERT_EQ(0, pipe(pipes));
	/* A lease is for a file that nobody else has open or mapped. */
	close(self->fd);
	self->fd = -1;
	munmap(self->mem, PAGES * PAGE);
	pid = fork();
	if (!pid) {
		int fd = open(self->name, O_WRONLY);

		signal(SIGIO, SIG_IGN);
		c = fcntl(fd, F_SETLEASE, F_WRLCK) ? 0 : 1;
		_exit(write(pipes[1], &c, 1) == 1 ? pause() : 1);
	}
	ASSERT_EQ(1, read(pipes[0], &c, 1));
	if (c == ready) {
		int none = open("/", O_PATH | O_CLOEXEC);

		clock_gettime(CLOCK_MONOTONIC, &from);
		dbgmem__backing_open(&self->b, &self->mounts, none, &self->region, self->name);
		clock_gettime(CLOCK_MONOTONIC, &to);
		EXPECT_GT(5, to.tv_sec - from.tv_sec);
		EXPECT_EQ(-1, self->b.fd);
		close(none);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	EXPECT_EQ(ready, c);
}

/* An old way to reserve memory. */
TEST_F(backing, dev_zero_is_zeros_and_other_devices_are_left_alone)
{
	struct dbgmem_region r = self->region;
	struct stat st;
	int none = open("/", O_PATH | O_CLOEXEC);

	ASSERT_EQ(0, stat("/dev/zero", &st));
	r.dev_major = major(st.st_dev);
	r.dev_minor = minor(st.st_dev);
	r.inode = st.st_ino;
	dbgmem__backing_open(&self->b, &self->mounts, none, &r, "/dev/zero");
	EXPECT_EQ(-1, self->b.fd);
	EXPECT_STREQ("zzzzzzzzzzzzzzzz", kinds(&self->b, &r));
	dbgmem__backing_close(&self->b);
	ASSERT_EQ(0, stat("/dev/null", &st));
	r.inode = st.st_ino;
	dbgmem__backing_open(&self->b, &self->mounts, none, &r, "/dev/null");
	EXPECT_EQ(-1, self->b.fd);
	EXPECT_STREQ("uuuuuuuuuuuuuuuu", kinds(&self->b, &r));
	close(none);
}

TEST_HARNESS_MAIN
