// SPDX-License-Identifier: GPL-2.0
/*
 * Reading through a mirror while the target moves, copies, discards, replaces,
 * protects and migrates its pages without a pause.
 *
 * A page of the target has in all its words where it is, and how often it was
 * written there; or zeros, when it is new. Where a page goes when it is taken
 * away, to another address, to a child or back to the system, it gets other
 * contents at once. So a word that was read through a translation which was true
 * no more would say another place, nonsense, or too low a number.
 */
#include "memory.h"
#include "slow.h"
#include <kselftest_harness.h>

#include <pthread.h>
#include <sched.h>

#define PAGES	96
#define AREA	(PAGES * PAGE)
#define WORDS	(PAGE / 8)
#define NONSENSE 0xdeadULL

/* A word says its page and its number; both are in [1, 2^24). */
static uint64_t stamp(unsigned int page, uint32_t number)
{
	return (uint64_t)0x5117 << 48 | (uint64_t)(page + 1) << 24 | number;
}

struct ledger {
	struct {
		uint32_t flux;		/* odd while something is done to it */
		uint32_t number;	/* at least this, in all words */
	} page[PAGES];
	int stop;
	long changes, moves, copies;
};

struct race {
	struct ledger *l;
	char *mem, *aside;
};

static uint32_t next(uint64_t *state, uint32_t n)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (*state >> 11) % n;
}

/* --- in the target --- */

static void fill(char *at, uint64_t value)
{
	uint64_t *word = (uint64_t *)at;
	size_t i;

	for (i = 0; i < WORDS; i++)
		__atomic_store_n(&word[i], value, __ATOMIC_RELAXED);
}

static void begin(struct race *r, unsigned int page)
{
	__atomic_add_fetch(&r->l->page[page].flux, 1, __ATOMIC_SEQ_CST);
}

/* It has all words of a higher number now. */
static void finish(struct race *r, unsigned int page)
{
	uint32_t number = r->l->page[page].number + 1;

	fill(r->mem + page * PAGE, stamp(page, number));
	__atomic_store_n(&r->l->page[page].number, number, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&r->l->page[page].flux, 1, __ATOMIC_SEQ_CST);
}

/* Written all the time, without being in flux: the number only grows. */
static void rewrite(struct race *r, unsigned int page)
{
	uint32_t number = r->l->page[page].number + 1;

	fill(r->mem + page * PAGE, stamp(page, number));
	__atomic_store_n(&r->l->page[page].number, number, __ATOMIC_SEQ_CST);
}

static void *map_page(char *at)
{
	return mmap(at, PAGE, PROT_READ | PROT_WRITE,
		    MAP_ANON_PRIVATE | MAP_FIXED, -1, 0);
}

/* What was here is at @to, with other contents, and here is a new page. */
static void move(struct race *r, unsigned int page, char *to)
{
	char *at = r->mem + page * PAGE;

	if (mremap(at, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) ==
	    MAP_FAILED)
		abort();
	fill(to, NONSENSE);
	if (map_page(at) == MAP_FAILED)
		abort();
	r->l->moves++;
}

static void replace(struct race *r, unsigned int page)
{
	char *at = r->mem + page * PAGE;

	if (munmap(at, PAGE))
		abort();
	/* Likely the page that was just freed. */
	fill(r->aside, NONSENSE);
	if (map_page(at) == MAP_FAILED)
		abort();
	madvise(r->aside, PAGE, MADV_DONTNEED);
}

static void protect(struct race *r, unsigned int page)
{
	char *at = r->mem + page * PAGE;

	if (mprotect(at, PAGE, PROT_NONE))
		abort();
	sched_yield();
	if (mprotect(at, PAGE, PROT_READ | PROT_WRITE))
		abort();
}

/*
 * The child gets the old pages as the target writes, and puts nonsense there as
 * soon as it may have them alone. Nothing is in flux: not one word may be old.
 */
