// SPDX-License-Identifier: GPL-2.0
/*
 * libdbgmem: all functions that move memory; failures name their source and
 * describe it in words.
 */
#include "features.h"
#include "userlib_fixture.h"

#include <dbgmem.h>
#include <limits.h>
#include <pthread.h>
#include <sys/uio.h>

TEST_F(lib, accessors)
{
	struct dbgmem_session_info session = { .size = sizeof(session) };
	struct dbgmem_info info = { .size = sizeof(info) };
	struct dbgmem *ro;

	EXPECT_EQ(self->t.pid, dbgmem_pid(self->m));
	EXPECT_EQ(DBGMEM_ACCESS_READ | DBGMEM_ACCESS_WRITE,
		  dbgmem_access(self->m));
	ASSERT_GE(dbgmem_fd(self->m), 0);
	EXPECT_EQ(FD_CLOEXEC, fcntl(dbgmem_fd(self->m), F_GETFD));
	ASSERT_EQ(0, dbgmem_get_session_info(self->m, &session));
	EXPECT_EQ(DBGMEM_STATE_ATTACHED, session.state);
	EXPECT_EQ(self->t.pid, session.pid);
	session.size = 4;
	EXPECT_EQ(-EINVAL, dbgmem_get_session_info(self->m, &session));
	ASSERT_EQ(0, dbgmem_get_info(self->m, &info));
	EXPECT_EQ(DBGMEM_ABI_VERSION, info.abi_version);
	ASSERT_EQ(0, dbgmem_get_info(NULL, &info));
	EXPECT_EQ(DBGMEM_ABI_VERSION, info.abi_version);

	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_RDONLY, &ro));
	EXPECT_EQ(DBGMEM_ACCESS_READ, dbgmem_access(ro));
	dbgmem_close(ro);
	dbgmem_close(NULL);
}

TEST_F(lib, open_leaves_no_descriptor)
{
	struct dbgmem *m;
	int before, after;

	before = open("/dev/null", O_RDONLY);
	close(before);
	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_WRITE, &m));
	dbgmem_close(m);
	ASSERT_EQ(-ESRCH, dbgmem_open(INT_MAX, DBGMEM_OPEN_WRITE, &m));
	after = open("/dev/null", O_RDONLY);
	close(after);
	EXPECT_EQ(before, after);
}

TEST_F(lib, whole_range)
{
	memset(self->buf, 0, sizeof(self->buf));
	EXPECT_EQ((ssize_t)sizeof(self->buf),
		  dbgmem_read(self->m, self->addr, self->buf,
			      sizeof(self->buf)));
	EXPECT_TRUE(is_pattern(self->buf, 0, sizeof(self->buf)));
	EXPECT_EQ(0, dbgmem_read(self->m, self->addr, self->buf, 0));
	EXPECT_EQ(0, dbgmem_read_exact(self->m, self->addr + 5, self->buf, 9));
	EXPECT_TRUE(is_pattern(self->buf, 5, 9));

	EXPECT_EQ(3, dbgmem_write(self->m, self->addr + PAGE - 1, "\1\2\3", 3));
	EXPECT_EQ(2, target_call(&self->t, byte_get, mem + PAGE));
	EXPECT_EQ(0, dbgmem_write_exact(self->m, self->addr, "\4", 1));
	EXPECT_EQ(4, target_call(&self->t, byte_get, mem));
	/* The target's copy, not the caller's. */
	EXPECT_TRUE(is_pattern(mem, 0, PAGES * PAGE));
}

TEST_F(lib, partial_stops_at_the_hole)
{
	const uint64_t hole = self->addr + 3 * PAGE;
	char words[32];

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	memset(self->buf, 0, sizeof(self->buf));
	EXPECT_EQ((ssize_t)(3 * PAGE - 10),
		  dbgmem_read(self->m, self->addr + 10, self->buf, 5 * PAGE));
	EXPECT_TRUE(is_pattern(self->buf, 10, 3 * PAGE - 10));
	EXPECT_EQ((ssize_t)PAGE,
		  dbgmem_write(self->m, hole - PAGE, self->buf, 2 * PAGE));

	EXPECT_EQ(-EFAULT, dbgmem_read(self->m, hole, self->buf, 16));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "cannot read 16 bytes",
		     "nothing is mapped there");
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, dbgmem_last_error()->result.reason);
	EXPECT_EQ(hole, dbgmem_last_error()->result.fault_addr);
	EXPECT_EQ(0, dbgmem_last_error()->result.done);
	EXPECT_EQ(self->t.pid, dbgmem_last_error()->pid);
	snprintf(words, sizeof(words), "at 0x%llx", (unsigned long long)hole);
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), words))
		TH_LOG("%s", dbgmem_errstr());

	EXPECT_EQ(-EFAULT, dbgmem_write(self->m, hole, self->buf, 16));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "cannot write 16 bytes");
}

