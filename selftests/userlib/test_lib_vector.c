// SPDX-License-Identifier: GPL-2.0
/*
 * libdbgmem: many segments in one call, also if the kernel needs several calls.
 */
#include "features.h"
#include "userlib_fixture.h"

#include <dbgmem.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/syscall.h>

/* --- between two calls of the kernel --- */

/* What the library calls: counts vectors, and acts before the second. */
static unsigned int vector_calls;
static pid_t kill_before_second;
static int fail_second;

int ioctl(int fd, unsigned long cmd, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, cmd);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (cmd == DBGMEM_IOC_VECTOR && ++vector_calls == 2) {
		if (kill_before_second) {
			kill(kill_before_second, SIGKILL);
			/* It is gone when its end of the pipes is. */
			waitid(P_PID, kill_before_second, NULL,
			       WEXITED | WNOWAIT);
		}
		if (fail_second) {
			errno = fail_second;
			return -1;
		}
	}
	return (int)syscall(SYS_ioctl, fd, cmd, arg);
}

/* @nr segments of one byte: byte i of @buf from byte i % span of @addr. */
static struct dbgmem_segment *bytes_segments(uint64_t addr, char *buf,
					     size_t nr, size_t span)
{
	struct dbgmem_segment *s = malloc(nr * sizeof(*s));
	size_t i;

	for (i = 0; s && i < nr; i++)
		s[i] = user_segment(addr + i % span, buf + i, 1);
	return s;
}

/* --- dbgmem_read_segments(), dbgmem_write_segments() --- */

TEST_F(lib, vector_of_all_sizes)
{
	struct dbgmem_vector_result res;
	struct dbgmem_segment s[] = {
		user_segment(self->addr + 3 * PAGE + 1, self->buf, 8),
		user_segment(self->addr, self->buf + 8, 1),
		user_segment(self->addr + 5, NULL, 0),
		user_segment(self->addr + PAGE - 3, self->buf + 9, 2 * PAGE + 7),
		user_segment(self->addr + 16, self->buf + 4 * PAGE, 8),
		user_segment(self->addr + 17, self->buf + 4 * PAGE + 4, 4),
	};
	const size_t nr = ARRAY_SIZE(s);
	size_t i;

	EXPECT_EQ((ssize_t)(8 + 1 + 2 * PAGE + 7 + 8 + 4),
		  dbgmem_read_segments(self->m, s, nr, 0, &res));
	EXPECT_EQ(8 + 1 + 2 * PAGE + 7 + 8 + 4, res.result.done);
	EXPECT_EQ(nr, res.nr_complete);
	EXPECT_EQ(nr, res.first_incomplete);
	EXPECT_EQ(0, res.result.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_NONE, res.result.reason);
	for (i = 0; i < nr; i++) {
		EXPECT_EQ(s[i].len, s[i].done);
		EXPECT_EQ(DBGMEM_REASON_NONE, s[i].reason);
	}
	EXPECT_TRUE(is_pattern(self->buf, 3 * PAGE + 1, 8));
	EXPECT_TRUE(is_pattern(self->buf + 8, 0, 1));
	EXPECT_TRUE(is_pattern(self->buf + 9, PAGE - 3, 2 * PAGE + 7));
	/* The later of two that overlap wins. */
	EXPECT_TRUE(is_pattern(self->buf + 4 * PAGE, 16, 4));
	EXPECT_TRUE(is_pattern(self->buf + 4 * PAGE + 4, 17, 4));

	EXPECT_EQ(0, dbgmem_read_segments(self->m, NULL, 0, 0, &res));
	EXPECT_EQ(0, res.first_incomplete);
	EXPECT_EQ(1, dbgmem_read_segments(self->m, s + 1, 1, 0, NULL));
}

