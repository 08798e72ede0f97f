// SPDX-License-Identifier: GPL-2.0
/* libdbgmem: windows, read with and without a SIGBUS handler. */
#include "userlib.h"
#include "proc.h"
#include <kselftest_harness.h>

#include <pthread.h>

/* The window: it begins and ends within pages. */
#define SKEW	100
#define LEN	(6 * PAGE)

FIXTURE(window) {
	struct target t;
	struct dbgmem *m;
	struct dbgmem_window *w;
	uint64_t addr;		/* of it, in the target */
	char buf[PAGES * PAGE];
};

FIXTURE_SETUP(window)
{
	ASSERT_TRUE(mem_make(PAGES));
	self->addr = (uintptr_t)mem + SKEW;
	ASSERT_EQ(0, target_start(&self->t));
	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_RDONLY, &self->m))
		TH_LOG("%s", dbgmem_errstr());
	ASSERT_EQ(0, dbgmem_window_map(self->m, self->addr, LEN, 0, &self->w))
		TH_LOG("%s", dbgmem_errstr());
}

FIXTURE_TEARDOWN(window)
{
	dbgmem_window_unmap(self->w);
	dbgmem_close(self->m);
	target_stop(&self->t);
	munmap(mem, PAGES * PAGE);
	param_set("window_lease", "100");
}

static long fill(void *value)
{
	memset(mem, (int)(uintptr_t)value, PAGES * PAGE);
	return 0;
}

static long page_map(void *page)
{
	return mmap(page, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		    MAP_ANONYMOUS | MAP_FIXED, -1, 0) != page;
}

/* How many transfers the session has counted, or -1. */
static long reads(struct dbgmem *m)
{
	char path[64], text[1024], *p;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", dbgmem_fd(m));
	if (file_read(path, text, sizeof(text)) < 0)
		return -1;
	p = strstr(text, "dbgmem-reads:");
	return p ? atol(p + strlen("dbgmem-reads:")) : -1;
}

/* --- what it shows --- */

TEST_F(window, is_the_targets_memory_to_the_byte)
{
	const volatile char *p = dbgmem_window_at(self->w, self->addr, LEN);
	size_t i;

	ASSERT_NE(NULL, p);
	for (i = 0; i < LEN; i++)
		ASSERT_EQ((char)pattern(SKEW + i), p[i]);
	EXPECT_EQ(p + 17, dbgmem_window_at(self->w, self->addr + 17, LEN - 17));
	EXPECT_EQ(p + LEN, dbgmem_window_at(self->w, self->addr + LEN, 0));
	EXPECT_EQ(NULL, dbgmem_window_at(self->w, self->addr + 17, LEN - 16));
	EXPECT_EQ(NULL, dbgmem_window_at(self->w, self->addr - 1, 2));
	EXPECT_EQ(NULL, dbgmem_window_at(self->w, self->addr + LEN + 1, 0));
	EXPECT_EQ(NULL, dbgmem_window_at(self->w, self->addr + 1, SIZE_MAX));
	/* Its own copy of what it shares with its parent, a moment later. */
	ASSERT_EQ(0, target_call(&self->t, fill, (void *)0x5a));
	ASSERT_EQ(0, dbgmem_window_sync(self->w));
	EXPECT_EQ(0x5a, *p);
	EXPECT_EQ(0x5a, p[LEN - 1]);
	/* And what it writes there at once. */
	ASSERT_EQ(0, target_call(&self->t, fill, (void *)0x5b));
	EXPECT_EQ(0x5b, *p);
	EXPECT_EQ(0x5b, p[LEN - 1]);
}

TEST_F(window, shows_no_old_page_after_sync)
{
	const volatile char *p = dbgmem_window_at(self->w, self->addr, LEN);

	EXPECT_EQ((char)pattern(SKEW), *p);
	ASSERT_EQ(0, target_call(&self->t, page_drop, mem));
	ASSERT_EQ(0, dbgmem_window_sync(self->w));
	EXPECT_EQ(0, *p);
}

