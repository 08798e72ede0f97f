// SPDX-License-Identifier: GPL-2.0
/*
 * CMPXCHG while breakpoints, threads of the target and other callers change the
 * same word.
 */
#include "cmpxchg_fixture.h"

#include <pthread.h>
#include <sched.h>

/* --- over breakpoints --- */

#define AT	64		/* the word, in the bed */

struct layout {
	int off[3];		/* of traps, from the word on; -100 for none */
	uint32_t len[3];
};

TEST_F_TIMEOUT(cmpxchg, over_breakpoints_it_works_on_what_transfers_see, 60)
{
	static const struct layout layouts[] = {
		{ { 0, -100, -100 }, { 1 } },
		{ { 3, -100, -100 }, { 1 } },
		{ { 7, -100, -100 }, { 1 } },
		{ { 0, -100, -100 }, { 8 } },
		{ { -5, -100, -100 }, { 8 } },
		{ { 6, -100, -100 }, { 16 } },
		{ { -4, -100, -100 }, { 16 } },
		{ { 1, 3, 7 }, { 1, 4, 1 } },
		{ { -1, 2, 6 }, { 2, 2, 16 } },
	};
	const uint64_t was = pattern_value(AT, 8);
	const uint64_t next = 0x1122334455667788;
	struct bed *b = self->b;
	uint64_t raw, now;
	size_t i, j;
	char *at = b->mem + AT;

	for (i = 0; i < ARRAY_SIZE(layouts); i++) {
		const struct layout *l = &layouts[i];

		for (j = 0; j < 3 && l->off[j] > -100; j++)
			ASSERT_EQ(0, bp_set(b->fd, at + l->off[j], LONG_TRAP,
					    l->len[j], NULL));
		ASSERT_EQ(8, pread(b->truth, &raw, 8, (uintptr_t)at));
		ASSERT_NE(was, raw);
		/* What is in memory is not what is compared. */
		ASSERT_EQ(0, cx(b->fd, at, 8, raw, next, 0, &self->c));
		EXPECT_ANSWER(was, 0);
		EXPECT_TRUE(truth_is(b, at, &raw, 8));
		ASSERT_EQ(0, cx(b->fd, at, 8, was, next, 0, &self->c));
		EXPECT_ANSWER(was, 1);
		EXPECT_TRUE(shows(b->fd, at, &next, 8, 0))
			TH_LOG("layout %zu", i);
		/* The traps stand, and what is beside them was exchanged. */
		for (j = 0; j < 3 && l->off[j] > -100; j++)
			EXPECT_EQ(DBGMEM_BP_STATE_STANDING,
				  bp_state(b->fd, at + l->off[j]));
		ASSERT_EQ(0, cx(b->fd, at, 8, was, 0, 0, &self->c));
		EXPECT_ANSWER(next, 0);
		ASSERT_EQ(0, bp_clear_all(b->fd, NULL));
		ASSERT_EQ(8, pread(b->truth, &now, 8, (uintptr_t)at));
		EXPECT_EQ(next, now);
		ASSERT_EQ(0, cx(b->fd, at, 8, next, was, 0, &self->c));
		EXPECT_ANSWER(next, 1);
		EXPECT_TRUE(untouched(b));
	}
}

TEST_F_TIMEOUT(cmpxchg, narrow_words_in_a_trap_are_exchanged_behind_it, 60)
{
	struct bed *b = self->b;
	char *at = b->mem + AT;
	uint32_t width;
	size_t i;

	ASSERT_EQ(0, bp_set(b->fd, at, LONG_TRAP, 16, NULL));
	for (width = 1; width <= 4; width *= 2)
		for (i = 0; i < 16; i += width) {
			uint64_t was = pattern_value(AT + i, width);

			ASSERT_EQ(0, cx(b->fd, at + i, width, was, 0x41, 0,
					&self->c));
			EXPECT_ANSWER(was, 1);
			EXPECT_TRUE(truth_is(b, at, LONG_TRAP, 16));
			ASSERT_EQ(0, cx(b->fd, at + i, width, 0x41, was, 0,
					&self->c));
			EXPECT_ANSWER(0x41, 1);
		}
	ASSERT_EQ(0, bp_clear(b->fd, at, NULL));
	EXPECT_TRUE(untouched(b));
}

TEST_F_TIMEOUT(cmpxchg, raw_works_on_the_trap_itself, 60)
{
	struct bed *b = self->b;
	struct dbgmem_bp_clear_args c;
	char *at = b->mem + AT;
	uint64_t raw = 0;

	ASSERT_EQ(0, bp_set(b->fd, at, LONG_TRAP, 8, NULL));
	memcpy(&raw, LONG_TRAP, 8);
	ASSERT_EQ(0, cx(b->fd, at, 8, pattern_value(AT, 8), 1, DBGMEM_RAW,
			&self->c));
	EXPECT_ANSWER(raw, 0);
	EXPECT_EQ(DBGMEM_BP_STATE_STANDING, bp_state(b->fd, at));
	ASSERT_EQ(0, cx(b->fd, at, 8, raw, 1, DBGMEM_RAW, &self->c));
	EXPECT_ANSWER(raw, 1);
	EXPECT_EQ(DBGMEM_BP_STATE_LOST, bp_state(b->fd, at));
	/* Without it, too: it is what there is. */
	ASSERT_EQ(0, cx(b->fd, at, 8, 1, 2, 0, &self->c));
	EXPECT_ANSWER(1, 1);
	ASSERT_EQ(0, bp_clear(b->fd, at, &c));
	EXPECT_EQ(1, c.lost);
	raw = 2;
	EXPECT_TRUE(truth_is(b, at, &raw, 8));
}