TEST_F(lib, vector_goes_on_behind_bad_segments)
{
	const uint64_t hole = self->addr + 3 * PAGE;
	struct dbgmem_vector_result res;
	struct dbgmem_segment s[] = {
		user_segment(self->addr, self->buf, 8),
		user_segment(hole - 5, self->buf + 8, 16),
		user_segment(hole, self->buf + 24, 8),
		user_segment(self->addr + 8, (void *)16, 8),
		user_segment(self->addr + 5 * PAGE, self->buf + 32, 4),
		user_segment(self->addr + 6 * PAGE, self->buf + 36, 4),
	};

	NEEDS_NOFAULT();
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	ASSERT_EQ(0, target_call(&self->t, page_protect_none, mem + 5 * PAGE));
	EXPECT_EQ(8 + 5 + 4, dbgmem_read_segments(self->m, s, 6, 0, &res));
	EXPECT_EQ(2, res.nr_complete);
	EXPECT_EQ(1, res.first_incomplete);
	EXPECT_EQ(hole, res.result.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, res.result.reason);
	EXPECT_EQ(8, s[0].done);
	EXPECT_EQ(5, s[1].done);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, s[1].reason);
	EXPECT_EQ(0, s[2].done);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, s[2].reason);
	EXPECT_EQ(0, s[3].done);
	EXPECT_EQ(DBGMEM_REASON_BUFFER, s[3].reason);
	EXPECT_EQ(0, s[4].done);
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, s[4].reason);
	EXPECT_EQ(4, s[5].done);
	EXPECT_EQ(DBGMEM_REASON_NONE, s[5].reason);
	EXPECT_TRUE(is_pattern(self->buf, 0, 8));
	EXPECT_TRUE(is_pattern(self->buf + 8, 3 * PAGE - 5, 5));
	EXPECT_TRUE(is_pattern(self->buf + 36, 6 * PAGE, 4));

	/* Nothing at all is an answer too. */
	EXPECT_EQ(0, dbgmem_read_segments(self->m, s + 2, 1, 0, &res));
	EXPECT_EQ(0, res.first_incomplete);
	EXPECT_EQ(hole, res.result.fault_addr);

	/* Flags go along. */
	EXPECT_EQ(4, dbgmem_read_segments(self->m, s + 4, 1, DBGMEM_FORCE, &res));
	EXPECT_TRUE(is_pattern(self->buf + 32, 5 * PAGE, 4));
	ASSERT_EQ(0, target_call(&self->t, page_drop, mem));
	EXPECT_EQ(0, dbgmem_read_segments(self->m, s, 1, DBGMEM_NOFAULT, &res));
	EXPECT_EQ(DBGMEM_REASON_NOT_RESIDENT, res.result.reason);
}

TEST_F(lib, vector_writes)
{
	struct dbgmem_vector_result res;
	struct dbgmem_segment s[] = {
		user_segment(self->addr + PAGE - 1, "\1\2\3", 3),
		user_segment(self->addr + PAGE, "\4", 1),
		user_segment(self->addr + 2 * PAGE, "\5", 1),
		user_segment(self->addr + 3 * PAGE, "\6", 1),
	};

	ASSERT_EQ(0, target_call(&self->t, page_protect_read, mem + 2 * PAGE));
	EXPECT_EQ(5, dbgmem_write_segments(self->m, s, 4, 0, &res));
	EXPECT_EQ(2, res.first_incomplete);
	EXPECT_EQ(self->addr + 2 * PAGE, res.result.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, s[2].reason);
	EXPECT_EQ(1, target_call(&self->t, byte_get, mem + PAGE - 1));
	EXPECT_EQ(4, target_call(&self->t, byte_get, mem + PAGE));
	EXPECT_EQ(3, target_call(&self->t, byte_get, mem + PAGE + 1));
	EXPECT_EQ(6, target_call(&self->t, byte_get, mem + 3 * PAGE));
	EXPECT_TRUE(is_pattern(mem, 0, PAGES * PAGE));
}

