// SPDX-License-Identifier: GPL-2.0
/*
 * libdbgmem: registers of a stopped thread, compared with a child that knows its
 * own.
 */
#include "x86_only.h"
#ifdef __x86_64__
#include "userlib.h"
#include "proc.h"
#include "registers_fixture.h"
#include "registers32.h"

#include <sys/user.h>

#define GET(name, var) ({						\
	uint64_t _done = 0;						\
									\
	memset(&(var), 0, sizeof(var));					\
	EXPECT_EQ(DBGMEM_FULL, register_read(self->c.pid, name, &(var),	\
					     sizeof(var), &_done))	\
		TH_LOG("%s", dbgmem_errstr());				\
	EXPECT_EQ(sizeof(var), _done);					\
})

#define SET(name, var) \
	EXPECT_EQ(DBGMEM_FULL, register_write(self->c.pid, name, &(var), \
					      sizeof(var), NULL))	\
		TH_LOG("%s", dbgmem_errstr())

/* --- reading --- */

TEST_F(registers, general_ones_are_what_the_thread_has)
{
	uint64_t v;
	size_t i;

	for (i = 0; i < NR_GENERAL; i++) {
		GET(general_names[i], v);
		EXPECT_EQ(self->f.general[i], v) TH_LOG("register %zu", i);
	}
}

TEST_F(registers, program_counter_and_stack_pointer)
{
	struct user_regs_struct regs;
	uint64_t v;

	ASSERT_EQ(0, ptrace(PTRACE_GETREGS, self->c.pid, NULL, &regs));
	GET("rip", v);
	EXPECT_EQ((uintptr_t)registers_after, v);
	GET("pc", v);
	EXPECT_EQ((uintptr_t)registers_after, v);
	GET("rsp", v);
	EXPECT_EQ(regs.rsp, v);
	GET("sp", v);
	EXPECT_EQ(regs.rsp, v);
	GET("fp", v);
	EXPECT_EQ(regs.rbp, v);
}

TEST_F(registers, flags_and_segments)
{
	static const char *const names[] = {
		"cs", "ss", "ds", "es", "fs", "gs",
	};
	struct user_regs_struct regs;
	uint64_t wide;
	uint32_t v;
	size_t i;

	ASSERT_EQ(0, ptrace(PTRACE_GETREGS, self->c.pid, NULL, &regs));
	const unsigned long want[] = {
		regs.cs, regs.ss, regs.ds, regs.es, regs.fs, regs.gs,
	};

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		GET(names[i], v);
		EXPECT_EQ(want[i], v) TH_LOG("%s", names[i]);
	}
	GET("eflags", v);
	EXPECT_EQ(self->f.eflags, v);
	GET("flags", v);
	EXPECT_EQ(self->f.eflags, v);
	GET("fs_base", wide);
	EXPECT_EQ(regs.fs_base, wide);
	EXPECT_NE(0, wide);
	GET("gs_base", wide);
	EXPECT_EQ(regs.gs_base, wide);
	GET("orig_rax", wide);
	EXPECT_EQ(regs.orig_rax, wide);
}

TEST_F(registers, x87_and_its_control)
{
	uint8_t v[10], tag;
	uint32_t mxcsr;
	uint16_t word;
	char name[8];
	int i;

	for (i = 0; i < NR_FLOAT; i++) {
		snprintf(name, sizeof(name), "st%d", i);
		GET(name, v);
		EXPECT_EQ(0, memcmp(self->f.x87[i], v, 10)) TH_LOG("%s", name);
	}
	GET("mxcsr", mxcsr);
	EXPECT_EQ(self->f.mxcsr, mxcsr);
	GET("fctrl", word);
	EXPECT_EQ(0x37f, word);
	GET("fstat", word);
	EXPECT_EQ(0, word & 0x3800);	/* the top is at 0 again */
	GET("ftag", tag);
	EXPECT_EQ(0xff, tag);
	GET("fop", word);
}

TEST_F(registers, xmm)
{
	uint8_t v[16];
	char name[8];
	int i;

	for (i = 0; i < 16; i++) {
		snprintf(name, sizeof(name), "xmm%d", i);
		GET(name, v);
		EXPECT_EQ(0, memcmp(self->f.vector[i], v, 16))
			TH_LOG("%s", name);
	}
}