TEST_F(window, prefault_shows_all_that_is_there)
{
	struct dbgmem_window *w;
	struct dbgmem_session_info info = { .size = sizeof(info) };

	ASSERT_EQ(0, param_set("window_lease", "0"));
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 2 * PAGE));
	ASSERT_EQ(0, dbgmem_get_session_info(self->m, &info));
	EXPECT_EQ(0, info.window_pages);
	ASSERT_EQ(0, dbgmem_window_map(self->m, (uintptr_t)mem, PAGES * PAGE,
				       DBGMEM_WINDOW_PREFAULT, &w));
	ASSERT_EQ(0, dbgmem_get_session_info(self->m, &info));
	EXPECT_EQ(PAGES - 1, info.window_pages);
	dbgmem_window_unmap(w);
}

/* --- reading it --- */

TEST_F(window, read_without_a_handler_goes_by_the_session)
{
	struct sigaction now;
	long before = reads(self->m);

	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	EXPECT_EQ(3 * PAGE - SKEW, dbgmem_window_read(self->w, self->addr,
						      self->buf, LEN));
	EXPECT_TRUE(is_pattern(self->buf, SKEW, 3 * PAGE - SKEW));
	EXPECT_EQ(-EFAULT, dbgmem_window_read(self->w,
					      (uintptr_t)mem + 3 * PAGE,
					      self->buf, 8));
	EXPECT_EQ(before + 2, reads(self->m));
	/* And behind nobody's back. */
	ASSERT_EQ(0, sigaction(SIGBUS, NULL, &now));
	EXPECT_TRUE(now.sa_handler == SIG_DFL);
}

static void reads_over_a_hole(struct __test_metadata *_metadata,
			      FIXTURE_DATA(window) *self)
{
	const uint64_t hole = (uintptr_t)mem + 3 * PAGE;
	long before = reads(self->m);
	uint64_t word;
	int i;

	for (i = 0; i < 1000; i++) {
		ASSERT_EQ(LEN, dbgmem_window_read(self->w, self->addr,
						  self->buf, LEN));
		ASSERT_EQ(8, dbgmem_window_read(self->w, hole, &word, 8));
	}
	EXPECT_TRUE(is_pattern(self->buf, SKEW, LEN));
	EXPECT_EQ(0, memcmp(&word, mem + 3 * PAGE, 8));
	/* Without a call. */
	EXPECT_EQ(before, reads(self->m));

	ASSERT_EQ(0, target_call(&self->t, page_unmap, (void *)hole));
	ASSERT_EQ(0, dbgmem_window_sync(self->w));
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(3 * PAGE - SKEW,
			  dbgmem_window_read(self->w, self->addr, self->buf,
					     LEN));
		EXPECT_EQ(-EFAULT, dbgmem_window_read(self->w, hole + 8, &word,
						      8));
		EXPECT_ERROR(EFAULT, DBGMEM_SOURCE_MEMORY, "nothing is mapped");
		EXPECT_EQ(hole + 8, dbgmem_last_error()->result.fault_addr);
		EXPECT_EQ(8, dbgmem_window_read(self->w, hole + PAGE, &word,
						8));
	}
	/* It comes again. */
	ASSERT_EQ(0, target_call(&self->t, page_map, (void *)hole));
	EXPECT_EQ(LEN, dbgmem_window_read(self->w, self->addr, self->buf, LEN));
	EXPECT_EQ(0, self->buf[3 * PAGE - SKEW]);
}

TEST_F(window, read_with_the_librarys_handler_needs_no_call)
{
	ASSERT_EQ(0, dbgmem_window_catch(0));
	ASSERT_EQ(0, dbgmem_window_catch(0));
	reads_over_a_hole(_metadata, self);
}

