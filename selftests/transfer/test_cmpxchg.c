// SPDX-License-Identifier: GPL-2.0
/*
 * CMPXCHG: compare and exchange one word, atomically also for the target's CPUs,
 * in every kind of memory that has pages.
 */
#include "cmpxchg_fixture.h"
#include "device.h"

/* --- what it does --- */

TEST_F_TIMEOUT(cmpxchg, exchanges_words_of_every_width_at_every_place, 60)
{
	struct bed *b = self->b;
	uint64_t was, next;
	uint32_t width;
	size_t at;

	for (width = 1; width <= 8; width *= 2)
		for (at = 64; at < 80; at += width) {
			was = pattern_value(at, width);
			next = pattern_u64(9, at) >> (64 - 8 * width);
			/* Not what is expected: nothing happens. */
			ASSERT_EQ(0, cx(b->fd, b->mem + at, width, was ^ 1,
					next, 0, &self->c));
			EXPECT_ANSWER(was, 0);
			EXPECT_TRUE(untouched(b));
			ASSERT_EQ(0, cx(b->fd, b->mem + at, width, was, next, 0,
					&self->c));
			EXPECT_ANSWER(was, 1);
			EXPECT_TRUE(truth_is(b, b->mem + at, &next, width));
			EXPECT_TRUE(truth_is_pattern(b, b->mem, at));
			EXPECT_TRUE(truth_is_pattern(b, b->mem + at + width,
						     64));
			ASSERT_EQ(0, cx(b->fd, b->mem + at, width, next, was, 0,
					&self->c));
			EXPECT_ANSWER(next, 1);
			EXPECT_TRUE(untouched(b));
		}
	/* The last of a page, and the first. */
	was = pattern_value(PAGE - 8, 8);
	ASSERT_EQ(0, cx(b->fd, b->mem + PAGE - 8, 8, was, 1, 0, &self->c));
	EXPECT_ANSWER(was, 1);
	was = pattern_value(PAGE, 8);
	ASSERT_EQ(0, cx(b->fd, b->mem + PAGE, 8, was, 2, 0, &self->c));
	EXPECT_ANSWER(was, 1);
}

TEST_F_TIMEOUT(cmpxchg, exchanging_a_word_for_itself_counts, 60)
{
	uint64_t was = pattern_value(8, 8);

	ASSERT_EQ(0, cx(self->b->fd, self->b->mem + 8, 8, was, was, 0,
			&self->c));
	EXPECT_ANSWER(was, 1);
	EXPECT_TRUE(untouched(self->b));
}

/* --- what is refused --- */

TEST_F_TIMEOUT(cmpxchg, bad_requests_are_einval, 60)
{
	static const struct {
		uint64_t off, expected, desired;
		uint32_t width;
	} bad[] = {
		{ 0, 0, 0, 0 }, { 0, 0, 0, 3 }, { 0, 0, 0, 5 }, { 0, 0, 0, 6 },
		{ 0, 0, 0, 7 }, { 0, 0, 0, 9 }, { 0, 0, 0, 16 },
		{ 0, 0, 0, 1U << 31 }, { 0, 0, 0, ~0U },
		{ 1, 0, 0, 2 }, { 1, 0, 0, 4 }, { 2, 0, 0, 4 }, { 3, 0, 0, 4 },
		{ 1, 0, 0, 8 }, { 4, 0, 0, 8 }, { 7, 0, 0, 8 },
		{ 0, 0x100, 0, 1 }, { 0, 0, 0x100, 1 }, { 0, -1, 0, 1 },
		{ 0, 0x10000, 0, 2 }, { 0, 0, 0x10000, 2 },
		{ 0, 1ULL << 32, 0, 4 }, { 0, 0, 1ULL << 32, 4 },
		{ 0, 0, 1ULL << 63, 4 },
	};
	struct bed *b = self->b;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(-EINVAL, cx(b->fd, b->mem + bad[i].off, bad[i].width,
				      bad[i].expected, bad[i].desired, 0,
				      &self->c))
			TH_LOG("case %zu", i);
		EXPECT_ANSWER(0, 0);
	}
	EXPECT_TRUE(untouched(b));
}

