// SPDX-License-Identifier: GPL-2.0
/*
 * BP_SET: its answers, where breakpoints may be, how many there may be, and who
 * owns them. The tests read the target's memory through /proc/PID/mem.
 */
#include "breakpoint.h"
#include <kselftest_harness.h>

#include <pthread.h>

static const char trap[] = LONG_TRAP;

FIXTURE(breakpoint) {
	struct bed bed;
	struct bed *b;
	struct dbgmem_bp_set_args set;
};

FIXTURE_SETUP(breakpoint)
{
	self->b = &self->bed;
	ASSERT_EQ(0, bed_start(self->b));
}

FIXTURE_TEARDOWN(breakpoint)
{
	bed_stop(self->b);
}

/* As if nothing had been asked. */
static bool set_silent(const struct dbgmem_bp_set_args *s)
{
	return byte_differs(s->original, 0, sizeof(s->original)) < 0 &&
	       !s->fault_addr && !s->reason;
}

static uint32_t count(int fd)
{
	struct dbgmem_session_info info;

	return session_info(fd, &info) ? ~0U : info.breakpoints;
}

/* --- what it does --- */

TEST_F_TIMEOUT(breakpoint, returns_the_original_and_writes_the_trap, 60)
{
	struct bed *b = self->b;
	size_t off, len;
	char *at;

	/* Every length at every place in words, and over the page's end. */
	for (len = 1; len <= DBGMEM_BP_MAX_LEN; len++)
		for (off = PAGE - 24; off <= PAGE; off++) {
			at = b->mem + off;
			ASSERT_EQ(0, bp_set(b->fd, at, trap, len, &self->set));
			EXPECT_EQ(-1, pattern_differs(self->set.original, off,
						      len, 3));
			EXPECT_EQ(-1, byte_differs(self->set.original + len, 0,
						   DBGMEM_BP_MAX_LEN - len));
			EXPECT_EQ(0, self->set.fault_addr);
			EXPECT_EQ(0, self->set.reason);
			ASSERT_TRUE(truth_is(b, at, trap, len))
				TH_LOG("%zu at %zu", len, off);
			ASSERT_TRUE(truth_is_pattern(b, at - 32, 32));
			ASSERT_TRUE(truth_is_pattern(b, at + len, 32));
			ASSERT_EQ(0, bp_clear(b->fd, at, NULL));
			ASSERT_TRUE(truth_is_pattern(b, at - 32, 96));
		}
	EXPECT_TRUE(untouched(b));
}

TEST_F_TIMEOUT(breakpoint, the_same_bytes_as_before_are_a_trap_too, 60)
{
	struct bed *b = self->b;
	char same[8];

	pattern_fill(same, 8, 8, 3);
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 8, same, 8, &self->set));
	EXPECT_EQ(0, memcmp(self->set.original, same, 8));
	EXPECT_TRUE(untouched(b));
	EXPECT_EQ(DBGMEM_BP_STATE_STANDING, bp_state(b->fd, b->mem + 8));
	/* What is written goes behind it. */
	EXPECT_EQ(0, mem_write(b->fd, b->mem + 8, "original", 8, 0, NULL));
	EXPECT_TRUE(untouched(b));
	ASSERT_EQ(0, bp_clear(b->fd, b->mem + 8, NULL));
	EXPECT_TRUE(truth_is(b, b->mem + 8, "original", 8));
}

/* --- what is refused, with nothing changed --- */

TEST_F_TIMEOUT(breakpoint, length_out_of_range_is_einval, 60)
{
	static const uint32_t lens[] = { 0, 17, 18, 32, 255, 1U << 31, ~0U };
	struct bed *b = self->b;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		EXPECT_EQ(-EINVAL, bp_set(b->fd, b->mem, trap, lens[i],
					  &self->set))
			TH_LOG("length %u", lens[i]);
		EXPECT_TRUE(set_silent(&self->set));
	}
	EXPECT_EQ(0, count(b->fd));
	EXPECT_TRUE(untouched(b));
}

TEST_F_TIMEOUT(breakpoint, range_beyond_64_bits_is_eoverflow, 60)
{
	struct bed *b = self->b;

	EXPECT_EQ(-EOVERFLOW, bp_set(b->fd, (void *)~0UL, trap, 2, &self->set));
	EXPECT_TRUE(set_silent(&self->set));
	EXPECT_EQ(-EOVERFLOW, bp_set(b->fd, (void *)(~0UL - 14), trap, 16,
				     &self->set));
	EXPECT_TRUE(set_silent(&self->set));
	EXPECT_EQ(-EFAULT, bp_set(b->fd, (void *)(~0UL - 16), trap, 16,
				  &self->set));
	EXPECT_EQ(0, count(b->fd));
}

