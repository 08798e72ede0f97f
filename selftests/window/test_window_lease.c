// SPDX-License-Identifier: GPL-2.0
/*
 * How long windows hold pages of a target: an idle window holds nothing, it does
 * not stop a memfd from being sealed, huge pages count in full; and pages that
 * come late or never.
 */
#include "proc.h"
#include "slow_fault.h"
#include "window.h"
#include <kselftest_harness.h>

#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/syscall.h>

#ifndef F_ADD_SEALS
#define F_ADD_SEALS	1033
#define F_SEAL_WRITE	8
#endif

#define PAGES	64
#define AREA	(PAGES * PAGE)

FIXTURE(lease) {
	struct fixture fixture;
	struct memory mem;	/* in the target: pattern 3 */
	volatile char *win;	/* of it */
};

FIXTURE_SETUP(lease)
{
	fixture_init(&self->fixture);
	ASSERT_NE(NULL, self->fixture.job);
	self->win = MAP_FAILED;
}

FIXTURE_TEARDOWN(lease)
{
	if (self->win != MAP_FAILED)
		munmap((void *)self->win, AREA);
	fixture_stop(&self->fixture);
	param_set("window_lease", "100");
	param_set("window_pages", "65536");
}

/* Memory of @kind in the target, and a window of it. NULL, or why not. */
static const char *look_at(FIXTURE_DATA(lease) *self, enum memory_kind kind)
{
	const char *cannot = memory_map(&self->mem, kind, AREA, NULL);

	if (cannot)
		return cannot;
	if (fixture_start(&self->fixture))
		return "cannot attach";
	target_fill(&self->fixture.target, self->fixture.job, self->mem.addr, 0,
		    AREA, 3);
	self->win = window_map(self->fixture.fd, self->mem.addr, AREA);
	return self->win == MAP_FAILED ? "cannot map a window" : NULL;
}

#define ASSERT_LOOKS_AT(kind) do {					\
	const char *_cannot = look_at(self, kind);			\
									\
	if (_cannot)							\
		SKIP(return, "%s", _cannot);				\
} while (0)

#define EXPECT_SHOWS(seed) \
	EXPECT_EQ(-1, pattern_differs((const char *)self->win, 0, AREA, seed))

static bool comes_to_hold_nothing(int fd)
{
	long end = now_ms() + 20000;

	while (window_pages(fd) && now_ms() < end)
		sleep_ms(5);
	return !window_pages(fd);
}

TEST_F_TIMEOUT(lease, idle_window_holds_nothing_and_shows_again, 60)
{
	int round;

	ASSERT_LOOKS_AT(MEMORY_ANON);
	for (round = 0; round < 5; round++) {
		EXPECT_SHOWS(3 + round);
		EXPECT_TRUE(comes_to_hold_nothing(self->fixture.fd));
		target_fill(&self->fixture.target, self->fixture.job,
			    self->mem.addr, 0, AREA, 4 + round);
	}
}

/* Also while others are looked at. */
TEST_F_TIMEOUT(lease, each_block_ends_by_itself, 60)
{
	long end;
	volatile char *win;
	char *other = private_alloc(AREA);

	ASSERT_NE(NULL, other);
	ASSERT_EQ(0, param_set("window_lease", "400"));
	ASSERT_LOOKS_AT(MEMORY_ANON);
	win = window_map(self->fixture.fd, other, AREA);
	ASSERT_NE(MAP_FAILED, win);
	EXPECT_SHOWS(3);
	/* Never idle, for much longer than a lease: the first is let go of. */
	end = now_ms() + 1500;
	while (now_ms() < end)
		(void)win[0];
	EXPECT_GE(PAGES, window_pages(self->fixture.fd));
	munmap((void *)win, AREA);
}

TEST_F_TIMEOUT(lease, without_end_holds_as_long_as_it_is_mapped, 60)
{
	struct dbgmem_info info;

	ASSERT_EQ(0, param_set("window_lease", "0"));
	ASSERT_LOOKS_AT(MEMORY_ANON);
	ASSERT_EQ(0, module_info(self->fixture.fd, &info));
	EXPECT_EQ(0, info.window_lease);
	EXPECT_SHOWS(3);
	sleep_ms(500);
	EXPECT_EQ(PAGES, window_pages(self->fixture.fd));
	munmap((void *)self->win, AREA);
	self->win = MAP_FAILED;
	EXPECT_EQ(0, window_pages(self->fixture.fd));
}

