// SPDX-License-Identifier: GPL-2.0
/*
 * IDebugHostMemory ReadBytes and WriteBytes, sentence by sentence: at a location
 * as the context defines it, which may be a virtual address or something like a
 * register of a thread; S_OK if all was transferred, S_FALSE if it was a part; the
 * number of bytes upon success.
 */
#include "cached.h"
#include "userlib_fixture.h"

#include "machine.h"

static struct dbgmem_location at(uint64_t addr)
{
	return (struct dbgmem_location){
		.kind = DBGMEM_LOCATION_MEMORY,
		.offset = addr,
	};
}

#define READ(addr, len, n) ({						\
	struct dbgmem_context _ctx = { .m = self->m };			\
	struct dbgmem_location _loc = at(addr);				\
									\
	dbgmem_context_read(&_ctx, &_loc, self->buf, len, n);		\
})

#define WRITE(addr, data, len, n) ({					\
	struct dbgmem_context _ctx = { .m = self->m };			\
	struct dbgmem_location _loc = at(addr);				\
									\
	dbgmem_context_write(&_ctx, &_loc, data, len, n);		\
})

/* --- a virtual address within the address space of the context --- */

TEST_F(lib, full_and_partial_and_failure_are_different)
{
	EXPECT_EQ(0, DBGMEM_FULL);
	EXPECT_GT(DBGMEM_PARTIAL, 0);
}

TEST_F(lib, a_full_read)
{
	uint64_t n = 77;

	EXPECT_EQ(DBGMEM_FULL, READ(self->addr + 3, PAGE, &n));
	EXPECT_EQ(PAGE, n);
	EXPECT_TRUE(is_pattern(self->buf, 3, PAGE));
}

TEST_F(lib, a_full_write)
{
	uint64_t n = 77;

	EXPECT_EQ(DBGMEM_FULL, WRITE(self->addr + PAGE - 1, "\1\2\3", 3, &n));
	EXPECT_EQ(3, n);
	EXPECT_EQ(1, target_call(&self->t, byte_get, mem + PAGE - 1));
	EXPECT_EQ(3, target_call(&self->t, byte_get, mem + PAGE + 1));
}

TEST_F(lib, a_partial_read)
{
	uint64_t n = 77;

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	memset(self->buf, 0x55, sizeof(self->buf));
	EXPECT_EQ(DBGMEM_PARTIAL, READ(self->addr + 10, 4 * PAGE, &n));
	EXPECT_EQ(3 * PAGE - 10, n);
	EXPECT_TRUE(is_pattern(self->buf, 10, n));
	EXPECT_EQ(0x55, self->buf[n]);
}

TEST_F(lib, a_partial_write)
{
	uint64_t n = 77;

	ASSERT_EQ(0, target_call(&self->t, page_protect_read, mem + 3 * PAGE));
	EXPECT_EQ(DBGMEM_PARTIAL, WRITE(self->addr + 3 * PAGE - 2, "abcd", 4,
					&n));
	EXPECT_EQ(2, n);
	EXPECT_EQ('b', target_call(&self->t, byte_get, mem + 3 * PAGE - 1));
	EXPECT_EQ(pattern(3 * PAGE),
		  target_call(&self->t, byte_get, mem + 3 * PAGE));
}

TEST_F(lib, none_at_all_is_a_failure)
{
	uint64_t n = 77;

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	EXPECT_EQ(-EFAULT, READ(self->addr + 3 * PAGE, 8, &n));
	EXPECT_EQ(0, n);
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "nothing is mapped there");
	n = 77;
	EXPECT_EQ(-EFAULT, WRITE(self->addr + 3 * PAGE, "x", 1, &n));
	EXPECT_EQ(0, n);
}

TEST_F(lib, the_number_may_be_left_out)
{
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + PAGE));
	EXPECT_EQ(DBGMEM_FULL, READ(self->addr, 1, NULL));
	EXPECT_EQ(DBGMEM_PARTIAL, READ(self->addr, 2 * PAGE, NULL));
	EXPECT_EQ(DBGMEM_FULL, WRITE(self->addr, "x", 1, NULL));
	EXPECT_EQ(-EFAULT, WRITE(self->addr + PAGE, "x", 1, NULL));
}

TEST_F(lib, no_bytes_are_full)
{
	uint64_t n = 77;

	EXPECT_EQ(DBGMEM_FULL, READ(self->addr, 0, &n));
	EXPECT_EQ(0, n);
	EXPECT_EQ(DBGMEM_FULL, WRITE(self->addr, "", 0, &n));
}

