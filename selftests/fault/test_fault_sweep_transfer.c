// SPDX-License-Identifier: GPL-2.0
/* Fault sweep of READ and WRITE, and of pread(2), pwrite(2) and the like. */
#include "features.h"
#include "sweep.h"
#include "vector_fixture.h"

#include <sys/uio.h>

/* What is special of the target's memory, and where the caller's ends. */
#define READONLY	(20 * PAGE)
#define NONE		(21 * PAGE)
#define UNMAPPED	(22 * PAGE)
#define BUF_END		(22 * PAGE)

static int truth;

static void target_furnish(FIXTURE_DATA(vector) *self)
{
	target_protect(self->target, self->job, self->mem + READONLY, PAGE,
		       PROT_READ);
	target_protect(self->target, self->job, self->mem + NONE, PAGE,
		       PROT_NONE);
	target_unmap(self->target, self->job, self->mem + UNMAPPED, PAGE);
	munmap(self->buf + BUF_END, AREA - BUF_END);
	truth = proc_open(self->target->pid, "mem", O_RDWR);
}

/* Is the target's memory at @off the pattern @seed from @from on? */
static bool truth_is(FIXTURE_DATA(vector) *self, size_t off, size_t len,
		     uint64_t seed, size_t from)
{
	static char there[AREA];

	return pread(truth, there, len, (uintptr_t)self->mem + off) ==
	       (ssize_t)len && pattern_differs(there, from, len, seed) < 0;
}

static bool truth_reset(FIXTURE_DATA(vector) *self, size_t off, size_t len)
{
	static char pattern[AREA];

	pattern_fill(pattern, off, len, 3);
	return pwrite(truth, pattern, len, (uintptr_t)self->mem + off) ==
	       (ssize_t)len;
}

/* The session is none the worse. */
#define EXPECT_WORKS() do {						\
	char _word[16];							\
									\
	EXPECT_EQ(0, mem_read(self->fd, self->mem + 8, _word,		\
			      sizeof(_word), 0, NULL));			\
	EXPECT_EQ(-1, pattern_differs(_word, 8, sizeof(_word), 3));	\
} while (0)

struct transfer {
	const char *name;
	bool write;
	uint32_t flags;
	size_t at, len;		/* in the target */
	size_t buf;		/* in the caller's buffer */
	uint64_t bitmap;	/* its address, or 1: a good one */
	int want;
	size_t done;
};

