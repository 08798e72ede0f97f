// SPDX-License-Identifier: GPL-2.0
/*
 * One session in several threads: some set and clear breakpoints, others read and
 * write at the same addresses, and the target stores beside them. Nobody reads a
 * trap, and no write is lost.
 */
#include "shadow_fixture.h"
#include "slow.h"

#include <pthread.h>

/*
 * The memory is UNITS times this. What nobody writes is the pattern. A trap is
 * the complement of what is there, or 0xcc where words are written, the bytes of
 * which are less than 0x80.
 */
#define UNIT		64
#define QUIET		0	/* 16 bytes, traps at 3 to 15 */
#define WORD_A		16	/* 8 bytes of writer A's, a trap in them */
#define WORD_B		24	/* of writer B's, a trap that fills them */
#define COUNTER		32	/* 2 bytes that the target counts in */
#define BESIDE		34	/* 6 bytes in the same word, a trap of 1 to 6 */
#define QUIET_TOO	40	/* 24 bytes, a trap of 16 */
#define UNITS		((int)(2 * PAGE / UNIT))

#define ROUNDS		2000
#define ENOUGH		10

struct racer;

struct race_common {
	struct bed *b;
	struct racer *others;	/* of who plants */
	int nr;
	int stop;
};

struct racer {
	pthread_t thread;
	struct race_common *c;
	uint64_t r;
	int base;		/* what this one is for */
	int units;		/* readers: how many they look at */
	long rounds, bad;
	char seen[UNIT];	/* the last that was bad */
	uint64_t word[UNITS];	/* writers: what each should be */
};

static bool stopped(struct racer *r)
{
	return __atomic_load_n(&r->c->stop, __ATOMIC_RELAXED);
}

static char *unit_at(struct racer *r, int unit, int off)
{
	return r->c->b->mem + unit * UNIT + off;
}

/* --- those who plant --- */

static void one_round(struct racer *r, int unit, int off, size_t len,
		      bool complement)
{
	char *at = unit_at(r, unit, off), trap[16];
	struct dbgmem_bp_clear_args c;
	int fd = r->c->b->fd;
	size_t i;

	memset(trap, 0xcc, sizeof(trap));
	for (i = 0; complement && i < len; i++)
		trap[i] = ~pattern_byte(3, unit * UNIT + off + i);
	r->bad += bp_set(fd, at, trap, len, NULL) != 0;
	r->bad += bp_clear(fd, at, &c) || c.lost;
	r->rounds++;
}

/* Have the others been at it? They take turns, which on a busy machine are long. */
static bool met(const struct race_common *c)
{
	int i;

	for (i = 0; i < c->nr; i++)
		if (__atomic_load_n(&c->others[i].rounds, __ATOMIC_RELAXED) <=
		    ENOUGH)
			return false;
	return true;
}

static void *plant(void *arg)
{
	struct racer *r = arg;
	long rounds = slow_rounds(ROUNDS), end = now_ms() + 60000;
	int unit;

	while (r->rounds < rounds || (!met(r->c) && now_ms() < end)) {
		unit = random_below(&r->r, UNITS);
		switch (random_below(&r->r, 3)) {
		case 0:
			if (r->base == QUIET)
				one_round(r, unit, QUIET + 3 +
					  random_below(&r->r, 5),
					  1 + random_below(&r->r, 8), true);
			else
				one_round(r, unit, BESIDE,
					  1 + random_below(&r->r, 6), true);
			break;
		case 1:
			if (r->base == QUIET)
				one_round(r, unit, WORD_B, 8, false);
			else
				one_round(r, unit, WORD_A + 2, 3, false);
			break;
		default:
			if (r->base == QUIET)
				one_round(r, unit, QUIET_TOO + 4, 16, true);
		}
	}
	return NULL;
}

/* --- those who read --- */

static bool quiet(const char *p, int unit, int off, int len)
{
	return pattern_differs(p + off, unit * UNIT + off, len, 3) < 0;
}