TEST_F(lib, exact_is_all_or_nothing)
{
	const uint64_t hole = self->addr + 3 * PAGE;
	size_t i;

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	memset(self->buf, 0x55, sizeof(self->buf));
	EXPECT_EQ(-EFAULT, dbgmem_read_exact(self->m, self->addr, self->buf,
					     sizeof(self->buf)));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "exactly",
		     "nothing was transferred");
	EXPECT_EQ(hole, dbgmem_last_error()->result.fault_addr);
	for (i = 0; i < sizeof(self->buf); i++)
		ASSERT_EQ(0x55, self->buf[i]);
	EXPECT_EQ(-EFAULT, dbgmem_write_exact(self->m, self->addr, self->buf,
					      sizeof(self->buf)));
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, mem + 3 * PAGE));
}

TEST_F(lib, exact_has_a_limit)
{
	struct dbgmem_info info = { .size = sizeof(info) };
	char limit[32];

	ASSERT_EQ(0, dbgmem_get_info(self->m, &info));
	EXPECT_EQ(-EMSGSIZE, dbgmem_read_exact(self->m, self->addr, self->buf,
					       info.max_exact + 1));
	EXPECT_ERROR(EMSGSIZE, DBGMEM_SOURCE_USAGE, "split it");
	snprintf(limit, sizeof(limit), "at most %llu bytes",
		 (unsigned long long)info.max_exact);
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), limit))
		TH_LOG("%s", dbgmem_errstr());
}

TEST_F(lib, bad_arguments)
{
	struct dbgmem_result res = { 1, 1, 1 };
	struct iovec iov = { self->buf, 16 };

	EXPECT_EQ(-EINVAL, dbgmem_read(self->m, self->addr, self->buf,
				       (size_t)SSIZE_MAX + 1));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "SSIZE_MAX");
	EXPECT_EQ(-EOVERFLOW, dbgmem_write(self->m, UINT64_MAX - 1, self->buf,
					   16));
	EXPECT_ERROR(EOVERFLOW, DBGMEM_SOURCE_USAGE, "0xfffffffffffffffe",
		     "exceeds 64 bits");
	EXPECT_EQ(-EOPNOTSUPP, dbgmem_read_flags(self->m, self->addr, self->buf,
						 16, 1U << 31, &res));
	EXPECT_ERROR(EOPNOTSUPP, DBGMEM_SOURCE_USAGE, "0x80000000");
	EXPECT_EQ(-EINVAL, dbgmem_write_flags(self->m, self->addr, self->buf,
					      (size_t)SSIZE_MAX + 1, 0, &res));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "SSIZE_MAX");
	EXPECT_EQ(0, res.done);
	EXPECT_EQ(-EINVAL, dbgmem_read_flags(self->m, self->addr, self->buf, 16,
					     DBGMEM_EXACT | DBGMEM_ZEROFILL,
					     NULL));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "do not go together");
	EXPECT_EQ(-EINVAL, dbgmem_preadv(self->m, &iov, -1, self->addr));
	EXPECT_EQ(-EINVAL, dbgmem_preadv(self->m, NULL, 1, self->addr));
	EXPECT_EQ(-EOVERFLOW, dbgmem_preadv(self->m, &iov, 1, UINT64_MAX - 3));
	EXPECT_ERROR(EOVERFLOW, DBGMEM_SOURCE_USAGE, "exceeds 64 bits");
	iov.iov_len = (size_t)SSIZE_MAX + 1;
	EXPECT_EQ(-EINVAL, dbgmem_pwritev(self->m, &iov, 1, self->addr));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "SSIZE_MAX");
}

