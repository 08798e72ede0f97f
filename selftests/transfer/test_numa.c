// SPDX-License-Identifier: GPL-2.0
/*
 * NUMA balancing makes pages inaccessible to learn who uses them. Such pages are
 * resident, and a read does not consume the hint.
 */
#include "features.h"
#include "engine.h"
#include "slow.h"
#include "vector.h"

#include <pthread.h>

#define LEN		(4 * MIB)
#define NR_PAGES	(LEN / PAGE)
#define ROUNDS		10
#define BALANCING	"/proc/sys/kernel/numa_balancing"
#define VMSTAT		"/proc/vmstat"

FIXTURE(numa) {
	struct fixture fixture;
	char *mem, *buf;
	long updates, hints;
	char balancing[16];
	int rounds;
};

FIXTURE_VARIANT(numa) {
	const char *engine;
};

ENGINE_VARIANT(numa, remote);
ENGINE_VARIANT(numa, pinned);
ENGINE_VARIANT(numa, mirror);

/* How soon and how often a task's memory is looked at; where depends on the kernel. */
static void scan_often(void)
{
	static const char *const knobs[][2] = {
		{ "scan_delay_ms", "1" }, { "scan_period_min_ms", "10" },
		{ "scan_period_max_ms", "20" },
	};
	char path[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(knobs); i++) {
		snprintf(path, sizeof(path),
			 "/sys/kernel/debug/sched/numa_balancing/%s",
			 knobs[i][0]);
		file_write(path, knobs[i][1]);
		snprintf(path, sizeof(path),
			 "/proc/sys/kernel/numa_balancing_%s", knobs[i][0]);
		file_write(path, knobs[i][1]);
	}
}

/* Only who uses a processor is looked at. */
static void *spin(void *arg)
{
	volatile unsigned long *n = arg;

	for (;;)
		++*n;
	return NULL;
}

static long job_spin(void *arg)
{
	static unsigned long n;
	pthread_t thread;

	(void)arg;
	return -pthread_create(&thread, NULL, spin, &n);
}

FIXTURE_SETUP(numa)
{
	struct fixture *t = &self->fixture;

	fixture_init(t);
	ASSERT_NE(NULL, t->job);
	ASSERT_EQ(0, engine_set(variant->engine));
	self->mem = private_alloc(LEN);
	self->buf = private_alloc(LEN);
	ASSERT_NE(NULL, self->mem);
	ASSERT_NE(NULL, self->buf);
	/* none, and nothing to put back, where the kernel cannot */
	if (file_read(BALANCING, self->balancing, sizeof(self->balancing)) > 0)
		file_write(BALANCING, "1");
	scan_often();
	ASSERT_EQ(0, fixture_start(t));
	target_fill(&t->target, t->job, self->mem, 0, LEN, 3);
	ASSERT_EQ(0, target_call(&t->target, job_spin, t->job));
	self->updates = file_number(VMSTAT, "numa_pte_updates ");
	self->hints = file_number(VMSTAT, "numa_hint_faults ");
}

FIXTURE_TEARDOWN(numa)
{
	fixture_stop(&self->fixture);
	file_write(BALANCING, self->balancing);
	engine_set("auto");
}

#define NEEDS_BALANCING() do {						\
	NEEDS_NOFAULT();						\
	if (file_number(BALANCING, "") < 1)				\
		SKIP(return, "no NUMA balancing on this kernel or machine"); \
} while (0)

/* Until all of the memory has been made inaccessible, and some rounds more. */
static bool more(FIXTURE_DATA(numa) *self, double begun)
{
	if (file_number(VMSTAT, "numa_pte_updates ") >=
	    self->updates + (long)NR_PAGES)
		self->rounds++;
	return self->rounds < ROUNDS && now() < begun + 2 * soon();
}

/* It is no test of anything where the kernel did not do that. */
#define EXPECT_HINTS() do {						\
	if (file_number(VMSTAT, "numa_pte_updates ") <			\
	    self->updates + (long)NR_PAGES)				\
		SKIP(return, "this kernel left the memory accessible");	\
} while (0)

TEST_F_TIMEOUT(numa, what_is_resident_is_read_by_nofault, 120)
{
	struct dbgmem_transfer t;
	double begun = now();
	size_t o;

	NEEDS_BALANCING();
	while (more(self, begun)) {
		for (o = 0; o < LEN; o += MIB) {
			ASSERT_EQ(0, mem_read(self->fixture.fd, self->mem + o,
					      self->buf + o, MIB,
					      DBGMEM_NOFAULT, &t));
			ASSERT_EQ(MIB, t.done) TH_LOG("reason %u", t.reason);
		}
		ASSERT_EQ(-1, pattern_differs(self->buf, 0, LEN, 3));
	}
	EXPECT_HINTS();
}

TEST_F_TIMEOUT(numa, one_word_of_it_too, 120)
{
	double begun = now();
	uint64_t word;
	size_t o;

	NEEDS_BALANCING();
	while (more(self, begun)) {
		for (o = 0; o < LEN; o += PAGE) {
			ASSERT_EQ(0, mem_read(self->fixture.fd, self->mem + o,
					      &word, 8, DBGMEM_NOFAULT, NULL));
		}
	}
	EXPECT_HINTS();
}

TEST_F_TIMEOUT(numa, a_vector_of_it_too, 120)
{
	struct dbgmem_segment segs[NR_PAGES];
	struct dbgmem_vector v;
	double begun = now();
	size_t i;

	NEEDS_BALANCING();
	while (more(self, begun)) {
		for (i = 0; i < NR_PAGES; i++)
			segs[i] = segment(self->mem + i * PAGE,
					  self->buf + i * PAGE, 64);
		ASSERT_EQ(0, vec_read(self->fixture.fd, segs, NR_PAGES,
				      DBGMEM_NOFAULT, &v));
		ASSERT_EQ(64 * NR_PAGES, v.done)
			TH_LOG("segment %u", v.first_incomplete);
	}
	EXPECT_HINTS();
}

TEST_F_TIMEOUT(numa, reading_does_not_take_the_hint, 120)
{
	struct dbgmem_transfer t;
	double begun = now();
	long taken;
	size_t o;

	NEEDS_BALANCING();
	while (more(self, begun)) {
		for (o = 0; o < LEN; o += MIB) {
			ASSERT_EQ(0, mem_read(self->fixture.fd, self->mem + o,
					      self->buf + o, MIB, 0, &t));
		}
	}
	taken = file_number(VMSTAT, "numa_hint_faults ") - self->hints;
	EXPECT_HINTS();
	/* the target's own code and stack, and other processes, have some */
	EXPECT_GT((long)NR_PAGES, taken);
}

TEST_HARNESS_MAIN
