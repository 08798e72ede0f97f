// SPDX-License-Identifier: GPL-2.0
/* libdbgmem: breakpoints. */
#include "intercept.h"
#include "userlib_fixture.h"
#include "proc.h"

#include <pthread.h>
#include <sys/syscall.h>

/* What the target itself sees there. */
#define TRUTH(off) \
	((uint8_t)target_call(&self->t, byte_get, mem + (off)))

/* --- dbgmem_bp_set(), dbgmem_bp_clear() --- */

TEST_F(lib, bp_default_trap_goes_in_and_out)
{
	uint8_t original[DBGMEM_BP_MAX_LEN];
	const uint8_t *trap;
	size_t len;

	trap = dbgmem_bp_trap(&len);
	ASSERT_NE(NULL, trap);
	ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr + 5, NULL, 0, original))
		TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(0, memcmp(mem + 5, original, len));
	EXPECT_EQ(trap[0], TRUTH(5));

	EXPECT_EQ(32, dbgmem_read(self->m, self->addr, self->buf, 32));
	EXPECT_TRUE(is_pattern(self->buf, 0, 32));
	EXPECT_EQ(32, dbgmem_read_flags(self->m, self->addr, self->buf, 32,
					DBGMEM_RAW, NULL));
	EXPECT_EQ(0, memcmp(trap, self->buf + 5, len));

	EXPECT_EQ(0, dbgmem_bp_clear(self->m, self->addr + 5));
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
}

TEST_F(lib, bp_traps_of_all_lengths)
{
	static const char trap[DBGMEM_BP_MAX_LEN] = "\xcc\xf4 0123456789abc";
	uint8_t original[DBGMEM_BP_MAX_LEN];
	size_t len, i;

	for (len = 1; len <= sizeof(trap); len++) {
		const size_t off = len * 100 + 3;

		memset(original, 0x5a, sizeof(original));
		ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr + off, trap,
					   len, original))
			TH_LOG("%zu: %s", len, dbgmem_errstr());
		EXPECT_EQ(0, memcmp(mem + off, original, len));
		/* The caller has room for as many as the trap has. */
		for (i = len; i < sizeof(original); i++)
			EXPECT_EQ(0x5a, original[i]);
		EXPECT_EQ((ssize_t)len,
			  dbgmem_read_flags(self->m, self->addr + off,
					    self->buf, len, DBGMEM_RAW, NULL));
		EXPECT_EQ(0, memcmp(trap, self->buf, len));
		EXPECT_EQ(0, dbgmem_bp_clear(self->m, self->addr + off));
	}
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
}

TEST_F(lib, bp_what_is_written_goes_behind)
{
	ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr + 1, "\xcc", 1, NULL));
	EXPECT_EQ(3, dbgmem_write(self->m, self->addr, "xyz", 3));
	EXPECT_EQ(0xcc, TRUTH(1));
	EXPECT_EQ('z', TRUTH(2));
	EXPECT_EQ(3, dbgmem_read(self->m, self->addr, self->buf, 3));
	EXPECT_EQ(0, memcmp("xyz", self->buf, 3));
	EXPECT_EQ(0, dbgmem_bp_clear(self->m, self->addr + 1));
	EXPECT_EQ('y', TRUTH(1));
}

TEST_F(lib, bp_lost_is_told_and_memory_left_alone)
{
	uint32_t cleared = 77, lost = 77;
	struct dbgmem_session_info info = { .size = sizeof(info) };

	ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr, "\xcc", 1, NULL));
	ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr + 8, "\xcc", 1, NULL));
	ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr + 16, "\xcc", 1, NULL));
	target_call(&self->t, byte_set, mem);
	EXPECT_EQ(1, dbgmem_bp_clear(self->m, self->addr));
	EXPECT_EQ(0xee, TRUTH(0));

	target_call(&self->t, byte_set, mem + 16);
	EXPECT_EQ(0, dbgmem_bp_clear_all(self->m, &cleared, &lost));
	EXPECT_EQ(2, cleared);
	EXPECT_EQ(1, lost);
	EXPECT_EQ((uint8_t)mem[8], TRUTH(8));
	EXPECT_EQ(0xee, TRUTH(16));
	ASSERT_EQ(0, dbgmem_get_session_info(self->m, &info));
	EXPECT_EQ(0, info.breakpoints);
	EXPECT_EQ(2, info.breakpoints_lost);

	/* None are all, too. */
	EXPECT_EQ(0, dbgmem_bp_clear_all(self->m, &cleared, NULL));
	EXPECT_EQ(0, cleared);
	EXPECT_EQ(0, dbgmem_bp_clear_all(self->m, NULL, NULL));
}

