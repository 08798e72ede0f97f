// SPDX-License-Identifier: GPL-2.0
/*
 * Reading through a mirror while the target changes all the time, see ledger.h. A
 * word from a stale translation would have another page's number, nonsense, or
 * too low a count.
 */
#include "ledger.h"
#include "slow.h"
#include "random.h"
#include <kselftest_harness.h>

#include <pthread.h>

/* --- in the test --- */

struct reader {
	pthread_t thread;
	struct race *r;
	int fd;
	unsigned int index;
	long rounds;
	long steady;		/* looks at a page that held still */
	long bad;
	uint64_t bad_word;
	unsigned int bad_page;
	uint32_t bad_number;
};

static void blame(struct reader *rd, const struct look *l, uint64_t word)
{
	if (!rd->bad++) {
		rd->bad_word = word;
		rd->bad_page = l->page;
		rd->bad_number = l->number;
	}
}

/* What was read of it, @n words at once or none at all. */
static void judge(struct reader *rd, const struct look *l, const uint64_t *word,
		  size_t n)
{
	bool still = held_still(rd->r, l);
	size_t i;

	rd->steady += still;
	if (!n && still)
		blame(rd, l, 0);
	for (i = 0; i < n; i++) {
		if (n == 1 ? !is_right(l, still, word[i]) :
			     !may_be_right(l, still, word[i]))
			blame(rd, l, word[i]);
	}
}

static void read_some(struct reader *rd, uint64_t *state, size_t words,
		      uint32_t flags)
{
	unsigned int page = random_below(state, PAGES);
	size_t at = words == WORDS ? 0 : random_below(state, WORDS) * 8;
	struct dbgmem_transfer t;
	uint64_t word[WORDS];
	struct look l;

	look_before(rd->r, &l, page);
	mem_read(rd->fd, rd->r->mem + page * PAGE + at, word, words * 8, flags,
		 &t);
	judge(rd, &l, word, t.done / 8);
}

static void pread_one(struct reader *rd, uint64_t *state)
{
	unsigned int page = random_below(state, PAGES);
	uint64_t word;
	struct look l;
	ssize_t n;

	look_before(rd->r, &l, page);
	n = pread(rd->fd, &word, 8, (uintptr_t)rd->r->mem + page * PAGE);
	judge(rd, &l, &word, n == 8);
}

#define SEGMENTS	32

static void read_vector(struct reader *rd, uint64_t *state)
{
	struct dbgmem_segment seg[SEGMENTS];
	uint64_t word[SEGMENTS];
	struct look l[SEGMENTS];
	struct dbgmem_vector v = {
		.size = sizeof(v),
		.segments = (uintptr_t)seg,
		.nr_segments = SEGMENTS,
		.segment_size = sizeof(seg[0]),
	};
	unsigned int i;

	for (i = 0; i < SEGMENTS; i++) {
		look_before(rd->r, &l[i], random_below(state, PAGES));
		seg[i] = (struct dbgmem_segment){
			.addr = (uintptr_t)rd->r->mem + l[i].page * PAGE +
				random_below(state, WORDS) * 8,
			.buf = (uintptr_t)&word[i],
			.len = 8,
		};
	}
	if (ioctl(rd->fd, DBGMEM_IOC_VECTOR, &v))
		blame(rd, &l[0], errno);
	for (i = 0; i < SEGMENTS; i++)
		judge(rd, &l[i], &word[i], seg[i].done == 8);
}

static void *read_all_the_time(void *arg)
{
	struct reader *rd = arg;
	uint64_t state = 0x9e3779b97f4a7c15 + rd->index;
	long n;

	for (n = 0; race_goes_on(rd->r, n, rd->rounds); n++) {
		switch (n % 8) {
		case 0:
			read_some(rd, &state, WORDS, 0);
			break;
		case 1:
			read_vector(rd, &state);
			break;
		case 2:
			pread_one(rd, &state);
			break;
		default:
			read_some(rd, &state, 1, 0);
		}
	}
	return NULL;
}

FIXTURE(mirror_race) {
	struct fixture fixture;
	struct race *r;
};

FIXTURE_SETUP(mirror_race)
{
	struct race *r;

	fixture_init(&self->fixture);
	self->r = r = race_alloc();
	ASSERT_NE(NULL, r);
	attach_flags = DBGMEM_ATTACH_MIRROR;
	ASSERT_EQ(0, fixture_start(&self->fixture));
}

FIXTURE_TEARDOWN(mirror_race)
{
	fixture_stop(&self->fixture);
	param_set("mirror_pages", "262144");
}

static void race(struct __test_metadata *_metadata, FIXTURE_DATA(mirror_race) *self,
		 long rounds)
{
	struct reader rd[2];
	struct race *r = self->r;
	int i;

	memset(rd, 0, sizeof(rd));
	race_begin(&self->fixture.target, r);
	for (i = 0; i < 2; i++) {
		rd[i].r = r;
		rd[i].fd = self->fixture.fd;
		rd[i].index = i;
		rd[i].rounds = rounds;
		ASSERT_EQ(0, pthread_create(&rd[i].thread, NULL,
					    read_all_the_time, &rd[i]));
	}
	for (i = 0; i < 2; i++)
		pthread_join(rd[i].thread, NULL);
	EXPECT_EQ(0, race_end(&self->fixture.target, r));
	TH_LOG("%ld changes, %ld moves, %ld forks; %ld and %ld looks at what held still",
	       r->l->changes, r->l->moves, r->l->forks, rd[0].steady,
	       rd[1].steady);
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(0, rd[i].bad)
			TH_LOG("the first: 0x%llx of page %u, number %u",
			       (unsigned long long)rd[i].bad_word,
			       rd[i].bad_page, rd[i].bad_number);
		/* It was about something. */
		EXPECT_LT(0, rd[i].steady);
	}
	EXPECT_LT(0, r->l->moves);
}

TEST_F_TIMEOUT(mirror_race, no_read_of_a_page_that_was_taken_away, 290)
{
	race(_metadata, self, slow_rounds(60000));
}

/* The same where what it knows has to give way to what is read next. */
TEST_F_TIMEOUT(mirror_race, nor_while_it_forgets_for_want_of_room, 290)
{
	close(self->fixture.fd);
	ASSERT_EQ(0, param_set("mirror_pages", "64"));
	self->fixture.fd = session_open(self->fixture.target.pid, O_RDONLY);
	ASSERT_LE(0, self->fixture.fd);
	race(_metadata, self, slow_rounds(30000));
}

/* Sessions that come and go: the notifier's end, too, races with changes. */
TEST_F_TIMEOUT(mirror_race, nor_as_sessions_come_and_go, 290)
{
	struct race *r = self->r;
	struct race short_one = *r;
	struct reader rd = { .r = &short_one, .rounds = 16 };
	long i, rounds = slow_rounds(1000);

	race_begin(&self->fixture.target, r);
	short_one.until = 0;
	for (i = 0; race_goes_on(r, i, rounds); i++) {
		rd.fd = session_open(self->fixture.target.pid, O_RDONLY);
		ASSERT_LE(0, rd.fd);
		rd.index = i;
		read_all_the_time(&rd);
		close(rd.fd);
	}
	EXPECT_EQ(0, race_end(&self->fixture.target, r));
	EXPECT_EQ(0, rd.bad)
		TH_LOG("the first: 0x%llx of page %u, number %u",
		       (unsigned long long)rd.bad_word, rd.bad_page,
		       rd.bad_number);
	EXPECT_LT(0, rd.steady);
}

TEST_HARNESS_MAIN