TEST_F(lib, protections_and_force)
{
	struct dbgmem_result res;

	ASSERT_EQ(0, target_call(&self->t, page_protect_none, mem + PAGE));
	EXPECT_EQ(PAGE, dbgmem_read_flags(self->m, self->addr, self->buf,
					  2 * PAGE, 0, &res));
	EXPECT_EQ(PAGE, res.done);
	EXPECT_EQ(self->addr + PAGE, res.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, res.reason);

	ASSERT_EQ(0, target_call(&self->t, page_protect_read, mem + PAGE));
	EXPECT_EQ(-EFAULT, dbgmem_write_flags(self->m, self->addr + PAGE, "x",
					      1, 0, &res));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "protection", "FORCE");
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, res.reason);
	EXPECT_EQ(1, dbgmem_write_flags(self->m, self->addr + PAGE, "x", 1,
					DBGMEM_FORCE, &res));
	EXPECT_EQ(1, res.done);
	EXPECT_EQ('x', target_call(&self->t, byte_get, mem + PAGE));

	ASSERT_EQ(0, param_set("force", "never"));
	EXPECT_EQ(-EPERM, dbgmem_write_flags(self->m, self->addr + PAGE, "y",
					     1, DBGMEM_FORCE, &res));
	EXPECT_ERROR(EPERM, DBGMEM_SOURCE_POLICY, "force=", "never");
	ASSERT_EQ(0, param_set("force", "capable"));
	EXPECT_EQ('x', target_call(&self->t, byte_get, mem + PAGE));
}

TEST_F(lib, zero_fill_and_validity)
{
	uint8_t valid[2] = { 0xff, 0xff };
	struct dbgmem_result res;
	size_t i;

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	memset(self->buf, 0x55, sizeof(self->buf));
	ASSERT_EQ(1, dbgmem_valid_size(self->m, self->addr + 8, 7 * PAGE));
	EXPECT_EQ(6 * PAGE - 8,
		  dbgmem_read_valid(self->m, self->addr + 8, self->buf,
				    7 * PAGE - 8, DBGMEM_ZEROFILL, valid, 1,
				    &res));
	EXPECT_EQ(6 * PAGE - 8, res.done);
	EXPECT_EQ(self->addr + 3 * PAGE, res.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, res.reason);
	EXPECT_EQ(0x77, valid[0]);
	EXPECT_EQ(0xff, valid[1]);
	EXPECT_TRUE(is_pattern(self->buf, 8, 3 * PAGE - 8));
	for (i = 3 * PAGE; i < 4 * PAGE; i++)
		ASSERT_EQ(0, self->buf[i - 8]);
	EXPECT_TRUE(is_pattern(self->buf + 4 * PAGE - 8, 4 * PAGE, 3 * PAGE));

	/* Nothing at all is a success too, and says so. */
	EXPECT_EQ(0, dbgmem_read_flags(self->m, self->addr + 3 * PAGE,
				       self->buf, PAGE, DBGMEM_ZEROFILL, &res));
	EXPECT_EQ(0, res.done);

	EXPECT_EQ(-EINVAL, dbgmem_read_valid(self->m, self->addr, self->buf,
					     PAGE, DBGMEM_ZEROFILL, valid, 0,
					     &res));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "bitmap is too small");
}

TEST_F(lib, validity_sizes)
{
	EXPECT_EQ(0, dbgmem_valid_size(self->m, 5, 0));
	EXPECT_EQ(1, dbgmem_valid_size(self->m, 0, 1));
	EXPECT_EQ(1, dbgmem_valid_size(self->m, 0, 8 * PAGE));
	EXPECT_EQ(2, dbgmem_valid_size(self->m, 1, 8 * PAGE));
	EXPECT_EQ(2, dbgmem_valid_size(self->m, PAGE - 1, 7 * PAGE + 2));
	EXPECT_EQ(2, dbgmem_valid_size(self->m, 0, 8 * PAGE + 1));
	EXPECT_EQ(UINT64_MAX / PAGE / 8 + 1,
		  dbgmem_valid_size(self->m, 0, UINT64_MAX));
	EXPECT_EQ(UINT64_MAX / PAGE / 8 + 2,
		  dbgmem_valid_size(self->m, PAGE - 1, UINT64_MAX));
}

