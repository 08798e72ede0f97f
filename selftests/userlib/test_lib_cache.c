// SPDX-License-Identifier: GPL-2.0
/*
 * libdbgmem: the page cache on a real target: which reads cost a system call, the
 * kernel's answer to a flush, breakpoints, threads. host_cache tests its logic.
 */
#include "cached.h"
#include "features.h"
#include "userlib_fixture.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#define NR_PAGES	4

#define CACHE(mode, flags) ({						\
	struct dbgmem_cache *_c = NULL;					\
									\
	EXPECT_EQ(0, dbgmem_cache_new(self->m, NR_PAGES,		\
				      DBGMEM_CACHE_##mode, flags, &_c))	\
		TH_LOG("%s", dbgmem_errstr());				\
	_c;								\
})

#define READ(c, off, len) \
	dbgmem_read_virtual(c, self->addr + (off), self->buf, len, NULL)
#define WRITE(c, off, data, len) \
	dbgmem_write_virtual(c, self->addr + (off), data, len, NULL)

TEST_F(lib, a_hit_asks_the_target_nothing)
{
	struct dbgmem_cache *c = CACHE(WRITE_THROUGH, 0);
	struct dbgmem_cache_stats stats = { .size = sizeof(stats) };
	long before;
	int i;

	EXPECT_EQ(0, READ(c, 0, NR_PAGES * PAGE));
	before = READS(self->m);
	EXPECT_EQ(1, before);
	for (i = 0; i < 1000; i++) {
		EXPECT_EQ(0, READ(c, i * 16, 16));
		EXPECT_TRUE(is_pattern(self->buf, i * 16, 16));
	}
	EXPECT_EQ(before, READS(self->m));
	dbgmem_cache_get_stats(c, &stats);
	EXPECT_EQ(1000, stats.hits);
	EXPECT_EQ(NR_PAGES, stats.misses);
	dbgmem_cache_free(c);
}

/* A child that the kernel kills at its next system call but exit_group. */
static int strict(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog prog = { ARRAY_SIZE(code), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

TEST_F(lib, a_hit_makes_no_system_call_whatsoever)
{
	struct dbgmem_cache *c = CACHE(WRITE_THROUGH, 0);
	int ret, hit;
	size_t i;
	pid_t pid;

	READ(c, 0, PAGE);
	/* The last one is a miss: the filter does bite. */
	for (hit = 1; hit >= 0; hit--) {
		pid = fork();
		if (!pid) {
			if (strict())
				_exit(9);
			for (i = 0, ret = 0; i < 100; i++)
				ret |= READ(c, hit ? i : PAGE, 8);
			syscall(SYS_exit_group, ret ? 1 : 0);
		}
		EXPECT_EQ(hit ? 0 : -SIGSYS, child_wait(pid));
	}
	dbgmem_cache_free(c);
}

TEST_F(lib, write_through_is_at_once)
{
	struct dbgmem_cache *c = CACHE(WRITE_THROUGH, 0);

	READ(c, 0, 2 * PAGE);
	EXPECT_EQ(0, WRITE(c, PAGE - 1, "abc", 3));
	EXPECT_EQ('a', target_call(&self->t, byte_get, mem + PAGE - 1));
	EXPECT_EQ('c', target_call(&self->t, byte_get, mem + PAGE + 1));
	EXPECT_EQ(0, READ(c, PAGE - 1, 3));
	EXPECT_EQ(0, memcmp(self->buf, "abc", 3));
	EXPECT_EQ(1, READS(self->m));
	dbgmem_cache_free(c);
}

TEST_F(lib, a_flush_is_one_call)
{
	struct dbgmem_cache *c = CACHE(WRITE_BACK, 0);
	long changed = 0;
	size_t i;

	for (i = 0; i < 3 * PAGE; i += 100) {
		EXPECT_EQ(0, WRITE(c, i, "x", 1));
		changed += pattern(i) != 'x';
	}
	EXPECT_EQ(0, WRITES(self->m));
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
	EXPECT_EQ(0, dbgmem_cache_flush(c, NULL, 0, NULL));
	EXPECT_EQ(1, WRITES(self->m));
	EXPECT_EQ(changed, target_call(&self->t, bytes_changed, NULL));
	EXPECT_EQ('x', target_call(&self->t, byte_get, mem + 100));
	EXPECT_EQ(pattern(101),
		  target_call(&self->t, byte_get, mem + 101));
	dbgmem_cache_free(c);
}

TEST_F(lib, a_flush_says_what_the_kernel_said_of_each_page)
{
	struct dbgmem_cache *c = CACHE(WRITE_BACK, 0);
	struct dbgmem_cache_failure f[NR_PAGES];
	struct dbgmem_cache_stats stats = { .size = sizeof(stats) };
	size_t nr;

	EXPECT_EQ(0, WRITE(c, 7, "a", 1));
	EXPECT_EQ(0, WRITE(c, PAGE + 7, "b", 1));
	EXPECT_EQ(0, WRITE(c, 2 * PAGE + 7, "c", 1));
	ASSERT_EQ(0, target_call(&self->t, page_protect_read, mem));
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 2 * PAGE));
	EXPECT_EQ(-EFAULT, dbgmem_cache_flush(c, f, NR_PAGES, &nr));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "2 of 3 pages", "protection",
		     "FORCE", "stay in the cache");
	EXPECT_ADDRESS(self->addr + 7);
	ASSERT_EQ(2, nr);
	EXPECT_EQ(self->addr, f[0].page);
	EXPECT_EQ(self->addr + 7, f[0].result.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_PROTECTION, f[0].result.reason);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, f[1].result.reason);
	EXPECT_EQ('b', target_call(&self->t, byte_get, mem + PAGE + 7));
	dbgmem_cache_get_stats(c, &stats);
	EXPECT_EQ(2, stats.dirty);
	dbgmem_cache_free(c);
}

