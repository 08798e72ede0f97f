// SPDX-License-Identifier: GPL-2.0
/*
 * Writes where breakpoints are change the bytes behind the traps, and memory
 * beside them. If the trap is no longer in memory, the rules differ; they are
 * tested too.
 */
#include "shadow_fixture.h"

static const char trap[] = LONG_TRAP;

/* What the session's reads show at @at, in turns of every way. */
static bool seen_is(struct bed *b, const char *at, const char *want, size_t len)
{
	static int turn;
	char buf[256];

	turn = (turn + 1) % WAYS_TO_READ;
	return go_read(b->fd, turn, at, buf, len) == (ssize_t)len &&
	       !memcmp(buf, want, len);
}

/* --- behind --- */

#define AT	(2 * PAGE - 6)	/* the first 6 bytes of 11 on one page */
#define LEN	11
#define AROUND	40		/* bytes that are looked at, from AT - 12 on */

TEST_F_TIMEOUT(shadow, writes_go_behind_byte_for_byte, 120)
{
	struct bed *b = self->b;
	char *from = b->mem + AT - 12, want[AROUND], data[AROUND];
	size_t off, len, i;
	int way;

	pattern_fill(want, AT - 12, AROUND, 3);
	for (way = 0; way < WAYS_TO_WRITE; way++)
		for (off = 0; off < 26; off++)
			for (len = 1; len <= 16 && off + len <= AROUND;
			     len += len < 8 ? 1 : 4) {
				ASSERT_EQ(0, bp_set(b->fd, b->mem + AT, trap,
						    LEN, NULL));
				pattern_fill(data, off * 31 + way, len, 7);
				ASSERT_EQ((ssize_t)len,
					  go_write(b->fd, way, from + off, data,
						   len));
				memcpy(want + off, data, len);
				ASSERT_TRUE(seen_is(b, from, want, AROUND))
					TH_LOG("way %d: %zu at %zu", way, len,
					       off);
				/* The trap stands, what is beside it is there. */
				ASSERT_TRUE(truth_is(b, from, want, 12));
				ASSERT_TRUE(truth_is(b, b->mem + AT, trap,
						     LEN));
				ASSERT_TRUE(truth_is(b, b->mem + AT + LEN,
						     want + 12 + LEN,
						     AROUND - 12 - LEN));
				ASSERT_EQ(0, bp_clear(b->fd, b->mem + AT,
						      NULL));
				ASSERT_TRUE(truth_is(b, from, want, AROUND));
			}
	i = AT - 12;
	EXPECT_TRUE(truth_is_pattern(b, b->mem, i));
	i += AROUND;
	EXPECT_TRUE(truth_is_pattern(b, b->mem + i, BED_SIZE - i));
}

TEST_F_TIMEOUT(shadow, words_are_written_behind_those_in_them, 60)
{
	struct bed *b = self->b;
	char word[8], traps[8];
	int way;

	/* Two of them in the word, and two bytes beside. */
	for (way = 0; way < WAYS_TO_WRITE; way++) {
		ASSERT_EQ(0, bp_set(b->fd, b->mem + 9, trap, 2, NULL));
		ASSERT_EQ(0, bp_set(b->fd, b->mem + 12, trap + 4, 3, NULL));
		pattern_fill(word, 8 * way, 8, 7);
		ASSERT_EQ(8, go_write(b->fd, way, b->mem + 8, word, 8));
		EXPECT_TRUE(seen_is(b, b->mem + 8, word, 8));
		memcpy(traps, word, 8);
		memcpy(traps + 1, trap, 2);
		memcpy(traps + 4, trap + 4, 3);
		EXPECT_TRUE(truth_is(b, b->mem + 8, traps, 8));
		ASSERT_EQ(0, bp_clear_all(b->fd, NULL));
		EXPECT_TRUE(truth_is(b, b->mem + 8, word, 8));
	}
}

