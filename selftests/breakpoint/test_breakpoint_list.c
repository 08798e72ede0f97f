// SPDX-License-Identifier: GPL-2.0
/* BP_LIST, and the breakpoints in INFO, in fdinfo and in the tracepoint. */
#include "breakpoint.h"
#include "features.h"
#include "proc.h"
#include "slow.h"
#include <kselftest_harness.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define TRACING	"/sys/kernel/tracing/"
#define ROOM	64

static const char trap[] = LONG_TRAP;

FIXTURE(list) {
	struct bed bed;
	struct bed *b;
	struct dbgmem_bp_list_args l;
	struct dbgmem_bp *bps;	/* room for the most that there can be */
};

FIXTURE_SETUP(list)
{
	self->b = &self->bed;
	ASSERT_EQ(0, bed_start(self->b));
	self->bps = calloc(MAX_BREAKPOINTS + 1, sizeof(*self->bps));
	ASSERT_NE(NULL, self->bps);
}

FIXTURE_TEARDOWN(list)
{
	bed_stop(self->b);
}

/* --- entries --- */

TEST_F_TIMEOUT(list, an_entry_says_all_of_a_breakpoint, 60)
{
	struct bed *b = self->b;
	struct dbgmem_bp *e;
	int i;

	/* Not in the order of their addresses. */
	for (i = 0; i < 16; i++)
		ASSERT_EQ(0, bp_set(b->fd, b->mem + 100 * (i * 5 % 16), trap,
				    1 + i * 5 % 16, NULL));
	memset(self->bps, 0xee, ROOM * sizeof(*self->bps));
	ASSERT_EQ(0, bp_list(b->fd, self->bps, ROOM, 0, 0, &self->l));
	EXPECT_EQ(16, self->l.nr);
	EXPECT_EQ(16, self->l.total);
	EXPECT_EQ(0, self->l.more);
	EXPECT_EQ(0, self->l.next);
	for (i = 0, e = self->bps; i < 16; i++, e++) {
		EXPECT_EQ((uintptr_t)b->mem + 100 * i, e->addr);
		EXPECT_EQ(1 + i, e->len);
		EXPECT_EQ(DBGMEM_BP_STATE_STANDING, e->state);
		EXPECT_EQ(0, memcmp(e->trap, trap, e->len));
		EXPECT_EQ(-1, byte_differs(e->trap + e->len, 0, 16 - e->len));
		EXPECT_EQ(-1, pattern_differs(e->original, 100 * i, e->len, 3));
		EXPECT_EQ(-1, byte_differs(e->original + e->len, 0,
					   16 - e->len));
		EXPECT_EQ(getpid(), e->owner);
		EXPECT_EQ(1, e->own);
	}
	/* Nothing behind them. */
	EXPECT_EQ(-1, byte_differs(e, 0xee, (ROOM - 16) * sizeof(*e)));
}

TEST_F_TIMEOUT(list, original_is_what_was_written_behind_the_trap, 60)
{
	struct bed *b = self->b;

	ASSERT_EQ(0, bp_set(b->fd, b->mem + 50, trap, 8, NULL));
	ASSERT_EQ(0, mem_write(b->fd, b->mem + 52, "abc", 3, 0, NULL));
	ASSERT_EQ(0, bp_list(b->fd, self->bps, ROOM, 0, 0, &self->l));
	EXPECT_EQ(0, memcmp(self->bps->trap, trap, 8));
	EXPECT_EQ(-1, pattern_differs(self->bps->original, 50, 2, 3));
	EXPECT_EQ(0, memcmp(self->bps->original + 2, "abc", 3));
	EXPECT_EQ(-1, pattern_differs(self->bps->original + 5, 55, 3, 3));
}

TEST_F_TIMEOUT(list, of_nothing_is_nothing, 60)
{
	struct bed *b = self->b;
	uint32_t flags;

	for (flags = 0; flags <= DBGMEM_BP_ALL; flags++) {
		EXPECT_EQ(0, bp_list(b->fd, self->bps, ROOM, 0, flags,
				     &self->l));
		EXPECT_EQ(0, self->l.nr);
		EXPECT_EQ(0, self->l.more);
		EXPECT_EQ(0, self->l.next);
		EXPECT_EQ(0, self->l.total);
	}
}

