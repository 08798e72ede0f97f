// SPDX-License-Identifier: GPL-2.0
/*
 * Windows: the target's memory in the agent's address space. They show the
 * target's writes at once, follow every change of its mappings, and raise SIGBUS
 * where nothing is mapped.
 */
#include "proc.h"
#include "window.h"
#include <kselftest_harness.h>

#include <sys/syscall.h>
#include <sys/uio.h>

#define PAGES	128
#define AREA	(PAGES * PAGE)

FIXTURE(window) {
	struct fixture fixture;
	struct target *target;
	struct job *job;
	char *mem;		/* in the target: pattern 3 */
	volatile char *win;	/* of it */
	int fd;
};

FIXTURE_SETUP(window)
{
	fixture_init(&self->fixture);
	ASSERT_NE(NULL, self->fixture.job);
	self->target = &self->fixture.target;
	self->job = self->fixture.job;
	self->mem = private_alloc(AREA);
	ASSERT_NE(NULL, self->mem);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	self->fd = self->fixture.fd;
	target_fill(self->target, self->job, self->mem, 0, AREA, 3);
	self->win = window_map(self->fd, self->mem, AREA);
	ASSERT_NE(MAP_FAILED, self->win);
}

FIXTURE_TEARDOWN(window)
{
	munmap((void *)self->win, AREA);
	fixture_stop(&self->fixture);
	param_set("window_pages", "65536");
	param_set("window_lease", "100");
}

/* All of the window is the pattern @seed. */
#define EXPECT_SHOWS(seed) \
	EXPECT_EQ(-1, pattern_differs((const char *)self->win, 0, AREA, seed))

#define EXPECT_SIGNAL(want, at) do {					\
	uint64_t _word;							\
									\
	EXPECT_EQ(want, window_peek(at, &_word));			\
} while (0)

/* --- what it shows --- */

TEST_F_TIMEOUT(window, shows_what_the_target_writes_at_once, 60)
{
	uint64_t seed;

	EXPECT_SHOWS(3);
	for (seed = 10; seed < 20; seed++) {
		target_fill(self->target, self->job, self->mem, 0, AREA, seed);
		EXPECT_SHOWS(seed);
	}
}

TEST_F_TIMEOUT(window, fetches_what_is_not_resident, 60)
{
	struct memory mem;
	volatile char *win;
	const char *cannot;

	cannot = memory_map(&mem, MEMORY_FILE_PRIVATE, AREA, NULL);
	ASSERT_EQ(NULL, cannot);
	fixture_stop(&self->fixture);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	self->fd = self->fixture.fd;
	win = window_map(self->fd, mem.addr, AREA);
	ASSERT_NE(MAP_FAILED, win);
	EXPECT_EQ(-1, pattern_differs((const char *)win, 0, AREA, 1));
	munmap((void *)win, AREA);
}

TEST_F_TIMEOUT(window, kernel_reads_through_it_too, 60)
{
	struct iovec mine = { self->job, 8 };
	struct iovec its = { (void *)self->win, 8 };
	char buf[64];
	int p[2];

	ASSERT_EQ(0, pipe(p));
	ASSERT_EQ(64, write(p[1], (const void *)(self->win + PAGE - 32), 64));
	ASSERT_EQ(64, read(p[0], buf, 64));
	EXPECT_EQ(-1, pattern_differs(buf, PAGE - 32, 64, 3));
	/* But nobody gets hold of the pages behind it. */
	EXPECT_EQ(-1, process_vm_readv(getpid(), &mine, 1, &its, 1, 0));
	EXPECT_EQ(EFAULT, errno);
}

/* --- it follows --- */

static long do_unmap(void *arg)
{
	struct job *j = arg;

	return munmap(j->addr, j->len) ? -errno : 0;
}

static long do_protect(void *arg)
{
	struct job *j = arg;

	return mprotect(j->addr, j->len, j->prot) ? -errno : 0;
}

static long do_discard(void *arg)
{
	struct job *j = arg;

	return madvise(j->addr, j->len, MADV_DONTNEED) ? -errno : 0;
}