static void *watch(void *arg)
{
	struct racer *r = arg;
	char buf[8 * UNIT];
	size_t len, at, i;
	int unit, n, way;

	for (; !stopped(r); r->rounds++) {
		way = random_below(&r->r, WAYS_TO_READ);
		n = 1 + random_below(&r->r, r->units < 8 ? r->units : 8);
		unit = random_below(&r->r, r->units - n + 1);
		if (r->rounds % 3) {
			/* A word, or less, of what is quiet. */
			len = 1U << random_below(&r->r, 4);
			at = QUIET + len * random_below(&r->r, 16 / len);
			n = go_read(r->c->b->fd, way, unit_at(r, unit, at), buf,
				    len) == (ssize_t)len;
			if (!n || pattern_differs(buf, unit * UNIT + at, len,
						  3) >= 0) {
				r->bad++;
				memcpy(r->seen, buf, len);
			}
			continue;
		}
		len = n * UNIT;
		if (go_read(r->c->b->fd, way, unit_at(r, unit, 0), buf, len) !=
		    (ssize_t)len) {
			r->bad++;
			continue;
		}
		for (i = 0; i < (size_t)n; i++) {
			char *p = buf + i * UNIT;

			if (!quiet(p, unit + i, QUIET, 16) ||
			    !quiet(p, unit + i, BESIDE, UNIT - BESIDE)) {
				r->bad++;
				memcpy(r->seen, p, UNIT);
			}
			/* Whatever it is, it is a word of theirs. */
			for (at = WORD_A; at < WORD_A + 16; at++)
				r->bad += p[at] & 0x80;
		}
	}
	return NULL;
}

/* --- those who write --- */

static void *put(void *arg)
{
	struct racer *r = arg;
	int fd = r->c->b->fd, unit, way;
	uint64_t word, back = 0;
	char *at;

	for (; !stopped(r); r->rounds++) {
		unit = random_below(&r->r, UNITS);
		at = unit_at(r, unit, r->base);
		way = random_below(&r->r, WAYS_TO_WRITE);
		word = pattern_u64(r->rounds, r->base) & 0x7f7f7f7f7f7f7f7f;
		r->word[unit] = word;
		if (r->rounds % 4) {
			r->bad += go_write(fd, way, at, &word, 8) != 8;
		} else {
			r->bad += go_write(fd, way, at, &word, 3) != 3;
			r->bad += go_write(fd, way, at + 3, (char *)&word + 3,
					   5) != 5;
		}
		way = random_below(&r->r, WAYS_TO_READ);
		if (go_read(fd, way, at, &back, 8) != 8 || back != word) {
			r->bad++;
			memcpy(r->seen, &back, 8);
		}
	}
	return NULL;
}

/* --- the target, which counts --- */

struct counting {
	char *mem;
	int stop;
	long rounds, bad;
};

static long job_count(void *arg)
{
	struct counting *c = arg;
	volatile uint16_t *counter;
	uint16_t mine[UNITS];
	int i;

	for (i = 0; i < UNITS; i++)
		mine[i] = 0;
	while (!__atomic_load_n(&c->stop, __ATOMIC_RELAXED)) {
		for (i = 0; i < UNITS; i++) {
			counter = (void *)(c->mem + i * UNIT + COUNTER);
			c->bad += *counter != mine[i];
			*counter = ++mine[i];
		}
		c->rounds++;
	}
	return 0;
}

/* --- all of them --- */

/* Nothing of what they write is there at first. */
static bool bed_prepare(struct bed *b)
{
	static const char zeros[BESIDE - WORD_A];
	bool ret = true;
	int i;

	for (i = 0; i < UNITS; i++)
		ret &= truth_write(b, b->mem + i * UNIT + WORD_A, zeros,
				   sizeof(zeros));
	return ret;
}

static void start(struct __test_metadata *_metadata, struct race_common *c,
		  struct racer *r, void *(*fn)(void *), int base, int units,
		  uint64_t seed)
{
	memset(r, 0, sizeof(*r));
	r->c = c;
	r->base = base;
	r->units = units;
	r->r = seed;
	ASSERT_EQ(0, pthread_create(&r->thread, NULL, fn, r));
}

static void end(struct __test_metadata *_metadata, struct racer *r,
		const char *who)
{
	ASSERT_EQ(0, pthread_join(r->thread, NULL));
	EXPECT_EQ(0, r->bad)
		TH_LOG("%s: %ld of %ld rounds, the last: %02x %02x %02x %02x",
		       who, r->bad, r->rounds, (unsigned char)r->seen[0],
		       (unsigned char)r->seen[1], (unsigned char)r->seen[2],
		       (unsigned char)r->seen[3]);
	EXPECT_LT(ENOUGH, r->rounds);
}