/* --- room, and where to go on --- */

#define NR	1000
#define STEP	20		/* bytes from one to the next, of 7 */

static void many(struct __test_metadata *_metadata, FIXTURE_DATA(list) *self)
{
	struct bed *b = self->b;
	int i;

	for (i = 0; i < NR; i++)
		ASSERT_EQ(0, bp_set(b->fd, b->mem + STEP * i, trap, 7, NULL));
}

TEST_F_TIMEOUT(list, without_room_it_says_how_many_and_where, 60)
{
	struct bed *b = self->b;

	many(_metadata, self);
	ASSERT_EQ(0, bp_list(b->fd, NULL, 0, 0, 0, &self->l));
	EXPECT_EQ(0, self->l.nr);
	EXPECT_EQ(1, self->l.more);
	EXPECT_EQ((uintptr_t)b->mem, self->l.next);
	EXPECT_EQ(NR, self->l.total);
	ASSERT_EQ(0, bp_list(b->fd, NULL, 0, (uintptr_t)b->mem + 1, 0,
			     &self->l));
	EXPECT_EQ(1, self->l.more);
	EXPECT_EQ((uintptr_t)b->mem + STEP, self->l.next);
	EXPECT_EQ(NR, self->l.total);
	ASSERT_EQ(0, bp_list(b->fd, NULL, 0, ~0ULL, 0, &self->l));
	EXPECT_EQ(0, self->l.more);
	EXPECT_EQ(0, self->l.next);
	EXPECT_EQ(NR, self->l.total);
}

TEST_F_TIMEOUT(list, goes_on_from_next_whatever_the_room, 60)
{
	static const uint32_t rooms[] = { 1, 7, 63, 64, 65, 500, 999, 1000,
					  1001 };
	struct bed *b = self->b;
	uint64_t from;
	size_t r, seen;
	uint32_t i;

	many(_metadata, self);
	for (r = 0; r < ARRAY_SIZE(rooms); r++) {
		seen = from = 0;
		do {
			memset(self->bps, 0xee,
			       (rooms[r] + 1) * sizeof(*self->bps));
			ASSERT_EQ(0, bp_list(b->fd, self->bps, rooms[r], from,
					     0, &self->l));
			ASSERT_EQ(NR, self->l.total);
			ASSERT_LE(self->l.nr, rooms[r]);
			for (i = 0; i < self->l.nr; i++, seen++)
				ASSERT_EQ((uintptr_t)b->mem + STEP * seen,
					  self->bps[i].addr);
			ASSERT_EQ(-1, byte_differs(self->bps + rooms[r], 0xee,
						   sizeof(*self->bps)));
			ASSERT_EQ(seen < NR, self->l.more);
			ASSERT_EQ(seen < NR ? (uintptr_t)b->mem + STEP * seen :
					      0, self->l.next);
			/* Full, unless it is the last. */
			ASSERT_TRUE(self->l.nr == rooms[r] || seen == NR);
			from = self->l.next;
		} while (self->l.more);
		EXPECT_EQ(NR, seen);
	}
	/* From the middle of one it is the next. */
	ASSERT_EQ(0, bp_list(b->fd, self->bps, 1, (uintptr_t)b->mem + STEP + 1,
			     0, &self->l));
	EXPECT_EQ((uintptr_t)b->mem + 2 * STEP, self->bps->addr);
	EXPECT_EQ((uintptr_t)b->mem + 3 * STEP, self->l.next);
	ASSERT_EQ(0, bp_list(b->fd, self->bps, 1, (uintptr_t)b->mem + STEP, 0,
			     &self->l));
	EXPECT_EQ((uintptr_t)b->mem + STEP, self->bps->addr);
}