TEST_F(lib, bp_close_puts_back)
{
	size_t i;

	for (i = 0; i < 100; i++) {
		ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr + 77 * i, NULL,
					   0, NULL));
	}
	EXPECT_LT(0, target_call(&self->t, bytes_changed, NULL));
	dbgmem_close(self->m);
	self->m = NULL;
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
}

/* By fork(3), or without the C library's knowledge, as sandboxes and runtimes do. */
static pid_t raw_fork(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

static const struct {
	pid_t (*fork)(void);
} forks[] = { { fork }, { raw_fork } };

#define NR_FORKS	ARRAY_SIZE(forks)

/* A child that has inherited the handle, and what it does with it. */
static pid_t child_start(size_t how, struct dbgmem *m,
			 void (*does)(struct dbgmem *m), int *go)
{
	int pipes[2];
	pid_t pid;
	char c;

	if (pipe2(pipes, O_CLOEXEC))
		return -1;
	pid = forks[how].fork();
	if (!pid) {
		close(pipes[1]);
		if (does)
			does(m);
		while (read(pipes[0], &c, 1) > 0)
			;
		_exit(0);
	}
	close(pipes[0]);
	*go = pipes[1];
	return pid;
}

TEST_F(lib, bp_close_puts_back_though_a_child_has_the_descriptor)
{
	size_t how;
	pid_t pid;
	int go;

	dbgmem_close(self->m);
	for (how = 0; how < NR_FORKS; how++) {
		ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_WRITE,
					 &self->m));
		ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr, NULL, 0, NULL));
		pid = child_start(how, self->m, NULL, &go);
		ASSERT_LT(0, pid);
		EXPECT_LT(0, target_call(&self->t, bytes_changed, NULL));
		dbgmem_close(self->m);
		self->m = NULL;
		EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL))
			TH_LOG("child %zu", how);
		close(go);
		EXPECT_EQ(0, child_wait(pid));
	}
}

TEST_F(lib, bp_close_in_a_child_takes_none_out)
{
	size_t how;
	pid_t pid;
	int go;

	for (how = 0; how < NR_FORKS; how++) {
		ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr, NULL, 0, NULL));
		pid = child_start(how, self->m, dbgmem_close, &go);
		ASSERT_LT(0, pid);
		close(go);
		EXPECT_EQ(0, child_wait(pid));
		EXPECT_LT(0, target_call(&self->t, bytes_changed, NULL))
			TH_LOG("child %zu", how);
		EXPECT_EQ(0, dbgmem_bp_clear(self->m, self->addr));
		EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
	}
}

static void *close_it(void *m)
{
	dbgmem_close(m);
	return NULL;
}

TEST_F(lib, bp_close_by_another_thread_puts_back)
{
	pthread_t thread;
	pid_t pid;
	int go;

	ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr, NULL, 0, NULL));
	pid = child_start(0, self->m, NULL, &go);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, pthread_create(&thread, NULL, close_it, self->m));
	pthread_join(thread, NULL);
	self->m = NULL;
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
	close(go);
	EXPECT_EQ(0, child_wait(pid));
}