TEST_F_TIMEOUT(shadow, long_writes_go_behind_a_thousand, 120)
{
	struct bed *b = self->b;
	size_t off, nr;
	int way;

	for (way = 0; way < WAYS_TO_WRITE; way++) {
		for (off = 3, nr = 0; off + 16 < BED_SIZE; off += 29, nr++)
			ASSERT_EQ(0, bp_set(b->fd, b->mem + off, trap,
					    1 + nr % 16, NULL));
		pattern_fill(self->buf, 0, BED_SIZE, 10 + way);
		ASSERT_EQ((ssize_t)BED_SIZE, go_write(b->fd, way, b->mem,
						      self->buf, BED_SIZE))
			TH_LOG("way %d", way);
		for (off = 3, nr = 0; off + 16 < BED_SIZE; off += 29, nr++)
			ASSERT_TRUE(truth_is(b, b->mem + off, trap,
					     1 + nr % 16));
		memset(self->buf, 0xee, BED_SIZE);
		ASSERT_EQ((ssize_t)BED_SIZE,
			  go_read(b->fd, way, b->mem, self->buf, BED_SIZE));
		EXPECT_EQ(-1, pattern_differs(self->buf, 0, BED_SIZE, 10 + way));
		ASSERT_EQ(0, bp_clear_all(b->fd, NULL));
		EXPECT_EQ(-1, target_pattern_differs(b->target, b->job, b->mem,
						     0, BED_SIZE, 10 + way));
	}
}

/* --- what does not happen does not get behind either --- */

TEST_F_TIMEOUT(shadow, failed_exact_write_changes_nothing_behind, 60)
{
	struct bed *b = self->b;
	struct dbgmem_transfer t;
	struct dbgmem_segment s[2] = {};
	struct dbgmem_vector v = {
		.size = sizeof(v),
		.flags = DBGMEM_EXACT,
		.segments = (uintptr_t)s,
		.nr_segments = 2,
		.segment_size = sizeof(s[0]),
		.op = DBGMEM_OP_WRITE,
	};

	ASSERT_EQ(0, bp_set(b->fd, b->mem + BED_SIZE - 100, trap, 16, NULL));
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 100, trap, 16, NULL));
	memset(self->buf, 0x41, PAGE);
	/* There is nothing behind the bed. */
	EXPECT_EQ(-EFAULT, mem_write(b->fd, b->mem + BED_SIZE - 200, self->buf,
				     201, DBGMEM_EXACT, &t));
	EXPECT_EQ((uintptr_t)b->mem + BED_SIZE, t.fault_addr);
	s[0] = (struct dbgmem_segment){ .addr = (uintptr_t)b->mem + 90,
					.buf = (uintptr_t)self->buf,
					.len = 40 };
	s[1] = (struct dbgmem_segment){ .addr = (uintptr_t)b->mem + BED_SIZE,
					.buf = (uintptr_t)self->buf, .len = 8 };
	EXPECT_EQ(-1, ioctl(b->fd, DBGMEM_IOC_VECTOR, &v));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_TRUE(shows_pattern(b, b->mem, BED_SIZE, 0));
	ASSERT_EQ(0, bp_clear_all(b->fd, NULL));
	EXPECT_TRUE(untouched(b));
}

TEST_F_TIMEOUT(shadow, partial_write_goes_behind_as_far_as_it_gets, 60)
{
	struct bed *b = self->b;
	char *end = self->buf + BED_SIZE, as[16];
	struct dbgmem_transfer t;

	memset(as, 0x41, sizeof(as));
	memset(self->buf, 0x41, BED_SIZE);
	ASSERT_EQ(0, bp_set(b->fd, b->mem + BED_SIZE - 100, trap, 16, NULL));
	EXPECT_EQ(0, mem_write(b->fd, b->mem + BED_SIZE - 92, self->buf, 200, 0,
			       &t));
	EXPECT_EQ(92, t.done);
	EXPECT_TRUE(shows_pattern(b, b->mem + BED_SIZE - 100, 8, 0));
	EXPECT_TRUE(shows(b->fd, b->mem + BED_SIZE - 92, as, 16, 0));
	EXPECT_TRUE(truth_is(b, b->mem + BED_SIZE - 100, trap, 16));

	/* The caller's end of it: bytes that it does not have are not written. */
	ASSERT_EQ(0, mprotect(end, PAGE, PROT_NONE));
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 100, trap, 16, NULL));
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 130, trap, 16, NULL));
	EXPECT_EQ(0, mem_write(b->fd, b->mem + 96, end - 12, 100, 0, &t));
	EXPECT_LE(t.done, 12);
	EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
	EXPECT_EQ((uintptr_t)end - 12 + t.done, t.fault_addr);
	EXPECT_TRUE(shows(b->fd, b->mem + 96, as, t.done, 0));
	EXPECT_TRUE(shows_pattern(b, b->mem + 96 + t.done, 100, 0));
	EXPECT_TRUE(truth_is(b, b->mem + 100, trap, 16));
	EXPECT_TRUE(truth_is(b, b->mem + 130, trap, 16));
}