/* --- counting together --- */

#define AGENTS		2
#define AGENT_QUOTA	20000	/* of each of its threads */
#define TARGETS		2
#define TARGET_QUOTA	480000

struct counting {
	uint64_t *counter;	/* in the target's memory */
	long agents_done;	/* how far the agents are, together */
	long failures;		/* exchanges that somebody came before */
};

/*
 * One of the target's threads: it counts as fast as it can, but is not further
 * ahead of the agents than its share, so that they meet.
 */
static void *count_here(void *arg)
{
	struct counting *c = arg;
	const long share = TARGET_QUOTA / (AGENTS * AGENT_QUOTA);
	long n;

	for (n = 0; n < TARGET_QUOTA; n++) {
		while (n / share > __atomic_load_n(&c->agents_done,
						   __ATOMIC_RELAXED))
			sched_yield();
		__atomic_add_fetch(c->counter, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static long job_count(void *arg)
{
	pthread_t thread[TARGETS];
	int i;

	for (i = 0; i < TARGETS; i++)
		if (pthread_create(&thread[i], NULL, count_here, arg))
			return -1;
	for (i = 0; i < TARGETS; i++)
		pthread_join(thread[i], NULL);
	return 0;
}

struct counter {
	pthread_t thread;
	struct counting *c;
	uint64_t *word;
	long quota, odd;
	int fd;
};

static void *count_there(void *arg)
{
	struct counter *t = arg;
	struct dbgmem_cmpxchg_args c;
	uint64_t seen = 0;
	long n;

	for (n = 0; n < t->quota; n++) {
		for (;;) {
			if (cx(t->fd, t->word, 8, seen, seen + 1, 0, &c))
				t->odd++;
			if (c.exchanged)
				break;
			seen = c.observed;
			__atomic_add_fetch(&t->c->failures, 1,
					   __ATOMIC_RELAXED);
		}
		t->odd += c.observed != seen;
		seen++;
		__atomic_add_fetch(&t->c->agents_done, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void count(struct __test_metadata *_metadata,
		  FIXTURE_DATA(cmpxchg) *self, struct counter *t, int fd,
		  struct counting *c, uint64_t *word, long quota)
{
	*t = (struct counter){ .c = c, .word = word, .quota = quota, .fd = fd };
	ASSERT_EQ(0, pthread_create(&t->thread, NULL, count_there, t));
}

TEST_F_TIMEOUT(cmpxchg, a_million_counted_together_and_none_is_lost, 120)
{
	struct counting *c = shared_alloc(PAGE);
	struct counter t[AGENTS];
	struct bed *b = self->b;
	uint64_t sum = 0;
	int i, fd;

	/* In the target's private memory, so that it has a copy of its own. */
	c->counter = (void *)b->mem;
	ASSERT_EQ(0, bed_restart(b));
	ASSERT_TRUE(truth_write(b, b->mem, &sum, 8));
	fd = session_open(b->target->pid, O_RDWR);
	ASSERT_LE(0, fd);
	target_send(b->target, job_count, c);
	for (i = 0; i < AGENTS; i++)
		count(_metadata, self, &t[i], i ? fd : b->fd, c, c->counter,
		      AGENT_QUOTA);
	for (i = 0; i < AGENTS; i++) {
		pthread_join(t[i].thread, NULL);
		EXPECT_EQ(0, t[i].odd);
	}
	EXPECT_EQ(0, target_wait(b->target));
	ASSERT_EQ(8, pread(b->truth, &sum, 8, (uintptr_t)b->mem));
	EXPECT_EQ(1000000, sum);
	EXPECT_EQ(1000000, TARGETS * TARGET_QUOTA + AGENTS * AGENT_QUOTA);
	/* They were in each other's way. */
	EXPECT_LT(AGENTS, c->failures);
	TH_LOG("%ld exchanges came too late", c->failures);
	close(fd);
}

TEST_F_TIMEOUT(cmpxchg, counted_through_a_breakpoint_that_comes_and_goes, 120)
{
	struct counting c = {};
	struct counter t[2];
	struct bed *b = self->b;
	uint64_t sum = 0;
	int i;

	ASSERT_TRUE(truth_write(b, b->mem, &sum, 8));
	for (i = 0; i < 2; i++)
		count(_metadata, self, &t[i], b->fd, &c, (void *)b->mem, 3000);
	/* Over the byte that changes most, and over all of it. */
	for (i = 0; __atomic_load_n(&c.agents_done, __ATOMIC_RELAXED) < 6000;
	     i++) {
		ASSERT_EQ(0, bp_set(b->fd, b->mem, LONG_TRAP, i % 2 ? 1 : 8,
				    NULL));
		ASSERT_EQ(0, bp_clear(b->fd, b->mem, NULL));
	}
	for (i = 0; i < 2; i++) {
		pthread_join(t[i].thread, NULL);
		EXPECT_EQ(0, t[i].odd);
	}
	ASSERT_EQ(8, pread(b->truth, &sum, 8, (uintptr_t)b->mem));
	EXPECT_EQ(6000, sum);
	EXPECT_EQ(0, fdinfo_number(b->fd, "dbgmem-breakpoints-lost:"));
}

TEST_HARNESS_MAIN
