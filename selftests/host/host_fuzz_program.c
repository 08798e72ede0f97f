// SPDX-License-Identifier: GPL-2.0
/*
 * Programs of the fuzzer as data: what it found is found again only if a seed
 * always makes the same ones, and if text is exactly the program.
 */
#define _GNU_SOURCE
#include "../fuzz/program.c"

#include <kselftest_harness.h>

#define ROUNDS	20000

static bool is_valid(const struct program *p)
{
	unsigned int i;

	if (!p->nr || p->nr > MAX_CALLS || !p->rounds ||
	    p->rounds > MAX_ROUNDS)
		return false;
	for (i = 0; i < p->nr; i++)
		if (p->call[i].op >= NR_OPS || p->call[i].lane >= NR_LANES)
			return false;
	return true;
}

static bool is_same(const struct program *a, const struct program *b)
{
	return a->nr == b->nr && a->rounds == b->rounds &&
	       !memcmp(a->call, b->call, a->nr * sizeof(*a->call));
}

TEST(a_seed_always_makes_the_same_programs)
{
	uint64_t one = 42, other = 42, third = 43;
	struct program a = { }, b = { }, c = { };
	int i, differ = 0;

	for (i = 0; i < ROUNDS; i++) {
		program_generate(&a, &one);
		program_generate(&b, &other);
		program_generate(&c, &third);
		ASSERT_TRUE(is_same(&a, &b));
		differ += !is_same(&a, &c);
	}
	EXPECT_LT(ROUNDS * 9 / 10, differ);
}

TEST(text_is_exactly_the_program)
{
	struct program p = { }, parsed;
	char text[MAX_TEXT + 1];
	uint64_t random = 1;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		program_generate(&p, &random);
		text[MAX_TEXT] = 'x';
		program_print(&p, text);
		ASSERT_EQ('x', text[MAX_TEXT]);
		ASSERT_TRUE(program_parse(&parsed, text));
		ASSERT_TRUE(is_same(&p, &parsed));
	}
}

TEST(the_longest_program_fits_into_its_text)
{
	struct program p = { .nr = MAX_CALLS, .rounds = MAX_ROUNDS };
	char text[MAX_TEXT];
	size_t longest = 0, i;
	int op;

	for (op = 0; op < NR_OPS; op++) {
		for (i = 0; i < MAX_CALLS; i++) {
			memset(&p.call[i], 0xff, sizeof(p.call[i]));
			p.call[i].op = op;
		}
		program_print(&p, text);
		if (strlen(text) > longest)
			longest = strlen(text);
	}
	/* and a number before it, as the recorder has it */
	EXPECT_GT(sizeof(text) - 32, longest);
}

TEST(changed_programs_are_programs)
{
	struct program p = { }, other = { };
	uint64_t random = 3;
	int i;

	program_generate(&p, &random);
	for (i = 0; i < ROUNDS; i++) {
		if (random_percent(&random, 20))
			program_generate(&other, &random);
		program_mutate(&p, &other, &random);
		ASSERT_TRUE(is_valid(&p));
	}
}

TEST(every_operation_is_generated)
{
	unsigned int seen[NR_OPS] = { }, i;
	struct program p = { };
	uint64_t random = 4;
	int n, op;

	for (n = 0; n < ROUNDS; n++) {
		program_generate(&p, &random);
		ASSERT_TRUE(is_valid(&p));
		for (i = 0; i < p.nr; i++)
			seen[p.call[i].op]++;
	}
	for (op = 0; op < NR_OPS; op++)
		EXPECT_LT(0, seen[op]) {
			TH_LOG("%s", ops[op].name);
		}
}

TEST(what_is_no_program_is_refused)
{
	static const char *const texts[] = {
		"", "\n", "rounds=1", "rounds=1\n", "read:00", "rounds=x read:",
		"rounds=1 nothing:00", "rounds=1 read", "rounds=1 read:0g",
		"rounds=1 read:0", "rounds=1 read:000",
		"rounds=1 read:00000000000000000000000000000000",
	};
	struct program p;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		EXPECT_FALSE(program_parse(&p, texts[i])) {
			TH_LOG("\"%s\"", texts[i]);
		}
	EXPECT_TRUE(program_parse(&p, "rounds=1 read:0007"));
	EXPECT_TRUE(is_valid(&p));
	EXPECT_TRUE(program_parse(&p, "rounds=255 read:ff"));
	EXPECT_TRUE(is_valid(&p));
}

TEST_HARNESS_MAIN