/* A read that cannot be delivered. */
TEST_F_TIMEOUT(shadow, reading_into_half_a_buffer_counts_what_arrived, 60)
{
	char *end = self->buf + BED_SIZE;
	struct bed *b = self->b;
	struct dbgmem_transfer t;

	ASSERT_EQ(0, bp_set(b->fd, b->mem + 100, trap, 16, NULL));
	ASSERT_EQ(0, mprotect(end, PAGE, PROT_NONE));
	memset(end - 64, 0xee, 64);
	EXPECT_EQ(0, mem_read(b->fd, b->mem + 90, end - 20, 100, 0, &t));
	EXPECT_LE(t.done, 20);
	EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
	EXPECT_EQ(-1, pattern_differs(end - 20, 90, t.done, 3));
	EXPECT_EQ(-EFAULT, mem_read(b->fd, b->mem + 100, end, 8, 0, &t));
	EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
	EXPECT_EQ((uintptr_t)end, t.fault_addr);
}

/* --- where the trap does not stand any more --- */

TEST_F_TIMEOUT(shadow, raw_writes_reach_memory_and_lose_the_breakpoint, 60)
{
	struct bed *b = self->b;
	struct dbgmem_bp_clear_args c;

	ASSERT_EQ(0, bp_set(b->fd, b->mem + 100, trap, 8, NULL));
	/* Beside it, it changes nothing. */
	ASSERT_EQ(0, mem_write(b->fd, b->mem + 96, "beside", 4, DBGMEM_RAW,
			       NULL));
	EXPECT_EQ(DBGMEM_BP_STATE_STANDING, bp_state(b->fd, b->mem + 100));
	EXPECT_TRUE(shows_pattern(b, b->mem + 100, 8, 0));

	ASSERT_EQ(0, mem_write(b->fd, b->mem + 100, "the real", 8,
			       DBGMEM_RAW | DBGMEM_EXACT, NULL));
	EXPECT_TRUE(truth_is(b, b->mem + 96, "besithe real", 12));
	EXPECT_EQ(DBGMEM_BP_STATE_LOST, bp_state(b->fd, b->mem + 100));
	EXPECT_TRUE(seen_is(b, b->mem + 100, "the real", 8));
	EXPECT_TRUE(shows(b->fd, b->mem + 100, "the real", 8, DBGMEM_RAW));
	EXPECT_EQ(0, bp_clear(b->fd, b->mem + 100, &c));
	EXPECT_EQ(1, c.lost);
	EXPECT_TRUE(truth_is(b, b->mem + 96, "besithe real", 12));
}

TEST_F_TIMEOUT(shadow, raw_vectors_tell_the_truth, 60)
{
	struct bed *b = self->b;
	char buf[16];

	ASSERT_EQ(0, bp_set(b->fd, b->mem + 96, trap, 16, NULL));
	ASSERT_EQ(16, way_vector(b->fd, false, (uintptr_t)b->mem + 96, buf, 16,
				 true, DBGMEM_RAW));
	EXPECT_EQ(0, memcmp(buf, trap, 16));
	ASSERT_EQ(16, way_vector(b->fd, false, (uintptr_t)b->mem + 96, buf, 16,
				 true, DBGMEM_RAW | DBGMEM_EXACT));
	EXPECT_EQ(0, memcmp(buf, trap, 16));
	memcpy(buf, "0123456789abcdef", 16);
	ASSERT_EQ(16, way_vector(b->fd, true, (uintptr_t)b->mem + 96, buf, 16,
				 true, DBGMEM_RAW));
	EXPECT_TRUE(truth_is(b, b->mem + 96, buf, 16));
}

