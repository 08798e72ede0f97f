// SPDX-License-Identifier: GPL-2.0
/*
 * The mirror of a session: who may have one, its counts, and that it drops
 * entries before the target's mappings change. The tests of transfers cover
 * mirrors as one of the engines; test_mirror_race covers races.
 */
#include "cgroup.h"
#include "features.h"
#include "memory.h"
#include "proc.h"
#include <kselftest_harness.h>

#define PAGES	256
#define AREA	(PAGES * PAGE)
#define GROUP	64		/* pages that are learnt and forgotten together */

FIXTURE(mirror) {
	struct fixture fixture;
	struct target *target;
	struct job *job;
	char *mem;		/* in the target: pattern 3 */
	char *buf;
	int fd;
};

FIXTURE_SETUP(mirror)
{
	fixture_init(&self->fixture);
	ASSERT_NE(NULL, self->fixture.job);
	self->target = &self->fixture.target;
	self->job = self->fixture.job;
	self->buf = private_alloc(AREA);
	ASSERT_NE(NULL, self->buf);
	/* Aligned, so that it is known how many groups it has. */
	self->mem = private_alloc(AREA + GROUP * PAGE);
	ASSERT_NE(NULL, self->mem);
	self->mem = (char *)(((uintptr_t)self->mem + GROUP * PAGE - 1) &
			     -(GROUP * PAGE));
	attach_flags = DBGMEM_ATTACH_MIRROR;
	ASSERT_EQ(0, fixture_start(&self->fixture));
	self->fd = self->fixture.fd;
	target_fill(self->target, self->job, self->mem, 0, AREA, 3);
}

FIXTURE_TEARDOWN(mirror)
{
	fixture_stop(&self->fixture);
	param_set("mirror_pages", "262144");
}

/* The fourth of the area from @at on is the pattern's, or the errno. */
static int read_part(FIXTURE_DATA(mirror) *self, size_t at, uint64_t seed)
{
	struct dbgmem_transfer t;
	int ret;

	ret = mem_read(self->fd, self->mem + at, self->buf, AREA / 4, 0, &t);
	if (ret)
		return ret;
	if (t.done != AREA / 4)
		return -EIO;
	return pattern_differs(self->buf, at, AREA / 4, seed) == -1 ? 0 :
								      -EBADMSG;
}

/* --- who gets one --- */

TEST_F_TIMEOUT(mirror, is_told_of_by_info_and_fdinfo, 60)
{
	struct dbgmem_session_info info;
	struct dbgmem_info module;
	char path[64], text[1024], line[64];

	ASSERT_EQ(0, module_info(self->fd, &module));
	EXPECT_TRUE(module.features & DBGMEM_FEATURE_MIRROR);
	EXPECT_EQ(DBGMEM_ATTACH_MIRROR, module.attach_flags);
	EXPECT_EQ(262144, module.max_mirror_pages);
	ASSERT_EQ(0, session_info(self->fd, &info));
	EXPECT_EQ(262144, info.max_mirror_pages);
	EXPECT_EQ(0, info.mirror_pages);

	EXPECT_EQ(0, read_part(self, 0, 3));
	ASSERT_EQ(0, session_info(self->fd, &info));
	EXPECT_LT(0, info.mirror_pages);
	EXPECT_GE(GROUP, info.mirror_pages);

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", self->fd);
	ASSERT_LT(0, file_read(path, text, sizeof(text)));
	snprintf(line, sizeof(line), "dbgmem-mirror-pages:\t%u",
		 info.mirror_pages);
	EXPECT_NE(NULL, strstr(text, "dbgmem-mirror:\tyes\n"));
	EXPECT_NE(NULL, strstr(text, line));
}

TEST_F_TIMEOUT(mirror, a_session_has_none_unless_asked_for, 60)
{
	char path[64], text[1024];
	int fd;

	attach_flags = 0;
	fd = session_open(self->target->pid, O_RDWR);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, mem_read(fd, self->mem, self->buf, AREA, 0, NULL));
	EXPECT_EQ(0, mirror_pages(fd));
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	ASSERT_LT(0, file_read(path, text, sizeof(text)));
	EXPECT_NE(NULL, strstr(text, "dbgmem-mirror:\tno\n"));
	close(fd);
}