TEST_F_TIMEOUT(list, of_the_most_that_there_can_be, 120)
{
	struct bed *b = self->b;
	int i;

	for (i = 0; i < MAX_BREAKPOINTS; i++)
		ASSERT_EQ(0, bp_set(b->fd, b->mem + i, INT3, 1, NULL));
	ASSERT_EQ(0, bp_list(b->fd, self->bps, MAX_BREAKPOINTS + 1, 0, 0,
			     &self->l));
	EXPECT_EQ(MAX_BREAKPOINTS, self->l.nr);
	EXPECT_EQ(MAX_BREAKPOINTS, self->l.total);
	EXPECT_EQ(0, self->l.more);
	for (i = 0; i < MAX_BREAKPOINTS; i++) {
		ASSERT_EQ((uintptr_t)b->mem + i, self->bps[i].addr);
		ASSERT_EQ(pattern_byte(3, i), self->bps[i].original[0]);
	}
}

/* --- refused --- */

TEST_F_TIMEOUT(list, bad_requests_are_refused, 60)
{
	static const uint32_t sizes[] = { 0, 1, 55, 57, 64, ~0U };
	struct bed *b = self->b;
	int none = dev_open(O_RDWR), wo, ro;
	struct dbgmem_bp *page;
	size_t i;

	_Static_assert(sizeof(struct dbgmem_bp) == 56, "entry_size");
	ASSERT_EQ(0, bp_set(b->fd, b->mem, trap, 1, NULL));
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		self->l = (struct dbgmem_bp_list_args){
			.size = sizeof(self->l),
			.entries = (uintptr_t)self->bps,
			.nr_entries = 1,
			.entry_size = sizes[i],
			.nr = 77, .more = 77, .next = 77, .total = 77,
		};
		EXPECT_EQ(-1, ioctl(b->fd, DBGMEM_IOC_BP_LIST, &self->l));
		EXPECT_EQ(EINVAL, errno);
		EXPECT_EQ(0, self->l.nr | self->l.more | self->l.next |
			     self->l.total);
	}
	EXPECT_EQ(-EFAULT, bp_list(b->fd, (void *)8, 1, 0, 0, NULL));
	EXPECT_EQ(-EFAULT, bp_list(b->fd, (void *)0xffff888000000000, 1, 0, 0,
				   NULL));
	page = (void *)private_alloc(PAGE);
	ASSERT_EQ(0, mprotect(page, PAGE, PROT_READ));
	EXPECT_EQ(-EFAULT, bp_list(b->fd, page, 1, 0, 0, NULL));

	wo = session_open(b->target->pid, O_WRONLY);
	ro = session_open(b->target->pid, O_RDONLY);
	EXPECT_EQ(-ENOTCONN, bp_list(none, self->bps, 1, 0, 0, &self->l));
	EXPECT_EQ(0, self->l.total);
	EXPECT_EQ(-EACCES, bp_list(wo, self->bps, 1, 0, DBGMEM_BP_ALL,
				   &self->l));
	EXPECT_EQ(0, self->l.total);
	/* Reading is all that it takes. */
	EXPECT_EQ(0, bp_list(ro, self->bps, 1, 0, DBGMEM_BP_ALL, &self->l));
	EXPECT_EQ(1, self->l.nr);
	close(none);
	close(wo);
	close(ro);
}

/* --- whose --- */

