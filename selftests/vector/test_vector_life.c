// SPDX-License-Identifier: GPL-2.0
/*
 * Vectors and the end of the target or of the caller, several vectors at a time,
 * too little memory. Afterwards nothing that was only read is un-shared, the
 * counts are exact, and there is one tracepoint per call.
 */
#include "cgroup.h"
#include "features.h"
#include "proc.h"
#include "slow.h"
#include "vector_fixture.h"

#include <pthread.h>
#include <sys/mount.h>

#define TRACING	"/sys/kernel/tracing/"
#define LONG	(64UL << 10)

/*
 * The longest vector: seconds, of 4 GiB from 64 KiB. The second segment has a
 * buffer of its own, which is returned.
 */
static char *long_vector(FIXTURE_DATA(vector) *self)
{
	char *buf = private_alloc(2 * LONG);
	uint32_t i;

	if (!buf)
		return NULL;
	for (i = 0; i < MAX_SEGMENTS; i++)
		self->segs[i] = segment(self->mem, buf, LONG);
	self->segs[1].buf += LONG;
	return buf + LONG;
}

/* --- the target's end --- */

static long do_exit(void *arg)
{
	_exit(0);
}

/* Tells the target to end once the second segment has begun to come. */
struct ender {
	struct target *target;
	target_fn end;
	const char *buf;
};

static void *tell_to_end(void *arg)
{
	const struct ender *e = arg;

	while (!__atomic_load_n(&e->buf[1], __ATOMIC_RELAXED))
		sched_yield();
	target_send(e->target, e->end, NULL);
	return NULL;
}

/* What was carried out is said to be, the rest has the reason. */
static void target_ends(struct __test_metadata *_metadata,
			FIXTURE_DATA(vector) *self, target_fn end,
			uint32_t reason, int err)
{
	struct ender ender = { self->target, end, long_vector(self) };
	uint32_t i, first;
	pthread_t thread;
	double start;

	ASSERT_NE(NULL, ender.buf);
	ASSERT_EQ(0, pthread_create(&thread, NULL, tell_to_end, &ender));
	/* Nothing to be done is complete, whether there is a target or not. */
	self->segs[MAX_SEGMENTS - 1].len = 0;
	start = now();
	ASSERT_EQ(0, vec_read(self->fd, self->segs, MAX_SEGMENTS, 0, &self->v));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	TH_LOG("%u of %u segments in %.2f s", self->v.nr_complete,
	       MAX_SEGMENTS, now() - start);
	EXPECT_SUMMARY(&self->v, self->segs);
	first = self->v.first_incomplete;
	ASSERT_LT(0, first);
	ASSERT_GT(MAX_SEGMENTS - 1, first);
	for (i = 0; i < MAX_SEGMENTS - 1; i++) {
		if (i == first && self->segs[i].done)
			continue;
		ASSERT_EQ(i < first ? LONG : 0, self->segs[i].done);
		ASSERT_EQ(i < first ? DBGMEM_REASON_NONE : reason,
			  self->segs[i].reason);
	}
	EXPECT_EQ(err, vec_read(self->fd, self->segs, 1, 0, &self->v));
	EXPECT_TRUE(vec_silent(&self->v));
	EXPECT_EQ(err, vec_read(self->fd, self->segs, 1, DBGMEM_EXACT,
				&self->v));
}

TEST_F_TIMEOUT(vector, target_exits_in_the_middle, 120)
{
	target_ends(_metadata, self, do_exit, DBGMEM_REASON_EXITED, -ESRCH);
}

TEST_F_TIMEOUT(vector, target_executes_another_program_in_the_middle, 120)
{
	target_ends(_metadata, self, exec_sleep, DBGMEM_REASON_EXECED, -ESTALE);
}

/* --- the caller's end --- */