static const struct transfer transfers[] = {
	{ "a word", .at = 64, .len = 8, .done = 8 },
	{ "a short", .at = 62, .len = 2, .buf = 1, .done = 2 },
	{ "odd", .at = PAGE - 99, .len = 333, .buf = 7, .done = 333 },
	{ "pages", .at = 10, .len = 19 * PAGE, .buf = 3, .done = 19 * PAGE },
	{ "to the end", .at = 20 * PAGE + 9, .len = 2 * PAGE,
	  .done = PAGE - 9 },
	{ "to the buffer's end", .at = 0, .len = 2 * PAGE,
	  .buf = BUF_END - PAGE, .done = PAGE },
	{ "nothing mapped", .at = UNMAPPED, .len = 8, .want = -EFAULT },
	{ "protected", .at = NONE, .len = 100, .want = -EFAULT },
	{ "no buffer", .at = 8, .len = 9, .buf = BUF_END, .want = -EFAULT },
	{ "FORCE", .flags = DBGMEM_FORCE, .at = NONE + 2, .len = 99,
	  .done = 99 },
	{ "RAW", .flags = DBGMEM_RAW, .at = 1, .len = 5000, .done = 5000 },
	{ "EXACT", .flags = DBGMEM_EXACT, .at = 77, .len = PAGE, .buf = 5,
	  .done = PAGE },
	{ "long EXACT", .flags = DBGMEM_EXACT, .at = 77, .len = 12 * PAGE,
	  .buf = 5, .done = 12 * PAGE },
	{ "EXACT over a hole", .flags = DBGMEM_EXACT, .at = 19 * PAGE,
	  .len = 3 * PAGE, .want = -EFAULT },
	{ "EXACT, no buffer", .flags = DBGMEM_EXACT, .at = 0, .len = 3 * PAGE,
	  .buf = BUF_END - PAGE, .want = -EFAULT },
	{ "ZEROFILL", .flags = DBGMEM_ZEROFILL, .at = 18 * PAGE + 5,
	  .len = 5 * PAGE, .done = 3 * PAGE },
	{ "ZEROFILL, bitmap", .flags = DBGMEM_ZEROFILL, .at = 16 * PAGE,
	  .len = 8 * PAGE, .bitmap = 1, .done = 6 * PAGE },
	{ "ZEROFILL, no bitmap there", .flags = DBGMEM_ZEROFILL, .len = PAGE,
	  .bitmap = 0x10, .want = -EFAULT },
	{ "NOFAULT", .flags = DBGMEM_NOFAULT, .at = 3, .len = 3 * PAGE,
	  .done = 3 * PAGE },
	{ "NOFAULT, bitmap", .flags = DBGMEM_NOFAULT, .at = 3, .len = 9 * PAGE,
	  .bitmap = 1, .done = 9 * PAGE },
	{ "EXACT, NOFAULT, bitmap", .flags = DBGMEM_EXACT | DBGMEM_NOFAULT,
	  .at = 3, .len = 2 * PAGE, .bitmap = 1, .done = 2 * PAGE },
	{ "write a word", true, .at = 64, .len = 8, .done = 8 },
	{ "write a byte", true, .at = 63, .len = 1, .buf = 1, .done = 1 },
	{ "write, odd", true, .at = PAGE - 99, .len = 333, .buf = 7,
	  .done = 333 },
	{ "write pages", true, .at = 10, .len = 19 * PAGE, .buf = 3,
	  .done = 19 * PAGE },
	{ "write to the end", true, .at = 19 * PAGE + 9, .len = 2 * PAGE,
	  .done = PAGE - 9 },
	{ "write from the buffer's end", true, .at = 0, .len = 2 * PAGE,
	  .buf = BUF_END - PAGE, .done = PAGE },
	{ "write, read-only", true, .at = READONLY, .len = 8, .want = -EFAULT },
	{ "write, FORCE", true, .flags = DBGMEM_FORCE, .at = READONLY + 1,
	  .len = 99, .done = 99 },
	{ "write, EXACT", true, .flags = DBGMEM_EXACT, .at = 77, .len = PAGE,
	  .buf = 5, .done = PAGE },
	{ "write, long EXACT", true, .flags = DBGMEM_EXACT, .at = 77,
	  .len = 12 * PAGE, .buf = 5, .done = 12 * PAGE },
	{ "write, EXACT to read-only", true, .flags = DBGMEM_EXACT,
	  .at = 19 * PAGE, .len = 2 * PAGE, .want = -EFAULT },
	{ "write, EXACT, no buffer", true, .flags = DBGMEM_EXACT,
	  .len = 2 * PAGE, .buf = BUF_END - PAGE, .want = -EFAULT },
};

/* Does the buffer hold what a READ that moved @done bytes leaves there? */
static bool buffer_good(FIXTURE_DATA(vector) *self, const struct transfer *c,
			uint64_t done, const uint8_t *bitmap)
{
	const char *buf = self->buf + c->buf;
	size_t page;

	if (c->flags & DBGMEM_EXACT && !done)
		return pattern_differs(buf, c->buf, c->len < BUF_END - c->buf ?
				       c->len : BUF_END - c->buf, 4) < 0;
	if (!(c->flags & DBGMEM_ZEROFILL))
		return pattern_differs(buf, c->at, done, 3) < 0;
	/* Only the pages that it vouches for. */
	for (page = 0; c->bitmap == 1 && page < c->len / PAGE; page++)
		if (bitmap[page / 8] >> page % 8 & 1 &&
		    pattern_differs(buf + page * PAGE, c->at + page * PAGE,
				    PAGE, 3) >= 0)
			return false;
	return true;
}