TEST_F(lib, vector_exact_is_all_or_nothing)
{
	const uint64_t hole = self->addr + 3 * PAGE;
	const size_t nr = 10000, bad = 7001;
	struct dbgmem_vector_result res;
	struct dbgmem_segment *s;
	size_t i;

	memset(self->buf, 0x5a, sizeof(self->buf));
	s = bytes_segments(self->addr, self->buf, nr, 3 * PAGE);
	ASSERT_NE(NULL, s);
	EXPECT_EQ((ssize_t)nr,
		  dbgmem_read_segments(self->m, s, nr, DBGMEM_EXACT, &res));
	EXPECT_EQ(nr, res.first_incomplete);
	EXPECT_TRUE(is_pattern(self->buf, 0, nr));

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	memset(self->buf, 0x5a, sizeof(self->buf));
	s[bad].addr = hole + 9;
	EXPECT_EQ(-EFAULT, dbgmem_read_segments(self->m, s, nr, DBGMEM_EXACT, &res));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "cannot read exactly 1 bytes",
		     "nothing is mapped there", "nothing was transferred");
	EXPECT_ADDRESS(hole + 9);
	EXPECT_EQ(hole + 9, dbgmem_last_error()->result.fault_addr);
	EXPECT_EQ(bad, res.first_incomplete);
	EXPECT_EQ(hole + 9, res.result.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, res.result.reason);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, s[bad].reason);
	EXPECT_EQ(0, res.result.done);
	for (i = 0; i < nr; i++) {
		ASSERT_EQ(0, s[i].done);
		ASSERT_EQ(0x5a, self->buf[i]);
	}

	/* One that begins well: where it is bad. */
	s[bad].addr = hole - 3;
	s[bad].len = 5;
	EXPECT_EQ(-EFAULT, dbgmem_write_segments(self->m, s, nr, DBGMEM_EXACT, &res));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "cannot write exactly");
	EXPECT_ADDRESS(hole);
	EXPECT_EQ(hole, res.result.fault_addr);
	EXPECT_EQ(0, s[bad].done);
	s[bad].len = 1;
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, mem + 3 * PAGE));
	s[bad].addr = self->addr + bad;
	for (i = 0; i < nr; i++)
		self->buf[i] = ~pattern(i);
	EXPECT_EQ((ssize_t)nr,
		  dbgmem_write_segments(self->m, s, nr, DBGMEM_EXACT, &res));
	EXPECT_EQ((long)nr, target_call(&self->t, bytes_changed,
					mem + 3 * PAGE));
	free(s);
}

TEST_F(lib, vector_of_any_number)
{
	struct dbgmem_vector_result res;
	struct dbgmem_segment *s;
	struct dbgmem_info info = { .size = sizeof(info) };
	size_t nr, bad, i;
	char *buf;

	ASSERT_EQ(0, dbgmem_get_info(self->m, &info));
	ASSERT_GT(info.max_segments, 0);
	nr = 2 * (size_t)info.max_segments + 5;
	bad = info.max_segments + 3;
	buf = calloc(1, nr);
	ASSERT_NE(NULL, buf);
	s = bytes_segments(self->addr, buf, nr, 3 * PAGE);
	ASSERT_NE(NULL, s);

	vector_calls = 0;
	EXPECT_EQ((ssize_t)info.max_segments,
		  dbgmem_read_segments(self->m, s, info.max_segments, 0, &res));
	EXPECT_EQ(1, vector_calls);
	memset(buf, 0, nr);

	vector_calls = 0;
	s[bad].addr = self->addr + 3 * PAGE;
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	EXPECT_EQ((ssize_t)(nr - 1), dbgmem_read_segments(self->m, s, nr, 0, &res));
	EXPECT_EQ(3, vector_calls);
	EXPECT_EQ(nr - 1, res.result.done);
	EXPECT_EQ(nr - 1, res.nr_complete);
	EXPECT_EQ(bad, res.first_incomplete);
	EXPECT_EQ(self->addr + 3 * PAGE, res.result.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, res.result.reason);
	for (i = 0; i < nr; i++) {
		ASSERT_EQ(i == bad ? 0 : pattern(i % (3 * PAGE)),
			  (uint8_t)buf[i]);
		ASSERT_EQ(i != bad, s[i].done);
	}

	/* All or nothing cannot be two calls. */
	EXPECT_EQ(-E2BIG, dbgmem_read_segments(self->m, s, info.max_segments + 1,
				       DBGMEM_EXACT, &res));
	EXPECT_ERROR(E2BIG, DBGMEM_SOURCE_USAGE, "at most 65536 segments");
	EXPECT_EQ(3, vector_calls);
	EXPECT_EQ(0, s[0].done);
	free(s);
	free(buf);
}