static long do_map(void *arg)
{
	struct job *j = arg;

	if (mmap(j->addr, j->len, PROT_READ | PROT_WRITE,
		 MAP_ANON_PRIVATE | MAP_FIXED, -1, 0) == MAP_FAILED)
		return -errno;
	return job_fill(arg);
}

/* The upper half goes to the lower one. */
static long do_move(void *arg)
{
	struct job *j = arg;

	return mremap(j->addr + AREA / 2, AREA / 2, AREA / 2,
		      MREMAP_MAYMOVE | MREMAP_FIXED, j->addr) == MAP_FAILED ?
	       -errno : 0;
}

static long do_fork_and_fill(void *arg)
{
	struct job *j = arg;
	int gate[2];
	pid_t pid;
	char c;

	if (pipe(gate))
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		close(gate[1]);
		if (read(gate[0], &c, 1) < 0)
			_exit(1);
		memset(j->addr, 0x5a, j->len);
		_exit(0);
	}
	close(gate[0]);
	job_fill(arg);
	close(gate[1]);
	return waitpid(pid, NULL, 0) == pid ? 0 : -errno;
}

static long change(FIXTURE_DATA(window) *self, target_fn fn, size_t from,
		   size_t len, uint64_t seed)
{
	long ret;

	*self->job = (struct job){ .addr = self->mem + from, .len = len,
				   .from = from, .seed = seed };
	ret = target_call(self->target, fn, self->job);
	return ret ? ret : window_sync(self->fd);
}

TEST_F_TIMEOUT(window, unmapped_is_sigbus_and_mapped_again_is_seen, 60)
{
	EXPECT_SHOWS(3);
	ASSERT_EQ(0, change(self, do_unmap, 3 * PAGE, 2 * PAGE, 0));
	EXPECT_SIGNAL(SIGBUS, self->win + 3 * PAGE);
	EXPECT_SIGNAL(SIGBUS, self->win + 5 * PAGE - 8);
	EXPECT_SIGNAL(0, self->win + 3 * PAGE - 8);
	EXPECT_SIGNAL(0, self->win + 5 * PAGE);
	ASSERT_EQ(0, change(self, do_map, 3 * PAGE, 2 * PAGE, 3));
	EXPECT_SHOWS(3);
	ASSERT_EQ(0, change(self, do_map, 0, AREA, 4));
	EXPECT_SHOWS(4);
}

TEST_F_TIMEOUT(window, protection_is_respected, 60)
{
	EXPECT_SHOWS(3);
	*self->job = (struct job){ .addr = self->mem, .len = AREA,
				   .prot = PROT_NONE };
	ASSERT_EQ(0, target_call(self->target, do_protect, self->job));
	ASSERT_EQ(0, window_sync(self->fd));
	EXPECT_SIGNAL(SIGBUS, self->win);
	self->job->prot = PROT_READ;
	ASSERT_EQ(0, target_call(self->target, do_protect, self->job));
	EXPECT_SHOWS(3);
}

TEST_F_TIMEOUT(window, discarded_is_zeros, 60)
{
	EXPECT_SHOWS(3);
	ASSERT_EQ(0, change(self, do_discard, 0, AREA, 0));
	EXPECT_EQ(-1, byte_differs((const char *)self->win, 0, AREA));
	target_fill(self->target, self->job, self->mem, 0, AREA, 5);
	ASSERT_EQ(0, window_sync(self->fd));
	EXPECT_SHOWS(5);
}

TEST_F_TIMEOUT(window, moved_is_followed, 60)
{
	EXPECT_SHOWS(3);
	ASSERT_EQ(0, change(self, do_move, 0, AREA, 0));
	EXPECT_EQ(-1, pattern_differs((const char *)self->win, AREA / 2,
				      AREA / 2, 3));
	EXPECT_SIGNAL(SIGBUS, self->win + AREA / 2);
}

TEST_F_TIMEOUT(window, goes_with_the_targets_own_copy, 60)
{
	EXPECT_SHOWS(3);
	ASSERT_EQ(0, change(self, do_fork_and_fill, 0, AREA, 6));
	EXPECT_SHOWS(6);
}