static void copy_all(struct race *r)
{
	unsigned int i;
	int gate[2];
	pid_t pid;
	char c;

	if (pipe(gate))
		abort();
	pid = fork();
	if (pid < 0)
		abort();
	if (!pid) {
		close(gate[1]);
		if (read(gate[0], &c, 1) < 0)
			_exit(1);
		for (i = 0; i < PAGES; i++)
			fill(r->mem + i * PAGE, NONSENSE);
		_exit(0);
	}
	close(gate[0]);
	for (i = 0; i < PAGES; i++)
		rewrite(r, i);
	close(gate[1]);
	waitpid(pid, NULL, 0);
	r->l->copies++;
}

static void migrate(void)
{
	static int fd = -1;

	if (fd == -1)
		fd = open("/proc/sys/vm/compact_memory", O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, "1", 1) < 0)
		fd = -2;
}

static void change(struct race *r, uint64_t *state)
{
	unsigned int page = next(state, PAGES), what = next(state, 64);

	if (what < 20) {
		rewrite(r, page);
		return;
	}
	if (what == 62) {
		copy_all(r);
		return;
	}
	if (what == 63) {
		if (!next(state, 16))
			migrate();
		return;
	}
	begin(r, page);
	if (what < 34)
		move(r, page, r->aside + PAGE * (1 + page % 4));
	else if (what < 46)
		replace(r, page);
	else if (what < 54)
		madvise(r->mem + page * PAGE, PAGE, MADV_DONTNEED);
	else
		protect(r, page);
	finish(r, page);
}

static long change_until_told(void *arg)
{
	struct race *r = arg;
	uint64_t state = 0x2545f4914f6cdd1d;
	unsigned int i;

	for (i = 0; i < PAGES; i++) {
		begin(r, i);
		finish(r, i);
	}
	while (!__atomic_load_n(&r->l->stop, __ATOMIC_ACQUIRE)) {
		change(r, &state);
		__atomic_add_fetch(&r->l->changes, 1, __ATOMIC_RELAXED);
	}
	return 0;
}

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

/* What is known of a page before and after the look. */
struct look {
	unsigned int page;
	uint32_t flux, number;
};

static void look_before(const struct race *r, struct look *l, unsigned int page)
{
	l->page = page;
	l->flux = __atomic_load_n(&r->l->page[page].flux, __ATOMIC_SEQ_CST);
	l->number = __atomic_load_n(&r->l->page[page].number, __ATOMIC_SEQ_CST);
}

/* Nothing but writing was done to it meanwhile. */
static bool held_still(const struct race *r, const struct look *l)
{
	return !(l->flux & 1) &&
	       __atomic_load_n(&r->l->page[l->page].flux, __ATOMIC_SEQ_CST) ==
	       l->flux;
}

static void blame(struct reader *rd, const struct look *l, uint64_t word)
{
	if (!rd->bad++) {
		rd->bad_word = word;
		rd->bad_page = l->page;
		rd->bad_number = l->number;
	}
}

/* What was read of it, @n words or none at all. */
static void judge(struct reader *rd, const struct look *l, const uint64_t *word,
		  size_t n)
{
	bool still = held_still(rd->r, l);
	size_t i;

	rd->steady += still;
	if (!n && still)
		blame(rd, l, 0);
	for (i = 0; i < n; i++) {
		if (still ? word[i] < stamp(l->page, l->number) ||
			    word[i] > stamp(l->page, 0xffffff) :
			    word[i] && (word[i] ^ stamp(l->page, 0)) >> 24)
			blame(rd, l, word[i]);
	}
}