static void killed(struct __test_metadata *_metadata,
		   FIXTURE_DATA(vector) *self, uint32_t op, uint32_t flags)
{
	double start;
	pid_t pid;

	ASSERT_NE(NULL, long_vector(self));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		while (!vec(self->fd, op, self->segs, MAX_SEGMENTS, flags,
			    NULL))
			;
		_exit(1);
	}
	sleep_ms(300);
	start = now();
	kill(pid, SIGKILL);
	EXPECT_EQ(-SIGKILL, child_wait(pid));
	EXPECT_GT(soon(), now() - start)
		TH_LOG("it took %.2f s", now() - start);
	/* The session serves others. */
	self->segs[0] = segment(self->mem, self->buf, 8);
	EXPECT_EQ(0, vec_read(self->fd, self->segs, 1, 0, &self->v));
	EXPECT_EQ(1, self->v.nr_complete);
}

TEST_F_TIMEOUT(vector, killed_caller_ends_soon, 120)
{
	killed(_metadata, self, DBGMEM_OP_READ, 0);
	killed(_metadata, self, DBGMEM_OP_WRITE, 0);
}

/* 64 MiB, over and over: the copying itself goes on to its end, all or none. */
TEST_F_TIMEOUT(vector, killed_in_exact_ends_soon, 120)
{
	uint32_t i, nr = MAX_SEGMENTS / 64;
	double start;
	pid_t pid;

	ASSERT_NE(NULL, long_vector(self));
	for (i = 0; i < nr; i++)
		self->segs[i].len = 16 * PAGE;
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		while (!vec_read(self->fd, self->segs, nr, DBGMEM_EXACT, NULL))
			;
		_exit(1);
	}
	sleep_ms(300);
	start = now();
	kill(pid, SIGKILL);
	EXPECT_EQ(-SIGKILL, child_wait(pid));
	EXPECT_GT(soon(), now() - start)
		TH_LOG("it took %.2f s", now() - start);
}

/* --- several at a time --- */

struct worker {
	pthread_t thread;
	struct dbgmem_segment segs[500];
	char buf[500 * 24];
	char *mem;
	int fd, index, bad;
	long rounds;
};

/* Each has every fourth word of the target's memory for itself. */
static void *work(void *arg)
{
	struct worker *w = arg;
	struct dbgmem_vector v;
	uint32_t i, round, nr = ARRAY_SIZE(w->segs);
	uint64_t word;

	for (i = 0; i < nr; i++)
		w->segs[i] = segment(w->mem + 32 * i + 8 * w->index,
				     w->buf + 24 * i, 8);
	for (round = 0; round < w->rounds && !w->bad; round++) {
		for (i = 0; i < nr; i++) {
			word = pattern_u64(round * 4 + w->index, i);
			memcpy(w->buf + 24 * i, &word, 8);
		}
		w->bad += vec_write(w->fd, w->segs, nr,
				    round & 1 ? DBGMEM_EXACT : 0, &v) ||
			  v.nr_complete != nr;
		memset(w->buf, 0xee, sizeof(w->buf));
		w->bad += vec_read(w->fd, w->segs, nr,
				   round & 2 ? DBGMEM_EXACT : 0, &v) ||
			  v.nr_complete != nr;
		for (i = 0; i < nr; i++) {
			memcpy(&word, w->buf + 24 * i, 8);
			w->bad += word != pattern_u64(round * 4 + w->index, i);
			w->bad += byte_differs(w->buf + 24 * i + 8, 0xee, 16) !=
				  -1;
		}
	}
	return NULL;
}

TEST_F_TIMEOUT(vector, four_threads_on_one_session, 120)
{
	struct worker *w = calloc(4, sizeof(*w));
	long rounds = slow_rounds(100);
	int i;

	for (i = 0; i < 4; i++) {
		w[i].fd = self->fd;
		w[i].index = i;
		w[i].mem = self->mem;
		w[i].rounds = rounds;
		ASSERT_EQ(0, pthread_create(&w[i].thread, NULL, work, &w[i]));
	}
	for (i = 0; i < 4; i++) {
		pthread_join(w[i].thread, NULL);
		EXPECT_EQ(0, w[i].bad);
	}
}

/* --- too little memory --- */

/*
 * The array alone is 2.5 MiB of the kernel's memory on the caller's account. A
 * caller that may not have that gets ENOMEM, or what it asked for.
 */
