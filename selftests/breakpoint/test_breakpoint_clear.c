// SPDX-License-Identifier: GPL-2.0
/*
 * BP_CLEAR and close(2) restore the original where the trap is still in memory,
 * and change nothing where it is not.
 */
#include "breakpoint.h"
#include "proc.h"
#include "secret.h"
#include <kselftest_harness.h>

#include <linux/userfaultfd.h>
#include <poll.h>

static const char trap[] = LONG_TRAP;

FIXTURE(clear) {
	struct bed bed;
	struct bed *b;
	struct dbgmem_bp_clear_args c;
};

FIXTURE_SETUP(clear)
{
	self->b = &self->bed;
	ASSERT_EQ(0, bed_start(self->b));
}

FIXTURE_TEARDOWN(clear)
{
	bed_stop(self->b);
}

static void session_close(struct bed *b)
{
	close(b->fd);
	b->fd = b->fixture.fd = -1;
}

/* The answer to a BP_CLEAR, in one. */
#define EXPECT_CLEARED(nr, nr_lost) do {				\
	EXPECT_EQ(nr, self->c.cleared);					\
	EXPECT_EQ(nr_lost, self->c.lost);				\
	EXPECT_EQ(0, self->c.fault_addr);				\
	EXPECT_EQ(DBGMEM_REASON_NONE, self->c.reason);			\
} while (0)

/* --- which --- */

TEST_F_TIMEOUT(clear, one_at_a_time_by_its_first_address, 60)
{
	struct bed *b = self->b;
	int i;

	ASSERT_EQ(0, bp_set(b->fd, b->mem + 100, trap, 8, NULL));
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 108, trap, 8, NULL));
	for (i = 99; i < 120; i++) {
		if (i == 100 || i == 108)
			continue;
		EXPECT_EQ(-ENOENT, bp_clear(b->fd, b->mem + i, &self->c));
		EXPECT_CLEARED(0, 0);
	}
	EXPECT_TRUE(truth_is(b, b->mem + 100, trap, 8));
	EXPECT_EQ(0, bp_clear(b->fd, b->mem + 108, &self->c));
	EXPECT_CLEARED(1, 0);
	EXPECT_TRUE(truth_is(b, b->mem + 100, trap, 8));
	EXPECT_TRUE(truth_is_pattern(b, b->mem + 108, 100));
	EXPECT_EQ(-ENOENT, bp_clear(b->fd, b->mem + 108, NULL));
	EXPECT_EQ(0, bp_clear(b->fd, b->mem + 100, &self->c));
	EXPECT_CLEARED(1, 0);
	EXPECT_TRUE(untouched(b));
	EXPECT_EQ(-ENOENT, bp_clear(b->fd, (void *)~0UL, NULL));
}

TEST_F_TIMEOUT(clear, all_is_all_of_this_session, 60)
{
	struct bed *b = self->b;
	int fd = session_open(b->target->pid, O_RDWR), i;

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, bp_clear_all(b->fd, &self->c));
	EXPECT_CLEARED(0, 0);
	for (i = 0; i < 100; i++) {
		ASSERT_EQ(0, bp_set(b->fd, b->mem + 70 * i, trap, 7, NULL));
		ASSERT_EQ(0, bp_set(fd, b->mem + 70 * i + 7, trap, 9, NULL));
	}
	EXPECT_EQ(-EINVAL, bp_clear_flags(b->fd, b->mem, DBGMEM_BP_ALL,
					  &self->c));
	EXPECT_CLEARED(0, 0);
	EXPECT_EQ(-ENOENT, bp_clear(fd, b->mem, NULL));
	EXPECT_EQ(0, bp_clear_all(b->fd, &self->c));
	EXPECT_CLEARED(100, 0);
	for (i = 0; i < 100; i++) {
		EXPECT_TRUE(truth_is_pattern(b, b->mem + 70 * i, 7));
		EXPECT_TRUE(truth_is(b, b->mem + 70 * i + 7, trap, 9));
	}
	EXPECT_EQ(0, bp_clear_all(fd, &self->c));
	EXPECT_CLEARED(100, 0);
	EXPECT_TRUE(untouched(b));
	close(fd);
}

