// SPDX-License-Identifier: GPL-2.0
/* Fault sweep of BP_SET, BP_CLEAR, BP_LIST, CMPXCHG, transfers over traps. */
#include "cmpxchg.h"
#include "sweep.h"
#include <kselftest_harness.h>

/* Over the end of a page. */
#define ACROSS	(2 * PAGE - 5)

FIXTURE(sweep) {
	struct bed bed;
	struct bed *b;
};

FIXTURE_SETUP(sweep)
{
	self->b = &self->bed;
	ASSERT_EQ(0, bed_start(self->b));
}

FIXTURE_TEARDOWN(sweep)
{
	bed_stop(self->b);
	engine_set("auto");
}

/* All is as it was, and the other session works. */
#define EXPECT_NO_HARM() do {						\
	ASSERT_TRUE(untouched(self->b));				\
	ASSERT_TRUE(shows_pattern(self->b, self->b->mem, 64, 0));	\
} while (0)

static void sweep_set(struct __test_metadata *_metadata,
		      FIXTURE_DATA(sweep) *self, size_t at, uint32_t len,
		      int want)
{
	char *addr = self->b->mem + at;
	struct dbgmem_bp_set_args b;
	int fd, ret;

	SWEEP_EACH(nth) {
		fd = session_open(self->b->target->pid, O_RDWR);
		ASSERT_LE(0, fd);
		SWEEP_CALL(nth, ret, bp_set(fd, addr, LONG_TRAP, len, &b), want,
			   MAY_ANY);
		if (ret) {
			ASSERT_EQ(-1, bp_state(fd, addr));
			EXPECT_NO_HARM();
		} else {
			ASSERT_TRUE(truth_is(self->b, addr, LONG_TRAP, len));
			ASSERT_TRUE(shows_pattern(&(struct bed){
							.fd = fd,
							.mem = self->b->mem,
						  }, addr, len, 0));
		}
		close(fd);
		EXPECT_NO_HARM();
	}
}

TEST_F_TIMEOUT(sweep, each_set_fails_well, 60)
{
	sweep_set(_metadata, self, 77, 1, 0);
	sweep_set(_metadata, self, ACROSS, 16, 0);
	sweep_set(_metadata, self, BED_SIZE + 8, 1, -EFAULT);
	sweep_set(_metadata, self, BED_SIZE - 8, 16, -EFAULT);
}

TEST_F_TIMEOUT(sweep, each_refused_set_fails_well, 60)
{
	struct bed *b = self->b;
	int fd, ret;

	fd = session_open(b->target->pid, O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 50, INT3, 1, NULL));
	SWEEP_EACH(nth)
		SWEEP_CALL(nth, ret, bp_set(b->fd, b->mem + 48, LONG_TRAP, 4,
					    NULL), -EEXIST, MAY_ANY);
	SWEEP_EACH(nth)
		SWEEP_CALL(nth, ret, bp_set(fd, b->mem + 48, LONG_TRAP, 4,
					    NULL), -EBUSY, MAY_ANY);
	ASSERT_TRUE(truth_is(b, b->mem + 50, INT3, 1));
	ASSERT_TRUE(truth_is_pattern(b, b->mem, 50));
	ASSERT_TRUE(truth_is_pattern(b, b->mem + 51, 50));
	close(fd);
	ASSERT_EQ(0, bp_clear(b->fd, b->mem + 50, NULL));
	EXPECT_NO_HARM();
}

#define NR	70		/* more than BP_LIST gathers at a time */

static int set_many(int fd, char *mem)
{
	int i, ret = 0;

	for (i = 0; i < NR && !ret; i++)
		ret = bp_set(fd, mem + i * 3, INT3, 1, NULL);
	return ret ? ret : bp_set(fd, mem + ACROSS, LONG_TRAP, 16, NULL);
}

TEST_F_TIMEOUT(sweep, each_list_fails_well, 60)
{
	struct bed *b = self->b;
	struct dbgmem_bp bps[NR + 1];
	struct dbgmem_bp_list_args l;
	int ret;

	ASSERT_EQ(0, set_many(b->fd, b->mem));
	SWEEP_EACH(nth) {
		SWEEP_CALL(nth, ret, bp_list(b->fd, bps, NR + 1, 0,
					     nth & 1 ? DBGMEM_BP_ALL : 0, &l),
			   0, MAY_ANY);
		if (!ret)
			ASSERT_EQ(NR + 1, l.nr);
		if (SWEEP_UNHARMED(nth))
			ASSERT_EQ(DBGMEM_BP_STATE_STANDING, bps[NR].state);
	}
	ASSERT_EQ(0, bp_clear_all(b->fd, NULL));
	EXPECT_NO_HARM();
}

static void sweep_clear(struct __test_metadata *_metadata,
			FIXTURE_DATA(sweep) *self, bool all)
{
	struct bed *b = self->b;
	struct dbgmem_bp_clear_args c;
	int fd, ret;

	SWEEP_EACH(nth) {
		fd = session_open(b->target->pid, O_RDWR);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, bp_set(fd, b->mem + 9, INT3, 1, NULL));
		ASSERT_EQ(0, bp_set(fd, b->mem + ACROSS, LONG_TRAP, 16, NULL));
		SWEEP_CALL(nth, ret, all ? bp_clear_all(fd, &c) :
			   bp_clear(fd, b->mem + ACROSS, &c), 0, MAY_ANY);
		if (!ret)
			ASSERT_TRUE(truth_is_pattern(b, b->mem + ACROSS, 16));
		if (SWEEP_UNHARMED(nth))
			ASSERT_EQ(0, c.lost);
		close(fd);
		EXPECT_NO_HARM();
	}
}