TEST_F_TIMEOUT(shadow, where_others_overwrote_it_memory_is_seen_and_written, 60)
{
	struct bed *b = self->b;
	struct dbgmem_bp_clear_args c;
	char data[8];
	int way;

	for (way = 0; way < WAYS_TO_WRITE; way++) {
		ASSERT_EQ(0, bp_set(b->fd, b->mem + 100, trap, 8, NULL));
		ASSERT_TRUE(truth_write(b, b->mem + 100, "elsewise", 8));
		EXPECT_TRUE(seen_is(b, b->mem + 100, "elsewise", 8));
		pattern_fill(data, way, 8, 9);
		ASSERT_EQ(8, go_write(b->fd, way, b->mem + 100, data, 8));
		EXPECT_TRUE(truth_is(b, b->mem + 100, data, 8));
		EXPECT_TRUE(seen_is(b, b->mem + 100, data, 8));
		EXPECT_EQ(0, bp_clear(b->fd, b->mem + 100, &c));
		EXPECT_EQ(1, c.lost);
		EXPECT_TRUE(truth_is(b, b->mem + 100, data, 8));
		target_fill(b->target, b->job, b->mem, 0, BED_SIZE, 3);
	}
}

TEST_F_TIMEOUT(shadow, a_trap_that_comes_back_hides_again, 60)
{
	struct bed *b = self->b;
	struct dbgmem_bp_clear_args c;

	ASSERT_EQ(0, bp_set(b->fd, b->mem + 100, trap, 8, NULL));
	ASSERT_EQ(0, mem_write(b->fd, b->mem + 100, "original", 8, 0, NULL));
	ASSERT_TRUE(truth_write(b, b->mem + 100, "elsewise", 8));
	EXPECT_TRUE(seen_is(b, b->mem + 100, "elsewise", 8));
	ASSERT_TRUE(truth_write(b, b->mem + 100, trap, 8));
	EXPECT_TRUE(seen_is(b, b->mem + 100, "original", 8));
	EXPECT_EQ(0, bp_clear(b->fd, b->mem + 100, &c));
	EXPECT_EQ(0, c.lost);
	EXPECT_TRUE(truth_is(b, b->mem + 100, "original", 8));
}

/* Byte 5 of the trap is somebody else's: none of it stands. */
TEST_F_TIMEOUT(shadow, a_trap_stands_as_a_whole_or_not_at_all, 60)
{
	struct bed *b = self->b;
	struct dbgmem_bp_clear_args c;
	char want[8];
	int way;

	ASSERT_EQ(0, bp_set(b->fd, b->mem + 104, trap, 8, NULL));
	ASSERT_TRUE(truth_write(b, b->mem + 109, "x", 1));
	memcpy(want, trap, 8);
	want[5] = 'x';
	for (way = 0; way < WAYS_TO_READ; way++) {
		char buf[8];

		EXPECT_EQ(8, go_read(b->fd, way, b->mem + 104, buf, 8));
		EXPECT_EQ(0, memcmp(buf, want, 8));
		EXPECT_EQ(4, go_read(b->fd, way, b->mem + 104, buf, 4));
		EXPECT_EQ(0, memcmp(buf, want, 4));
		EXPECT_EQ(1, go_read(b->fd, way, b->mem + 110, buf, 1));
		EXPECT_EQ(0, memcmp(buf, want + 6, 1));
	}
	/* And the same for writes. */
	ASSERT_EQ(0, mem_write(b->fd, b->mem + 104, "abcd", 4, 0, NULL));
	EXPECT_TRUE(truth_is(b, b->mem + 104, "abcd", 4));
	EXPECT_TRUE(shows(b->fd, b->mem + 104, "abcd", 4, 0));
	EXPECT_EQ(0, bp_clear(b->fd, b->mem + 104, &c));
	EXPECT_EQ(1, c.lost);
	EXPECT_TRUE(truth_is(b, b->mem + 104, "abcd", 4));
	EXPECT_TRUE(truth_is(b, b->mem + 108, want + 4, 4));
}