/* Two pages of the area's first huge page, and those of the next. */
TEST_F_TIMEOUT(lease, huge_pages_count_whole_and_once, 60)
{
	const long huge = HUGE_SIZE / PAGE;
	volatile char *win;

	ASSERT_EQ(0, param_set("window_lease", "0"));
	ASSERT_LOOKS_AT(MEMORY_THP);
	if (rollup(self->fixture.target.pid, "AnonHugePages:") <= 0)
		SKIP(return, "the target got no huge page");
	(void)self->win[0];
	EXPECT_EQ(huge, window_pages(self->fixture.fd));
	(void)self->win[PAGE];
	EXPECT_EQ(huge, window_pages(self->fixture.fd));
	(void)self->win[4 * PAGE];
	(void)self->win[AREA - 1];
	EXPECT_EQ(2 * huge, window_pages(self->fixture.fd));
	/* Of another block, but the same huge page. */
	win = window_map(self->fixture.fd, self->mem.addr - AREA, AREA);
	ASSERT_NE(MAP_FAILED, win);
	(void)win[0];
	EXPECT_EQ(2 * huge, window_pages(self->fixture.fd));
	munmap((void *)win, AREA);
	EXPECT_EQ(2 * huge, window_pages(self->fixture.fd));
	munmap((void *)self->win, AREA);
	self->win = MAP_FAILED;
	EXPECT_EQ(0, window_pages(self->fixture.fd));
}

TEST_F_TIMEOUT(lease, huge_pages_are_held_up_to_the_limit, 60)
{
	char *mem;
	volatile char *win;
	const long size = 8 * HUGE_SIZE;
	long i;

	mem = private_alloc(size + HUGE_SIZE);
	ASSERT_NE(NULL, mem);
	mem = (char *)(((uintptr_t)mem + HUGE_SIZE - 1) & -HUGE_SIZE);
	if (madvise(mem, size, MADV_HUGEPAGE))
		SKIP(return, "the kernel has no transparent huge pages");
	ASSERT_EQ(0, param_set("window_lease", "0"));
	ASSERT_EQ(0, param_set("window_pages", "1024"));
	ASSERT_LOOKS_AT(MEMORY_ANON);
	target_fill(&self->fixture.target, self->fixture.job, mem, 0, size, 3);
	win = window_map(self->fixture.fd, mem, size);
	ASSERT_NE(MAP_FAILED, win);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(-1, pattern_differs((const char *)win, 0, size, 3));
		EXPECT_GE(1024, window_pages(self->fixture.fd));
	}
	munmap((void *)win, size);
}

/* --- what the target's kernel does with its pages --- */

/*
 * The kernel gives up after 155 ms, and a lease is 100: on a busy emulator the
 * worker may come too late once.
 */
static long do_seal(void *arg)
{
	struct memory *m = arg;
	int tries = 3;

	/* So that the page is the target's, too. */
	((volatile char *)m->addr)[0];
	while (fcntl(m->file, F_ADD_SEALS, F_SEAL_WRITE))
		if (errno != EBUSY || !--tries)
			return -errno;
	return 0;
}

static volatile bool poll_end;

static void *poller(void *arg)
{
	volatile char *win = arg;
	uint64_t word;
	size_t i = 0;

	while (!poll_end)
		window_peek(&win[i++ % PAGES * PAGE], &word);
	return NULL;
}