TEST_F(registers, ymm)
{
	uint8_t v[32];
	char name[8];
	int i;

	if (self->vectors < VECTORS_AVX)
		SKIP(return, "this processor has no AVX");
	for (i = 0; i < 16; i++) {
		snprintf(name, sizeof(name), "ymm%d", i);
		GET(name, v);
		EXPECT_EQ(0, memcmp(self->f.vector[i], v, 32))
			TH_LOG("%s", name);
	}
}

/* --- writing --- */

TEST_F(registers, what_is_written_is_what_the_thread_goes_on_with)
{
	struct file new;
	uint32_t flags;
	char name[8];
	uint8_t x87[10];
	size_t i;

	file_fill(&new, 2);
	for (i = 0; i < NR_GENERAL; i++)
		SET(general_names[i], new.general[i]);
	for (i = 0; i < 16; i++) {
		snprintf(name, sizeof(name), "xmm%zu", i);
		EXPECT_EQ(DBGMEM_FULL, register_write(self->c.pid, name,
						      new.vector[i], 16, NULL));
	}
	for (i = 0; i < NR_FLOAT; i++) {
		snprintf(name, sizeof(name), "st%zu", i);
		memcpy(x87, new.x87[i], 10);
		SET(name, x87);
	}
	SET("mxcsr", new.mxcsr);
	flags = (uint32_t)new.eflags;
	SET("eflags", flags);
	ASSERT_EQ(0, child_finish(&self->c));
	EXPECT_EQ(0, memcmp(new.general, self->c.after->general,
			    NR_GENERAL * 8));
	for (i = 0; i < 16; i++) {
		EXPECT_EQ(0, memcmp(new.vector[i], self->c.after->vector[i],
				    16)) {
			TH_LOG("xmm%zu", i);
		}
		/* The upper half is as it was. */
		EXPECT_EQ(0, self->vectors < VECTORS_AVX ? 0 :
			  memcmp(self->f.vector[i] + 16,
				 self->c.after->vector[i] + 16, 16)) {
			TH_LOG("ymm%zu", i);
		}
	}
	for (i = 0; i < NR_FLOAT; i++)
		EXPECT_EQ(0, memcmp(new.x87[i], self->c.after->x87[i], 10));
	EXPECT_EQ(new.mxcsr, self->c.after->mxcsr);
	EXPECT_EQ(new.eflags, self->c.after->eflags);
}

TEST_F(registers, ymm_is_written_in_both_halves)
{
	struct file new;
	uint8_t v[32];
	char name[8];
	int i;

	if (self->vectors < VECTORS_AVX)
		SKIP(return, "this processor has no AVX");
	file_fill(&new, 2);
	for (i = 0; i < 16; i += 2) {
		snprintf(name, sizeof(name), "ymm%d", i);
		memcpy(v, new.vector[i], 32);
		SET(name, v);
	}
	ASSERT_EQ(0, child_finish(&self->c));
	for (i = 0; i < 16; i++)
		EXPECT_EQ(0, memcmp((i % 2 ? &self->f : &new)->vector[i],
				    self->c.after->vector[i], 32))
			TH_LOG("ymm%d", i);
}

/* A child that never touched them: the kernel has nothing saved of AVX. */
TEST(ymm_of_a_thread_that_used_none)
{
	struct child c;
	uint8_t v[32];
	uint64_t done;
	int i;

	if (vectors_here() < VECTORS_AVX)
		SKIP(return, "this processor has no AVX");
	c.pid = fork();
	if (!c.pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		asm volatile("vzeroall\n\tint3" : : :
			     "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5",
			     "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",
			     "xmm12", "xmm13", "xmm14", "xmm15");
		asm volatile("vmovdqu %%ymm5, %0" : "=m" (v));
		for (i = 0; i < 32; i++)
			if (v[i] != 0xa0 + i)
				_exit(1);
		_exit(0);
	}
	ASSERT_EQ(c.pid, waitpid(c.pid, NULL, 0));
	memset(v, 0xff, sizeof(v));
	EXPECT_EQ(DBGMEM_FULL, register_read(c.pid, "ymm5", v, 32, &done));
	for (i = 0; i < 32; i++)
		EXPECT_EQ(0, v[i]);
	for (i = 0; i < 32; i++)
		v[i] = 0xa0 + i;
	EXPECT_EQ(DBGMEM_FULL, register_write(c.pid, "ymm5", v, 32, &done));
	EXPECT_EQ(0, child_finish(&c));
}