/* Without SYNC: soon. */
TEST_F_TIMEOUT(window, worker_catches_up_by_itself, 60)
{
	long end = now_ms() + 30000;
	uint64_t word;
	int sig;

	EXPECT_SHOWS(3);
	*self->job = (struct job){ .addr = self->mem, .len = AREA };
	ASSERT_EQ(0, target_call(self->target, do_unmap, self->job));
	do {
		sig = window_peek(self->win, &word);
	} while (!sig && now_ms() < end);
	EXPECT_EQ(SIGBUS, sig);
	while (window_pages(self->fd) && now_ms() < end)
		sleep_ms(1);
	EXPECT_EQ(0, window_pages(self->fd));
}

TEST_F_TIMEOUT(window, exec_of_the_target_is_sigbus, 60)
{
	long end = now_ms() + 30000;
	uint64_t word;
	int sig;

	EXPECT_SHOWS(3);
	target_send(self->target, exec_sleep, NULL);
	do {
		sig = window_peek(self->win, &word);
	} while (!sig && now_ms() < end);
	EXPECT_EQ(SIGBUS, sig);
	EXPECT_EQ(-ESTALE, window_prepare(self->fd, (uintptr_t)self->mem, PAGE,
					  NULL));
}

TEST_F_TIMEOUT(window, exit_of_the_target_is_sigbus, 60)
{
	EXPECT_SHOWS(3);
	target_stop(self->target);
	self->target->pid = 0;
	ASSERT_EQ(0, window_sync(self->fd));
	EXPECT_SIGNAL(SIGBUS, self->win);
	EXPECT_SIGNAL(SIGBUS, self->win + AREA - 8);
	EXPECT_EQ(0, window_pages(self->fd));
	EXPECT_EQ(-ESRCH, window_prepare(self->fd, (uintptr_t)self->mem, PAGE,
					 NULL));
}

/* --- what there is of them --- */

TEST_F_TIMEOUT(window, several_show_the_same_and_end_by_themselves, 60)
{
	volatile char *other = window_map(self->fd, self->mem, AREA);
	struct dbgmem_session_info info;
	char path[64], text[1024];

	ASSERT_NE(MAP_FAILED, other);
	ASSERT_EQ(0, param_set("window_lease", "0"));
	EXPECT_SHOWS(3);
	EXPECT_EQ(-1, pattern_differs((const char *)other, 0, AREA, 3));
	ASSERT_EQ(0, session_info(self->fd, &info));
	EXPECT_EQ(2, info.windows);
	EXPECT_LT(0, info.window_pages);
	EXPECT_GE(PAGES, info.window_pages);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", self->fd);
	ASSERT_LT(0, file_read(path, text, sizeof(text)));
	EXPECT_NE(NULL, strstr(text, "dbgmem-windows:\t2\n"));
	EXPECT_NE(NULL, strstr(text, "dbgmem-window-pages:\t"));

	/* The middle of one, then the rest. */
	ASSERT_EQ(0, munmap((void *)(other + PAGE), 4 * PAGE));
	EXPECT_SHOWS(3);
	EXPECT_SIGNAL(SIGSEGV, other + PAGE);
	EXPECT_SIGNAL(0, other);
	EXPECT_SIGNAL(0, other + 5 * PAGE);
	ASSERT_EQ(0, munmap((void *)other, AREA));
	EXPECT_SHOWS(3);
	ASSERT_EQ(0, munmap((void *)self->win, AREA));
	ASSERT_EQ(0, session_info(self->fd, &info));
	EXPECT_EQ(0, info.windows);
	EXPECT_EQ(0, info.window_pages);
}

TEST_F_TIMEOUT(window, outlives_the_descriptor, 60)
{
	close(self->fd);
	self->fixture.fd = -1;
	EXPECT_SHOWS(3);
	target_fill(self->target, self->job, self->mem, 0, AREA, 4);
	EXPECT_SHOWS(4);
}

TEST_F_TIMEOUT(window, keeps_the_module_loaded, 60)
{
	close(self->fd);
	self->fixture.fd = -1;
	EXPECT_EQ(-1, syscall(SYS_delete_module, "dbgmem", O_NONBLOCK));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_SHOWS(3);
}