TEST_F_TIMEOUT(shadow, nobody_sees_a_trap_and_no_write_is_lost, 120)
{
	struct counting *counting = shared_alloc(PAGE);
	struct racer *r = calloc(6, sizeof(*r));
	struct race_common c = { .b = self->b };
	struct bed *b = self->b;
	uint64_t word;
	int i;

	ASSERT_NE(NULL, counting);
	ASSERT_NE(NULL, r);
	ASSERT_EQ(0, bed_restart(b));
	ASSERT_TRUE(bed_prepare(b));
	counting->mem = b->mem;
	target_send(b->target, job_count, counting);
	c.others = r + 2;
	c.nr = 4;

	start(_metadata, &c, &r[0], plant, QUIET, UNITS, 1);
	start(_metadata, &c, &r[1], plant, WORD_A, UNITS, 2);
	start(_metadata, &c, &r[2], watch, 0, UNITS, 3);
	start(_metadata, &c, &r[3], watch, 0, UNITS, 4);
	start(_metadata, &c, &r[4], put, WORD_A, UNITS, 5);
	start(_metadata, &c, &r[5], put, WORD_B, UNITS, 6);
	end(_metadata, &r[0], "planter");
	end(_metadata, &r[1], "planter");
	__atomic_store_n(&c.stop, 1, __ATOMIC_RELAXED);
	end(_metadata, &r[2], "reader");
	end(_metadata, &r[3], "reader");
	end(_metadata, &r[4], "writer");
	end(_metadata, &r[5], "writer");
	__atomic_store_n(&counting->stop, 1, __ATOMIC_RELAXED);
	EXPECT_EQ(0, target_wait(b->target));
	EXPECT_EQ(0, counting->bad);
	EXPECT_LT(0, counting->rounds);
	TH_LOG("%ld, %ld traps; %ld, %ld reads; %ld, %ld writes; counted to %ld",
	       r[0].rounds, r[1].rounds, r[2].rounds, r[3].rounds, r[4].rounds,
	       r[5].rounds, counting->rounds);

	/* All out: what is there is what was written last. */
	for (i = 0; i < UNITS; i++) {
		EXPECT_TRUE(truth_is_pattern(b, b->mem + i * UNIT, 16));
		word = r[4].word[i];
		EXPECT_TRUE(truth_is(b, b->mem + i * UNIT + WORD_A, &word, 8));
		word = r[5].word[i];
		EXPECT_TRUE(truth_is(b, b->mem + i * UNIT + WORD_B, &word, 8));
		EXPECT_TRUE(truth_is_pattern(b, b->mem + i * UNIT + BESIDE,
					     UNIT - BESIDE));
	}
}

/*
 * A session that has no breakpoint does without locks when it reads: the first
 * trap comes up while others read.
 */
TEST_F_TIMEOUT(shadow, the_first_one_is_not_seen_either, 120)
{
	struct race_common c = { .b = self->b };
	struct racer *r = calloc(2, sizeof(*r));
	struct bed *b = self->b;
	char trap[8];
	long bad = 0;
	int i;

	ASSERT_TRUE(bed_prepare(b));
	memset(trap, 0xcc, sizeof(trap));
	for (i = 0; i < 100; i++) {
		close(b->fd);
		b->fd = session_open(b->target->pid, O_RDWR);
		b->fixture.fd = b->fd;
		ASSERT_LE(0, b->fd);
		c.stop = 0;
		start(_metadata, &c, &r[0], watch, 0, 2, i + 1);
		start(_metadata, &c, &r[1], watch, 0, 2, i + 1000);
		while (__atomic_load_n(&r[0].rounds, __ATOMIC_RELAXED) < 5)
			;
		ASSERT_EQ(0, bp_set(b->fd, b->mem + UNIT, trap, 8, NULL));
		ASSERT_EQ(0, bp_set(b->fd, b->mem + 8, trap, 8, NULL));
		while (__atomic_load_n(&r[0].rounds, __ATOMIC_RELAXED) < 20)
			;
		__atomic_store_n(&c.stop, 1, __ATOMIC_RELAXED);
		pthread_join(r[0].thread, NULL);
		pthread_join(r[1].thread, NULL);
		bad += r[0].bad + r[1].bad;
	}
	EXPECT_EQ(0, bad);
}

TEST_HARNESS_MAIN