TEST_F(lib, vector_exact_has_a_limit_of_pages)
{
	struct dbgmem_vector_result res;
	struct dbgmem_segment *s;
	struct dbgmem_info info = { .size = sizeof(info) };
	size_t nr, i;

	ASSERT_EQ(0, dbgmem_get_info(self->m, &info));
	nr = info.max_exact_pages / 2;
	ASSERT_LE(nr, info.max_segments - 1);
	s = malloc((nr + 1) * sizeof(*s));
	ASSERT_NE(NULL, s);
	/* Never on the page of the one before: two new pages each. */
	for (i = 0; i <= nr; i++)
		s[i] = user_segment(self->addr + (i % 2 ? 5 : 2) * PAGE - 1,
			       self->buf, 2);
	EXPECT_EQ((ssize_t)(2 * nr),
		  dbgmem_read_segments(self->m, s, nr, DBGMEM_EXACT, NULL))
		TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(-EMSGSIZE,
		  dbgmem_read_segments(self->m, s, nr + 1, DBGMEM_EXACT, &res));
	EXPECT_ERROR(EMSGSIZE, DBGMEM_SOURCE_USAGE, "pages on either side",
		     "without EXACT");
	EXPECT_EQ(0, res.result.done);
	EXPECT_EQ(0, s[0].done);
	EXPECT_EQ(DBGMEM_REASON_NONE, s[0].reason);
	free(s);
}

TEST_F(lib, vector_refuses_before_anything_moves)
{
	struct dbgmem_vector_result res;
	struct dbgmem_segment s[3];
	struct dbgmem *ro;
	size_t i;

	NEEDS_NOFAULT();
	for (i = 0; i < 3; i++)
		s[i] = user_segment(self->addr + i, "\1\2\3", 1);
	s[2].addr = UINT64_MAX;
	s[2].len = 2;
	EXPECT_EQ(-EOVERFLOW, dbgmem_write_segments(self->m, s, 3, 0, &res));
	EXPECT_ERROR(EOVERFLOW, DBGMEM_SOURCE_USAGE, "64 bits",
		     "0xffffffffffffffff");
	EXPECT_EQ(2, res.first_incomplete);
	EXPECT_EQ(0, s[0].done);
	s[2].addr = self->addr;
	s[2].buf = UINT64_MAX;
	EXPECT_EQ(-EOVERFLOW, dbgmem_write_segments(self->m, s, 3, 0, &res));
	s[2].buf = s[1].buf;
	s[2].len = SSIZE_MAX - 1;
	EXPECT_EQ(-EINVAL, dbgmem_write_segments(self->m, s, 3, 0, &res));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "SSIZE_MAX");
	s[2].len = 1;
	s[1].reserved = 1;
	EXPECT_EQ(-EOPNOTSUPP, dbgmem_write_segments(self->m, s, 3, 0, &res));
	EXPECT_ERROR(EOPNOTSUPP, DBGMEM_SOURCE_USAGE, "reserved", "segment 1 ");
	EXPECT_EQ(1, res.first_incomplete);
	s[1].reserved = 0;
	EXPECT_EQ(-EINVAL, dbgmem_write_segments(self->m, NULL, 3, 0, &res));
	EXPECT_EQ(-EINVAL, dbgmem_write_segments(self->m, s, 3, DBGMEM_NOFAULT, &res));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "flags 0x8");
	EXPECT_EQ(-EINVAL, dbgmem_read_segments(self->m, s, 3, DBGMEM_ZEROFILL, &res));
	EXPECT_EQ(-EOPNOTSUPP, dbgmem_read_segments(self->m, s, 3, 1U << 30, &res));
	EXPECT_ERROR(EOPNOTSUPP, DBGMEM_SOURCE_USAGE, "0x40000000");
	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_RDONLY, &ro));
	EXPECT_EQ(-EACCES, dbgmem_write_segments(ro, s, 3, 0, &res));
	EXPECT_ERROR(EACCES, DBGMEM_SOURCE_SESSION, "cannot write 3 segments",
		     "no write access");
	/* Also of no segments: nothing to do is not a way around the gate. */
	EXPECT_EQ(-EACCES, dbgmem_write_segments(ro, s, 0, 0, &res));
	dbgmem_close(ro);
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
}