TEST_F(lib, not_resident)
{
	struct dbgmem_result res;

	NEEDS_NOFAULT();
	/* Written in the target first: its own page, not one of the parent's. */
	ASSERT_EQ(0, target_call(&self->t, page_drop, mem + PAGE));
	EXPECT_EQ(PAGE, dbgmem_read_flags(self->m, self->addr, self->buf,
					  2 * PAGE, DBGMEM_NOFAULT, &res));
	EXPECT_EQ(PAGE, res.done);
	EXPECT_EQ(DBGMEM_REASON_NOT_RESIDENT, res.reason);
	EXPECT_EQ(-EFAULT, dbgmem_read_flags(self->m, self->addr + PAGE,
					     self->buf, 1, DBGMEM_NOFAULT,
					     NULL));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "not resident", "NOFAULT");
}

/* --- vectors --- */

TEST_F(lib, vector_of_three)
{
	struct iovec iov[] = {
		{ self->buf, 10 }, { NULL, 0 }, { self->buf + 100, PAGE },
	};

	memset(self->buf, 0, sizeof(self->buf));
	EXPECT_EQ((ssize_t)PAGE + 10,
		  dbgmem_preadv(self->m, iov, 3, self->addr + 1));
	EXPECT_TRUE(is_pattern(self->buf, 1, 10));
	EXPECT_TRUE(is_pattern(self->buf + 100, 11, PAGE));
	EXPECT_EQ(0, dbgmem_preadv(self->m, iov, 0, self->addr));
	EXPECT_EQ(0, dbgmem_preadv(self->m, iov + 1, 1, self->addr));

	memcpy(self->buf, "abc", 3);
	memcpy(self->buf + 100, "def", 3);
	iov[0].iov_len = iov[2].iov_len = 3;
	EXPECT_EQ(6, dbgmem_pwritev(self->m, iov, 3, self->addr + PAGE - 3));
	EXPECT_EQ('c', target_call(&self->t, byte_get, mem + PAGE - 1));
	EXPECT_EQ('d', target_call(&self->t, byte_get, mem + PAGE));
}

TEST_F(lib, vector_longer_than_the_kernel_takes)
{
	enum { NR = 2 * IOV_MAX + 5 };
	static struct iovec iov[NR];
	int i;

	for (i = 0; i < NR; i++)
		iov[i] = (struct iovec){ self->buf + 7 * i, 7 };
	memset(self->buf, 0, sizeof(self->buf));
	EXPECT_EQ(7 * NR, dbgmem_preadv(self->m, iov, NR, self->addr));
	EXPECT_TRUE(is_pattern(self->buf, 0, 7 * NR));

	/* The hole is met in the last third, first in and then at its start. */
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 4 * PAGE));
	EXPECT_EQ((ssize_t)(4 * PAGE - 2040),
		  dbgmem_preadv(self->m, iov, NR, self->addr + 2040));
	EXPECT_EQ(7 * IOV_MAX,
		  dbgmem_preadv(self->m, iov, NR,
				self->addr + 4 * PAGE - 7 * IOV_MAX));
}

TEST_F(lib, vector_stops_with_a_reason)
{
	const uint64_t hole = self->addr + 3 * PAGE;
	struct iovec iov[] = { { self->buf, 16 }, { self->buf + 16, 16 } };

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	EXPECT_EQ(20, dbgmem_preadv(self->m, iov, 2, hole - 20));
	EXPECT_EQ(-EFAULT, dbgmem_preadv(self->m, iov, 2, hole));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "nothing is mapped");
	EXPECT_EQ(hole, dbgmem_last_error()->result.fault_addr);
	EXPECT_EQ(-EFAULT, dbgmem_pwritev(self->m, iov, 2, hole));
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, dbgmem_last_error()->result.reason);
}

TEST_F(lib, vector_above_signed_offsets)
{
	struct iovec iov[] = { { self->buf, 16 }, { self->buf + 16, 16 } };
	const uint64_t high = 1ULL << 63;

	/* Nothing is mapped there; the answer is the memory's, not EINVAL. */
	EXPECT_EQ(-EFAULT, dbgmem_preadv(self->m, iov, 2, high));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "0x8000000000000000");
	EXPECT_EQ(high, dbgmem_last_error()->result.fault_addr);
	EXPECT_EQ(-EFAULT, dbgmem_pwritev(self->m, iov, 2, high - 16));
	EXPECT_EQ(high - 16, dbgmem_last_error()->result.fault_addr);
}