TEST_F_TIMEOUT(list, all_shows_those_of_other_sessions_as_such, 60)
{
	struct bed *b = self->b;
	int fd = session_open(b->target->pid, O_RDWR), other, i;
	pid_t pid;

	ASSERT_LE(0, fd);
	other = session_open(getpid(), O_RDWR);
	/* In turns; and one on another address space, at the same address. */
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(0, bp_set(b->fd, b->mem + 40 * i, trap, 3, NULL));
		ASSERT_EQ(0, bp_set(fd, b->mem + 40 * i + 20, trap, 4, NULL));
	}
	ASSERT_EQ(0, bp_set(other, b->mem, trap, 5, NULL));
	/* One that another process sets through our session. */
	pid = fork();
	if (!pid)
		_exit(-bp_set(fd, b->mem + 200, trap, 4, NULL));
	EXPECT_EQ(0, child_wait(pid));

	ASSERT_EQ(0, bp_list(b->fd, self->bps, ROOM, 0, 0, &self->l));
	EXPECT_EQ(5, self->l.nr);
	EXPECT_EQ(5, self->l.total);
	ASSERT_EQ(0, bp_list(b->fd, self->bps, ROOM, 0, DBGMEM_BP_ALL,
			     &self->l));
	EXPECT_EQ(11, self->l.nr);
	EXPECT_EQ(11, self->l.total);
	for (i = 0; i < 11; i++) {
		EXPECT_EQ((uintptr_t)b->mem + 20 * i, self->bps[i].addr);
		EXPECT_EQ(i < 10 && i % 2 == 0, self->bps[i].own);
		EXPECT_EQ(self->bps[i].own ? 3 : 4, self->bps[i].len);
		EXPECT_EQ(DBGMEM_BP_STATE_STANDING, self->bps[i].state);
		EXPECT_EQ(-1, pattern_differs(self->bps[i].original, 20 * i,
					      self->bps[i].len, 3));
		EXPECT_EQ(i < 10 ? getpid() : pid, self->bps[i].owner)
			TH_LOG("number %d", i);
	}
	/* Room for some, and the others from there on. */
	ASSERT_EQ(0, bp_list(b->fd, self->bps, 2, (uintptr_t)b->mem + 30,
			     DBGMEM_BP_ALL, &self->l));
	EXPECT_EQ((uintptr_t)b->mem + 40, self->bps[0].addr);
	EXPECT_EQ((uintptr_t)b->mem + 80, self->l.next);
	close(fd);
	ASSERT_EQ(0, bp_list(b->fd, self->bps, ROOM, 0, DBGMEM_BP_ALL,
			     &self->l));
	EXPECT_EQ(5, self->l.total);
	close(other);
}

/* More than the kernel gathers at a time; in turns all of them and none. */
#define COMING	100

static atomic_bool others_end;

static void *come_and_go(void *arg)
{
	struct bed *b = arg;
	int fd = session_open(b->target->pid, O_RDWR), i;

	while (fd >= 0 && !atomic_load(&others_end)) {
		for (i = 0; i < COMING; i++)
			bp_set(fd, b->mem + STEP * i, trap, 7, NULL);
		bp_clear_all(fd, NULL);
	}
	close(fd);
	return NULL;
}

/*
 * Between two looks at what others have, some of it comes and goes. However that
 * is, an answer that there is nothing more has told of all that it has counted.
 */
TEST_F_TIMEOUT(list, adds_up_while_others_come_and_go, 60)
{
	static const uint32_t rooms[] = { 0, 1, 64, COMING, 2 * COMING };
	long i, rounds = slow_rounds(2000), changes = 0, bad = 0;
	int err = 0;
	struct bed *b = self->b;
	uint32_t before = 0;
	uint64_t from;
	pthread_t other;

	ASSERT_EQ(0, bp_set(b->fd, b->mem + STEP * COMING, trap, 7, NULL));
	ASSERT_EQ(0, pthread_create(&other, NULL, come_and_go, b));
	/* On a busy machine the other one may wait for a while. */
	for (i = 0; !err && (i < rounds || changes < rounds / 20); i++) {
		uint32_t room = rooms[i % ARRAY_SIZE(rooms)];

		from = i & 1 ? (uintptr_t)b->mem + STEP * (i % COMING) : 0;
		err = bp_list(b->fd, self->bps, room, from, DBGMEM_BP_ALL,
			      &self->l);
		changes += self->l.total != before;
		before = self->l.total;
		if (self->l.nr + self->l.more <= before &&
		    (self->l.more || from || self->l.nr == before))
			continue;
		if (!bad++)
			TH_LOG("room %u, from %#llx: %u, and %u more, of %u",
			       room, (long long)from, self->l.nr, self->l.more,
			       before);
	}
	atomic_store(&others_end, true);
	pthread_join(other, NULL);
	EXPECT_EQ(0, err);
	EXPECT_EQ(0, bad);
}