TEST_F_TIMEOUT(breakpoint, nothing_mapped_is_efault_and_says_where, 60)
{
	static const unsigned long bad[] = {
		0, 8, 0xffff888000000000, 0xffffffff81000000, 1UL << 63,
		1UL << 47, ~0UL - 100,
	};
	struct bed *b = self->b;
	size_t i, in;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(-EFAULT, bp_set(b->fd, (void *)bad[i], trap, 8,
					  &self->set));
		EXPECT_EQ(bad[i], self->set.fault_addr);
		EXPECT_EQ(DBGMEM_REASON_UNMAPPED, self->set.reason);
		EXPECT_EQ(-1, byte_differs(self->set.original, 0, 16));
	}
	/* The last bytes of it, the first bytes of it. */
	ASSERT_EQ(0, target_unmap(b->target, b->job, b->mem + 2 * PAGE, PAGE));
	for (in = 1; in < DBGMEM_BP_MAX_LEN; in++) {
		EXPECT_EQ(-EFAULT, bp_set(b->fd, b->mem + 2 * PAGE - in, trap,
					  DBGMEM_BP_MAX_LEN, &self->set));
		EXPECT_EQ((uintptr_t)b->mem + 2 * PAGE, self->set.fault_addr);
		EXPECT_EQ(DBGMEM_REASON_UNMAPPED, self->set.reason);
		EXPECT_EQ(-EFAULT, bp_set(b->fd, b->mem + 3 * PAGE - in, trap,
					  DBGMEM_BP_MAX_LEN, &self->set));
		EXPECT_EQ((uintptr_t)b->mem + 3 * PAGE - in,
			  self->set.fault_addr);
		EXPECT_EQ(DBGMEM_REASON_UNMAPPED, self->set.reason);
	}
	EXPECT_EQ(0, count(b->fd));
	EXPECT_TRUE(truth_is_pattern(b, b->mem, 2 * PAGE));
	EXPECT_TRUE(truth_is_pattern(b, b->mem + 3 * PAGE, 5 * PAGE));
}

TEST_F_TIMEOUT(breakpoint, session_without_the_right_is_refused, 60)
{
	struct bed *b = self->b;
	int none = dev_open(O_RDWR), ro, wo;

	ro = session_open(b->target->pid, O_RDONLY);
	wo = session_open(b->target->pid, O_WRONLY);
	ASSERT_LE(0, none);
	ASSERT_LE(0, ro);
	ASSERT_LE(0, wo);
	EXPECT_EQ(-ENOTCONN, bp_set(none, b->mem, trap, 1, &self->set));
	EXPECT_TRUE(set_silent(&self->set));
	EXPECT_EQ(-EACCES, bp_set(ro, b->mem, trap, 1, &self->set));
	EXPECT_TRUE(set_silent(&self->set));
	EXPECT_EQ(-EACCES, bp_set(wo, b->mem, trap, 1, &self->set));
	EXPECT_TRUE(set_silent(&self->set));
	EXPECT_EQ(0, count(ro) + count(wo));
	EXPECT_TRUE(untouched(b));
	close(none);
	close(ro);
	close(wo);
}

/* --- overlaps --- */

#define FIRST	100
#define LEN	8

/* Around a breakpoint of 8 bytes: those that touch it get @err. */
static void around(struct __test_metadata *_metadata,
		   FIXTURE_DATA(breakpoint) *self, int fd, int err)
{
	static const uint32_t lens[] = { 1, 2, 7, 8, 9, 16 };
	struct bed *b = self->b;
	size_t off, i, len;
	bool touches;

	for (i = 0; i < ARRAY_SIZE(lens); i++)
		for (off = FIRST - 18; off < FIRST + LEN + 3; off++) {
			len = lens[i];
			touches = off + len > FIRST && off < FIRST + LEN;
			ASSERT_EQ(touches ? err : 0,
				  bp_set(fd, b->mem + off, trap, len,
					 &self->set))
				TH_LOG("%zu bytes at %zu", len, off);
			if (!touches) {
				ASSERT_EQ(0, bp_clear(fd, b->mem + off, NULL));
				continue;
			}
			EXPECT_TRUE(set_silent(&self->set));
			EXPECT_TRUE(truth_is(b, b->mem + FIRST, trap, LEN));
		}
	EXPECT_TRUE(truth_is_pattern(b, b->mem, FIRST));
	EXPECT_TRUE(truth_is_pattern(b, b->mem + FIRST + LEN, PAGE));
}