TEST_F(lib, the_context_says_which_address_space)
{
	struct dbgmem_location loc = at(self->addr);
	struct dbgmem_context one = { .m = self->m }, two = { 0 };
	struct target t;
	char byte;

	ASSERT_EQ(0, target_start(&t));
	ASSERT_EQ(0, target_call(&t, byte_fill, mem));
	ASSERT_EQ(0, dbgmem_open(t.pid, DBGMEM_OPEN_WRITE, &two.m));
	EXPECT_EQ(DBGMEM_FULL, dbgmem_context_read(&one, &loc, &byte, 1, NULL));
	EXPECT_EQ((char)pattern(0), byte);
	EXPECT_EQ(DBGMEM_FULL, dbgmem_context_read(&two, &loc, &byte, 1, NULL));
	EXPECT_EQ((char)0xee, byte);
	EXPECT_EQ(DBGMEM_FULL, dbgmem_context_write(&two, &loc, "x", 1, NULL));
	EXPECT_EQ('x', target_call(&t, byte_get, mem));
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
	dbgmem_close(two.m);
	target_stop(&t);
}

TEST_F(lib, memory_goes_behind_breakpoints)
{
	ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr + 1, "\xcc", 1, NULL));
	EXPECT_EQ(DBGMEM_FULL, READ(self->addr, 3, NULL));
	EXPECT_TRUE(is_pattern(self->buf, 0, 3));
	EXPECT_EQ(DBGMEM_FULL, WRITE(self->addr, "xyz", 3, NULL));
	EXPECT_EQ(0xcc, target_call(&self->t, byte_get, mem + 1));
}

/* --- a register of a thread of the context --- */

/* Stops the target and makes it the thread of a context. */
#define STOP() do {							\
	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, self->t.pid, NULL, NULL));	\
	ASSERT_EQ(0, ptrace(PTRACE_INTERRUPT, self->t.pid, NULL, NULL)); \
	ASSERT_EQ(self->t.pid, waitpid(self->t.pid, NULL, 0));		\
	ctx.tid = self->t.pid;						\
} while (0)

#define REGISTER(name) ({						\
	struct dbgmem_register _reg = { .id = UINT32_MAX };		\
									\
	EXPECT_EQ(0, dbgmem_register_find(self->t.pid, name, &_reg))	\
		TH_LOG("%s", dbgmem_errstr());				\
	(struct dbgmem_location){ DBGMEM_LOCATION_REGISTER, _reg.id, 0 }; \
})

TEST_F(lib, a_general_register)
{
	struct dbgmem_context ctx = { .m = self->m };
	struct user_regs_struct regs;
	struct dbgmem_location loc;
	uint64_t v = 0, n = 77;

	STOP();
	loc = REGISTER(GENERAL_REG);
	ASSERT_EQ(0, regs_get(self->t.pid, &regs));
	EXPECT_EQ(DBGMEM_FULL, dbgmem_context_read(&ctx, &loc, &v, 8, &n));
	EXPECT_EQ(8, n);
	EXPECT_EQ(reg_general(&regs), v);
	v = 0x1122334455667788;
	EXPECT_EQ(DBGMEM_FULL, dbgmem_context_write(&ctx, &loc, &v, 8, &n));
	EXPECT_EQ(8, n);
	ASSERT_EQ(0, regs_get(self->t.pid, &regs));
	EXPECT_EQ(v, reg_general(&regs));
}

TEST_F(lib, the_program_counter)
{
	struct dbgmem_context ctx = { .m = self->m };
	struct user_regs_struct regs;
	struct dbgmem_location loc;
	uint64_t v = 0, n;

	STOP();
	loc = REGISTER("pc");
	ASSERT_EQ(0, regs_get(self->t.pid, &regs));
	EXPECT_EQ(DBGMEM_FULL, dbgmem_context_read(&ctx, &loc, &v, 8, &n));
	EXPECT_EQ(reg_pc(&regs), v);
	/* And with it the address space: what it points to. */
	loc = at(v);
	EXPECT_EQ(DBGMEM_FULL, dbgmem_context_read(&ctx, &loc, self->buf, 1,
						   &n));
	EXPECT_EQ(self->buf[0], *(char *)(uintptr_t)v);
	loc = REGISTER("pc");
	v = self->addr;
	EXPECT_EQ(DBGMEM_FULL, dbgmem_context_write(&ctx, &loc, &v, 8, &n));
	ASSERT_EQ(0, regs_get(self->t.pid, &regs));
	EXPECT_EQ(self->addr, reg_pc(&regs));
}