static void read_some(struct reader *rd, uint64_t *state, size_t words,
		      uint32_t flags)
{
	unsigned int page = next(state, PAGES);
	size_t at = words == WORDS ? 0 : next(state, WORDS) * 8;
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
	unsigned int page = next(state, PAGES);
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
		look_before(rd->r, &l[i], next(state, PAGES));
		seg[i] = (struct dbgmem_segment){
			.addr = (uintptr_t)rd->r->mem + l[i].page * PAGE +
				next(state, WORDS) * 8,
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

	for (n = 0; n < rd->rounds; n++) {
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
	struct trial trial;
	struct race *r;
};

FIXTURE_SETUP(mirror_race)
{
	struct race *r;

	trial_init(&self->trial);
	self->r = r = shared_alloc(PAGE);
	ASSERT_NE(NULL, r);
	r->l = shared_alloc(sizeof(*r->l));
	ASSERT_NE(NULL, r->l);
	/* A gap, so that what is moved about does not merge. */
	r->mem = private_alloc(AREA + 8 * PAGE);
	ASSERT_NE(NULL, r->mem);
	r->aside = r->mem + AREA + PAGE;
	ASSERT_EQ(0, munmap(r->mem + AREA, PAGE));
	attach_flags = DBGMEM_ATTACH_MIRROR;
	ASSERT_EQ(0, trial_start(&self->trial));
}

FIXTURE_TEARDOWN(mirror_race)
{
	trial_stop(&self->trial);
	param_set("mirror_pages", "262144");
}

static void race(struct __test_metadata *_metadata, FIXTURE_DATA(mirror_race) *self,
		 long rounds)
{
	struct reader rd[2];
	struct race *r = self->r;
	int i;

	memset(rd, 0, sizeof(rd));
	target_send(&self->trial.target, change_until_told, r);
	while (!__atomic_load_n(&r->l->changes, __ATOMIC_RELAXED))
		sched_yield();
	for (i = 0; i < 2; i++) {
		rd[i].r = r;
		rd[i].fd = self->trial.fd;
		rd[i].index = i;
		rd[i].rounds = rounds;
		ASSERT_EQ(0, pthread_create(&rd[i].thread, NULL,
					    read_all_the_time, &rd[i]));
	}
	for (i = 0; i < 2; i++)
		pthread_join(rd[i].thread, NULL);
	__atomic_store_n(&r->l->stop, 1, __ATOMIC_RELEASE);
	EXPECT_EQ(0, target_wait(&self->trial.target));
	TH_LOG("%ld changes, %ld moves, %ld forks; %ld and %ld looks at what held still",
	       r->l->changes, r->l->moves, r->l->copies, rd[0].steady,
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
	close(self->trial.fd);
	ASSERT_EQ(0, param_set("mirror_pages", "64"));
	self->trial.fd = session_open(self->trial.target.pid, O_RDONLY);
	ASSERT_LE(0, self->trial.fd);
	race(_metadata, self, slow_rounds(30000));
}

/* Sessions that come and go: the notifier's end, too, races with changes. */
TEST_F_TIMEOUT(mirror_race, nor_as_sessions_come_and_go, 290)
{
	struct race *r = self->r;
	struct reader rd = { .r = r, .rounds = 16 };
	long i, rounds = slow_rounds(1000);

	target_send(&self->trial.target, change_until_told, r);
	while (!__atomic_load_n(&r->l->changes, __ATOMIC_RELAXED))
		sched_yield();
	for (i = 0; i < rounds; i++) {
		rd.fd = session_open(self->trial.target.pid, O_RDONLY);
		ASSERT_LE(0, rd.fd);
		rd.index = i;
		read_all_the_time(&rd);
		close(rd.fd);
	}
	__atomic_store_n(&r->l->stop, 1, __ATOMIC_RELEASE);
	EXPECT_EQ(0, target_wait(&self->trial.target));
	EXPECT_EQ(0, rd.bad)
		TH_LOG("the first: 0x%llx of page %u, number %u",
		       (unsigned long long)rd.bad_word, rd.bad_page,
		       rd.bad_number);
	EXPECT_LT(0, rd.steady);
}

TEST_HARNESS_MAIN