TEST_F_TIMEOUT(mirror, is_for_sessions_that_may_read, 60)
{
	struct dbgmem_session_info info;
	int fd, mem_fd;

	EXPECT_EQ(-EACCES, session_open(self->target->pid, O_WRONLY));
	fd = session_open(self->target->pid, O_RDONLY);
	EXPECT_LE(0, fd);
	close(fd);

	/* A refused one leaves the session as it was. */
	fd = dev_open(O_RDWR);
	mem_fd = proc_open(self->target->pid, "mem", O_WRONLY);
	EXPECT_EQ(-EACCES, attach(fd, self->target->pid, mem_fd));
	ASSERT_EQ(0, session_info(fd, &info));
	EXPECT_EQ(DBGMEM_STATE_UNBOUND, info.state);
	close(mem_fd);
	mem_fd = proc_open(self->target->pid, "mem", O_RDWR);
	EXPECT_EQ(0, attach(fd, self->target->pid, mem_fd));
	EXPECT_EQ(-EISCONN, attach(fd, self->target->pid, mem_fd));
	close(mem_fd);
	close(fd);
}

TEST_F_TIMEOUT(mirror, unknown_flag_of_attach_is_eopnotsupp, 60)
{
	uint32_t bit;

	for (bit = 1; bit < 32; bit++) {
		attach_flags = 1U << bit;
		EXPECT_EQ(-EOPNOTSUPP, session_open(self->target->pid, O_RDWR));
		attach_flags |= DBGMEM_ATTACH_MIRROR;
		EXPECT_EQ(-EOPNOTSUPP, session_open(self->target->pid, O_RDWR));
	}
}

TEST_F_TIMEOUT(mirror, where_they_are_turned_off_is_eopnotsupp, 60)
{
	struct dbgmem_info info;
	int fd;

	ASSERT_EQ(0, param_set("mirror_pages", "0"));
	EXPECT_EQ(-EOPNOTSUPP, session_open(self->target->pid, O_RDWR));
	fd = dev_open(O_RDONLY);
	ASSERT_EQ(0, module_info(fd, &info));
	EXPECT_FALSE(info.features & DBGMEM_FEATURE_MIRROR);
	EXPECT_EQ(0, info.attach_flags);
	EXPECT_EQ(0, info.max_mirror_pages);
	close(fd);
	/* Those that have one keep it. */
	EXPECT_EQ(0, read_part(self, 0, 3));
	EXPECT_LT(0, mirror_pages(self->fd));
}

TEST_F_TIMEOUT(mirror, never_knows_more_than_its_limit, 60)
{
	static const struct { const char *param; long max; } limit[] = {
		{ "1", GROUP }, { "64", GROUP }, { "65", 2 * GROUP },
		{ "192", 3 * GROUP },
	};
	struct dbgmem_session_info info;
	size_t i, round, at;

	for (i = 0; i < ARRAY_SIZE(limit); i++) {
		close(self->fd);
		ASSERT_EQ(0, param_set("mirror_pages", limit[i].param));
		self->fd = session_open(self->target->pid, O_RDWR);
		ASSERT_LE(0, self->fd);
		self->fixture.fd = self->fd;
		/* A later limit is one of later sessions. */
		ASSERT_EQ(0, param_set("mirror_pages", "4096"));
		for (round = 0; round < 3; round++) {
			for (at = 0; at < AREA; at += AREA / 4) {
				EXPECT_EQ(0, read_part(self, at, 3));
				ASSERT_EQ(0, session_info(self->fd, &info));
				EXPECT_EQ(limit[i].max, info.max_mirror_pages);
				EXPECT_LT(0, info.mirror_pages);
				EXPECT_GE(limit[i].max, info.mirror_pages);
			}
		}
	}
}

/* --- it knows of changes --- */

/* The area's first fourth is known now. */
#define LEARN() do {							\
	ASSERT_EQ(0, read_part(self, 0, 3));				\
	ASSERT_LT(0, mirror_pages(self->fd));					\
} while (0)