TEST_F(lib, bp_refusals_of_other_breakpoints)
{
	const uint64_t a = self->addr + 64;
	struct dbgmem *other;

	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_WRITE, &other));
	ASSERT_EQ(0, dbgmem_bp_set(self->m, a, "\xcc\xcc", 2, NULL));
	EXPECT_EQ(-EEXIST, dbgmem_bp_set(self->m, a + 1, NULL, 0, NULL));
	EXPECT_ERROR(EEXIST, DBGMEM_SOURCE_BREAKPOINT, "cannot set a breakpoint",
		     "this session already has");
	EXPECT_ADDRESS(a + 1);
	EXPECT_EQ(a + 1, dbgmem_last_error()->result.fault_addr);
	EXPECT_EQ(self->t.pid, dbgmem_last_error()->pid);
	EXPECT_EQ(-EBUSY, dbgmem_bp_set(other, a, NULL, 0, NULL));
	EXPECT_ERROR(EBUSY, DBGMEM_SOURCE_BREAKPOINT, "another session",
		     "dbgmem bp list");
	EXPECT_EQ(-ENOENT, dbgmem_bp_clear(other, a));
	EXPECT_ERROR(ENOENT, DBGMEM_SOURCE_USAGE, "cannot clear", "has no breakpoint");
	EXPECT_ADDRESS(a);
	EXPECT_EQ(-ENOENT, dbgmem_bp_clear(self->m, a + 1));
	EXPECT_EQ(0, dbgmem_bp_clear(self->m, a));
	EXPECT_EQ(-ENOENT, dbgmem_bp_clear(self->m, a));
	EXPECT_EQ(0, dbgmem_bp_set(other, a, NULL, 0, NULL));
	dbgmem_close(other);
}

TEST_F(lib, bp_traps_that_are_none)
{
	char trap[DBGMEM_BP_MAX_LEN + 1] = { 0 };

	EXPECT_EQ(-EINVAL, dbgmem_bp_set(self->m, self->addr, trap,
					 sizeof(trap), NULL));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "1 to 16 bytes, not 17");
	EXPECT_EQ(-EINVAL, dbgmem_bp_set(self->m, self->addr, trap, 0, NULL));
	EXPECT_EQ(-EINVAL, dbgmem_bp_set(self->m, self->addr, NULL, 1, NULL));
	EXPECT_EQ(-EOVERFLOW, dbgmem_bp_set(self->m, UINT64_MAX, trap, 2, NULL));
	EXPECT_ERROR(EOVERFLOW, DBGMEM_SOURCE_USAGE, "64 bits");
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
}

TEST_F(lib, bp_refusals_of_the_memory)
{
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	EXPECT_EQ(-EFAULT, dbgmem_bp_set(self->m, self->addr + 3 * PAGE - 1,
					 "\xcc\xcc", 2, NULL));
	EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "cannot set a breakpoint",
		     "nothing is mapped");
	EXPECT_ADDRESS(self->addr + 3 * PAGE);
	EXPECT_EQ(self->addr + 3 * PAGE, dbgmem_last_error()->result.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, dbgmem_last_error()->result.reason);
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, mem + 3 * PAGE));
}

TEST_F(lib, bp_refusals_of_the_policy)
{
	ASSERT_EQ(0, target_call(&self->t, page_protect_read, mem));
	ASSERT_EQ(0, param_set("force", "never"));
	EXPECT_EQ(-EPERM, dbgmem_bp_set(self->m, self->addr, NULL, 0, NULL));
	EXPECT_ERROR(EPERM, DBGMEM_SOURCE_POLICY, "FORCE is needed",
		     "force= policy is never");
	/* Where the target writes itself there is nothing to force. */
	EXPECT_EQ(0, dbgmem_bp_set(self->m, self->addr + PAGE, NULL, 0, NULL));
	ASSERT_EQ(0, param_set("force", "capable"));
	EXPECT_EQ(0, dbgmem_bp_set(self->m, self->addr, NULL, 0, NULL));
	/* It is no matter for taking them out. */
	ASSERT_EQ(0, param_set("force", "never"));
	EXPECT_EQ(0, dbgmem_bp_clear_all(self->m, NULL, NULL));
	ASSERT_EQ(0, param_set("force", "capable"));
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
}

TEST_F(lib, bp_refusals_of_the_session)
{
	struct dbgmem_bp *bps;
	struct dbgmem *ro;
	size_t nr;

	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_RDONLY, &ro));
	EXPECT_EQ(-EACCES, dbgmem_bp_set(ro, self->addr, NULL, 0, NULL));
	EXPECT_ERROR(EACCES, DBGMEM_SOURCE_SESSION, "no write access",
		     "both directions");
	EXPECT_EQ(0, dbgmem_bp_list(ro, DBGMEM_BP_ALL, &bps, &nr));
	EXPECT_EQ(0, nr);
	dbgmem_close(ro);
}

