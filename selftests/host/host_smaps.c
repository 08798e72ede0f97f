// SPDX-License-Identifier: GPL-2.0
/* What smaps tells of mappings; a core without it would have what it must not. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "run/interrupt.h"
#include "core/smaps.h"

FIXTURE(smaps) {
	char path[64];
	int dir;
	struct smaps s;
	struct smaps_entry e;
};

FIXTURE_SETUP(smaps)
{
	strcpy(self->path, "/tmp/host_smaps.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->path));
	self->dir = open(self->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, self->dir);
	memset(&self->s, 0, sizeof(self->s));
}

FIXTURE_TEARDOWN(smaps)
{
	smaps_close(&self->s);
	if (unlinkat(self->dir, "smaps", 0))
		unlinkat(self->dir, "smaps", AT_REMOVEDIR);
	close(self->dir);
	rmdir(self->path);
}

static void put(int dir, const char *text)
{
	const int fd = openat(dir, "smaps", O_WRONLY | O_CREAT | O_TRUNC |
			      O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
}

/* One mapping; @rest are the lines that count. */
#define FIRST(range, name)	range " rw-p 00000000 00:00 0 " name "\n"
#define LINES			"Size: 8 kB\nRss: 8 kB\nAnonHugePages: 0 kB\n"

TEST_F(smaps, each_mapping_with_what_counts)
{
	put(self->dir,
	    FIRST("1000-3000", "") LINES
	    "Anonymous: 0 kB\nSwap: 0 kB\nSwapPss: 0 kB\nVmFlags: rd wr mr \n"
	    FIRST("a000-c000", "[heap]") LINES
	    "Anonymous: 8 kB\nSwap: 0 kB\nVmFlags: rd wr dd \n"
	    FIRST("7fff00000000-7fff00001000", "/dd file") LINES
	    "Anonymous: 0 kB\nSwap: 4 kB\nVmFlags: dd\n");
	ASSERT_EQ(0, smaps_open(&self->s, self->dir));
	ASSERT_EQ(1, smaps_next(&self->s, &self->e));
	EXPECT_EQ(0x1000, self->e.start);
	EXPECT_EQ(0x3000, self->e.end);
	EXPECT_FALSE(self->e.own);
	EXPECT_FALSE(self->e.excluded);
	ASSERT_EQ(1, smaps_next(&self->s, &self->e));
	EXPECT_EQ(0xa000, self->e.start);
	EXPECT_TRUE(self->e.own);
	EXPECT_TRUE(self->e.excluded);
	ASSERT_EQ(1, smaps_next(&self->s, &self->e));
	EXPECT_EQ(0x7fff00001000, self->e.end);
	EXPECT_TRUE(self->e.own);
	EXPECT_TRUE(self->e.excluded);
	EXPECT_EQ(0, smaps_next(&self->s, &self->e));
}

/* A newline of a name is \012 there. */
TEST_F(smaps, names_do_not_count)
{
	put(self->dir,
	    FIRST("1000-3000", "/a\\012VmFlags: dd\\012Anonymous: 8 kB") LINES
	    "Anonymous: 0 kB\nVmFlags: rd \n");
	ASSERT_EQ(0, smaps_open(&self->s, self->dir));
	ASSERT_EQ(1, smaps_next(&self->s, &self->e));
	EXPECT_FALSE(self->e.own);
	EXPECT_FALSE(self->e.excluded);
}

TEST_F(smaps, what_cannot_be_read_is_an_error)
{
	EXPECT_EQ(-ENOENT, smaps_open(&self->s, self->dir));
	/* Opens, and read() fails. */
	ASSERT_EQ(0, mkdirat(self->dir, "smaps", 0700));
	ASSERT_EQ(0, smaps_open(&self->s, self->dir));
	EXPECT_EQ(-EISDIR, smaps_next(&self->s, &self->e));
}

TEST_F(smaps, what_does_not_tell_is_an_error)
{
	static const char *const texts[] = {
		FIRST("1000-3000", "") LINES,
		FIRST("1000-3000", "") LINES
			FIRST("a000-c000", "") "VmFlags: rd\n",
		"VmFlags: rd\n",
		"something else\n",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		put(self->dir, texts[i]);
		ASSERT_EQ(0, smaps_open(&self->s, self->dir));
		EXPECT_EQ(-ENODATA, smaps_next(&self->s, &self->e))
			TH_LOG("%s", texts[i]);
		smaps_close(&self->s);
	}
}

TEST_F(smaps, a_signal_ends_it)
{
	put(self->dir, FIRST("1000-3000", "") "VmFlags: rd\n");
	ASSERT_EQ(0, smaps_open(&self->s, self->dir));
	interrupt_catch();
	kill(getpid(), SIGTERM);
	while (!interrupt_seen())
		usleep(1000);
	EXPECT_EQ(-EINTR, smaps_next(&self->s, &self->e));
}

/* Of the kernel's own. */
TEST(this_process)
{
	const int dir = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char *kept = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *out = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct smaps_entry e;
	struct smaps s;
	int found = 0, ret;

	ASSERT_EQ(0, mprotect(kept, 4096, PROT_READ));
	ASSERT_EQ(0, madvise(out, 4096, MADV_DONTDUMP));
	*out = 1;
	ASSERT_EQ(0, smaps_open(&s, dir));
	while ((ret = smaps_next(&s, &e)) > 0) {
		if (e.start == (uintptr_t)out) {
			EXPECT_TRUE(e.excluded);
			EXPECT_TRUE(e.own);
			found++;
		}
		if (e.start == (uintptr_t)kept) {
			EXPECT_FALSE(e.excluded);
			EXPECT_FALSE(e.own);
			found++;
		}
	}
	EXPECT_EQ(0, ret);
	EXPECT_EQ(2, found);
	smaps_close(&s);
	close(dir);
}

TEST_HARNESS_MAIN