static long map_anew(void *arg)
{
	struct job *j = arg;

	if (mmap(j->addr, j->len, PROT_READ | PROT_WRITE,
		 MAP_ANON_PRIVATE | MAP_FIXED, -1, 0) == MAP_FAILED)
		return -errno;
	return job_fill(arg);
}

TEST_F_TIMEOUT(mirror, forgets_what_is_unmapped, 60)
{
	struct dbgmem_transfer t;

	LEARN();
	ASSERT_EQ(0, target_unmap(self->target, self->job, self->mem + PAGE,
				  PAGE));
	/* Or more than that: the kernel may say so of all around it. */
	EXPECT_GE(GROUP - 1, mirror_pages(self->fd));
	EXPECT_EQ(-EFAULT, mem_read(self->fd, self->mem + PAGE, self->buf, 8, 0,
				    &t));
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
	/* Its neighbours are there. */
	EXPECT_EQ(0, mem_read(self->fd, self->mem, self->buf, 2 * PAGE, 0, &t));
	EXPECT_EQ(PAGE, t.done);
	EXPECT_EQ((uintptr_t)self->mem + PAGE, t.fault_addr);
	EXPECT_EQ(0, mem_read(self->fd, self->mem + 2 * PAGE, self->buf, PAGE,
			      0, &t));
	EXPECT_EQ(-1, pattern_differs(self->buf, 2 * PAGE, PAGE, 3));
}

TEST_F_TIMEOUT(mirror, sees_what_is_mapped_in_its_place, 60)
{
	LEARN();
	*self->job = (struct job){ .addr = self->mem, .len = AREA, .seed = 4 };
	ASSERT_EQ(0, target_call(self->target, map_anew, self->job));
	EXPECT_EQ(0, read_part(self, 0, 4));
	EXPECT_EQ(0, read_part(self, AREA / 2, 4));
}

static long do_protect(void *arg)
{
	struct job *j = arg;

	return mprotect(j->addr, j->len, j->prot) ? -errno : 0;
}

TEST_F_TIMEOUT(mirror, respects_protection_at_once, 60)
{
	struct dbgmem_transfer t;

	LEARN();
	*self->job = (struct job){ .addr = self->mem, .len = AREA,
				   .prot = PROT_NONE };
	ASSERT_EQ(0, target_call(self->target, do_protect, self->job));
	EXPECT_EQ(-EFAULT, mem_read(self->fd, self->mem, self->buf, 8, 0, &t));
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, t.reason);
	EXPECT_EQ(0, mirror_pages(self->fd));
	self->job->prot = PROT_READ;
	ASSERT_EQ(0, target_call(self->target, do_protect, self->job));
	EXPECT_EQ(0, read_part(self, 0, 3));
}

static long do_move(void *arg)
{
	struct job *j = arg;

	return mremap(j->addr, j->len, j->len, MREMAP_MAYMOVE | MREMAP_FIXED,
		      j->addr + AREA / 2) == MAP_FAILED ? -errno : 0;
}

TEST_F_TIMEOUT(mirror, follows_what_is_moved, 60)
{
	struct dbgmem_transfer t;

	LEARN();
	ASSERT_EQ(0, read_part(self, AREA / 2, 3));
	*self->job = (struct job){ .addr = self->mem, .len = AREA / 4 };
	ASSERT_EQ(0, target_call(self->target, do_move, self->job));
	EXPECT_EQ(-EFAULT, mem_read(self->fd, self->mem, self->buf, 8, 0, &t));
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
	ASSERT_EQ(0, mem_read(self->fd, self->mem + AREA / 2, self->buf,
			      AREA / 4, 0, &t));
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, AREA / 4, 3));
}

static long do_discard(void *arg)
{
	struct job *j = arg;

	return madvise(j->addr, j->len, MADV_DONTNEED) ? -errno : 0;
}