TEST_F_TIMEOUT(cmpxchg, session_without_both_rights_is_refused, 60)
{
	struct bed *b = self->b;
	int none = dev_open(O_RDWR), ro, wo;
	uint64_t was = pattern_value(0, 8);

	ro = session_open(b->target->pid, O_RDONLY);
	/* Who may not read has no use for a mirror. */
	attach_flags = 0;
	wo = session_open(b->target->pid, O_WRONLY);
	EXPECT_EQ(-ENOTCONN, cx(none, b->mem, 8, was, 1, 0, &self->c));
	EXPECT_ANSWER(0, 0);
	EXPECT_EQ(-EACCES, cx(ro, b->mem, 8, was, 1, 0, &self->c));
	EXPECT_ANSWER(0, 0);
	EXPECT_EQ(-EACCES, cx(wo, b->mem, 8, was, 1, 0, &self->c));
	EXPECT_ANSWER(0, 0);
	EXPECT_TRUE(untouched(b));
	close(none);
	close(ro);
	close(wo);
}

TEST_F_TIMEOUT(cmpxchg, nothing_mapped_is_efault_and_says_where, 60)
{
	static const unsigned long bad[] = {
		0, 8, 0xffff888000000000, 1UL << 63, 1UL << 47, ~0UL - 7,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(-EFAULT, cx(self->b->fd, (void *)bad[i], 8, 0, 1, 0,
				      &self->c));
		EXPECT_EQ(bad[i], self->c.fault_addr);
		EXPECT_EQ(DBGMEM_REASON_UNMAPPED, self->c.reason);
		EXPECT_EQ(0, self->c.observed);
		EXPECT_EQ(0, self->c.exchanged);
	}
}

TEST_F_TIMEOUT(cmpxchg, read_only_memory_is_eacces_without_force, 60)
{
	static const struct {
		const char *policy;
		int want;
	} row[] = {
		{ "never", -EPERM }, { "ptrace", -EPERM }, { "capable", 0 },
		{ "always", 0 },
	};
	static const int prots[] = { PROT_READ, PROT_READ | PROT_EXEC,
				     PROT_NONE };
	struct bed *b = self->b;
	uint64_t was = pattern_value(16, 8);
	size_t i, p;

	for (p = 0; p < ARRAY_SIZE(prots); p++) {
		ASSERT_EQ(0, target_protect(b->target, b->job, b->mem, PAGE,
					    prots[p]));
		/* Whether it would exchange or not. */
		EXPECT_EQ(-EACCES, cx(b->fd, b->mem + 16, 8, was, 1, 0,
				      &self->c));
		EXPECT_EQ(DBGMEM_REASON_PROTECTION, self->c.reason);
		EXPECT_EQ((uintptr_t)b->mem + 16, self->c.fault_addr);
		EXPECT_EQ(-EACCES, cx(b->fd, b->mem + 16, 8, ~was, 1, 0,
				      &self->c));
		EXPECT_EQ(0, self->c.observed);
		EXPECT_TRUE(untouched(b));
		for (i = 0; i < ARRAY_SIZE(row); i++) {
			ASSERT_EQ(0, param_set("force", row[i].policy));
			EXPECT_EQ(row[i].want, cx(b->fd, b->mem + 16, 8, was,
						  was + 1, DBGMEM_FORCE,
						  &self->c))
				TH_LOG("%s", row[i].policy);
			if (row[i].want) {
				EXPECT_ANSWER(0, 0);
				EXPECT_TRUE(untouched(b));
				continue;
			}
			EXPECT_ANSWER(was, 1);
			ASSERT_EQ(0, cx(b->fd, b->mem + 16, 8, was + 1, was,
					DBGMEM_FORCE, &self->c));
			EXPECT_TRUE(untouched(b));
		}
		ASSERT_EQ(0, param_set("force", "capable"));
	}
}

TEST_F_TIMEOUT(cmpxchg, device_and_secret_memory_are_special, 60)
{
	char *p = private_alloc(2 * PAGE);
	bool device, secret;

	ASSERT_NE(NULL, p);
	device = map_device(p);
	secret = map_secret(p + PAGE);
	if (!device && !secret)
		SKIP(return, "neither of them can be mapped");
	ASSERT_EQ(0, bed_restart(self->b));
	if (device) {
		EXPECT_EQ(-EFAULT, cx(self->b->fd, p, 8, 0, 1, 0, &self->c));
		EXPECT_EQ(DBGMEM_REASON_SPECIAL, self->c.reason);
		EXPECT_EQ((uintptr_t)p, self->c.fault_addr);
	}
	if (secret) {
		EXPECT_EQ(-EFAULT, cx(self->b->fd, p + PAGE, 8, 0, 1, 0,
				      &self->c));
		EXPECT_EQ(DBGMEM_REASON_SPECIAL, self->c.reason);
	}
}