TEST_F(registers, program_counter_and_stack_pointer_are_written)
{
	uint64_t pc = (uintptr_t)registers_other, sp;

	GET("sp", sp);
	sp -= 1024;
	SET("sp", sp);
	SET("pc", pc);
	ASSERT_EQ(0, child_finish(&self->c));
	EXPECT_EQ(1, self->c.after->other);
	EXPECT_EQ(sp, self->c.after->sp);
	EXPECT_EQ(0, memcmp(self->f.general, self->c.after->general,
			    NR_GENERAL * 8));
}

TEST_F(registers, a_part_leaves_the_rest)
{
	struct dbgmem_context ctx = { .tid = self->c.pid };
	struct dbgmem_location loc = { .kind = DBGMEM_LOCATION_REGISTER };
	struct dbgmem_register reg;
	uint8_t *want;
	uint64_t done;
	uint8_t v[32];

	/* ah */
	ASSERT_EQ(0, dbgmem_register_find(self->c.pid, "rax", &reg));
	loc.reg = reg.id;
	loc.offset = 1;
	EXPECT_EQ(DBGMEM_FULL, dbgmem_context_write(&ctx, &loc, "\x77", 1,
						    &done));
	EXPECT_EQ(1, done);
	want = (uint8_t *)&self->f.general[0];
	want[1] = 0x77;
	/* From the middle to the end, and not behind that. */
	loc.offset = 5;
	EXPECT_EQ(DBGMEM_PARTIAL, dbgmem_context_read(&ctx, &loc, v, 8, &done));
	EXPECT_EQ(3, done);
	EXPECT_EQ(0, memcmp(want + 5, v, 3));
	EXPECT_EQ(DBGMEM_PARTIAL, dbgmem_context_write(&ctx, &loc, "abcdefgh",
						       8, &done));
	EXPECT_EQ(3, done);
	memcpy(want + 5, "abc", 3);
	loc.offset = 8;
	EXPECT_EQ(DBGMEM_FULL, dbgmem_context_read(&ctx, &loc, v, 0, &done));
	EXPECT_EQ(-EINVAL, dbgmem_context_read(&ctx, &loc, v, 1, &done));
	EXPECT_EQ(0, done);
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "8 bytes", "none at 8");
	loc.offset = UINT64_MAX;
	EXPECT_EQ(-EINVAL, dbgmem_context_write(&ctx, &loc, v, 1, &done));

	/* Over the seam of a register in two pieces. */
	if (self->vectors >= VECTORS_AVX) {
		ASSERT_EQ(0, dbgmem_register_find(self->c.pid, "ymm3", &reg));
		loc.reg = reg.id;
		loc.offset = 14;
		EXPECT_EQ(DBGMEM_FULL, dbgmem_context_read(&ctx, &loc, v, 4,
							   &done));
		EXPECT_EQ(0, memcmp(self->f.vector[3] + 14, v, 4));
		EXPECT_EQ(DBGMEM_FULL, dbgmem_context_write(&ctx, &loc, "seam",
							    4, &done));
		memcpy(self->f.vector[3] + 14, "seam", 4);
		loc.offset = 20;
		EXPECT_EQ(DBGMEM_FULL, dbgmem_context_write(&ctx, &loc, "high",
							    4, &done));
		memcpy(self->f.vector[3] + 20, "high", 4);
	}
	ASSERT_EQ(0, child_finish(&self->c));
	EXPECT_EQ(self->f.general[0], self->c.after->general[0]);
	EXPECT_EQ(0, memcmp(self->f.vector[3], self->c.after->vector[3],
			    self->vectors >= VECTORS_AVX ? 32 : 16));
}