TEST_F(lib, a_cache_with_force)
{
	struct dbgmem_cache *c = CACHE(WRITE_BACK, DBGMEM_FORCE);

	ASSERT_EQ(0, target_call(&self->t, page_protect_read, mem));
	EXPECT_EQ(0, WRITE(c, 7, "a", 1));
	EXPECT_EQ(0, dbgmem_cache_flush(c, NULL, 0, NULL))
		TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ('a', target_call(&self->t, byte_get, mem + 7));
	dbgmem_cache_free(c);
}

TEST_F(lib, a_cache_without_faults)
{
	struct dbgmem_cache *c = CACHE(WRITE_THROUGH, DBGMEM_NOFAULT);

	NEEDS_NOFAULT();
	ASSERT_EQ(0, target_call(&self->t, page_drop, mem));
	EXPECT_EQ(-EFAULT, READ(c, 0, 1));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "not resident");
	/* Of writes there is no such form. */
	EXPECT_EQ(0, WRITE(c, 0, "a", 1)) TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(0, READ(c, 0, 1));
	EXPECT_EQ('a', self->buf[0]);
	dbgmem_cache_free(c);
}

TEST_F(lib, an_end_of_the_target_loses_no_data)
{
	struct dbgmem_cache *c = CACHE(WRITE_BACK, 0);
	struct dbgmem_cache_stats stats = { .size = sizeof(stats) };
	struct dbgmem_cache_failure f;
	size_t nr;

	EXPECT_EQ(0, WRITE(c, 0, "abc", 3));
	kill(self->t.pid, SIGKILL);
	waitpid(self->t.pid, NULL, 0);
	EXPECT_EQ(-ESRCH, dbgmem_cache_flush(c, &f, 1, &nr));
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "has exited", "1 of 1 pages");
	EXPECT_EQ(1, nr);
	EXPECT_EQ(-ESRCH, f.code);
	dbgmem_cache_get_stats(c, &stats);
	EXPECT_EQ(3, stats.dirty);
	EXPECT_EQ(0, READ(c, 0, 3));
	EXPECT_EQ(0, memcmp(self->buf, "abc", 3));
	EXPECT_EQ(-ESRCH, READ(c, PAGE, 1));
	EXPECT_EQ(3, dbgmem_cache_discard(c, self->addr, 3));
	EXPECT_EQ(0, dbgmem_cache_flush(c, NULL, 0, NULL));
	dbgmem_cache_free(c);
}