/* A memfd that is mapped, but by nobody for writing. */
static int sealable(struct memory *m)
{
	char path[64];
	int fd;

	m->file = memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (m->file < 0 || ftruncate(m->file, AREA))
		return -1;
	/* A shared mapping of a writable descriptor counts as writable. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", m->file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	m->addr = mmap(NULL, AREA, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	return m->addr == MAP_FAILED ? -1 : 0;
}

TEST_F_TIMEOUT(lease, polled_memfd_can_be_sealed_and_is_shown_then, 120)
{
	struct memory *m = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_t thread;
	int i;

	for (i = 0; i < 5; i++) {
		ASSERT_EQ(0, sealable(m));
		ASSERT_EQ(0, fixture_start(&self->fixture));
		self->win = window_map(self->fixture.fd, m->addr, AREA);
		ASSERT_NE(MAP_FAILED, self->win);
		munmap(m->addr, AREA);
		poll_end = false;
		ASSERT_EQ(0, pthread_create(&thread, NULL, poller,
					    (void *)self->win));
		sleep_ms(50 + 37 * i);
		EXPECT_EQ(0, target_call(&self->fixture.target, do_seal, m));
		sleep_ms(50);
		poll_end = true;
		pthread_join(thread, NULL);
		/* It is sealed for good, and no secret. */
		EXPECT_EQ(0, self->win[0]);
		EXPECT_EQ(0, self->win[AREA - 1]);
		munmap((void *)self->win, AREA);
		self->win = MAP_FAILED;
		fixture_stop(&self->fixture);
		close(m->file);
	}
	munmap(m, PAGE);
}

/* --- pages that come late, or never --- */

struct provider {
	struct slow slow;
	volatile bool end;
};

/* Provides each page at once, with its own number in it. */
static void *provide(void *arg)
{
	struct provider *p = arg;
	char page[PAGE] __attribute__((aligned(PAGE)));
	struct uffd_msg msg;

	while (!p->end) {
		struct pollfd fd = { .fd = p->slow.uffd, .events = POLLIN };
		struct uffdio_copy copy;

		if (poll(&fd, 1, 20) != 1 ||
		    read(p->slow.uffd, &msg, sizeof(msg)) != sizeof(msg))
			continue;
		copy = (struct uffdio_copy){
			.dst = msg.arg.pagefault.address & -PAGE,
			.src = (uintptr_t)page,
			.len = PAGE,
		};
		memcpy(page, &copy.dst, sizeof(copy.dst));
		ioctl(p->slow.uffd, UFFDIO_COPY, &copy);
	}
	return NULL;
}

TEST_F_TIMEOUT(lease, page_of_userfaultfd_is_always_shown, 120)
{
	struct provider p = { .slow.kind = SLOW_USERFAULTFD };
	volatile char *win;
	pthread_t thread;
	const char *cannot = slow_map(&p.slow);
	uint64_t word;
	int i;

	if (cannot)
		SKIP(return, "%s", cannot);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	if (slow_hold(&p.slow, &self->fixture.target))
		SKIP(return, "no userfaultfd");
	win = window_map(self->fixture.fd, p.slow.mem, SLOW_SIZE);
	ASSERT_NE(MAP_FAILED, win);
	ASSERT_EQ(0, pthread_create(&thread, NULL, provide, &p));
	for (i = 0; i < 300; i++) {
		ASSERT_EQ(0, window_peek(win + 3 * i * PAGE, &word));
		EXPECT_EQ((uintptr_t)p.slow.mem + 3 * i * PAGE, word);
	}
	p.end = true;
	pthread_join(thread, NULL);
	munmap((void *)win, SLOW_SIZE);
	slow_unmap(&p.slow);
}

static long do_truncate(void *arg)
{
	struct memory *m = arg;

	return ftruncate(m->file, PAGE) ? -errno : 0;
}

/* Each of several threads gets its own answer. */
static void *peek_beyond(void *arg)
{
	uint64_t word;
	long bad = 0;
	int i;

	for (i = 0; i < 50; i++)
		bad += window_peek((volatile char *)arg + PAGE, &word) != SIGBUS;
	return (void *)bad;
}

TEST_F_TIMEOUT(lease, page_beyond_the_end_of_a_file_is_sigbus, 60)
{
	struct memory *m = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ASSERT_LOOKS_AT(MEMORY_FILE_SHARED);
	*m = self->mem;
	EXPECT_SHOWS(3);
	ASSERT_EQ(0, target_call(&self->fixture.target, do_truncate, m));
	ASSERT_EQ(0, window_sync(self->fixture.fd));
	EXPECT_EQ(NULL, peek_beyond((void *)self->win));
	EXPECT_EQ(-1, pattern_differs((const char *)self->win, 0, PAGE, 3));
	munmap(m, PAGE);
}

TEST_HARNESS_MAIN
