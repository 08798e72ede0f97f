// SPDX-License-Identifier: GPL-2.0
/*
 * The library's tables of registers, of all architectures; and the registers that
 * the guest's processor does not have.
 */
#include "common.h"

#include <string.h>

#include "kselftest_harness.h"
#include "../../user/lib/registers.h"
#include "registers.h"

static const struct dbgmem__view *const views[] = {
	&dbgmem__views_x86[0], &dbgmem__views_x86[1],
	&dbgmem__views_arm[0], &dbgmem__views_arm[1],
};

#define NR_VIEWS	ARRAY_SIZE(views)

static void name_of(const struct dbgmem__family *f, int i, char *name,
		    size_t size)
{
	if (f->nr == 1)
		snprintf(name, size, "%s", f->name);
	else
		snprintf(name, size, "%s%d", f->name, f->first + i);
}

/* Index of register @name in the view, or -1. */
static int find_name(const struct dbgmem__view *v, const char *name)
{
	char other[64];
	int n = 0, i;
	size_t k;

	for (k = 0; k < v->nr; k++) {
		for (i = 0; i < v->families[k].nr; i++, n++) {
			name_of(&v->families[k], i, other, sizeof(other));
			if (!strcmp(name, other))
				return n;
		}
	}
	return -1;
}

TEST(names_are_unique_and_fit)
{
	char name[64];
	size_t k, v;
	int n, i;

	for (v = 0; v < NR_VIEWS; v++) {
		for (k = 0, n = 0; k < views[v]->nr; k++) {
			for (i = 0; i < views[v]->families[k].nr; i++, n++) {
				name_of(&views[v]->families[k], i, name,
					sizeof(name));
				EXPECT_EQ(n, find_name(views[v], name))
					TH_LOG("view %zu: %s", v, name);
				EXPECT_LT(strlen(name),
					  sizeof(((struct dbgmem_register *)0)->name));
			}
		}
	}
}

TEST(generic_names_stand_for_registers)
{
	static const char *const generic[] = { "pc", "sp", "fp", "flags" };
	bool found;
	size_t v, i, k;

	for (v = 0; v < NR_VIEWS; v++) {
		for (k = 0; k < views[v]->nr_aliases; k++) {
			EXPECT_EQ(-1, find_name(views[v],
						views[v]->aliases[k][0]));
			EXPECT_NE(-1, find_name(views[v],
						views[v]->aliases[k][1]));
		}
		for (i = 0; i < 4; i++) {
			found = find_name(views[v], generic[i]) >= 0;
			for (k = 0; k < views[v]->nr_aliases; k++)
				found |= !strcmp(generic[i],
						 views[v]->aliases[k][0]);
			EXPECT_TRUE(found) TH_LOG("view %zu: %zu", v, i);
		}
	}
}

/* Of the sets where each byte is of one register at most. */
TEST(registers_do_not_overlap)
{
	static uint8_t taken[1024];
	static const uint32_t sets[] = {
		NT_PRSTATUS, NT_PRFPREG, NT_PRXFPREG, NT_ARM_VFP,
	};
	const struct dbgmem__family *f;
	const struct dbgmem__piece *p;
	size_t v, s, k, b, stride;
	int i;

	for (v = 0; v < NR_VIEWS; v++) {
		for (s = 0; s < 4; s++) {
			memset(taken, 0, sizeof(taken));
			for (k = 0; k < views[v]->nr; k++) {
				f = &views[v]->families[k];
				p = f->piece;
				if (p->set != sets[s])
					continue;
				stride = p->stride ? p->stride : p->size;
				EXPECT_GE(stride, p->size);
				for (i = 0; i < f->nr; i++)
					for (b = 0; b < p->size; b++)
						taken[p->offset + i * stride + b]++;
				if (p->set == NT_PRSTATUS) {
					EXPECT_LE(p->offset + (f->nr - 1) *
						  stride + p->size,
						  views[v]->prstatus);
				}
			}
			for (b = 0; b < sizeof(taken); b++)
				EXPECT_LE(taken[b], 1)
					TH_LOG("view %zu set %zu byte %zu", v, s, b);
		}
	}
}

/* A register is written by one call. */
TEST(pieces_of_a_register_are_of_one_set)
{
	const struct dbgmem__family *f;
	size_t v, k, i;

	for (v = 0; v < NR_VIEWS; v++) {
		for (k = 0; k < views[v]->nr; k++) {
			f = &views[v]->families[k];
			EXPECT_NE(0, f->piece[0].size);
			for (i = 1; i < REGISTER_PIECES; i++) {
				if (f->piece[i].size) {
					EXPECT_EQ(f->piece[0].set,
						  f->piece[i].set);
				}
			}
		}
	}
}

