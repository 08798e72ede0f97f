// SPDX-License-Identifier: GPL-2.0
/*
 * Long transfers do not starve others: while one call reads a GiB, another
 * process on the same processor runs, and the kernel's watchdogs stay quiet. The
 * runner checks the kernel's log.
 */
#include "vector.h"
#include "proc.h"
#include "engine.h"

#define WATCHDOG	"/proc/sys/kernel/watchdog_thresh"
#define RCU_STALL	"/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout"

#define PIECE		(64 * MIB)
#define SEGMENT		(64UL << 10)

/* What the neighbour tells. */
struct gaps {
	long longest;		/* ms between two of its looks at the clock */
	long looks;
};

FIXTURE(starvation) {
	struct fixture fixture;
	struct gaps *gaps;
	char *mem, *buf;
	size_t len;
	pid_t neighbour;
	char watchdog[16], rcu[16];
	long start;
};

FIXTURE_VARIANT(starvation) {
	const char *engine;
};

ENGINE_VARIANT(starvation, remote);
ENGINE_VARIANT(starvation, pinned);
ENGINE_VARIANT(starvation, mirror);

/* Two that want the processor all the time take turns. */
static void look_at_the_clock(struct gaps *g)
{
	long last = now_ms(), now;

	for (;; last = now) {
		now = now_ms();
		if (now - last > g->longest)
			g->longest = now - last;
		__atomic_add_fetch(&g->looks, 1, __ATOMIC_RELAXED);
		sleep_ms(2);
	}
}

FIXTURE_SETUP(starvation)
{
	cpu_set_t one;
	long rounds;

	ASSERT_EQ(0, fixture_open(&self->fixture, variant->engine));
	ASSERT_LT(0, file_read(WATCHDOG, self->watchdog, sizeof(self->watchdog)));
	ASSERT_LT(0, file_read(RCU_STALL, self->rcu, sizeof(self->rcu)));
	ASSERT_EQ(0, file_write(WATCHDOG, "10"));
	ASSERT_EQ(0, file_write(RCU_STALL, "21"));

	/* Of a slow machine's time, seconds are enough to starve somebody. */
	rounds = slow_rounds(GIB / PIECE);
	self->len = (slow_factor() > 1 && rounds > 2 ? 2 : rounds) * PIECE;
	self->gaps = shared_alloc(sizeof(*self->gaps));
	ASSERT_NE(NULL, self->gaps);
	self->mem = alias_alloc(self->len, PIECE);
	ASSERT_NE(NULL, self->mem);
	pattern_fill(self->mem, 0, PIECE, 3);
	self->buf = alias_alloc(self->len, PIECE);
	ASSERT_NE(NULL, self->buf);
	ASSERT_EQ(0, fixture_start(&self->fixture));

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(one), &one));
	self->neighbour = fork();
	ASSERT_LE(0, self->neighbour);
	if (!self->neighbour) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		look_at_the_clock(self->gaps);
	}
	while (!__atomic_load_n(&self->gaps->looks, __ATOMIC_RELAXED))
		sleep_ms(1);
	self->start = now_ms();
}

FIXTURE_TEARDOWN(starvation)
{
	kill(self->neighbour, SIGKILL);
	waitpid(self->neighbour, NULL, 0);
	fixture_stop(&self->fixture);
	file_write(WATCHDOG, self->watchdog);
	file_write(RCU_STALL, self->rcu);
	engine_set("auto");
}

/* A transfer that kept the processor to itself would be one gap. */
#define EXPECT_NOT_STARVED() do {					\
	long ms = now_ms() - self->start;				\
									\
	kill(self->neighbour, SIGKILL);					\
	TH_LOG("%zu MiB in %ld ms, longest gap of %ld: %ld ms",		\
	       self->len / MIB, ms, self->gaps->looks,			\
	       self->gaps->longest);					\
	EXPECT_LT(2 * self->gaps->longest, ms);				\
	EXPECT_EQ(-1, pattern_differs(self->buf, 0,			\
				      self->len < PIECE ? self->len :	\
				      PIECE, 3));			\
} while (0)

TEST_F_TIMEOUT(starvation, long_read_lets_others_run, 120)
{
	struct dbgmem_transfer t;

	ASSERT_EQ(0, mem_read(self->fixture.fd, self->mem, self->buf, self->len,
			      0, &t));
	EXPECT_EQ(self->len, t.done);
	EXPECT_NOT_STARVED();
}

TEST_F_TIMEOUT(starvation, long_vector_lets_others_run, 120)
{
	uint32_t i, nr = self->len / 4 / SEGMENT;
	struct dbgmem_segment *segs = calloc(nr, sizeof(*segs));
	struct dbgmem_vector v;

	ASSERT_NE(NULL, segs);
	for (i = 0; i < nr; i++)
		segs[i] = segment(self->mem + i * SEGMENT,
				  self->buf + i * SEGMENT, SEGMENT);
	ASSERT_EQ(0, vec_read(self->fixture.fd, segs, nr, 0, &v));
	self->len = nr * SEGMENT;
	EXPECT_EQ(self->len, v.done);
	EXPECT_NOT_STARVED();
}

TEST_F_TIMEOUT(starvation, long_pread_lets_others_run, 120)
{
	self->len /= 4;
	ASSERT_EQ((ssize_t)self->len, pread(self->fixture.fd, self->buf,
					    self->len, (uintptr_t)self->mem));
	EXPECT_NOT_STARVED();
}

TEST_HARNESS_MAIN
