// SPDX-License-Identifier: GPL-2.0
/* libdbgmem: reading and writing pointers. */
#include "userlib_fixture.h"
#include "proc.h"

TEST_F(lib, width_of_the_target)
{
	EXPECT_EQ((int)sizeof(void *), dbgmem_pointer_width(self->m));
	EXPECT_EQ((int)sizeof(void *), dbgmem_pointer_width(self->m));
}

TEST_F(lib, wide_ones)
{
	const uint64_t values[] = { 0, UINT64_MAX, 1ULL << 63, 0x123456789abc };
	uint64_t got[5] = { 0, 0, 0, 0, 77 };

	EXPECT_EQ(4, dbgmem_write_pointers(self->m, self->addr + 8, values, 4,
					   0, 0));
	EXPECT_EQ(4, dbgmem_read_pointers(self->m, self->addr + 8, got, 4, 8, 0));
	EXPECT_EQ(0, memcmp(values, got, sizeof(values)));
	EXPECT_EQ(77, got[4]);
	memset(got, 0, sizeof(got));
	EXPECT_EQ(4, dbgmem_read_pointers(self->m, self->addr + 8, got, 4,
					  DBGMEM_POINTER_SIGNED, 0));
	EXPECT_EQ(0, memcmp(values, got, sizeof(values)));
	EXPECT_EQ(0, dbgmem_read_pointers(self->m, self->addr, got, 0, 0, 0));
	EXPECT_EQ(0, dbgmem_write_pointers(self->m, self->addr, got, 0, 4, 0));
}

TEST_F(lib, narrow_ones_have_zeros_or_the_sign_above)
{
	static const uint32_t values[] = { 0, 0x7fffffff, 0x80000000, 0xffffffff };
	uint64_t got[5] = { 0, 0, 0, 0, 77 };
	size_t i;

	ASSERT_EQ(sizeof(values), dbgmem_write(self->m, self->addr, values,
					       sizeof(values)));
	ASSERT_EQ(4, dbgmem_read_pointers(self->m, self->addr, got, 4, 4, 0));
	for (i = 0; i < 4; i++)
		EXPECT_EQ(values[i], got[i]);
	ASSERT_EQ(4, dbgmem_read_pointers(self->m, self->addr, got, 4,
					  4 | DBGMEM_POINTER_SIGNED, 0));
	for (i = 0; i < 4; i++)
		EXPECT_EQ((uint64_t)(int64_t)(int32_t)values[i], got[i]);
	EXPECT_EQ(77, got[4]);
}

TEST_F(lib, narrow_ones_take_either_form)
{
	uint64_t many[200], got[200], bad;
	uint32_t raw[200];
	size_t i;

	for (i = 0; i < 200; i++) {
		many[i] = (uint32_t)(0x80000000 + 0x1234567 * i);
		if (i % 2)
			many[i] = (uint64_t)(int64_t)(int32_t)(0xdeadbeef + i);
	}
	EXPECT_EQ(200, dbgmem_write_pointers(self->m, self->addr + 4, many, 200,
					     4, 0));
	ASSERT_EQ(sizeof(raw), dbgmem_read(self->m, self->addr + 4, raw,
					   sizeof(raw)));
	for (i = 0; i < 200; i++)
		EXPECT_EQ((uint32_t)many[i], raw[i]);
	ASSERT_EQ(200, dbgmem_read_pointers(self->m, self->addr + 4, got, 200,
					    4 | DBGMEM_POINTER_SIGNED, 0));
	for (i = 1; i < 200; i += 2)
		EXPECT_EQ(many[i], got[i]);

	/* What is neither is refused, and with it all of them. */
	for (i = 0; i < 3; i++) {
		bad = many[7];
		many[7] = (const uint64_t[]){ 1ULL << 32, 0xffffffff7fffffff,
					      0x8000000000000000 }[i];
		many[0] = 1;
		EXPECT_EQ(-ERANGE, dbgmem_write_pointers(self->m,
							 self->addr + 4, many,
							 200, 4, 0));
		EXPECT_ERROR(ERANGE, DBGMEM_SOURCE_USAGE, "pointer 7 of 200",
			     "nothing was written");
		many[7] = bad;
	}
	ASSERT_EQ(1, dbgmem_read_pointers(self->m, self->addr + 4, got, 1, 4,
					  0));
	EXPECT_EQ(0x80000000, got[0]);
}