TEST_F(registers, a_value_that_the_kernel_refuses)
{
	uint32_t bad = 0xffffffff, cs = 0;
	int ret;

	ret = register_write(self->c.pid, "mxcsr", &bad, 4, NULL);
	if (ret) {
		EXPECT_EQ(-EINVAL, ret);
		EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "refuses the value");
	}
	EXPECT_EQ(-EIO, register_write(self->c.pid, "cs", &cs, 4, NULL));
	EXPECT_ERROR(EIO, DBGMEM_SOURCE_USAGE, "refuses the value");
	ASSERT_EQ(0, child_finish(&self->c));
	if (ret) {
		EXPECT_EQ(self->f.mxcsr, self->c.after->mxcsr);
	} else {
		/* Until 5.14: those bits of it that the processor has. */
		EXPECT_NE(self->f.mxcsr, self->c.after->mxcsr);
		EXPECT_NE(bad, self->c.after->mxcsr);
	}
}

/* --- 32 bits --- */

TEST(thread_of_32_bits)
{
	static const char *const names[NR_GENERAL32] = {
		"eax", "ebx", "ecx", "edx", "esi", "edi", "ebp",
	};
	static const uint8_t pi[10] = {
		0x35, 0xc2, 0x68, 0x21, 0xa2, 0xda, 0x0f, 0xc9, 0x00, 0x40,
	};
	struct dbgmem_register reg;
	char path[256], name[8];
	struct child c;
	uint8_t v[16];
	uint64_t done;
	uint32_t val;
	int i, k, status;

	ASSERT_EQ(0, beside("helper_registers32", path, sizeof(path)));
	c.pid = fork();
	if (!c.pid) {
		execl(path, path, NULL);
		_exit(97);
	}
	ASSERT_EQ(c.pid, waitpid(c.pid, &status, 0));
	/* The exec itself is no stop: only what traces itself after it is. */
	ASSERT_TRUE(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP)
		TH_LOG("status 0x%x", status);
	EXPECT_EQ(-ENOENT, dbgmem_register_find(c.pid, "rax", &reg));
	for (i = 0; i < NR_GENERAL32; i++) {
		EXPECT_EQ(DBGMEM_FULL, register_read(c.pid, names[i], &val, 4,
						     &done));
		EXPECT_EQ(general32(i), val) TH_LOG("%s", names[i]);
		val = ~val;
		EXPECT_EQ(DBGMEM_FULL, register_write(c.pid, names[i], &val, 4,
						      &done));
	}
	for (i = 0; i < NR_VECTOR32; i++) {
		snprintf(name, sizeof(name), "xmm%d", i);
		EXPECT_EQ(DBGMEM_FULL, register_read(c.pid, name, v, 16,
						     &done));
		for (k = 0; k < 16; k++) {
			EXPECT_EQ(vector32(i, k), v[k]) TH_LOG("%s", name);
			v[k] = ~v[k];
		}
		EXPECT_EQ(DBGMEM_FULL, register_write(c.pid, name, v, 16,
						      &done));
	}
	EXPECT_EQ(DBGMEM_FULL, register_read(c.pid, "st0", v, 10, &done));
	EXPECT_EQ(0, memcmp(v, pi, 10));
	EXPECT_EQ(DBGMEM_FULL, register_read(c.pid, "mxcsr", &val, 4, &done));
	EXPECT_EQ(0x1f80, val);
	EXPECT_EQ(-ENOENT, dbgmem_register_find(c.pid, "xmm8", &reg));
	ASSERT_EQ(0, dbgmem_register_find(c.pid, "pc", &reg));
	EXPECT_STREQ("eip", reg.name);
	EXPECT_EQ(4, reg.size);
	ASSERT_EQ(0, dbgmem_register_find(c.pid, "sp", &reg));
	EXPECT_STREQ("esp", reg.name);
	ASSERT_EQ(0, dbgmem_register_find(c.pid, "eflags", &reg));
	EXPECT_EQ(0, child_finish(&c));
}

#endif

TEST_HARNESS_MAIN