TEST_F(lib, bp_no_more_than_there_may_be)
{
	struct dbgmem_info info = { .size = sizeof(info) };
	uint32_t i, cleared;

	ASSERT_EQ(0, dbgmem_get_info(self->m, &info));
	ASSERT_LT(0, info.max_breakpoints);
	ASSERT_LT(info.max_breakpoints, PAGES * PAGE);
	for (i = 0; i < info.max_breakpoints; i++)
		if (dbgmem_bp_set(self->m, self->addr + i, "\xcc", 1, NULL))
			break;
	ASSERT_EQ(info.max_breakpoints, i) TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(-ENOSPC, dbgmem_bp_set(self->m, self->addr + i, "\xcc", 1,
					 NULL));
	EXPECT_ERROR(ENOSPC, DBGMEM_SOURCE_USAGE, "the maximum");
	EXPECT_EQ(0, dbgmem_bp_clear_all(self->m, &cleared, NULL));
	EXPECT_EQ(info.max_breakpoints, cleared);
	EXPECT_EQ(0, target_call(&self->t, bytes_changed, NULL));
}

TEST_F(lib, bp_of_a_target_that_is_gone)
{
	struct dbgmem_bp *bps = (void *)1;
	uint32_t cleared = 77;
	size_t nr = 77;

	ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr, NULL, 0, NULL));
	target_send(&self->t, other_program, NULL);
	while (poll(&(struct pollfd){ .fd = dbgmem_fd(self->m) }, 1, 10) < 1)
		;
	EXPECT_EQ(-ESTALE, dbgmem_bp_set(self->m, self->addr, NULL, 0, NULL));
	EXPECT_ERROR(ESTALE, DBGMEM_SOURCE_TARGET, "another program");
	EXPECT_EQ(-ESTALE, dbgmem_bp_clear(self->m, self->addr));
	EXPECT_EQ(-ESTALE, dbgmem_bp_clear_all(self->m, &cleared, NULL));
	EXPECT_ERROR(ESTALE, DBGMEM_SOURCE_TARGET, "cannot clear all", "only 0");
	EXPECT_EQ(0, cleared);
	EXPECT_EQ(-ESTALE, dbgmem_bp_list(self->m, 0, &bps, &nr));
	EXPECT_ERROR(ESTALE, DBGMEM_SOURCE_TARGET, "cannot list");
	EXPECT_EQ(NULL, bps);
	EXPECT_EQ(0, nr);
}

/* --- dbgmem_bp_list() --- */

TEST_F(lib, bp_list_tells_all)
{
	struct dbgmem_bp *bps = (void *)1;
	struct dbgmem *other;
	size_t nr = 77;

	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_WRITE, &other));
	EXPECT_EQ(0, dbgmem_bp_list(self->m, 0, &bps, &nr));
	EXPECT_EQ(NULL, bps);
	EXPECT_EQ(0, nr);
	ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr + 9, "\xcc\xf4", 2, NULL));
	ASSERT_EQ(0, dbgmem_bp_set(other, self->addr, "\xcc", 1, NULL));
	target_call(&self->t, byte_set, mem);

	ASSERT_EQ(0, dbgmem_bp_list(self->m, 0, &bps, &nr));
	ASSERT_EQ(1, nr);
	EXPECT_EQ(self->addr + 9, bps[0].addr);
	EXPECT_EQ(2, bps[0].len);
	EXPECT_EQ(DBGMEM_BP_STATE_STANDING, bps[0].state);
	EXPECT_EQ(0, memcmp("\xcc\xf4", bps[0].trap, 2));
	EXPECT_EQ(0, memcmp(mem + 9, bps[0].original, 2));
	EXPECT_EQ(getpid(), bps[0].owner);
	EXPECT_EQ(1, bps[0].own);
	dbgmem_bp_list_free(bps);

	ASSERT_EQ(0, dbgmem_bp_list(self->m, DBGMEM_BP_ALL, &bps, &nr));
	ASSERT_EQ(2, nr);
	EXPECT_EQ(self->addr, bps[0].addr);
	EXPECT_EQ(0, bps[0].own);
	EXPECT_EQ(DBGMEM_BP_STATE_LOST, bps[0].state);
	EXPECT_EQ(self->addr + 9, bps[1].addr);
	EXPECT_EQ(1, bps[1].own);
	dbgmem_bp_list_free(bps);
	EXPECT_GT(0, dbgmem_bp_list(self->m, 0x80, &bps, &nr));
	EXPECT_EQ(NULL, bps);
	dbgmem_close(other);
}