TEST_F(lib, a_session_for_reading_refuses_writes_at_once)
{
	struct dbgmem_cache *c;
	struct dbgmem *ro;

	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_RDONLY, &ro));
	ASSERT_EQ(0, dbgmem_cache_new(ro, NR_PAGES, DBGMEM_CACHE_WRITE_BACK, 0,
				      &c));
	EXPECT_EQ(0, READ(c, 0, 8));
	EXPECT_EQ(-EACCES, WRITE(c, 0, "a", 1));
	EXPECT_ERROR(EACCES, DBGMEM_SOURCE_SESSION, "no write access");
	EXPECT_EQ(0, READ(c, 0, 8));
	EXPECT_TRUE(is_pattern(self->buf, 0, 8));
	dbgmem_cache_free(c);
	dbgmem_close(ro);
}

TEST_F(lib, breakpoints_are_not_in_the_cache)
{
	struct dbgmem_cache *c = CACHE(WRITE_BACK, 0);

	ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr + 5, "\xcc", 1, NULL));
	EXPECT_EQ(0, READ(c, 0, 16));
	EXPECT_TRUE(is_pattern(self->buf, 0, 16));
	EXPECT_EQ(0, WRITE(c, 4, "xyz", 3));
	EXPECT_EQ(0, dbgmem_cache_flush(c, NULL, 0, NULL));
	EXPECT_EQ(0xcc, target_call(&self->t, byte_get, mem + 5));
	EXPECT_EQ('z', target_call(&self->t, byte_get, mem + 6));
	EXPECT_EQ(0, dbgmem_bp_clear(self->m, self->addr + 5));
	EXPECT_EQ('y', target_call(&self->t, byte_get, mem + 5));
	dbgmem_cache_free(c);
}

/* --- threads --- */

struct reader {
	struct dbgmem_cache *c;
	uint64_t addr;
	pthread_t thread;
	int failures;
};

static void *read_much(void *arg)
{
	struct reader *r = arg;
	char buf[300];
	size_t i, at;

	for (i = 0; i < 20000; i++) {
		at = i * 997 % (PAGES * PAGE - sizeof(buf));
		if (i % 8)
			at %= PAGE;
		r->failures += dbgmem_read_virtual(r->c, r->addr + at, buf,
						   sizeof(buf), NULL) ||
			       !is_pattern(buf, at, sizeof(buf));
	}
	return NULL;
}

TEST_F(lib, one_cache_for_several_threads)
{
	struct dbgmem_cache *c = CACHE(WRITE_THROUGH, 0);
	struct dbgmem_cache_stats stats = { .size = sizeof(stats) };
	struct reader r[4];
	int i;

	for (i = 0; i < 4; i++) {
		r[i] = (struct reader){ .c = c, .addr = self->addr };
		ASSERT_EQ(0, pthread_create(&r[i].thread, NULL, read_much,
					    &r[i]));
	}
	for (i = 0; i < 4; i++) {
		pthread_join(r[i].thread, NULL);
		EXPECT_EQ(0, r[i].failures);
	}
	dbgmem_cache_get_stats(c, &stats);
	EXPECT_LE(stats.pages, NR_PAGES);
	EXPECT_GE(stats.hits, 60000);
	EXPECT_LE(READS(self->m), (long)stats.misses);
	dbgmem_cache_free(c);
}

TEST_F(lib, a_cache_of_what_cannot_be)
{
	struct dbgmem_cache *c = (void *)1;

	EXPECT_EQ(-EINVAL, dbgmem_cache_new(self->m, 0,
					    DBGMEM_CACHE_WRITE_BACK, 0, &c));
	EXPECT_EQ(NULL, c);
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "at least one page");
	EXPECT_EQ(-ENOMEM, dbgmem_cache_new(self->m, SIZE_MAX,
					    DBGMEM_CACHE_WRITE_BACK, 0, &c));
	EXPECT_ERROR(ENOMEM, DBGMEM_SOURCE_SYSTEM, "out of memory");
	EXPECT_EQ(NULL, c);
	dbgmem_cache_free(NULL);
}

TEST_HARNESS_MAIN