TEST_F(window, read_over_a_hole_leaves_protection_keys_as_they_are)
{
	int key = pkey_alloc(0, 0);

	if (key < 0)
		SKIP(return, "the processor has no protection keys");
	ASSERT_EQ(0, dbgmem_window_catch(0));
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	EXPECT_EQ(3 * PAGE - SKEW, dbgmem_window_read(self->w, self->addr,
						      self->buf, LEN));
	EXPECT_EQ(0, pkey_get(key));
	pkey_free(key);
}

static volatile sig_atomic_t own_calls;

static void own_handler(int sig, siginfo_t *info, void *context)
{
	own_calls++;
	dbgmem_window_sigbus(sig, info, context);
	_exit(77);
}

TEST_F(window, read_with_the_callers_own_handler_too)
{
	struct sigaction sa = { .sa_sigaction = own_handler }, now;

	/* Without SA_NODEFER: the mask is put right, too. */
	sa.sa_flags = SA_SIGINFO;
	ASSERT_EQ(0, sigaction(SIGBUS, &sa, NULL));
	ASSERT_EQ(0, dbgmem_window_catch(DBGMEM_WINDOW_OWN_HANDLER));
	ASSERT_EQ(0, sigaction(SIGBUS, NULL, &now));
	EXPECT_TRUE(now.sa_sigaction == own_handler);
	reads_over_a_hole(_metadata, self);
	EXPECT_EQ(6, own_calls);
}

struct reader {
	pthread_t thread;
	FIXTURE_DATA(window) *self;
	uint64_t at;
	ssize_t want;
	long bad;
};

static void *read_on(void *arg)
{
	struct reader *r = arg;
	uint64_t word;
	int i;

	for (i = 0; i < 500; i++)
		r->bad += dbgmem_window_read(r->self->w, r->at, &word, 8) !=
			  r->want;
	return NULL;
}

TEST_F(window, threads_do_not_meet_each_others_signals)
{
	struct reader r[4];
	size_t i;

	ASSERT_EQ(0, dbgmem_window_catch(0));
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem + 3 * PAGE));
	ASSERT_EQ(0, dbgmem_window_sync(self->w));
	for (i = 0; i < 4; i++) {
		r[i] = (struct reader){
			.self = self,
			.at = (uintptr_t)mem + (2 + i % 2) * PAGE,
			.want = i % 2 ? -EFAULT : 8,
		};
		ASSERT_EQ(0, pthread_create(&r[i].thread, NULL, read_on,
					    &r[i]));
	}
	for (i = 0; i < 4; i++) {
		pthread_join(r[i].thread, NULL);
		EXPECT_EQ(0, r[i].bad);
	}
}

/* --- whatever else raises it --- */

/* Ends by SIGBUS of its own, or with what the handler that was there says. */
static int ends_of(void (*handler)(int), bool sent, bool look)
{
	struct sigaction sa = { .sa_handler = handler };
	const volatile char *p;
	pid_t pid = fork();

	if (pid)
		return child_wait(pid);
	sigaction(SIGBUS, &sa, NULL);
	if (dbgmem_window_catch(0))
		_exit(99);
	if (sent) {
		raise(SIGBUS);
		_exit(55);
	}
	/* A page of a file that has no byte. */
	p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED,
		 memfd_create("empty", MFD_CLOEXEC), 0);
	if (look && *p)
		_exit(98);
	_exit(55);
}

static void say_77(int sig)
{
	_exit(77);
}

TEST(other_reasons_for_sigbus_are_what_they_were)
{
	EXPECT_EQ(55, ends_of(SIG_DFL, false, false));
	EXPECT_EQ(-SIGBUS, ends_of(SIG_DFL, false, true));
	EXPECT_EQ(-SIGBUS, ends_of(SIG_DFL, true, false));
	EXPECT_EQ(77, ends_of(say_77, false, true));
	EXPECT_EQ(77, ends_of(say_77, true, false));
	/* Not to be ignored where it is raised, but where it is sent. */
	EXPECT_EQ(-SIGBUS, ends_of(SIG_IGN, false, true));
	EXPECT_EQ(55, ends_of(SIG_IGN, true, false));
}