TEST_F_TIMEOUT(cmpxchg, after_exit_it_is_esrch, 60)
{
	struct bed *b = self->b;

	target_stop(b->target);
	b->target->pid = 0;
	EXPECT_EQ(-ESRCH, cx(b->fd, b->mem, 8, 0, 1, 0, &self->c));
	EXPECT_ANSWER(0, 0);
}

/* --- whose memory --- */

/* A second process with the same memory, on either side of a fork. */
TEST_F_TIMEOUT(cmpxchg, private_memory_is_the_targets_own_copy, 60)
{
	struct bed *b = self->b;
	uint64_t *word = (void *)private_alloc(PAGE);
	struct target sibling;
	uint64_t here = 0;
	int mem, fd;

	ASSERT_NE(NULL, word);
	*word = 5;
	ASSERT_EQ(0, bed_restart(b));
	ASSERT_EQ(0, target_start(&sibling));
	mem = proc_open(sibling.pid, "mem", O_RDONLY);
	fd = session_open(sibling.pid, O_RDWR);
	ASSERT_EQ(0, cx(b->fd, word, 8, 5, 6, 0, &self->c));
	EXPECT_ANSWER(5, 1);
	EXPECT_EQ(5, *word);
	ASSERT_EQ(8, pread(mem, &here, 8, (uintptr_t)word));
	EXPECT_EQ(5, here);
	/* And in the sibling, of which the target does not notice. */
	ASSERT_EQ(0, cx(fd, word, 8, 5, 7, 0, &self->c));
	EXPECT_ANSWER(5, 1);
	here = 6;
	EXPECT_TRUE(truth_is(b, (char *)word, &here, 8));
	EXPECT_EQ(5, *word);
	target_stop(&sibling);
	close(mem);
	close(fd);
}

static void in_kind(struct __test_metadata *_metadata,
		    FIXTURE_DATA(cmpxchg) *self, enum memory_kind kind,
		    bool shared)
{
	struct bed *b = self->b;
	struct memory m;
	const char *cannot = memory_map(&m, kind, 8 * PAGE, NULL);
	uint64_t was, next = 0x0123456789abcdef;
	char *at;

	if (cannot)
		SKIP(return, "%s", cannot);
	ASSERT_EQ(0, bed_restart(b));
	at = m.addr + 4 * PAGE + 8;
	ASSERT_EQ(8, pread(b->truth, &was, 8, (uintptr_t)at));
	ASSERT_EQ(0, cx(b->fd, at, 8, was, next,
			kind == MEMORY_TEXT ? DBGMEM_FORCE : 0, &self->c));
	EXPECT_ANSWER(was, 1);
	EXPECT_TRUE(truth_is(b, at, &next, 8));
	EXPECT_EQ(shared, !memcmp(at, &next, 8));
	if (m.file >= 0 && kind != MEMORY_MEMFD) {
		EXPECT_EQ(shared, file_differs(m.file, 8 * PAGE, 1) >= 0);
	}
}

#define IN_KIND(name, kind, shared)					\
	TEST_F_TIMEOUT(cmpxchg, in_##name, 60)				\
	{								\
		in_kind(_metadata, self, kind, shared);			\
	}

IN_KIND(transparent_huge_pages, MEMORY_THP, false)
IN_KIND(private_file_memory, MEMORY_FILE_PRIVATE, false)
IN_KIND(shared_file_memory, MEMORY_FILE_SHARED, true)
IN_KIND(huge_pages_of_hugetlbfs, MEMORY_HUGETLB, false)
IN_KIND(shared_memory_of_a_memfd, MEMORY_MEMFD, true)
IN_KIND(system_v_shared_memory, MEMORY_SYSV, true)
IN_KIND(text_with_force, MEMORY_TEXT, false)

TEST_F_TIMEOUT(cmpxchg, private_page_is_copied_even_if_nothing_is_exchanged, 60)
{
	uint64_t *word = (void *)private_alloc(4 * PAGE);
	struct bed *b = self->b;
	long before;

	ASSERT_NE(NULL, word);
	memset(word, 1, 4 * PAGE);
	ASSERT_EQ(0, bed_restart(b));
	before = smaps_private(b->target->pid, word);
	ASSERT_EQ(0, cx(b->fd, word, 8, 5, 6, 0, &self->c));
	EXPECT_ANSWER(0x0101010101010101, 0);
	EXPECT_EQ(before + 4, smaps_private(b->target->pid, word));
}

TEST_HARNESS_MAIN