/* And the target, behind a WRITE? */
static bool target_good(FIXTURE_DATA(vector) *self, const struct transfer *c,
			uint64_t done)
{
	size_t len = c->at + c->len <= UNMAPPED ? c->len : UNMAPPED - c->at;

	return truth_is(self, c->at, done, 4, c->buf) &&
	       truth_is(self, c->at + done, len - done, 3, c->at + done) &&
	       truth_reset(self, c->at, len);
}

static void sweep_transfer(struct __test_metadata *_metadata,
			   FIXTURE_DATA(vector) *self, const struct transfer *c)
{
	struct dbgmem_transfer t;
	uint8_t bitmap[8];
	int ret;

	SWEEP_EACH(nth) {
		pattern_fill(self->buf, 0, BUF_END, 4);
		memset(bitmap, 0, sizeof(bitmap));
		t = (struct dbgmem_transfer){
			.size = sizeof(t),
			.flags = c->flags,
			.addr = (uintptr_t)self->mem + c->at,
			.buf = (uintptr_t)self->buf + c->buf,
			.len = c->len,
			.valid = c->bitmap == 1 ? (uintptr_t)bitmap : c->bitmap,
			.valid_size = c->bitmap ? sizeof(bitmap) : 0,
			.done = 0xdeadbeef,
		};
		SWEEP_CALL(nth, ret, ioctl(self->fd, c->write ?
					   DBGMEM_IOC_WRITE : DBGMEM_IOC_READ,
					   &t) ? -errno : 0, c->want, MAY_ANY);
		t.done = sweep_done(&t);
		ASSERT_LE(t.done, c->done);
		if (SWEEP_UNHARMED(nth))
			ASSERT_EQ(c->done, t.done);
		if (c->flags & DBGMEM_EXACT && t.done)
			ASSERT_EQ(c->len, t.done);
		if (ret)
			ASSERT_EQ(0, t.done);
		if (!ret && t.done < c->len)
			ASSERT_NE(DBGMEM_REASON_NONE, t.reason);
		ASSERT_TRUE(c->write ? target_good(self, c, t.done) :
			    buffer_good(self, c, t.done, bitmap))
			TH_LOG("fault %u", nth);
		EXPECT_WORKS();
	}
}

TEST_F_TIMEOUT(vector, each_transfer_fails_well, 60)
{
	size_t i;

	target_furnish(self);
	for (i = 0; i < ARRAY_SIZE(transfers); i++) {
		if (!takes_flags(transfers[i].flags))
			continue;
		TH_LOG("%s", transfers[i].name);
		sweep_transfer(_metadata, self, &transfers[i]);
	}
	close(truth);
}

/* --- memory that is not there yet, on either side --- */

#define COLD_PAGES	5
#define COLD		(COLD_PAGES * PAGE)
#define COLD_ROOM	(3 * HUGE_SIZE)

/* Alone in its page table, which goes with it. */
static char *cold_place(char *room)
{
	return (char *)(((uintptr_t)room + HUGE_SIZE - 1) & -HUGE_SIZE) +
	       HUGE_SIZE / 2;
}

static char *cold_map(char *room)
{
	munmap(room, COLD_ROOM);
	return mmap(cold_place(room), COLD, PROT_READ | PROT_WRITE,
		    MAP_ANON_PRIVATE | MAP_FIXED, -1, 0);
}

static long job_cold(void *arg)
{
	struct job *j = arg;

	return cold_map(j->addr) == MAP_FAILED;
}