TEST_F(lib, own_buffer_is_named)
{
	struct iovec iov[] = { { self->buf, 16 }, { NULL, 16 } };
	char *bad = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);

	ASSERT_NE(MAP_FAILED, bad);
	EXPECT_EQ(-EFAULT, dbgmem_read(self->m, self->addr, bad, 16));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "caller's own buffer",
		     "of this process");
	EXPECT_EQ(DBGMEM_REASON_BUFFER, dbgmem_last_error()->result.reason);
	EXPECT_EQ((uintptr_t)bad, dbgmem_last_error()->result.fault_addr);
	iov[1].iov_base = bad;
	EXPECT_EQ(16, dbgmem_preadv(self->m, iov, 2, self->addr));
	EXPECT_EQ(-EFAULT, dbgmem_pwritev(self->m, iov + 1, 1, self->addr));
	EXPECT_EQ(DBGMEM_REASON_BUFFER, dbgmem_last_error()->result.reason);
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
	munmap(bad, PAGE);
}

/* --- threads --- */

struct worker {
	struct dbgmem *m;
	pthread_t thread;
	uint64_t addr;
	size_t from;
	bool in_hole;
	int failures;
};

/* Reads its own range, or meets its own error, and nobody else's. */
static void *work(void *arg)
{
	struct worker *w = arg;
	char buf[PAGE];
	ssize_t n;
	int i;

	for (i = 0; i < 300; i++) {
		n = dbgmem_read(w->m, w->addr, buf, PAGE);
		if (w->in_hole)
			w->failures += n != -EFAULT ||
				dbgmem_last_error()->result.fault_addr != w->addr;
		else
			w->failures += n != (ssize_t)PAGE ||
				!is_pattern(buf, w->from, PAGE) ||
				*dbgmem_errstr();
	}
	return NULL;
}

TEST_F(lib, one_handle_for_several_threads)
{
	struct worker w[PAGES] = { 0 };
	size_t i;

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 5 * PAGE));
	for (i = 0; i < PAGES; i++) {
		w[i] = (struct worker){
			.m = self->m,
			.addr = self->addr + i * PAGE,
			.from = i * PAGE,
			.in_hole = i == 3 || i == 5,
		};
		ASSERT_EQ(0, pthread_create(&w[i].thread, NULL, work, &w[i]));
	}
	for (i = 0; i < PAGES; i++) {
		ASSERT_EQ(0, pthread_join(w[i].thread, NULL));
		EXPECT_EQ(0, w[i].failures) TH_LOG("thread %zu", i);
	}
	EXPECT_STREQ("", dbgmem_errstr());
}

/* --- a success with less than was asked for --- */

/* Five bytes before a page that is not there, of ten. */
#define HOLE	(self->addr + 2 * PAGE)
#define BEFORE	(HOLE - 5)

static ssize_t read_flags(struct dbgmem *m, uint64_t addr, char *buf)
{
	return dbgmem_read_flags(m, addr, buf, 10, 0, NULL);
}

static ssize_t write_flags(struct dbgmem *m, uint64_t addr, char *buf)
{
	return dbgmem_write_flags(m, addr, buf, 10, 0, NULL);
}

static ssize_t read_plain(struct dbgmem *m, uint64_t addr, char *buf)
{
	return dbgmem_read(m, addr, buf, 10);
}

static ssize_t write_plain(struct dbgmem *m, uint64_t addr, char *buf)
{
	return dbgmem_write(m, addr, buf, 10);
}

static ssize_t read_buffers(struct dbgmem *m, uint64_t addr, char *buf)
{
	struct iovec iov[] = { { buf, 3 }, { buf + 3, 0 }, { buf + 3, 7 } };

	return dbgmem_preadv(m, iov, 3, addr);
}

static ssize_t write_buffers(struct dbgmem *m, uint64_t addr, char *buf)
{
	struct iovec iov[] = { { buf, 5 }, { buf + 5, 5 } };

	return dbgmem_pwritev(m, iov, 2, addr);
}

static ssize_t read_segments(struct dbgmem *m, uint64_t addr, char *buf)
{
	struct dbgmem_segment s = { addr, (uintptr_t)buf, 10, 0, 0, 0 };

	return dbgmem_read_segments(m, &s, 1, 0, NULL);
}