static int in_small_cgroup(FIXTURE_DATA(vector) *self, const char *limit,
			   uint32_t flags)
{
	pid_t pid = fork();
	int ret;

	if (pid)
		return child_wait(pid);
	/* Its own copy of the array, on the account of the root. */
	ret = vec_read(self->fd, self->segs, MAX_SEGMENTS, flags, &self->v);
	if (ret)
		_exit(100);
	if (cgroup_enter(limit))
		_exit(101);
	ret = vec_read(self->fd, self->segs, MAX_SEGMENTS, flags, &self->v);
	if (ret)
		_exit(-ret);
	_exit(self->v.nr_complete == MAX_SEGMENTS ? 0 : 102);
}

TEST_F_TIMEOUT(vector, memory_pressure_on_the_array_is_enomem_at_worst, 120)
{
	static const char * const limits[] = { "1M", "2M", "64M" };
	static const uint32_t flags[] = { 0, DBGMEM_EXACT };
	const char *cannot = cgroup_start();
	size_t i, f;
	int ret;

	if (cannot)
		SKIP(cgroup_stop(); return, "%s", cannot);
	for (i = 0; i < MAX_SEGMENTS; i++)
		self->segs[i] = segment(self->mem + 8 * (i % 512),
					self->buf + 8 * (i % 512), 8);
	for (i = 0; i < ARRAY_SIZE(limits); i++)
		for (f = 0; f < ARRAY_SIZE(flags); f++) {
			ret = in_small_cgroup(self, limits[i], flags[f]);
			/* The last is enough, the others are not. */
			EXPECT_EQ(i < ARRAY_SIZE(limits) - 1 ? ENOMEM : 0, ret)
				TH_LOG("limit %s, flags %#x", limits[i],
				       flags[f]);
		}
	cgroup_stop();
	/* The session is what it was. */
	ASSERT_EQ(0, vec_read(self->fd, self->segs, MAX_SEGMENTS, 0, &self->v));
	EXPECT_EQ(MAX_SEGMENTS, self->v.nr_complete);
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, PAGE, 3));
}

/* --- what is left behind --- */

TEST_F_TIMEOUT(vector, reads_unshare_nothing_writes_what_they_write, 60)
{
	static const uint32_t flags[] = { 0, DBGMEM_EXACT, DBGMEM_NOFAULT };
	const size_t pages = 1024;
	char *mem = private_alloc(pages * PAGE);
	uint64_t *buf = malloc(pages * 8);
	long before;
	size_t i, f;

	ASSERT_NE(NULL, mem);
	pattern_fill(mem, 0, pages * PAGE, 5);
	memset(buf, 0, pages * 8);
	ASSERT_EQ(0, vector_restart(self));
	ASSERT_EQ(0, smaps_private(self->target->pid, mem));
	for (f = 0; f < ARRAY_SIZE(flags) && takes_flags(flags[f]); f++) {
		for (i = 0; i < pages; i++)
			self->segs[i] = segment(mem + i * PAGE + 8, buf + i, 8);
		ASSERT_EQ(0, vec_read(self->fd, self->segs, pages, flags[f],
				      &self->v));
		EXPECT_EQ(pages, self->v.nr_complete);
		EXPECT_EQ(0, smaps_private(self->target->pid, mem))
			TH_LOG("flags %#x", flags[f]);
	}
	/* Every tenth page, the last of them twice; then one with EXACT. */
	for (i = 0; i < 100; i++)
		self->segs[i] = segment(mem + i * 10 * PAGE, buf, 8);
	self->segs[i] = segment(mem + 990 * PAGE + 100, buf, 8);
	ASSERT_EQ(0, vec_write(self->fd, self->segs, 101, 0, &self->v));
	EXPECT_EQ(101, self->v.nr_complete);
	before = smaps_private(self->target->pid, mem);
	EXPECT_EQ(100 * 4, before);
	self->segs[0] = segment(mem + 5 * PAGE - 4, buf, 8);
	ASSERT_EQ(0, vec_write(self->fd, self->segs, 1, DBGMEM_EXACT,
			       &self->v));
	EXPECT_EQ(before + 2 * 4, smaps_private(self->target->pid, mem));
	/* The test's own copy is what it was. */
	EXPECT_EQ(-1, pattern_differs(mem, 0, pages * PAGE, 5));
}