TEST_F_TIMEOUT(window, hold_no_more_than_the_limit, 60)
{
	struct dbgmem_session_info info;
	int round;

	munmap((void *)self->win, AREA);
	close(self->fd);
	ASSERT_EQ(0, param_set("window_pages", "64"));
	ASSERT_EQ(0, param_set("window_lease", "0"));
	self->fd = session_open(self->target->pid, O_RDONLY);
	ASSERT_LE(0, self->fd);
	self->fixture.fd = self->fd;
	self->win = window_map(self->fd, self->mem, AREA);
	ASSERT_NE(MAP_FAILED, self->win);
	for (round = 0; round < 3; round++) {
		EXPECT_SHOWS(3);
		ASSERT_EQ(0, session_info(self->fd, &info));
		EXPECT_EQ(64, info.max_window_pages);
		EXPECT_LT(0, info.window_pages);
		EXPECT_GE(64, info.window_pages);
	}
}

TEST_F_TIMEOUT(window, is_not_inherited_and_does_not_grow, 60)
{
	uint64_t word;
	pid_t pid;

	EXPECT_SHOWS(3);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(window_peek(self->win, &word));
	EXPECT_EQ(SIGSEGV, child_wait(pid));
	EXPECT_EQ(-1, madvise((void *)self->win, AREA, MADV_DOFORK));
	EXPECT_EQ(-1, madvise((void *)self->win, AREA, MADV_DODUMP));
	EXPECT_EQ(MAP_FAILED, mremap((void *)self->win, AREA, 2 * AREA,
				     MREMAP_MAYMOVE));
	/* It can be moved, though. */
	self->win = mremap((void *)self->win, AREA, AREA,
			   MREMAP_MAYMOVE | MREMAP_FIXED,
			   mmap(NULL, AREA, PROT_NONE, MAP_ANON_PRIVATE, -1,
				0));
	ASSERT_NE(MAP_FAILED, self->win);
	EXPECT_SHOWS(3);
	ASSERT_EQ(0, change(self, do_map, 0, AREA, 4));
	EXPECT_SHOWS(4);
}

/* --- what is refused --- */

TEST_F_TIMEOUT(window, is_for_reading_and_shared, 60)
{
	off_t at = (uintptr_t)self->mem;

	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				   MAP_SHARED, self->fd, at));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ | PROT_EXEC,
				   MAP_SHARED, self->fd, at));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE,
				   self->fd, at));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, mprotect((void *)self->win, PAGE,
			       PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, mprotect((void *)self->win, PAGE, PROT_READ | PROT_EXEC));
	EXPECT_EQ(EACCES, errno);
	EXPECT_SHOWS(3);
}

TEST_F_TIMEOUT(window, needs_a_target, 60)
{
	uint64_t at = (uintptr_t)self->mem, offset;
	int fd;

	fd = dev_open(O_RDWR);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-ENOTCONN, window_prepare(fd, at, PAGE, &offset));
	EXPECT_EQ(0, offset);
	EXPECT_EQ(-ENOTCONN, window_sync(fd));
	close(fd);
	fd = session_open(self->target->pid, O_RDWR);
	ASSERT_LE(0, fd);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, at));
	EXPECT_EQ(ENODEV, errno);
	/* Nothing to wait for. */
	EXPECT_EQ(0, window_sync(fd));
	ASSERT_EQ(0, param_set("window_pages", "0"));
	EXPECT_EQ(-EOPNOTSUPP, window_prepare(fd, at, PAGE, NULL));
	ASSERT_EQ(0, param_set("window_pages", "65536"));
	EXPECT_EQ(0, window_prepare(fd, at, PAGE, NULL));
	close(fd);
}