/* Only what is on the second page was overwritten. */
TEST_F_TIMEOUT(shadow, of_a_trap_on_two_pages_each_is_judged_by_itself, 60)
{
	struct bed *b = self->b;
	char *at = b->mem + PAGE - 4;
	struct dbgmem_bp_clear_args c;

	ASSERT_EQ(0, bp_set(b->fd, at, trap, 8, NULL));
	ASSERT_TRUE(truth_write(b, b->mem + PAGE, "else", 4));
	EXPECT_TRUE(shows_pattern(b, at, 4, 0));
	EXPECT_TRUE(shows(b->fd, b->mem + PAGE, "else", 4, 0));
	ASSERT_EQ(0, mem_write(b->fd, at, "abcdefgh", 8, 0, NULL));
	EXPECT_TRUE(truth_is(b, at, trap, 4));
	EXPECT_TRUE(truth_is(b, b->mem + PAGE, "efgh", 4));
	EXPECT_TRUE(shows(b->fd, at, "abcdefgh", 8, 0));
	/* Lost, but what stood of it is taken out, and nothing written is lost. */
	EXPECT_EQ(0, bp_clear(b->fd, at, &c));
	EXPECT_EQ(1, c.lost);
	EXPECT_TRUE(truth_is(b, at, "abcdefgh", 8));
}

/* --- two sessions --- */

TEST_F_TIMEOUT(shadow, another_session_sees_memory_and_writes_memory, 60)
{
	struct bed *b = self->b;
	int fd = session_open(b->target->pid, O_RDWR), way;
	struct dbgmem_bp_clear_args c;
	char buf[24];

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, bp_set(b->fd, b->mem + 104, trap, 8, NULL));
	ASSERT_EQ(0, bp_set(fd, b->mem + 112, trap + 8, 8, NULL));
	for (way = 0; way < WAYS_TO_READ; way++) {
		/* Each hides its own. */
		ASSERT_EQ(24, go_read(fd, way, b->mem + 100, buf, 24));
		EXPECT_EQ(-1, pattern_differs(buf, 100, 4, 3));
		EXPECT_EQ(0, memcmp(buf + 4, trap, 8));
		EXPECT_EQ(-1, pattern_differs(buf + 12, 112, 12, 3));
		ASSERT_EQ(24, go_read(b->fd, way, b->mem + 100, buf, 24));
		EXPECT_EQ(-1, pattern_differs(buf, 100, 12, 3));
		EXPECT_EQ(0, memcmp(buf + 12, trap + 8, 8));
		EXPECT_EQ(-1, pattern_differs(buf + 20, 120, 4, 3));
	}
	for (way = 0; way < WAYS_TO_WRITE; way++) {
		pattern_fill(buf, way, 24, 9);
		ASSERT_EQ(24, go_write(fd, way, b->mem + 100, buf, 24));
		EXPECT_TRUE(truth_is(b, b->mem + 100, buf, 12));
		EXPECT_TRUE(truth_is(b, b->mem + 112, trap + 8, 8));
		EXPECT_TRUE(shows(fd, b->mem + 100, buf, 24, 0));
	}
	EXPECT_EQ(0, bp_clear(b->fd, b->mem + 104, &c));
	EXPECT_EQ(1, c.lost);
	EXPECT_EQ(0, bp_clear(fd, b->mem + 112, &c));
	EXPECT_EQ(0, c.lost);
	EXPECT_TRUE(truth_is(b, b->mem + 100, buf, 24));
	close(fd);
}

TEST_HARNESS_MAIN