TEST_F_TIMEOUT(sweep, each_clear_fails_well, 60)
{
	struct bed *b = self->b;
	int ret;

	sweep_clear(_metadata, self, false);
	sweep_clear(_metadata, self, true);
	SWEEP_EACH(nth)
		SWEEP_CALL(nth, ret, bp_clear(b->fd, b->mem, NULL), -ENOENT,
			   MAY_ANY);
	EXPECT_NO_HARM();
}

static void sweep_over(struct __test_metadata *_metadata,
		       FIXTURE_DATA(sweep) *self, bool write, uint32_t flags)
{
	const size_t len = 3 * PAGE;
	struct bed *b = self->b;
	struct dbgmem_transfer t;
	char *buf = private_alloc(len);
	int ret;

	ASSERT_NE(NULL, buf);
	SWEEP_EACH(nth) {
		pattern_fill(buf, 0, len, 4);
		SWEEP_CALL(nth, ret, write ?
			   mem_write(b->fd, b->mem, buf, len, flags, &t) :
			   mem_read(b->fd, b->mem, buf, len, flags, &t), 0,
			   MAY_ANY);
		t.done = sweep_done(&t);
		if (ret)
			ASSERT_EQ(0, t.done);
		if (flags & DBGMEM_EXACT || SWEEP_UNHARMED(nth))
			ASSERT_EQ(ret ? 0 : len, t.done);
		if (!write) {
			ASSERT_EQ(-1, pattern_differs(buf, 0, t.done, 3));
			if (flags & DBGMEM_EXACT)
				ASSERT_EQ(-1, pattern_differs(buf + t.done,
							      t.done,
							      len - t.done, 4));
		} else {
			ASSERT_EQ(0, mem_read(b->fd, b->mem, buf, len, 0,
					      NULL));
			ASSERT_EQ(-1, pattern_differs(buf, 0, t.done, 4));
			ASSERT_EQ(-1, pattern_differs(buf + t.done, t.done,
						      len - t.done, 3));
			pattern_fill(buf, 0, len, 3);
			ASSERT_EQ(0, mem_write(b->fd, b->mem, buf, len, 0,
					       NULL));
		}
		ASSERT_TRUE(truth_is(b, b->mem + 100, INT3, 1));
		ASSERT_TRUE(truth_is(b, b->mem + ACROSS, LONG_TRAP, 16));
	}
	munmap(buf, len);
}

TEST_F_TIMEOUT(sweep, each_transfer_over_traps_fails_well, 60)
{
	static const char * const engines[] = { "remote", "auto" };
	struct bed *b = self->b;
	size_t i;

	ASSERT_EQ(0, bp_set(b->fd, b->mem + 100, INT3, 1, NULL));
	ASSERT_EQ(0, bp_set(b->fd, b->mem + ACROSS, LONG_TRAP, 16, NULL));
	for (i = 0; i < ARRAY_SIZE(engines); i++) {
		ASSERT_EQ(0, engine_set(engines[i]));
		sweep_over(_metadata, self, false, 0);
		sweep_over(_metadata, self, false, DBGMEM_EXACT);
		sweep_over(_metadata, self, true, 0);
		sweep_over(_metadata, self, true, DBGMEM_EXACT);
	}
	ASSERT_EQ(0, bp_clear_all(b->fd, NULL));
	EXPECT_NO_HARM();
}

static void sweep_cmpxchg(struct __test_metadata *_metadata,
			  FIXTURE_DATA(sweep) *self, size_t at, uint64_t add,
			  int want)
{
	uint64_t was = pattern_value(at, 8), is = ~was;
	struct bed *b = self->b;
	struct dbgmem_cmpxchg_args c;
	int ret;

	SWEEP_EACH(nth) {
		SWEEP_CALL(nth, ret, cx(b->fd, b->mem + at, 8, was + add, is, 0,
					&c), want, MAY_ANY);
		ASSERT_EQ(!ret && !add, c.exchanged == 1);
		if (at >= BED_SIZE)
			continue;
		ASSERT_TRUE(shows(b->fd, b->mem + at, c.exchanged == 1 ? &is :
				  &was, 8, 0));
		ASSERT_EQ(0, mem_write(b->fd, b->mem + at, &was, 8,
				       DBGMEM_FORCE, NULL));
	}
}

TEST_F_TIMEOUT(sweep, each_cmpxchg_fails_well, 60)
{
	struct bed *b = self->b;

	target_protect(b->target, b->job, b->mem + 4 * PAGE, PAGE, PROT_READ);
	sweep_cmpxchg(_metadata, self, 64, 0, 0);
	sweep_cmpxchg(_metadata, self, 64, 1, 0);
	sweep_cmpxchg(_metadata, self, 4 * PAGE + 8, 0, -EACCES);
	sweep_cmpxchg(_metadata, self, BED_SIZE + 8, 0, -EFAULT);
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 67, INT3, 1, NULL));
	sweep_cmpxchg(_metadata, self, 64, 0, 0);
	ASSERT_EQ(0, bp_clear_all(b->fd, NULL));
	EXPECT_NO_HARM();
}

int main(int argc, char **argv)
{
	return sweep_run(argc, argv, 40, test_harness_run);
}