TEST_F(lib, a_vector_register)
{
	struct dbgmem_context ctx = { .m = self->m };
	char fp[1024];
	struct iovec iov = { fp, sizeof(fp) };
	struct dbgmem_location loc;
	uint8_t v[16];
	uint64_t n;
	int i;

	STOP();
	loc = REGISTER(VECTOR_REG);
	for (i = 0; i < 16; i++)
		v[i] = 0xf0 + i;
	EXPECT_EQ(DBGMEM_FULL, dbgmem_context_write(&ctx, &loc, v, 16, &n));
	EXPECT_EQ(16, n);
	ASSERT_EQ(0, ptrace(PTRACE_GETREGSET, self->t.pid, NT_PRFPREG, &iov));
	EXPECT_EQ(0, memcmp(v, fp + VECTOR_OFFSET, 16));
	memset(v, 0, sizeof(v));
	EXPECT_EQ(DBGMEM_FULL, dbgmem_context_read(&ctx, &loc, v, 16, &n));
	EXPECT_EQ(0xf0, v[0]);
	EXPECT_EQ(0xff, v[15]);
}

TEST_F(lib, more_than_a_register_has_is_partial)
{
	struct dbgmem_context ctx = { .m = self->m };
	struct user_regs_struct regs;
	struct dbgmem_location loc;
	uint64_t v[2] = { 0, 77 }, n = 77;

	STOP();
	loc = REGISTER(GENERAL_REG);
	ASSERT_EQ(0, regs_get(self->t.pid, &regs));
	EXPECT_EQ(DBGMEM_PARTIAL, dbgmem_context_read(&ctx, &loc, v, 16, &n));
	EXPECT_EQ(8, n);
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "the register is shorter");
	EXPECT_EQ(reg_general(&regs), v[0]);
	EXPECT_EQ(77, v[1]);
	v[0] = 5;
	EXPECT_EQ(DBGMEM_PARTIAL, dbgmem_context_write(&ctx, &loc, v, 16, &n));
	EXPECT_EQ(8, n);
	ASSERT_EQ(0, regs_get(self->t.pid, &regs));
	EXPECT_EQ(5, reg_general(&regs));
}

TEST_F(lib, a_thread_that_is_not_stopped)
{
	struct dbgmem_context ctx = { .m = self->m };
	struct dbgmem_location loc;
	uint64_t v = 0, n = 77;

	STOP();
	loc = REGISTER("pc");
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, self->t.pid, NULL, NULL));
	EXPECT_EQ(-EBUSY, dbgmem_context_read(&ctx, &loc, &v, 8, &n));
	EXPECT_EQ(0, n);
	EXPECT_ERROR(EBUSY, DBGMEM_SOURCE_TRACER, "PTRACE_SEIZE");
	EXPECT_EQ(-EBUSY, dbgmem_context_write(&ctx, &loc, &v, 8, &n));
	/* Its memory is another thing. */
	loc = at(self->addr);
	EXPECT_EQ(DBGMEM_FULL, dbgmem_context_read(&ctx, &loc, &v, 8, &n));
}

TEST_F(lib, a_context_without_what_the_location_needs)
{
	struct dbgmem_context ctx = { .m = self->m };
	struct dbgmem_location loc = { DBGMEM_LOCATION_REGISTER, 0, 0 };
	uint64_t v, n = 77;

	EXPECT_EQ(-EINVAL, dbgmem_context_read(&ctx, &loc, &v, 8, &n));
	EXPECT_EQ(0, n);
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "no thread");
	EXPECT_EQ(-EINVAL, dbgmem_context_write(&ctx, &loc, &v, 8, &n));
	loc = at(self->addr);
	ctx = (struct dbgmem_context){ .tid = self->t.pid };
	EXPECT_EQ(-EINVAL, dbgmem_context_read(&ctx, &loc, &v, 8, &n));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "no address space");
	EXPECT_EQ(-EINVAL, dbgmem_context_write(&ctx, &loc, &v, 8, &n));
	loc.kind = 5;
	EXPECT_EQ(-EINVAL, dbgmem_context_read(&ctx, &loc, &v, 8, &n));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "neither memory nor a register");
}

TEST_HARNESS_MAIN