TEST_F_TIMEOUT(clear, session_without_breakpoints_or_target, 60)
{
	struct bed *b = self->b;
	int none = dev_open(O_RDWR), ro = session_open(b->target->pid, O_RDONLY);

	ASSERT_LE(0, none);
	ASSERT_LE(0, ro);
	EXPECT_EQ(-ENOTCONN, bp_clear(none, b->mem, &self->c));
	EXPECT_CLEARED(0, 0);
	EXPECT_EQ(-ENOTCONN, bp_clear_all(none, &self->c));
	EXPECT_CLEARED(0, 0);
	EXPECT_EQ(-ENOENT, bp_clear(ro, b->mem, &self->c));
	EXPECT_CLEARED(0, 0);
	close(none);
	close(ro);
}

/* --- what is lost --- */

static uint32_t lost(int fd)
{
	struct dbgmem_session_info info;

	return session_info(fd, &info) ? ~0U : info.breakpoints_lost;
}

/* On two pages: the one where nothing was overwritten is put back. */
TEST_F_TIMEOUT(clear, trap_overwritten_in_any_byte_is_lost_and_left, 60)
{
	struct bed *b = self->b;
	char *at = b->mem + PAGE - 7;
	char now[16];
	int i;

	for (i = 0; i < 16; i++) {
		bool first = i < 7;

		ASSERT_EQ(0, bp_set(b->fd, at, trap, 16, NULL));
		memcpy(now, trap, 16);
		now[i] = 0x55;
		ASSERT_TRUE(truth_write(b, at + i, now + i, 1));
		EXPECT_EQ(0, bp_clear(b->fd, at, &self->c));
		EXPECT_CLEARED(1, 1);
		EXPECT_TRUE(first ? truth_is(b, at, now, 7) :
				    truth_is(b, at + 7, now + 7, 9))
			TH_LOG("byte %d", i);
		EXPECT_TRUE(first ? truth_is_pattern(b, at + 7, 9) :
				    truth_is_pattern(b, at, 7))
			TH_LOG("byte %d", i);
		EXPECT_EQ(i + 1, lost(b->fd));
		/* As it is the next one's original. */
		target_fill(b->target, b->job, b->mem, 0, BED_SIZE, 3);
	}
	EXPECT_TRUE(untouched(b));
}

TEST_F_TIMEOUT(clear, trap_written_over_with_itself_stands, 60)
{
	struct bed *b = self->b;

	ASSERT_EQ(0, bp_set(b->fd, b->mem, trap, 16, NULL));
	ASSERT_TRUE(truth_write(b, b->mem, trap, 16));
	EXPECT_EQ(0, bp_clear(b->fd, b->mem, &self->c));
	EXPECT_CLEARED(1, 0);
	EXPECT_TRUE(untouched(b));
	EXPECT_EQ(0, lost(b->fd));
}

static long job_discard(void *arg)
{
	struct job *j = arg;

	return madvise(j->addr, j->len, MADV_DONTNEED) ? -errno : 0;
}

static long job_remap(void *arg)
{
	struct job *j = arg;

	if (mmap(j->addr, j->len, PROT_READ | PROT_WRITE,
		 MAP_ANON_PRIVATE | MAP_FIXED, -1, 0) == MAP_FAILED)
		return -errno;
	memset(j->addr, 0x66, j->len);
	return 0;
}

TEST_F_TIMEOUT(clear, trap_that_went_with_its_memory_is_lost, 60)
{
	struct bed *b = self->b;
	int i;

	/* One in each page, one over each border between them. */
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, bp_set(b->fd, b->mem + i * PAGE, trap, 16, NULL));
		ASSERT_EQ(0, bp_set(b->fd, b->mem + (i + 1) * PAGE - 8, trap,
				    8, NULL));
	}
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 5 * PAGE - 8, trap, 16, NULL));
	*b->job = (struct job){ .addr = b->mem, .len = PAGE };
	ASSERT_EQ(0, target_unmap(b->target, b->job, b->mem, PAGE));
	*b->job = (struct job){ .addr = b->mem + PAGE, .len = PAGE };
	ASSERT_EQ(0, target_call(b->target, job_discard, b->job));
	*b->job = (struct job){ .addr = b->mem + 2 * PAGE, .len = PAGE };
	ASSERT_EQ(0, target_call(b->target, job_remap, b->job));
	ASSERT_EQ(0, target_unmap(b->target, b->job, b->mem + 5 * PAGE, PAGE));

	EXPECT_EQ(0, bp_clear(b->fd, b->mem, &self->c));
	EXPECT_CLEARED(1, 1);
	EXPECT_EQ(0, bp_clear(b->fd, b->mem + PAGE, &self->c));
	EXPECT_CLEARED(1, 1);
	EXPECT_EQ(0, bp_clear_all(b->fd, &self->c));
	EXPECT_CLEARED(7, 5);
	EXPECT_EQ(7, lost(b->fd));
	EXPECT_TRUE(truth_is_pattern(b, b->mem + 3 * PAGE, 2 * PAGE - 8));
	/* Half of it is there, and was put back. */
	EXPECT_TRUE(truth_is_pattern(b, b->mem + 5 * PAGE - 8, 8));
	*b->job = (struct job){ .addr = b->mem + 2 * PAGE, .len = PAGE };
	EXPECT_TRUE(truth_is(b, b->mem + 2 * PAGE, "ffffffffffffffff", 16));
	EXPECT_EQ(-EIO, pread(b->truth, self, 1, (uintptr_t)b->mem) < 0 ?
			-errno : 0);
}