TEST_F_TIMEOUT(breakpoint, overlap_with_an_own_one_is_eexist, 60)
{
	struct bed *b = self->b;

	ASSERT_EQ(0, bp_set(b->fd, b->mem + FIRST, trap, LEN, NULL));
	around(_metadata, self, b->fd, -EEXIST);
	EXPECT_EQ(1, count(b->fd));
}

TEST_F_TIMEOUT(breakpoint, overlap_with_another_sessions_is_ebusy, 60)
{
	struct bed *b = self->b;
	int fd = session_open(b->target->pid, O_RDWR);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, bp_set(b->fd, b->mem + FIRST, trap, LEN, NULL));
	around(_metadata, self, fd, -EBUSY);
	EXPECT_EQ(0, count(fd));
	/* Until it is gone, which is with its session at the latest. */
	close(b->fd);
	b->fixture.fd = -1;
	EXPECT_EQ(0, bp_set(fd, b->mem + FIRST, trap, LEN, &self->set));
	EXPECT_EQ(-1, pattern_differs(self->set.original, FIRST, LEN, 3));
	close(fd);
	EXPECT_TRUE(untouched(b));
}

TEST_F_TIMEOUT(breakpoint, one_that_was_lost_still_counts_as_one, 60)
{
	struct bed *b = self->b;
	int fd = session_open(b->target->pid, O_RDWR);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, bp_set(b->fd, b->mem + FIRST, trap, LEN, NULL));
	ASSERT_TRUE(truth_write(b, b->mem + FIRST, "whatever", 8));
	EXPECT_EQ(-EEXIST, bp_set(b->fd, b->mem + FIRST, trap, LEN, NULL));
	EXPECT_EQ(-EBUSY, bp_set(fd, b->mem + FIRST, trap, LEN, NULL));
	EXPECT_TRUE(truth_is(b, b->mem + FIRST, "whatever", 8));
	close(fd);
}

TEST_F_TIMEOUT(breakpoint, at_the_same_address_of_two_targets, 60)
{
	struct bed *b = self->b, other = {};

	other = *b;
	fixture_init(&other.fixture);
	other.target = &other.fixture.target;
	other.truth = -1;
	ASSERT_EQ(0, bed_restart(&other));
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 5, trap, 3, NULL));
	EXPECT_TRUE(untouched(&other));
	EXPECT_EQ(0, bp_set(other.fd, b->mem + 6, trap, 9, NULL));
	EXPECT_TRUE(truth_is(b, b->mem + 5, trap, 3));
	EXPECT_TRUE(truth_is(&other, b->mem + 6, trap, 9));
	EXPECT_EQ(0, bp_clear(b->fd, b->mem + 5, NULL));
	EXPECT_TRUE(untouched(b));
	EXPECT_TRUE(truth_is(&other, b->mem + 6, trap, 9));
	bed_stop(&other);
}

/* --- many --- */

TEST_F_TIMEOUT(breakpoint, adjacent_ones_fill_pages_and_come_out_one_by_one, 60)
{
	struct bed *b = self->b;
	size_t off, nr, len, i;
	char *at;

	/* 5 bytes each: some lie across words, and one across the pages. */
	for (len = 5, nr = 0; (nr + 1) * len <= 2 * PAGE; nr++) {
		at = b->mem + nr * len;
		ASSERT_EQ(0, bp_set(b->fd, at, trap, len, &self->set));
		EXPECT_EQ(-1, pattern_differs(self->set.original, nr * len, len,
					      3));
	}
	EXPECT_EQ(nr, count(b->fd));
	for (i = 0; i < nr; i++)
		ASSERT_TRUE(truth_is(b, b->mem + i * len, trap, len));
	EXPECT_TRUE(truth_is_pattern(b, b->mem + nr * len, PAGE));
	/* In another order than they came. */
	for (i = 0; i < nr; i++) {
		off = i * 731 % nr * len;
		ASSERT_EQ(0, bp_clear(b->fd, b->mem + off, NULL));
		ASSERT_TRUE(truth_is_pattern(b, b->mem + off, len));
	}
	EXPECT_EQ(0, count(b->fd));
	EXPECT_TRUE(untouched(b));
}