TEST_F_TIMEOUT(mirror, forgets_what_is_discarded, 60)
{
	struct dbgmem_transfer t;

	LEARN();
	*self->job = (struct job){ .addr = self->mem, .len = AREA };
	ASSERT_EQ(0, target_call(self->target, do_discard, self->job));
	if (module_takes(DBGMEM_NOFAULT)) {
		EXPECT_EQ(-EFAULT, mem_read(self->fd, self->mem, self->buf, 8,
					    DBGMEM_NOFAULT, &t));
		EXPECT_EQ(DBGMEM_REASON_NOT_RESIDENT, t.reason);
	}
	memset(self->buf, 0xee, PAGE);
	ASSERT_EQ(0, mem_read(self->fd, self->mem, self->buf, PAGE, 0, &t));
	EXPECT_EQ(-1, byte_differs(self->buf, 0, PAGE));
}

/* A child keeps the old pages; the target gets copies as it writes. */
static long do_fork_and_fill(void *arg)
{
	struct job *j = arg;
	int hold[2];
	pid_t pid;
	char c;

	if (pipe(hold))
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		close(hold[1]);
		if (read(hold[0], &c, 1) < 0)
			_exit(1);
		/* What is the child's alone now becomes something else. */
		memset(j->addr, 0x5a, j->len);
		_exit(0);
	}
	close(hold[0]);
	pattern_fill(j->addr, j->from, j->len, j->seed);
	close(hold[1]);
	return waitpid(pid, NULL, 0) == pid ? 0 : -errno;
}

TEST_F_TIMEOUT(mirror, goes_with_the_targets_own_copy, 60)
{
	LEARN();
	*self->job = (struct job){ .addr = self->mem, .len = AREA, .seed = 5 };
	ASSERT_EQ(0, target_call(self->target, do_fork_and_fill, self->job));
	EXPECT_EQ(0, read_part(self, 0, 5));
}

TEST_F_TIMEOUT(mirror, sees_what_the_session_itself_writes, 60)
{
	struct dbgmem_transfer t;

	LEARN();
	pattern_fill(self->buf, 0, AREA, 6);
	ASSERT_EQ(0, mem_write(self->fd, self->mem, self->buf, AREA, 0, &t));
	memset(self->buf, 0, AREA);
	EXPECT_EQ(0, read_part(self, 0, 6));
}

TEST_F_TIMEOUT(mirror, sees_the_targets_writes_without_a_change, 60)
{
	uint64_t seed;

	LEARN();
	for (seed = 10; seed < 40; seed++) {
		target_fill(self->target, self->job, self->mem, 0, AREA / 4,
			    seed);
		ASSERT_EQ(0, read_part(self, 0, seed));
		ASSERT_LT(0, mirror_pages(self->fd));
	}
}

/* --- and of the end --- */

TEST_F_TIMEOUT(mirror, exec_is_estale_and_nothing_is_known, 60)
{
	struct dbgmem_transfer t;
	long end = now_ms() + 10000;
	int ret;

	LEARN();
	target_send(self->target, exec_sleep, NULL);
	do {
		ret = mem_read(self->fd, self->mem, self->buf, 8, 0, &t);
	} while (!ret && now_ms() < end);
	EXPECT_EQ(-ESTALE, ret);
	EXPECT_EQ(-ESTALE, mem_read(self->fd, self->mem, self->buf, 8, 0, &t));
	EXPECT_EQ(0, t.done);
	/* The memory goes a moment after the program. */
	while (mirror_pages(self->fd) && now_ms() < end)
		sleep_ms(1);
	EXPECT_EQ(0, mirror_pages(self->fd));
}