TEST_F_TIMEOUT(window, needs_no_mirror, 60)
{
	struct dbgmem_info info;
	int fd;

	ASSERT_EQ(0, param_set("mirror_pages", "0"));
	fd = dev_open(O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, module_info(fd, &info));
	EXPECT_EQ(0, info.max_mirror_pages);
	EXPECT_EQ(65536, info.max_window_pages);
	EXPECT_TRUE(info.features & DBGMEM_FEATURE_WINDOW);
	close(fd);
	fd = session_open(self->target->pid, O_RDONLY);
	ASSERT_EQ(0, param_set("mirror_pages", "262144"));
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, window_prepare(fd, (uintptr_t)self->mem, PAGE, NULL));
	close(fd);
}

/* Either drops what it knows when the target's mapping changes. */
TEST_F_TIMEOUT(window, goes_with_a_mirror, 60)
{
	volatile char *win;
	uint64_t word, want;
	long known;
	int fd, i;

	attach_flags = DBGMEM_ATTACH_MIRROR;
	fd = session_open(self->target->pid, O_RDWR);
	attach_flags = 0;
	ASSERT_LE(0, fd);
	win = window_map(fd, self->mem, AREA);
	ASSERT_NE(MAP_FAILED, win);
	for (i = 3; i < 6; i++) {
		target_fill(self->target, self->job, self->mem, 0, AREA, i);
		ASSERT_EQ(0, window_sync(fd));
		EXPECT_EQ(-1, pattern_differs((const char *)win, 0, AREA, i));
		pattern_fill(&want, 0, sizeof(want), i);
		ASSERT_EQ(0, mem_read(fd, self->mem, &word, 8, 0, NULL));
		EXPECT_EQ(want, word);
		known = mirror_pages(fd);
		EXPECT_LT(0, known);
		EXPECT_LT(0, window_pages(fd));
		ASSERT_EQ(0, change(self, do_discard, 0, AREA, 0));
		EXPECT_GT(known, mirror_pages(fd));
		ASSERT_EQ(0, window_sync(fd));
		EXPECT_EQ(0, window_pages(fd));
		EXPECT_EQ(0, win[0]);
	}
	munmap((void *)win, AREA);
	close(fd);
}

TEST_F_TIMEOUT(window, odd_ranges_are_refused, 60)
{
	uint64_t at = (uintptr_t)self->mem, offset;

	EXPECT_EQ(0, window_prepare(self->fd, at, PAGE, &offset));
	EXPECT_EQ(at, offset);
	EXPECT_EQ(-EINVAL, window_prepare(self->fd, at, 0, NULL));
	EXPECT_EQ(-EINVAL, window_prepare(self->fd, at + 8, PAGE, NULL));
	EXPECT_EQ(-EINVAL, window_prepare(self->fd, at, PAGE + 1, NULL));
	EXPECT_EQ(-EOVERFLOW, window_prepare(self->fd, -PAGE, 2 * PAGE, NULL));
}

TEST_F_TIMEOUT(window, one_of_oneself_is_eloop, 60)
{
	int fd = session_open(getpid(), O_RDWR);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-ELOOP, window_prepare(fd, (uintptr_t)self->mem, PAGE, NULL));
	close(fd);
}

/* In the target: a window of its parent, whose address is returned. */
static long do_window(void *arg)
{
	struct job *j = arg;
	int fd = session_open(getppid(), O_RDONLY);
	volatile char *win;

	if (fd < 0)
		return fd;
	win = window_map(fd, j->addr, PAGE);
	close(fd);
	if (win == MAP_FAILED)
		return -errno;
	/* The parent has never written there. */
	return *win == 0 ? (long)win : -EBADMSG;
}

TEST_F_TIMEOUT(window, one_of_a_window_shows_nothing, 60)
{
	struct dbgmem_transfer t;
	volatile char *win;
	char c;
	long at;

	*self->job = (struct job){ .addr = self->mem };
	at = target_call(self->target, do_window, self->job);
	ASSERT_LT(0, at);
	win = window_map(self->fd, (void *)at, PAGE);
	ASSERT_NE(MAP_FAILED, win);
	EXPECT_SIGNAL(SIGBUS, win);
	EXPECT_EQ(-EFAULT, mem_read(self->fd, at, &c, 1, 0, &t));
	EXPECT_EQ(DBGMEM_REASON_SPECIAL, t.reason);
	munmap((void *)win, PAGE);
}

TEST_HARNESS_MAIN