TEST_F_TIMEOUT(list, owner_outside_the_pid_namespace_is_0, 60)
{
	pid_t pid, inner;

	ASSERT_EQ(0, bp_set(self->b->fd, self->b->mem, trap, 1, NULL));
	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWPID))
			_exit(2);
		inner = fork();
		if (!inner)
			_exit(bp_list(self->b->fd, self->bps, 1, 0, 0, NULL) ?
			      3 : self->bps->owner ? 4 : 0);
		_exit(child_wait(inner));
	}
	EXPECT_EQ(0, child_wait(pid));
}

/* --- what has become of them --- */

static long job_discard(void *arg)
{
	struct job *j = arg;

	return madvise(j->addr, j->len, MADV_DONTNEED) ? -errno : 0;
}

TEST_F_TIMEOUT(list, states_are_standing_lost_and_unknown, 60)
{
	struct bed *b = self->b;

	ASSERT_EQ(0, bp_set(b->fd, b->mem, trap, 16, NULL));
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 2 * PAGE - 8, trap, 16, NULL));
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 3 * PAGE, trap, 16, NULL));
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 4 * PAGE, trap, 16, NULL));
	ASSERT_EQ(0, target_protect(b->target, b->job, b->mem, PAGE,
				    PROT_NONE));
	EXPECT_EQ(DBGMEM_BP_STATE_STANDING, bp_state(b->fd, b->mem));
	EXPECT_EQ(DBGMEM_BP_STATE_STANDING, bp_state(b->fd, b->mem + 2 * PAGE - 8));

	ASSERT_TRUE(truth_write(b, b->mem + 2 * PAGE + 7, "x", 1));
	EXPECT_EQ(DBGMEM_BP_STATE_LOST, bp_state(b->fd, b->mem + 2 * PAGE - 8));
	/* Lost is not lost for ever. */
	ASSERT_TRUE(truth_write(b, b->mem + 2 * PAGE + 7, trap + 15, 1));
	EXPECT_EQ(DBGMEM_BP_STATE_STANDING, bp_state(b->fd, b->mem + 2 * PAGE - 8));

	ASSERT_EQ(0, target_unmap(b->target, b->job, b->mem + 3 * PAGE, PAGE));
	EXPECT_EQ(DBGMEM_BP_STATE_LOST, bp_state(b->fd, b->mem + 3 * PAGE));
	EXPECT_EQ(0, fdinfo_number(b->fd, "dbgmem-breakpoints-lost:"));
}

TEST_F_TIMEOUT(list, looking_brings_no_page_in, 60)
{
	struct bed *b = self->b;

	NEEDS_NOFAULT();
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 4 * PAGE, trap, 16, NULL));
	*b->job = (struct job){ .addr = b->mem + 4 * PAGE, .len = PAGE };
	ASSERT_EQ(0, target_call(b->target, job_discard, b->job));
	EXPECT_EQ(DBGMEM_BP_STATE_UNKNOWN, bp_state(b->fd, b->mem + 4 * PAGE));
	EXPECT_EQ(0, pagemap(b->target->pid, b->mem + 4 * PAGE) &
		     PAGEMAP_PRESENT);
}

/* --- INFO, fdinfo, tracepoint --- */