/* --- refused --- */

TEST_F(window, read_of_what_is_not_in_it)
{
	EXPECT_EQ(-EINVAL, dbgmem_window_read(self->w, self->addr - 1,
					      self->buf, 2));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "the window has 24576 bytes");
	EXPECT_EQ(-EINVAL, dbgmem_window_read(self->w, self->addr, self->buf,
					      LEN + 1));
	EXPECT_EQ(0, dbgmem_window_read(self->w, self->addr + LEN, self->buf,
					0));
}

TEST_F(window, map_says_what_is_missing)
{
	struct dbgmem_window *w = self->w;
	struct dbgmem *m;

	EXPECT_EQ(-EINVAL, dbgmem_window_map(self->m, self->addr, 0, 0, &w));
	EXPECT_EQ(NULL, w);
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "at least one byte");
	EXPECT_EQ(-EINVAL, dbgmem_window_map(self->m, self->addr, 8, 1U << 31,
					     &w));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "unknown flags 0x80000000");
	EXPECT_EQ(-EOVERFLOW, dbgmem_window_map(self->m, UINT64_MAX - 7, 8, 0,
						&w));
	EXPECT_ERROR(EOVERFLOW, DBGMEM_SOURCE_USAGE, "beyond 64 bits");
	EXPECT_EQ(-EINVAL, dbgmem_window_catch(1U << 31));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "unknown flags 0x80000000");

	ASSERT_EQ(0, dbgmem_open(getpid(), DBGMEM_OPEN_RDONLY, &m));
	EXPECT_EQ(-ELOOP, dbgmem_window_map(m, self->addr, 8, 0, &w));
	EXPECT_ERROR(ELOOP, DBGMEM_SOURCE_USAGE, "the target is this process");
	dbgmem_close(m);
	dbgmem_window_unmap(NULL);
}

TEST_F(window, where_mirrors_and_windows_are_off_that_is_said)
{
	struct dbgmem_window *w;
	struct dbgmem *m;

	ASSERT_EQ(0, param_set("mirror_pages", "0"));
	EXPECT_EQ(-EOPNOTSUPP, dbgmem_open(self->t.pid, DBGMEM_OPEN_MIRROR,
					   &m));
	EXPECT_EQ(NULL, m);
	EXPECT_ERROR(EOPNOTSUPP, DBGMEM_SOURCE_MODULE, "mirror_pages is 0");
	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_RDONLY, &m));
	ASSERT_EQ(0, dbgmem_window_map(m, self->addr, 8, 0, &w));
	dbgmem_window_unmap(w);
	dbgmem_close(m);
	ASSERT_EQ(0, param_set("mirror_pages", "262144"));
	ASSERT_EQ(0, param_set("window_pages", "0"));
	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_MIRROR, &m));
	EXPECT_EQ(-EOPNOTSUPP, dbgmem_window_map(m, self->addr, 8, 0, &w));
	EXPECT_ERROR(EOPNOTSUPP, DBGMEM_SOURCE_MODULE, "window_pages is 0");
	ASSERT_EQ(0, param_set("window_pages", "65536"));
	dbgmem_close(m);
}

TEST_F(window, target_that_has_ended)
{
	struct dbgmem_window *w;

	ASSERT_EQ(0, dbgmem_window_catch(0));
	target_stop(&self->t);
	ASSERT_EQ(0, dbgmem_window_sync(self->w));
	EXPECT_EQ(-ESRCH, dbgmem_window_read(self->w, self->addr, self->buf,
					     LEN));
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "it has exited");
	EXPECT_EQ(-ESRCH, dbgmem_window_map(self->m, self->addr, 8, 0, &w));
	EXPECT_ERROR(ESRCH, DBGMEM_SOURCE_TARGET, "cannot map 8 bytes");
}

TEST_HARNESS_MAIN
