// SPDX-License-Identifier: GPL-2.0
/*
 * A vector gives the same answers as its segments one by one. The target has two
 * equal areas and the caller two equal buffers, with holes and with pages that
 * cannot be read or written: the vector works on the first of each, READ and
 * WRITE on the second.
 */
#include "features.h"
#include "vector_fixture.h"

#define SAME_PAGES	64
#define SAME		(SAME_PAGES * PAGE)
#define CASES		2000

static void spoil_target(char *mem)
{
	int i;

	for (i = 0; i < SAME_PAGES; i++) {
		if (i % 13 == 4)
			munmap(mem + i * PAGE, PAGE);
		else if (i % 13 == 8)
			mprotect(mem + i * PAGE, PAGE, PROT_NONE);
		else if (i % 13 == 11)
			mprotect(mem + i * PAGE, PAGE, PROT_READ);
	}
}

static void spoil_caller(char *buf)
{
	munmap(buf + 9 * PAGE, PAGE);
	mprotect(buf + 20 * PAGE, 2 * PAGE, PROT_NONE);
	mprotect(buf + 40 * PAGE, PAGE, PROT_READ);
}

static bool same_readable(const char *a, const char *b)
{
	size_t i;

	for (i = 0; i < SAME_PAGES; i++) {
		if (i == 9 || i == 20 || i == 21)
			continue;
		if (memcmp(a + i * PAGE, b + i * PAGE, PAGE))
			return false;
	}
	return true;
}

/* The pages of the target that there are, as /proc/PID/mem sees them. */
static bool same_in_target(int fd, const char *a, const char *b)
{
	char pa[PAGE], pb[PAGE];
	ssize_t na, nb;
	size_t i;

	for (i = 0; i < SAME_PAGES; i++) {
		na = pread(fd, pa, PAGE, (uintptr_t)a + i * PAGE);
		nb = pread(fd, pb, PAGE, (uintptr_t)b + i * PAGE);
		if (na != nb || (na > 0 && memcmp(pa, pb, na)))
			return false;
	}
	return true;
}

static size_t random_len(uint64_t *seed)
{
	switch (random_below(seed, 8)) {
	case 0:
		return random_below(seed, 20 * PAGE);
	case 1:
		return random_below(seed, 2 * PAGE);
	case 2:
		return random_below(seed, 100);
	case 3:
		return 0;
	default:
		return 1U << random_below(seed, 4);
	}
}

/* An offset that is often near the border of a page, and often aligned. */
static size_t random_off(uint64_t *seed, size_t len)
{
	size_t off = random_below(seed, SAME - len);

	switch (random_below(seed, 4)) {
	case 0:
		return off & -8;
	case 1:
		return off > PAGE ? (off & -PAGE) - random_below(seed, 9) : off;
	default:
		return off;
	}
}

static void same(struct __test_metadata *_metadata, FIXTURE_DATA(vector) *self,
		 uint32_t op, uint32_t flags)
{
	unsigned long cmd = op ? DBGMEM_IOC_WRITE : DBGMEM_IOC_READ;
	char *mem[2], *buf[2];
	struct dbgmem_segment *s;
	struct dbgmem_transfer t;
	size_t i, k, at, nr, len;
	uint32_t seen[16] = {};
	uint64_t seed = 13;
	int fd, ret;

	for (i = 0; i < 2; i++) {
		mem[i] = private_alloc(SAME + PAGE);
		buf[i] = private_alloc(SAME + PAGE);
		ASSERT_NE(NULL, mem[i]);
		ASSERT_NE(NULL, buf[i]);
		/* A border of the mapping, as far away in both. */
		mem[i] += PAGE;
		pattern_fill(mem[i], 0, SAME, 5);
		/* Some that were never touched. */
		madvise(mem[i] + 44 * PAGE, 20 * PAGE, MADV_DONTNEED);
		spoil_target(mem[i]);
		pattern_fill(buf[i], 0, SAME, 6);
		spoil_caller(buf[i]);
	}
	ASSERT_EQ(0, vector_restart(self));
	fd = proc_open(self->target->pid, "mem", O_RDONLY);
	ASSERT_LE(0, fd);

	for (k = 0; k < CASES; k += nr) {
		nr = 1 + random_below(&seed, 120);
		for (i = 0; i < nr; i++) {
			len = random_len(&seed);
			at = random_off(&seed, len);
			self->segs[i] = segment(mem[0] + at, buf[0] +
						random_off(&seed, len), len);
		}
		ASSERT_EQ(0, vec(self->fd, op, self->segs, nr, flags,
				 &self->v));
		EXPECT_SUMMARY(&self->v, self->segs);
		for (i = 0; i < nr; i++) {
			s = &self->segs[i];
			ret = xfer(self->fd, cmd,
				   s->addr - (uintptr_t)mem[0] +
				   (uintptr_t)mem[1],
				   s->buf - (uintptr_t)buf[0] + buf[1], s->len,
				   flags, &t);
			ASSERT_EQ(!s->done && s->len ? -EFAULT : 0, ret);
			ASSERT_EQ(t.done, s->done)
				TH_LOG("case %zu: %#lx, %#lx, %llu", k + i,
				       (long)s->addr, (long)s->buf, s->len);
			ASSERT_EQ(t.reason, s->reason)
				TH_LOG("case %zu: %#lx, %#lx, %llu", k + i,
				       (long)s->addr, (long)s->buf, s->len);
			seen[s->reason % 16]++;
		}
		ASSERT_TRUE(same_readable(buf[0], buf[1]))
			TH_LOG("buffers differ after case %zu", k);
		ASSERT_TRUE(same_in_target(fd, mem[0], mem[1]))
			TH_LOG("targets differ after case %zu", k);
	}
	/* The dice met all that there was to be met. */
	EXPECT_LT(100, seen[DBGMEM_REASON_NONE]);
	EXPECT_LT(50, seen[DBGMEM_REASON_UNMAPPED]);
	EXPECT_LT(50, seen[DBGMEM_REASON_BUFFER]);
	EXPECT_LT(flags & DBGMEM_FORCE ? -1 : 50,
		  (int)seen[DBGMEM_REASON_PROTECTION]);
	if (flags & DBGMEM_NOFAULT) {
		EXPECT_LT(10, seen[DBGMEM_REASON_NOT_RESIDENT]);
	}
	close(fd);
}

TEST_F_TIMEOUT(vector, reads_are_those_of_read, 120)
{
	same(_metadata, self, DBGMEM_OP_READ, 0);
}

TEST_F_TIMEOUT(vector, reads_without_faults_are_those_of_read, 120)
{
	NEEDS_NOFAULT();
	same(_metadata, self, DBGMEM_OP_READ, DBGMEM_NOFAULT);
}

TEST_F_TIMEOUT(vector, writes_are_those_of_write, 120)
{
	same(_metadata, self, DBGMEM_OP_WRITE, 0);
}

TEST_F_TIMEOUT(vector, forced_writes_are_those_of_write, 120)
{
	same(_metadata, self, DBGMEM_OP_WRITE, DBGMEM_FORCE);
}

TEST_HARNESS_MAIN