TEST_F(lib, only_whole_ones_before_a_hole)
{
	const uint64_t hole = self->addr + 3 * PAGE;
	uint64_t got[8], values[8] = { 0 };
	unsigned int width;

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	for (width = 4; width <= 8; width += 4) {
		EXPECT_EQ(3, dbgmem_read_pointers(self->m, hole - 3 * width, got,
						  8, width, 0));
		EXPECT_EQ(2, dbgmem_read_pointers(self->m,
						  hole - 3 * width + 1, got, 8,
						  width, 0));
		EXPECT_EQ(-EFAULT, dbgmem_read_pointers(self->m,
							hole - width + 1, got,
							8, width, 0));
		EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "nothing is mapped");
		EXPECT_ADDRESS(hole);
		EXPECT_EQ(-EFAULT, dbgmem_read_pointers(self->m, hole, got, 8,
							width, 0));
		EXPECT_EQ(3, dbgmem_write_pointers(self->m, hole - 3 * width,
						   values, 8, width, 0));
		EXPECT_EQ(-EFAULT, dbgmem_write_pointers(self->m, hole, values,
							 8, width, 0));
		EXPECT_EQ(-EFAULT, dbgmem_write_pointers(self->m,
							 hole - width, values,
							 2, width,
							 DBGMEM_EXACT));
		EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY,
			     "nothing was transferred");
	}
}

TEST_F(lib, bad_arguments)
{
	uint64_t v = 0;

	EXPECT_EQ(-EINVAL, dbgmem_read_pointers(self->m, self->addr, &v, 1, 2,
						0));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "4 or 8", "not 2");
	EXPECT_EQ(-EINVAL, dbgmem_write_pointers(self->m, self->addr, &v, 1, 16,
						 0));
	EXPECT_EQ(-EINVAL, dbgmem_read_pointers(self->m, self->addr, &v,
						SIZE_MAX / 8, 8, 0));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "SSIZE_MAX");
	EXPECT_EQ(-EINVAL, dbgmem_read_pointers(self->m, self->addr, &v, 1, 8,
						DBGMEM_ZEROFILL));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "zeros");
}

TEST_F(lib, width_of_what_is_gone)
{
	kill(self->t.pid, SIGKILL);
	waitpid(self->t.pid, NULL, 0);
	EXPECT_EQ(-ESRCH, dbgmem_pointer_width(self->m));
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "has exited");
}

TEST_F(lib, width_of_what_has_become_another_program)
{
	struct pollfd p = { .fd = dbgmem_fd(self->m) };

	target_send(&self->t, other_program, NULL);
	EXPECT_EQ(1, poll(&p, 1, 10000));
	EXPECT_EQ(-ESTALE, dbgmem_pointer_width(self->m));
	EXPECT_ERROR(ESTALE, DBGMEM_SOURCE_TARGET, "open it again");
}

/* --- a target of 32 bits --- */

FIXTURE(narrow) {
	pid_t pid;
	struct dbgmem *m;
	uint64_t addr;
};

FIXTURE_SETUP(narrow)
{
	unsigned long addr;
	char path[256];
	int out[2];
	FILE *f;

	ASSERT_EQ(0, beside("helper_narrow", path, sizeof(path)));
	ASSERT_EQ(0, pipe(out));
	self->pid = fork();
	ASSERT_LE(0, self->pid);
	if (!self->pid) {
		dup2(out[1], STDOUT_FILENO);
		execl(path, path, NULL);
		_exit(127);
	}
	close(out[1]);
	f = fdopen(out[0], "r");
	ASSERT_EQ(1, fscanf(f, "%lx", &addr));
	fclose(f);
	self->addr = addr;
	ASSERT_EQ(0, dbgmem_open(self->pid, DBGMEM_OPEN_WRITE, &self->m))
		TH_LOG("%s", dbgmem_errstr());
}

FIXTURE_TEARDOWN(narrow)
{
	dbgmem_close(self->m);
	kill(self->pid, SIGKILL);
	waitpid(self->pid, NULL, 0);
}

TEST_F(narrow, pointers_of_its_own_width)
{
	uint64_t got[4];

	EXPECT_EQ(4, dbgmem_pointer_width(self->m));
	ASSERT_EQ(4, dbgmem_read_pointers(self->m, self->addr, got, 4, 0, 0));
	EXPECT_EQ(0x12345678, got[1]);
	EXPECT_EQ(0x80000000, got[2]);
	EXPECT_EQ(0xffffffff, got[3]);
	ASSERT_EQ(4, dbgmem_read_pointers(self->m, self->addr, got, 4,
					  DBGMEM_POINTER_SIGNED, 0));
	EXPECT_EQ(0x12345678, got[1]);
	EXPECT_EQ(0xffffffff80000000, got[2]);
	EXPECT_EQ(UINT64_MAX, got[3]);
	got[0] = 0x1000;
	EXPECT_EQ(1, dbgmem_write_pointers(self->m, self->addr + 4, got, 1, 0,
					   0));
	ASSERT_EQ(4, dbgmem_read_pointers(self->m, self->addr, got, 4, 0, 0));
	EXPECT_EQ(0x1000, got[1]);
	EXPECT_EQ(0x80000000, got[2]);
}

TEST_HARNESS_MAIN