TEST_F_TIMEOUT(vector, fdinfo_counts_a_vector_as_one, 60)
{
	uint32_t i;

	for (i = 0; i < 100; i++)
		self->segs[i] = segment(self->mem + 8 * i, self->buf + 8 * i,
					8);
	/* One that gets nowhere, one that gets half way. */
	ASSERT_EQ(0, target_unmap(self->target, self->job, self->mem + PAGE,
				  PAGE));
	self->segs[50].addr = (uintptr_t)self->mem + PAGE;
	self->segs[60].addr = (uintptr_t)self->mem + PAGE - 4;
	ASSERT_EQ(0, fdinfo_number(self->fd, "dbgmem-reads:"));
	ASSERT_EQ(0, vec_read(self->fd, self->segs, 100, 0, &self->v));
	EXPECT_EQ(98 * 8 + 4, self->v.done);
	EXPECT_EQ(1, fdinfo_number(self->fd, "dbgmem-reads:"));
	EXPECT_EQ(98 * 8 + 4, fdinfo_number(self->fd, "dbgmem-read-bytes:"));
	EXPECT_EQ(0, fdinfo_number(self->fd, "dbgmem-writes:"));
	ASSERT_EQ(0, vec_write(self->fd, self->segs, 50, DBGMEM_EXACT, NULL));
	EXPECT_EQ(1, fdinfo_number(self->fd, "dbgmem-writes:"));
	EXPECT_EQ(400, fdinfo_number(self->fd, "dbgmem-written-bytes:"));
	/* Refused while under way: a request without bytes. */
	EXPECT_EQ(-EFAULT, vec_write(self->fd, self->segs, 100, DBGMEM_EXACT,
				     NULL));
	EXPECT_EQ(2, fdinfo_number(self->fd, "dbgmem-writes:"));
	EXPECT_EQ(400, fdinfo_number(self->fd, "dbgmem-written-bytes:"));
	EXPECT_EQ(1, fdinfo_number(self->fd, "dbgmem-reads:"));
	EXPECT_EQ(98 * 8 + 4, fdinfo_number(self->fd, "dbgmem-read-bytes:"));
}

TEST_F_TIMEOUT(vector, tracepoint_tells_of_a_vector_once, 60)
{
	static char text[64 << 10];
	char want[128], *at;
	uint32_t i;
	int fd;

	if (access(TRACING "events/dbgmem", F_OK))
		SKIP(return, "no tracefs at " TRACING);
	fd = open(TRACING "trace", O_WRONLY | O_TRUNC | O_CLOEXEC);
	ASSERT_LE(0, fd);
	close(fd);
	for (i = 0; i < 10; i++)
		self->segs[i] = segment(self->mem + 8 * i, self->buf + 8 * i,
					8);
	self->segs[7].addr = 8;
	ASSERT_EQ(0, file_write(TRACING "events/dbgmem/dbgmem_vector/enable",
				"1"));
	EXPECT_EQ(0, vec_read(self->fd, self->segs, 10, 0, NULL));
	file_write(TRACING "events/dbgmem/enable", "0");
	EXPECT_EQ(0, vec_read(self->fd, self->segs, 10, 0, NULL));
	ASSERT_LT(0, file_read(TRACING "trace", text, sizeof(text)));
	snprintf(want, sizeof(want),
		 "dbgmem_vector: target=%d read segments=10 flags=0x0 done=72 first_incomplete=7",
		 (int)self->target->pid);
	at = strstr(text, want);
	ASSERT_NE(NULL, at)
		TH_LOG("no \"%s\" in:\n%s", want, text);
	EXPECT_EQ(NULL, strstr(at + 1, "dbgmem_"));
}

TEST_HARNESS_MAIN