static void sweep_cold(struct __test_metadata *_metadata,
		       FIXTURE_DATA(vector) *self, char *room, bool write,
		       uint32_t flags)
{
	char *mem = cold_place(room), *buf = self->buf;
	static char there[COLD];
	struct dbgmem_transfer t;
	bool exact = flags & DBGMEM_EXACT;
	int ret;

	SWEEP_EACH(nth) {
		*self->job = (struct job){ .addr = room };
		ASSERT_EQ(0, target_call(self->target, job_cold, self->job));
		pattern_fill(buf, 0, COLD, 4);
		if (!write)
			madvise(buf, COLD, MADV_DONTNEED);
		SWEEP_CALL(nth, ret, xfer(self->fd, write ? DBGMEM_IOC_WRITE :
					  DBGMEM_IOC_READ, (uintptr_t)mem, buf,
					  COLD, flags, &t), 0, MAY_ANY);
		t.done = sweep_done(&t);
		ASSERT_LE(t.done, COLD);
		ASSERT_EQ(!ret, !!t.done);
		if (exact || SWEEP_UNHARMED(nth))
			ASSERT_TRUE(t.done == COLD ||
				    (exact && t.done == 0));
		ASSERT_EQ(COLD, pread(truth, there, COLD, (uintptr_t)mem));
		ASSERT_EQ(-1, write ? pattern_differs(there, 0, t.done, 4) :
			  byte_differs(buf, 0, COLD));
		ASSERT_EQ(-1, byte_differs(there + (write ? t.done : 0), 0,
					   COLD - (write ? t.done : 0)));
		EXPECT_WORKS();
	}
}

TEST_F_TIMEOUT(vector, memory_that_must_be_made_first, 60)
{
	static const uint32_t flags[] = { 0, DBGMEM_EXACT, DBGMEM_FORCE };
	char *room = private_alloc(COLD_ROOM);
	size_t f;

	ASSERT_NE(NULL, room);
	target_furnish(self);
	for (f = 0; f < ARRAY_SIZE(flags); f++) {
		sweep_cold(_metadata, self, room, false, flags[f]);
		sweep_cold(_metadata, self, room, true, flags[f]);
	}
	close(truth);
}

/* --- read(2), write(2) and their relatives --- */

#define PIECES	12	/* more than the kernel has room for on its stack */
#define PIECE	700UL

static ssize_t rw_call(FIXTURE_DATA(vector) *self, bool write, int pieces)
{
	off_t at = (uintptr_t)self->mem + 5;
	struct iovec iov[PIECES];
	int i;

	if (pieces == 1)
		return write ? pwrite(self->fd, self->buf, PIECE, at) :
			       pread(self->fd, self->buf, PIECE, at);
	for (i = 0; i < pieces; i++)
		iov[i] = (struct iovec){ self->buf + i * PIECE, PIECE };
	return write ? pwritev(self->fd, iov, pieces, at) :
		       preadv(self->fd, iov, pieces, at);
}

static void sweep_rw(struct __test_metadata *_metadata,
		     FIXTURE_DATA(vector) *self, bool write, int pieces)
{
	ssize_t n, len = pieces * PIECE;
	int ret;

	SWEEP_EACH(nth) {
		pattern_fill(self->buf, 0, len, 4);
		SWEEP_CALL(nth, ret, (n = rw_call(self, write, pieces)) < 0 ?
			   -errno : 0, 0, MAY_ANY);
		n = ret ? 0 : n;
		ASSERT_LE(n, len);
		if (SWEEP_UNHARMED(nth))
			ASSERT_EQ(len, n);
		if (write) {
			ASSERT_TRUE(truth_is(self, 5, n, 4, 0));
			ASSERT_TRUE(truth_is(self, 5 + n, len - n, 3, 5 + n));
			ASSERT_TRUE(truth_reset(self, 5, len));
		} else {
			ASSERT_EQ(-1, pattern_differs(self->buf, 5, n, 3));
		}
		EXPECT_WORKS();
	}
}

TEST_F_TIMEOUT(vector, each_read_and_write_fails_well, 60)
{
	target_furnish(self);
	sweep_rw(_metadata, self, false, 1);
	sweep_rw(_metadata, self, true, 1);
	sweep_rw(_metadata, self, false, PIECES);
	sweep_rw(_metadata, self, true, PIECES);
	close(truth);
}

int main(int argc, char **argv)
{
	return sweep_run(argc, argv, 300, test_harness_run);
}