/* Sets and clears what lies between those that stay, until told to stop. */
struct flicker {
	struct dbgmem *m;
	uint64_t addr;
	size_t nr;
	bool stop;
	long bad;
};

static void *flicker(void *arg)
{
	struct flicker *f = arg;
	size_t i;

	while (!__atomic_load_n(&f->stop, __ATOMIC_RELAXED)) {
		for (i = 0; i < f->nr; i++)
			f->bad += !!dbgmem_bp_set(f->m, f->addr + 8 * i + 4,
						  NULL, 0, NULL);
		for (i = 0; i < f->nr; i++)
			f->bad += !!dbgmem_bp_clear(f->m, f->addr + 8 * i + 4);
	}
	return NULL;
}

TEST_F(lib, bp_list_of_many_while_others_come_and_go)
{
	struct flicker f = { .m = self->m, .addr = self->addr, .nr = 200 };
	size_t i, stay, most = 0;
	struct dbgmem_bp *bps;
	pthread_t thread;
	size_t nr, at;

	for (i = 0; i < f.nr; i++) {
		ASSERT_EQ(0, dbgmem_bp_set(self->m, self->addr + 8 * i, NULL, 0,
					   NULL));
	}
	ASSERT_EQ(0, dbgmem_bp_list(self->m, 0, &bps, &nr));
	ASSERT_EQ(f.nr, nr);
	dbgmem_bp_list_free(bps);
	ASSERT_EQ(0, pthread_create(&thread, NULL, flicker, &f));
	for (i = 0; i < 300 || (most == f.nr && i < 3000); i++) {
		ASSERT_EQ(0, dbgmem_bp_list(self->m, DBGMEM_BP_ALL, &bps, &nr))
			TH_LOG("%s", dbgmem_errstr());
		ASSERT_LE(f.nr, nr);
		for (at = 0, stay = 0; at < nr; at++) {
			if (at) {
				ASSERT_LT(bps[at - 1].addr, bps[at].addr);
			}
			stay += (bps[at].addr - self->addr) % 8 == 0;
		}
		ASSERT_EQ(f.nr, stay);
		if (nr > most)
			most = nr;
		dbgmem_bp_list_free(bps);
	}
	__atomic_store_n(&f.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, f.bad);
	EXPECT_LT(f.nr, most) TH_LOG("nothing came");
}

/* --- an older module --- */

TEST_F(lib, bp_module_without_breakpoints)
{
	struct dbgmem_bp *bps = (void *)1;
	struct dbgmem *old;
	size_t nr = 77;

	features_hidden = DBGMEM_FEATURE_BREAKPOINT;
	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_WRITE, &old));
	features_hidden = 0;
	EXPECT_EQ(-EOPNOTSUPP, dbgmem_bp_set(old, self->addr, NULL, 0, NULL));
	EXPECT_ERROR(EOPNOTSUPP, DBGMEM_SOURCE_MODULE, "does not know breakpoints",
		     "same release");
	EXPECT_EQ(-EOPNOTSUPP, dbgmem_bp_clear(old, self->addr));
	EXPECT_EQ(-EOPNOTSUPP, dbgmem_bp_clear_all(old, NULL, NULL));
	EXPECT_EQ(-EOPNOTSUPP, dbgmem_bp_list(old, 0, &bps, &nr));
	EXPECT_EQ(NULL, bps);
	EXPECT_EQ(0, nr);
	dbgmem_close(old);
}

TEST_HARNESS_MAIN