TEST_F_TIMEOUT(mirror, exit_is_esrch_and_nothing_is_known, 60)
{
	struct dbgmem_transfer t;

	LEARN();
	target_stop(self->target);
	EXPECT_EQ(-ESRCH, mem_read(self->fd, self->mem, self->buf, 8, 0, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ(0, mirror_pages(self->fd));
	self->target->pid = 0;
}

/* --- the memory that it takes --- */

#define GROUPS	4096	/* of those that a mirror may have, all */
#define WIDE	(GROUPS * GROUP * PAGE)
#define LEAF	576		/* bytes of what is known of a group, about */

static long touch_groups(void *mem)
{
	size_t i;

	for (i = 0; i < GROUPS; i++)
		*(volatile char *)(mem + i * GROUP * PAGE) = i;
	return 0;
}

/* kB that it takes more, read in a cgroup where there is @limit. */
static int wide_in_cgroup(FIXTURE_DATA(mirror) *self, char *wide,
			  const char *limit)
{
	pid_t pid = fork();
	long before;
	size_t i;
	char c;
	int fd;

	if (pid)
		return child_wait(pid);
	/* The target's is what is read. */
	if (munmap(wide, WIDE) || cgroup_enter(limit))
		_exit(101);
	fd = session_open(self->target->pid, O_RDONLY);
	if (fd < 0)
		_exit(102);
	before = file_number(CGROUP "/small/memory.current", "");
	for (i = 0; i < GROUPS; i++) {
		/* the first makes it resident for the second */
		if (mem_read(fd, wide + i * GROUP * PAGE, &c, 1, 0, NULL) ||
		    mem_read(fd, wide + i * GROUP * PAGE, &c, 1, 0, NULL) ||
		    c != (char)i)
			_exit(103);
	}
	if (!strcmp(limit, "max"))
		_exit(file_number(CGROUP "/small/memory.current", "") - before <
		      (long)GROUPS * LEAF * 3 / 4 ? 104 : 0);
	_exit(0);
}

TEST_F_TIMEOUT(mirror, takes_it_from_the_callers_cgroup, 120)
{
	const char *cannot = cgroup_start();
	char *wide;

	if (cannot)
		SKIP(cgroup_stop(); return, "%s", cannot);
	wide = mmap(NULL, WIDE, PROT_READ | PROT_WRITE, MAP_ANON_PRIVATE |
		    MAP_NORESERVE, -1, 0);
	ASSERT_NE(MAP_FAILED, wide);
	/* Not of huge pages: one page of each group is enough. */
	madvise(wide, WIDE, MADV_NOHUGEPAGE);
	fixture_stop(&self->fixture);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	ASSERT_EQ(0, target_call(self->target, touch_groups, wide));
	EXPECT_EQ(0, wide_in_cgroup(self, wide, "max"));
	/* Where that has not enough, reading goes on without. */
	EXPECT_EQ(0, wide_in_cgroup(self, wide, "2M"));
	cgroup_stop();
}

TEST_F_TIMEOUT(mirror, a_session_on_oneself_may_have_one, 60)
{
	char *mine = private_alloc(2 * PAGE);
	struct dbgmem_transfer t;
	uint64_t value = 0;
	int fd, i;

	ASSERT_NE(NULL, mine);
	fd = session_open(getpid(), O_RDWR);
	ASSERT_LE(0, fd);
	for (i = 1; i < 100; i++) {
		*(uint64_t *)mine = i;
		ASSERT_EQ(0, mem_read(fd, mine, &value, 8, 0, &t));
		EXPECT_EQ(i, value);
		ASSERT_EQ(mine, mmap(mine, PAGE, PROT_READ | PROT_WRITE,
				     MAP_ANON_PRIVATE | MAP_FIXED, -1, 0));
		ASSERT_EQ(0, mem_read(fd, mine, &value, 8, 0, &t));
		EXPECT_EQ(0, value);
		/* Into a page that is not there yet, next to what is read. */
		ASSERT_EQ(0, madvise(mine + PAGE, PAGE, MADV_DONTNEED));
		ASSERT_EQ(0, mem_read(fd, mine, mine + PAGE, PAGE, 0, &t));
		EXPECT_EQ(PAGE, t.done);
	}
	close(fd);
}

/* The notifier is gone with the session: the target goes on changing. */
TEST_F_TIMEOUT(mirror, leaves_nothing_with_the_target, 120)
{
	int i;

	for (i = 0; i < 50; i++) {
		LEARN();
		close(self->fd);
		*self->job = (struct job){ .addr = self->mem, .len = AREA,
					   .seed = 3 };
		ASSERT_EQ(0, target_call(self->target, map_anew, self->job));
		self->fd = session_open(self->target->pid, O_RDWR);
		ASSERT_LE(0, self->fd);
		self->fixture.fd = self->fd;
		EXPECT_EQ(0, mirror_pages(self->fd));
	}
}

TEST_HARNESS_MAIN