TEST_F_TIMEOUT(clear, what_was_lost_leaves_no_trace_in_the_target, 60)
{
	struct bed *b = self->b;

	ASSERT_EQ(0, bp_set(b->fd, b->mem + PAGE, trap, 16, NULL));
	*b->job = (struct job){ .addr = b->mem + PAGE, .len = PAGE };
	ASSERT_EQ(0, target_call(b->target, job_discard, b->job));
	session_close(b);
	/* Nothing was written: at most the page of zeros is there. */
	EXPECT_EQ((BED_PAGES - 1) * 4, smaps_private(b->target->pid, b->mem));
}

/* --- memory that cannot be written --- */

static long job_protect_by_userfaultfd(void *arg)
{
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = UFFD_FEATURE_PAGEFAULT_FLAG_WP,
	};
	struct job *j = arg;
	struct uffdio_register reg = {
		.range = { (uintptr_t)j->addr, j->len },
		.mode = UFFDIO_REGISTER_MODE_WP,
	};
	struct uffdio_writeprotect wp = {
		.range = { (uintptr_t)j->addr, j->len },
		.mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &reg) ||
	    ioctl(fd, UFFDIO_WRITEPROTECT, &wp))
		return -errno;
	return fd;
}

/* Not even FORCE writes to what is shared and read-only; but the trap is ours. */
TEST_F_TIMEOUT(clear, trap_in_shared_memory_that_became_read_only, 60)
{
	struct bed *b = self->b;
	struct memory m;
	int close_it;

	ASSERT_EQ(NULL, memory_map(&m, MEMORY_MEMFD, 2 * PAGE, NULL));
	for (close_it = 0; close_it < 2; close_it++) {
		ASSERT_EQ(0, bed_restart(b));
		ASSERT_EQ(0, bp_set(b->fd, m.addr + 10, trap, 4, NULL));
		ASSERT_EQ(0, bp_set(b->fd, m.addr + PAGE - 2, trap, 4, NULL));
		ASSERT_EQ(0, target_protect(b->target, b->job, m.addr, 2 * PAGE,
					    PROT_READ | PROT_EXEC));
		if (close_it) {
			session_close(b);
		} else {
			EXPECT_EQ(0, bp_clear_all(b->fd, &self->c));
			EXPECT_CLEARED(2, 0);
		}
		EXPECT_EQ(-1, byte_differs(m.addr, 0, 2 * PAGE));
	}
}

/* The monitor is told first; there is none that answers. */
TEST_F_TIMEOUT(clear, trap_that_userfaultfd_protects, 60)
{
	struct bed *b = self->b;
	int close_it, ret;

	for (close_it = 0; close_it < 2; close_it++) {
		ASSERT_EQ(0, bed_restart(b));
		ASSERT_EQ(0, bp_set(b->fd, b->mem + 10, trap, 16, NULL));
		*b->job = (struct job){ .addr = b->mem, .len = PAGE };
		ret = target_call(b->target, job_protect_by_userfaultfd,
				  b->job);
		if (ret < 0)
			SKIP(return, "no write protection by userfaultfd");
		if (close_it) {
			session_close(b);
		} else {
			EXPECT_EQ(0, bp_clear(b->fd, b->mem + 10, &self->c));
			EXPECT_CLEARED(1, 0);
		}
		EXPECT_TRUE(untouched(b));
	}
}

/* --- memory that is shared with children --- */