static ssize_t write_segments(struct dbgmem *m, uint64_t addr, char *buf)
{
	struct dbgmem_segment s = { addr, (uintptr_t)buf, 10, 0, 0, 0 };

	return dbgmem_write_segments(m, &s, 1, 0, NULL);
}

static ssize_t read_pointers(struct dbgmem *m, uint64_t addr, char *buf)
{
	ssize_t n = dbgmem_read_pointers(m, addr - 3, (uint64_t *)buf, 2, 8, 0);

	return n < 0 ? n : 5 * n;
}

static ssize_t read_string(struct dbgmem *m, uint64_t addr, char *buf)
{
	return dbgmem_read_string(m, addr, buf, 11, 0, NULL);
}

static ssize_t read_context(struct dbgmem *m, uint64_t addr, char *buf)
{
	struct dbgmem_location at = { .offset = addr };
	struct dbgmem_context ctx = { .m = m };
	uint64_t n;

	return dbgmem_context_read(&ctx, &at, buf, 10, &n) == DBGMEM_PARTIAL ?
	       (ssize_t)n : -1;
}

static ssize_t read_virtual(struct dbgmem *m, uint64_t addr, char *buf)
{
	struct dbgmem_cache *c;
	uint32_t n = 0;

	if (dbgmem_cache_new(m, 4, DBGMEM_CACHE_WRITE_THROUGH, 0, &c))
		return -1;
	dbgmem_read_virtual(c, addr, buf, 10, &n);
	dbgmem_cache_free(c);
	return n;
}

TEST_F(lib, short_success_says_why_it_was_not_more)
{
	static const struct {
		const char *name;
		ssize_t (*fn)(struct dbgmem *m, uint64_t addr, char *buf);
	} calls[] = {
		{ "read_flags", read_flags },
		{ "write_flags", write_flags },
		{ "read", read_plain },
		{ "write", write_plain },
		{ "preadv", read_buffers },
		{ "pwritev", write_buffers },
		{ "readv", read_segments },
		{ "writev", write_segments },
		{ "read_pointers", read_pointers },
		{ "read_string", read_string },
		{ "context_read", read_context },
		{ "read_virtual", read_virtual },
	};
	struct dbgmem *none;
	size_t i;

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 2 * PAGE));
	memset(self->buf, 'x', 64);
	ASSERT_EQ(5, dbgmem_write(self->m, BEFORE, self->buf, 5));
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		/* An older failure, of something else. */
		ASSERT_EQ(-EINVAL, dbgmem_open(-1, 0, &none));
		EXPECT_EQ(5, calls[i].fn(self->m, BEFORE, self->buf))
			TH_LOG("%s", calls[i].name);
		EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "nothing is mapped");
		EXPECT_ADDRESS(HOLE);
		EXPECT_EQ(HOLE, dbgmem_last_error()->result.fault_addr)
			TH_LOG("%s", calls[i].name);
		EXPECT_EQ(DBGMEM_REASON_UNMAPPED, dbgmem_last_error()->result.reason);
	}
}

/* --- the end of the target --- */

TEST_F(lib, exit_of_the_target)
{
	struct pollfd p = { .fd = dbgmem_fd(self->m) };

	kill(self->t.pid, SIGKILL);
	EXPECT_EQ(1, poll(&p, 1, 10000));
	EXPECT_TRUE(p.revents & POLLHUP);
	waitpid(self->t.pid, NULL, 0);
	EXPECT_EQ(-ESRCH, dbgmem_read(self->m, self->addr, self->buf, 1));
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "has exited");
}

TEST_F(lib, exec_of_the_target)
{
	struct pollfd p = { .fd = dbgmem_fd(self->m) };
	struct dbgmem *again;

	target_send(&self->t, other_program, NULL);
	EXPECT_EQ(1, poll(&p, 1, 10000));
	EXPECT_EQ(-ESTALE, dbgmem_read(self->m, self->addr, self->buf, 1));
	EXPECT_ERROR(ESTALE, DBGMEM_SOURCE_TARGET, "another program",
		     "open it again");
	EXPECT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_WRITE, &again))
		TH_LOG("%s", dbgmem_errstr());
	dbgmem_close(again);
}

TEST_HARNESS_MAIN