TEST_F_TIMEOUT(breakpoint, as_many_as_info_says_and_one_is_enospc, 120)
{
	struct bed *b = self->b;
	struct dbgmem_bp_clear_args c;
	struct dbgmem_info info;
	uint32_t i;
	int fd;

	ASSERT_EQ(0, module_info(b->fd, &info));
	ASSERT_EQ(MAX_BREAKPOINTS, info.max_breakpoints);
	for (i = 0; i < MAX_BREAKPOINTS; i++)
		ASSERT_EQ(0, bp_set(b->fd, b->mem + i, INT3, 1, NULL));
	EXPECT_EQ(MAX_BREAKPOINTS, count(b->fd));
	EXPECT_EQ(-ENOSPC, bp_set(b->fd, b->mem + i, INT3, 1, &self->set));
	EXPECT_TRUE(set_silent(&self->set));
	EXPECT_TRUE(truth_is_pattern(b, b->mem + i, PAGE));
	/* Another session has its own. */
	fd = session_open(b->target->pid, O_RDWR);
	EXPECT_EQ(0, bp_set(fd, b->mem + i, INT3, 1, NULL));
	close(fd);
	/* A place that becomes free can be taken. */
	EXPECT_EQ(0, bp_clear(b->fd, b->mem + 77, NULL));
	EXPECT_EQ(0, bp_set(b->fd, b->mem + i, INT3, 1, NULL));
	EXPECT_EQ(-ENOSPC, bp_set(b->fd, b->mem + 77, INT3, 1, NULL));
	EXPECT_EQ(0, bp_clear_all(b->fd, &c));
	EXPECT_EQ(MAX_BREAKPOINTS, c.cleared);
	EXPECT_EQ(0, c.lost);
	EXPECT_TRUE(untouched(b));
}

TEST_F_TIMEOUT(breakpoint, as_many_as_that_go_when_the_session_does, 120)
{
	struct bed *b = self->b;
	uint32_t i;

	for (i = 0; i < MAX_BREAKPOINTS; i++)
		ASSERT_EQ(0, bp_set(b->fd, b->mem + 2 * i, INT3, 1, NULL));
	close(b->fd);
	b->fixture.fd = -1;
	/* close() waits no longer than five seconds, which so many may take */
	for (i = 0; i < 600 && !untouched(b); i++)
		usleep(100000);
	EXPECT_TRUE(untouched(b));
}

/* --- several threads, for the same place --- */

#define ROUNDS	1000

struct taker {
	pthread_t thread;
	pthread_barrier_t *barrier;
	char *at;
	int fd, won, odd;
};

static void *take(void *arg)
{
	struct taker *t = arg;
	int i, ret;

	for (i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(t->barrier);
		ret = bp_set(t->fd, t->at, trap, 8, NULL);
		pthread_barrier_wait(t->barrier);
		if (!ret) {
			t->won++;
			ret = bp_clear(t->fd, t->at, NULL);
			t->odd += ret != 0;
		} else {
			t->odd += ret != -EEXIST && ret != -EBUSY;
		}
	}
	return NULL;
}

TEST_F_TIMEOUT(breakpoint, one_of_several_threads_and_sessions_gets_it, 120)
{
	struct bed *b = self->b;
	struct taker t[4] = {};
	pthread_barrier_t barrier;
	int i, won = 0, fd;

	fd = session_open(b->target->pid, O_RDWR);
	ASSERT_LE(0, fd);
	pthread_barrier_init(&barrier, NULL, ARRAY_SIZE(t));
	for (i = 0; i < 4; i++) {
		/* Half of them overlap in part. */
		t[i] = (struct taker){ .barrier = &barrier,
				       .fd = i & 1 ? fd : b->fd,
				       .at = b->mem + 100 + (i & 2) };
		ASSERT_EQ(0, pthread_create(&t[i].thread, NULL, take, &t[i]));
	}
	for (i = 0; i < 4; i++) {
		pthread_join(t[i].thread, NULL);
		EXPECT_EQ(0, t[i].odd);
		won += t[i].won;
	}
	EXPECT_EQ(ROUNDS, won);
	EXPECT_EQ(0, count(b->fd) + count(fd));
	EXPECT_TRUE(untouched(b));
	close(fd);
}

TEST_HARNESS_MAIN