TEST_F_TIMEOUT(list, info_and_fdinfo_count_them, 60)
{
	struct bed *b = self->b;
	struct dbgmem_session_info info;
	int i, set = 0, lost = 0;

	for (i = 0; i < 20; i++) {
		ASSERT_EQ(0, session_info(b->fd, &info));
		EXPECT_EQ(set, info.breakpoints);
		EXPECT_EQ(lost, info.breakpoints_lost);
		EXPECT_EQ(set, fdinfo_number(b->fd, "dbgmem-breakpoints:"));
		EXPECT_EQ(lost, fdinfo_number(b->fd,
					      "dbgmem-breakpoints-lost:"));
		if (i % 5 == 4) {
			/* One that was overwritten. */
			ASSERT_TRUE(truth_write(b, b->mem + 16 * (i - 1), "x",
						1));
			ASSERT_EQ(0, bp_clear(b->fd, b->mem + 16 * (i - 1),
					      NULL));
			set--;
			lost++;
		} else {
			ASSERT_EQ(0, bp_set(b->fd, b->mem + 16 * i, trap, 16,
					    NULL));
			set++;
		}
		/* A refusal is none. */
		EXPECT_EQ(-EFAULT, bp_set(b->fd, (void *)8, trap, 1, NULL));
		EXPECT_EQ(-ENOENT, bp_clear(b->fd, (void *)8, NULL));
	}
	ASSERT_EQ(0, bp_clear_all(b->fd, NULL));
	EXPECT_EQ(0, fdinfo_number(b->fd, "dbgmem-breakpoints:"));
	EXPECT_EQ(lost, fdinfo_number(b->fd, "dbgmem-breakpoints-lost:"));
}

TEST_F_TIMEOUT(list, info_tells_of_the_feature_and_the_limit, 60)
{
	struct dbgmem_session_info info;
	struct dbgmem_info module;
	int fd = dev_open(O_RDONLY);

	ASSERT_EQ(0, module_info(fd, &module));
	EXPECT_TRUE(module.features & DBGMEM_FEATURE_BREAKPOINT);
	EXPECT_TRUE(module.transfer_flags & DBGMEM_RAW);
	EXPECT_EQ(MAX_BREAKPOINTS, module.max_breakpoints);
	ASSERT_EQ(0, session_info(fd, &info));
	EXPECT_EQ(0, info.breakpoints);
	EXPECT_EQ(0, info.breakpoints_lost);
	EXPECT_EQ(0, fdinfo_number(fd, "dbgmem-breakpoints:"));
	close(fd);
}

TEST_F_TIMEOUT(list, tracepoint_tells_of_set_and_clear, 60)
{
	static char text[64 << 10];
	struct bed *b = self->b;
	char want[128];
	int fd, ret;

	if (access(TRACING "events/dbgmem", F_OK))
		SKIP(return, "no tracefs at " TRACING);
	fd = open(TRACING "trace", O_WRONLY | O_TRUNC | O_CLOEXEC);
	ASSERT_LE(0, fd);
	close(fd);
	ASSERT_EQ(0, file_write(TRACING
				"events/dbgmem/dbgmem_breakpoint/enable", "1"));
	EXPECT_EQ(0, bp_set(b->fd, b->mem, trap, 5, NULL));
	EXPECT_EQ(0, bp_clear(b->fd, b->mem, NULL));
	ret = bp_set(b->fd, (void *)8, trap, 5, NULL);
	file_write(TRACING "events/dbgmem/enable", "0");
	EXPECT_EQ(-EFAULT, ret);
	ASSERT_LT(0, file_read(TRACING "trace", text, sizeof(text)));
	snprintf(want, sizeof(want),
		 "dbgmem_breakpoint: target=%d set addr=%#lx len=5 ret=0",
		 (int)b->target->pid, (long)b->mem);
	EXPECT_NE(NULL, strstr(text, want))
		TH_LOG("no \"%s\" in:\n%s", want, text);
	snprintf(want, sizeof(want),
		 "dbgmem_breakpoint: target=%d clear addr=%#lx len=5 ret=1",
		 (int)b->target->pid, (long)b->mem);
	EXPECT_NE(NULL, strstr(text, want))
		TH_LOG("no \"%s\" in:\n%s", want, text);
	snprintf(want, sizeof(want),
		 "dbgmem_breakpoint: target=%d set addr=0x8 len=5 ret=%d",
		 (int)b->target->pid, -EFAULT);
	EXPECT_NE(NULL, strstr(text, want))
		TH_LOG("no \"%s\" in:\n%s", want, text);
}

TEST_HARNESS_MAIN