TEST(kinds_of_thread_are_told_apart)
{
	EXPECT_NE(dbgmem__views_x86[0].prstatus, dbgmem__views_x86[1].prstatus);
	EXPECT_NE(dbgmem__views_arm[0].prstatus, dbgmem__views_arm[1].prstatus);
}

#define XSTATE_MAX	16384

TEST(xsave_components_that_are_not_there)
{
	static uint8_t set[XSTATE_MAX];
	size_t offset = 77;

	/* Without XSAVE there is no header. */
	EXPECT_FALSE(dbgmem__xstate_find(set, 512, 1, &offset));
	/* The kernel has switched on nothing. */
	EXPECT_FALSE(dbgmem__xstate_find(set, sizeof(set), 1, &offset));
	memset(set + 464, 0xff, 8);
	EXPECT_TRUE(dbgmem__xstate_find(set, sizeof(set), 1, &offset));
	EXPECT_EQ(0, offset);
	/* No processor has all that there could be. */
	EXPECT_FALSE(dbgmem__xstate_find(set, sizeof(set), 62, &offset));
	/* What the processor has, and the set does not. */
	EXPECT_FALSE(dbgmem__xstate_find(set, 577, 2, &offset));
	if (__builtin_cpu_supports("avx")) {
		EXPECT_TRUE(dbgmem__xstate_find(set, sizeof(set), 2, &offset));
		EXPECT_EQ(576, offset);
		EXPECT_FALSE(dbgmem__xstate_find(set, 576 + 255, 2, &offset));
		EXPECT_TRUE(dbgmem__xstate_find(set, 576 + 256, 2, &offset));
	}
}

TEST(a_component_that_is_written_is_in_use)
{
	static uint8_t set[XSTATE_MAX];
	uint64_t bv;

	set[512] = 1;
	dbgmem__xstate_use(set, 2);
	dbgmem__xstate_use(set, 9);
	dbgmem__xstate_use(set, 2);
	memcpy(&bv, set + 512, 8);
	EXPECT_EQ(0x205, bv);
}

TEST(zmm_and_masks)
{
	struct file f, new;
	uint8_t v[VECTOR_SIZE];
	struct child c;
	uint64_t mask;
	char name[8];
	int i, ret;

	if (vectors_here() < VECTORS_AVX512)
		SKIP(return, "this processor has no AVX-512");
	file_fill(&f, 1);
	file_fill(&new, 2);
	ret = child_start(&c, &f, VECTORS_AVX512);
	if (ret == -EPERM) {
		child_stop(&c);
		SKIP(return, "ptrace is not allowed here");
	}
	ASSERT_EQ(0, ret);
	for (i = 0; i < NR_VECTOR; i++) {
		snprintf(name, sizeof(name), "zmm%d", i);
		EXPECT_EQ(DBGMEM_FULL, register_read(c.pid, name, v,
						     VECTOR_SIZE, NULL));
		EXPECT_EQ(0, memcmp(f.vector[i], v, VECTOR_SIZE))
			TH_LOG("zmm%d", i);
		if (i % 3)
			continue;
		EXPECT_EQ(DBGMEM_FULL, register_write(c.pid, name,
						      new.vector[i],
						      VECTOR_SIZE, NULL));
		memcpy(f.vector[i], new.vector[i], VECTOR_SIZE);
	}
	for (i = 0; i < NR_MASK; i++) {
		snprintf(name, sizeof(name), "k%d", i);
		EXPECT_EQ(DBGMEM_FULL, register_read(c.pid, name, &mask, 8,
						     NULL));
		EXPECT_EQ(f.mask[i], mask) TH_LOG("k%d", i);
		f.mask[i] = ~mask;
		EXPECT_EQ(DBGMEM_FULL, register_write(c.pid, name, &f.mask[i],
						      8, NULL));
	}
	EXPECT_EQ(0, child_finish(&c));
	EXPECT_EQ(0, memcmp(f.vector, c.after->vector, sizeof(f.vector)));
	EXPECT_EQ(0, memcmp(f.mask, c.after->mask, sizeof(f.mask)));
	child_stop(&c);
}

TEST_HARNESS_MAIN