TEST_F(lib, vector_on_a_target_that_is_gone)
{
	struct dbgmem_segment s = user_segment(self->addr, self->buf, 1);
	struct pollfd p = { .fd = dbgmem_fd(self->m) };

	target_send(&self->t, other_program, NULL);
	ASSERT_EQ(1, poll(&p, 1, 60000));
	EXPECT_EQ(-ESTALE, dbgmem_read_segments(self->m, &s, 1, 0, NULL));
	EXPECT_ERROR(ESTALE, DBGMEM_SOURCE_TARGET, "another program");
	EXPECT_EQ(0, s.done);
}

TEST_F(lib, vector_whose_target_ends_between_two_calls)
{
	struct dbgmem_vector_result res;
	struct dbgmem_segment *s;
	struct dbgmem_info info = { .size = sizeof(info) };
	size_t nr, max, i;
	char *buf;

	ASSERT_EQ(0, dbgmem_get_info(self->m, &info));
	max = info.max_segments;
	nr = max + 10;
	buf = calloc(1, nr);
	ASSERT_NE(NULL, buf);
	s = bytes_segments(self->addr, buf, nr, PAGE);
	ASSERT_NE(NULL, s);
	s[max].len = 0;

	/* What is no end of the target is an error, and says how far it got. */
	vector_calls = 0;
	fail_second = EPERM;
	EXPECT_EQ(-EPERM, dbgmem_read_segments(self->m, s, nr, 0, &res));
	EXPECT_EQ(max, res.result.done);
	EXPECT_EQ(max, dbgmem_last_error()->result.done);
	EXPECT_EQ(max, res.first_incomplete);
	EXPECT_EQ(1, s[max - 1].done);
	EXPECT_EQ(0, s[max + 1].done);
	fail_second = 0;

	vector_calls = 0;
	kill_before_second = self->t.pid;
	EXPECT_EQ((ssize_t)max, dbgmem_read_segments(self->m, s, nr, 0, &res));
	kill_before_second = 0;
	EXPECT_EQ(2, vector_calls);
	EXPECT_EQ(max, res.result.done);
	EXPECT_EQ(max + 1, res.nr_complete);
	EXPECT_EQ(max + 1, res.first_incomplete);
	EXPECT_EQ(self->addr + (max + 1) % PAGE, res.result.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_EXITED, res.result.reason);
	EXPECT_EQ(DBGMEM_REASON_NONE, s[max].reason);
	for (i = max + 1; i < nr; i++) {
		EXPECT_EQ(0, s[i].done);
		EXPECT_EQ(DBGMEM_REASON_EXITED, s[i].reason);
	}
	EXPECT_EQ(-ESRCH, dbgmem_read_segments(self->m, s, nr, 0, &res));
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "exited");
	free(s);
	free(buf);
}

TEST_HARNESS_MAIN
