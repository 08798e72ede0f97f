// SPDX-License-Identifier: GPL-2.0
/*
 * Windows of a target that changes all the time, see ledger.h; windows on
 * windows; and agents that end in the middle.
 */
#include "ledger.h"
#include "slow.h"
#include "window.h"
#include "random.h"
#include <kselftest_harness.h>

FIXTURE(window_race) {
	struct fixture fixture;
	struct race *r;
};

FIXTURE_SETUP(window_race)
{
	fixture_init(&self->fixture);
	self->r = race_alloc();
	ASSERT_NE(NULL, self->r);
	/* A window holds the old page until it has caught up. */
	self->r->copies_are_flux = true;
	ASSERT_EQ(0, fixture_start(&self->fixture));
}

FIXTURE_TEARDOWN(window_race)
{
	fixture_stop(&self->fixture);
	param_set("window_pages", "65536");
}

struct tally {
	long steady, bad;
	struct look look;
	uint64_t word;
};

/* After SYNC a page that holds still is what it is in the target. */
static void look_at(struct race *r, int fd, volatile char *win,
		    unsigned int page, struct tally *t)
{
	struct look l;
	uint64_t word = 0;
	int sig;

	look_before(r, &l, page);
	if (window_sync(fd)) {
		t->bad++;
		return;
	}
	sig = window_peek(win + page * PAGE + 8 * (page % WORDS), &word);
	if (!held_still(r, &l))
		return;
	t->steady++;
	if (!sig && is_right(&l, true, word))
		return;
	if (!t->bad++) {
		t->look = l;
		t->word = sig ? (uint64_t)sig : word;
	}
}

static void watch(struct __test_metadata *_metadata,
		  FIXTURE_DATA(window_race) *self, long rounds)
{
	struct race *r = self->r;
	struct tally t = { .steady = 0 };
	uint64_t state = 0x9e3779b97f4a7c15;
	volatile char *win;
	long i;

	win = window_map(self->fixture.fd, r->mem, AREA);
	ASSERT_NE(MAP_FAILED, win);
	race_begin(&self->fixture.target, r);
	for (i = 0; race_goes_on(r, i, rounds); i++)
		look_at(r, self->fixture.fd, win, random_below(&state, PAGES), &t);
	EXPECT_EQ(0, race_end(&self->fixture.target, r));
	TH_LOG("%ld changes, %ld moves, %ld forks; %ld looks at what held still",
	       r->l->changes, r->l->moves, r->l->forks, t.steady);
	EXPECT_EQ(0, t.bad)
		TH_LOG("the first: 0x%llx of page %u, number %u",
		       (unsigned long long)t.word, t.look.page, t.look.number);
	EXPECT_LT(0, t.steady);
	munmap((void *)win, AREA);
	EXPECT_EQ(0, window_pages(self->fixture.fd));
}

TEST_F_TIMEOUT(window_race, shows_the_truth_after_sync, 290)
{
	watch(_metadata, self, slow_rounds(40000));
}

TEST_F_TIMEOUT(window_race, also_while_pages_give_way_to_others, 290)
{
	close(self->fixture.fd);
	ASSERT_EQ(0, param_set("window_pages", "64"));
	self->fixture.fd = session_open(self->fixture.target.pid, O_RDONLY);
	ASSERT_LE(0, self->fixture.fd);
	watch(_metadata, self, slow_rounds(20000));
}

/* Windows are mapped, unmapped in part, and gone with their agent, all the time. */
TEST_F_TIMEOUT(window_race, agents_come_and_go, 290)
{
	struct race *r = self->r;
	long i, rounds = slow_rounds(600);
	volatile char *win;
	uint64_t word;
	pid_t pid;
	int fd, n;

	race_begin(&self->fixture.target, r);
	for (i = 0; race_goes_on(r, i, rounds); i++) {
		pid = fork();
		ASSERT_LE(0, pid);
		if (pid) {
			if (i % 3 == 0)
				kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
			continue;
		}
		fd = session_open(self->fixture.target.pid, O_RDONLY);
		win = window_map(fd, r->mem, AREA);
		if (win == MAP_FAILED)
			_exit(1);
		if (i & 1)
			close(fd);
		for (n = 0; n < 16; n++)
			window_peek(win + n * 5 % PAGES * PAGE, &word);
		if (i & 2)
			munmap((void *)win, AREA / 2);
		if (i & 4)
			munmap((void *)win, AREA);
		_exit(0);
	}
	EXPECT_EQ(0, race_end(&self->fixture.target, r));
}

/* --- two that watch each other --- */

struct pair {
	pid_t pid[2];
	char *mem;
	long rounds, done[2];
};

static void change_own(struct pair *p, long n)
{
	char *at = p->mem + n % PAGES * PAGE;

	if (n % 3 == 0)
		munmap(at, PAGE);
	else if (n % 3 == 1)
		madvise(at, PAGE, MADV_DONTNEED);
	mmap(at, PAGE, PROT_READ | PROT_WRITE, MAP_ANON_PRIVATE | MAP_FIXED, -1,
	     0);
	*(volatile char *)at = 1;
}

static void watch_other(struct pair *p, int me)
{
	volatile char *win;
	uint64_t word;
	pid_t other;
	long n;
	int fd;

	while (!(other = __atomic_load_n(&p->pid[!me], __ATOMIC_ACQUIRE)))
		sched_yield();
	fd = session_open(other, O_RDONLY);
	win = window_map(fd, p->mem, AREA);
	if (win == MAP_FAILED)
		_exit(1);
	for (n = 0; n < p->rounds; n++) {
		change_own(p, n);
		window_peek(win + n * 7 % PAGES * PAGE, &word);
		__atomic_store_n(&p->done[me], n + 1, __ATOMIC_RELEASE);
	}
	/* As a target it is there until the other is done. */
	while (__atomic_load_n(&p->done[!me], __ATOMIC_ACQUIRE) < p->rounds)
		sched_yield();
	_exit(0);
}

TEST_F_TIMEOUT(window_race, two_on_each_other_never_wait_for_each_other, 290)
{
	struct pair *p = shared_alloc(sizeof(*p));
	int i, status;

	ASSERT_NE(NULL, p);
	p->mem = private_alloc(AREA);
	ASSERT_NE(NULL, p->mem);
	p->rounds = slow_rounds(10000);
	for (i = 0; i < 2; i++) {
		pid_t pid = fork();

		ASSERT_LE(0, pid);
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			watch_other(p, i);
		}
		__atomic_store_n(&p->pid[i], pid, __ATOMIC_RELEASE);
	}
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(p->pid[i], waitpid(p->pid[i], &status, 0));
		EXPECT_EQ(0, status);
		EXPECT_EQ(p->rounds, p->done[i]);
	}
}

TEST_HARNESS_MAIN