static long job_fork_a_sleeper(void *arg)
{
	pid_t pid = fork();

	(void)arg;
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

static long job_close(void *arg)
{
	return close((int)(long)arg);
}

/*
 * The first page is the target's again by the write. The second cannot be written,
 * told or not, until its monitor gives it up.
 */
TEST_F_TIMEOUT(clear, one_of_two_pages_first_is_one_breakpoint, 60)
{
	struct bed *b = self->b;
	char *at = b->mem + PAGE - 8;
	long child, fd;

	ASSERT_EQ(0, bp_set(b->fd, at, trap, 16, NULL));
	child = target_call(b->target, job_fork_a_sleeper, NULL);
	ASSERT_LT(0, child);
	*b->job = (struct job){ .addr = b->mem + PAGE, .len = PAGE };
	fd = target_call(b->target, job_protect_by_userfaultfd, b->job);
	if (fd < 0)
		SKIP(return, "no write protection by userfaultfd");
	EXPECT_EQ(-EFAULT, bp_clear(b->fd, at, &self->c));
	EXPECT_EQ(0, self->c.cleared);
	EXPECT_TRUE(truth_is(b, at + 8, trap + 8, 8));
	ASSERT_EQ(0, target_call(b->target, job_close, (void *)fd));
	EXPECT_EQ(0, bp_clear(b->fd, at, &self->c));
	EXPECT_CLEARED(1, 0);
	EXPECT_TRUE(untouched(b));
	kill(child, SIGKILL);
}

/* --- bytes behind the trap, where memory cannot be written any more --- */

static void kept_back(struct __test_metadata *_metadata,
		      FIXTURE_DATA(clear) *self, uint32_t flags, int prot,
		      bool close_it)
{
	bool back = flags & DBGMEM_FORCE || prot & PROT_WRITE;
	struct bed *b = self->b;
	char was[16], want[16];
	char *at = b->mem + PAGE - 8;

	ASSERT_EQ(0, bed_restart(b));
	ASSERT_EQ(16, pread(b->truth, was, 16, (uintptr_t)at));
	ASSERT_EQ(0, bp_set(b->fd, at, trap, 16, NULL));
	ASSERT_EQ(0, mem_write(b->fd, at + 2, "EVIL", 4, flags, NULL));
	ASSERT_EQ(0, mem_write(b->fd, at + 8, "EVIL", 4, flags, NULL));
	ASSERT_EQ(0, target_protect(b->target, b->job, b->mem, BED_SIZE,
				    prot));
	/* A write itself is judged as ever. */
	EXPECT_EQ(prot & PROT_WRITE ? 0 : -EFAULT,
		  mem_write(b->fd, at + 14, was + 14, 1, 0, NULL));
	memcpy(want, was, 16);
	if (back) {
		memcpy(want + 2, "EVIL", 4);
		memcpy(want + 8, "EVIL", 4);
	}
	if (close_it) {
		session_close(b);
	} else {
		EXPECT_EQ(0, bp_clear(b->fd, at, &self->c));
		EXPECT_EQ(1, self->c.cleared);
		EXPECT_EQ(!back, self->c.lost);
		EXPECT_EQ(back ? 0 : (uintptr_t)at, self->c.fault_addr);
		EXPECT_EQ(back ? DBGMEM_REASON_NONE :
				 DBGMEM_REASON_PROTECTION, self->c.reason);
	}
	EXPECT_TRUE(truth_is(b, at, want, 16))
		TH_LOG("flags %x, protection %d", flags, prot);
}

TEST_F_TIMEOUT(clear, what_could_not_be_written_is_not_put_back, 120)
{
	static const int prots[] = {
		PROT_NONE, PROT_READ, PROT_READ | PROT_EXEC,
		PROT_READ | PROT_WRITE,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(prots); i++) {
		kept_back(_metadata, self, 0, prots[i], false);
		kept_back(_metadata, self, 0, prots[i], true);
		kept_back(_metadata, self, DBGMEM_FORCE, prots[i], false);
		kept_back(_metadata, self, DBGMEM_FORCE, prots[i], true);
	}
}

/* --- close(2) --- */

TEST_F_TIMEOUT(clear, close_is_clear_all, 60)
{
	struct bed *b = self->b;
	int i, copy;

	for (i = 0; i < 200; i++)
		ASSERT_EQ(0, bp_set(b->fd, b->mem + 150 * i, trap, 1 + i % 16,
				    NULL));
	ASSERT_EQ(0, target_protect(b->target, b->job, b->mem, 4 * PAGE,
				    PROT_READ | PROT_EXEC));
	ASSERT_TRUE(truth_write(b, b->mem + 150, "zz", 2));
	EXPECT_EQ(0, mem_write(b->fd, b->mem + 7500, "behind", 6, DBGMEM_FORCE,
			       NULL));
	/* It is the last descriptor that counts. */
	copy = dup(b->fd);
	session_close(b);
	EXPECT_TRUE(truth_is(b, b->mem, trap, 1));
	close(copy);
	EXPECT_TRUE(truth_is_pattern(b, b->mem, 150));
	EXPECT_TRUE(truth_is(b, b->mem + 150, "zz", 2));
	EXPECT_TRUE(truth_is_pattern(b, b->mem + 152, 7500 - 152));
	EXPECT_TRUE(truth_is(b, b->mem + 7500, "behind", 6));
	EXPECT_TRUE(truth_is_pattern(b, b->mem + 7506, BED_SIZE - 7506));
}

/* --- the target's end --- */

static bool ended(int fd)
{
	struct pollfd p = { .fd = fd };

	return poll(&p, 1, 20000) == 1 && p.revents == POLLHUP;
}

static void gone(struct __test_metadata *_metadata, FIXTURE_DATA(clear) *self,
		 int err)
{
	struct bed *b = self->b;
	struct dbgmem_bp_list_args l;
	struct dbgmem_bp_set_args s;
	struct dbgmem_session_info info;

	EXPECT_EQ(err, bp_set(b->fd, b->mem + 32, trap, 1, &s));
	EXPECT_EQ(-1, byte_differs(s.original, 0, 16));
	EXPECT_EQ(0, s.fault_addr);
	EXPECT_EQ(0, s.reason);
	EXPECT_EQ(err, bp_clear(b->fd, b->mem, &self->c));
	EXPECT_CLEARED(0, 0);
	EXPECT_EQ(err, bp_clear_all(b->fd, &self->c));
	EXPECT_CLEARED(0, 0);
	EXPECT_EQ(err, bp_list(b->fd, NULL, 0, 0, 0, &l));
	EXPECT_EQ(0, l.nr);
	EXPECT_EQ(0, l.total);
	/* There they still are. */
	EXPECT_EQ(0, session_info(b->fd, &info));
	EXPECT_EQ(1, info.breakpoints);
	EXPECT_EQ(0, info.breakpoints_lost);
	session_close(b);
}

TEST_F_TIMEOUT(clear, after_exit_it_is_esrch, 60)
{
	ASSERT_EQ(0, bp_set(self->b->fd, self->b->mem, trap, 16, NULL));
	target_stop(self->b->target);
	self->b->target->pid = 0;
	gone(_metadata, self, -ESRCH);
}

/* A program that has what looks like the trap where the trap was. */
static char helper[128];
static int helper_in[2];

static long do_exec(void *arg)
{
	if (dup2(helper_in[0], 0) < 0)
		return -errno;
	execl(helper, helper, NULL);
	return -errno;
}

TEST_F_TIMEOUT(clear, after_execve_it_is_estale_and_nothing_is_touched, 60)
{
	struct bed *b = self->b;
	char lookalike[16];
	char *at;

	ASSERT_EQ(0, beside("helper_suid", helper, sizeof(helper)));
	ASSERT_EQ(0, pipe2(helper_in, O_CLOEXEC));
	at = mmap((void *)SECRET_ADDR, PAGE, PROT_READ | PROT_WRITE,
		  MAP_ANON_PRIVATE | MAP_FIXED_NOREPLACE, -1, 0);
	ASSERT_EQ((void *)SECRET_ADDR, at);
	ASSERT_EQ(0, bed_restart(b));
	memset(lookalike, SECRET_BYTE, sizeof(lookalike));
	ASSERT_EQ(0, bp_set(b->fd, at + 8, lookalike, 16, NULL));
	target_send(b->target, do_exec, NULL);
	close(helper_in[0]);
	ASSERT_TRUE(ended(b->fd));
	gone(_metadata, self, -ESTALE);
	/* It ends with its input, and tells of its memory. */
	close(helper_in[1]);
	EXPECT_EQ(SECRET_EXIT_INTACT, child_wait(b->target->pid));
	b->fixture.target.pid = 0;
}

TEST_HARNESS_MAIN
