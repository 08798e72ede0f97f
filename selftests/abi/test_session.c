// SPDX-License-Identifier: GPL-2.0
/*
 * A session as a file descriptor: fdinfo and its counts, tracepoints, an empty
 * kernel log; several sessions, several threads, copies by dup and fork.
 */
#include "proc.h"

#include <linux/userfaultfd.h>
#include <poll.h>
#include <limits.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include <kselftest_harness.h>

#define TRACING	"/sys/kernel/tracing/"

FIXTURE(session)
{
	struct target target;
	unsigned char *page;	/* two, and a hole behind */
	int fd;
};

FIXTURE_SETUP(session)
{
	self->page = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->page);
	ASSERT_EQ(0, munmap(self->page + 2 * PAGE, PAGE));
	memset(self->page, 0x44, 2 * PAGE);
	ASSERT_EQ(0, target_start(&self->target));
	self->fd = session_open(self->target.pid, O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(session)
{
	close(self->fd);
	target_stop(&self->target);
}

/* Does the session tell of the target's end within the time? */
static bool ended(int fd)
{
	struct pollfd p = { .fd = fd };

	return poll(&p, 1, 20000) == 1 && p.revents == POLLHUP;
}

/* --- fdinfo --- */

struct fdinfo {
	int pid;
	char state[16], access[8];
	long long reads, writes, read_bytes, written_bytes;
};

static int fdinfo_get(int fd, struct fdinfo *f)
{
	char path[64], text[1024];
	int n;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	if (file_read(path, text, sizeof(text)) < 0)
		return -1;
	if (!strstr(text, "dbgmem-pid:\t"))
		return 0;
	n = sscanf(strstr(text, "dbgmem-pid:\t"),
		   "dbgmem-pid:\t%d\ndbgmem-state:\t%15s\ndbgmem-access:\t%7s\n"
		   "dbgmem-reads:\t%lld\ndbgmem-writes:\t%lld\n"
		   "dbgmem-read-bytes:\t%lld\ndbgmem-written-bytes:\t%lld",
		   &f->pid, f->state, f->access, &f->reads, &f->writes,
		   &f->read_bytes, &f->written_bytes);
	return n;
}

TEST_F_TIMEOUT(session, fdinfo_names_target_state_and_access, 60)
{
	static const struct { int oflags; const char *access; } mode[] = {
		{ O_RDONLY, "r-" }, { O_WRONLY, "-w" }, { O_RDWR, "rw" },
	};
	struct fdinfo f;
	size_t i;
	int fd;

	fd = dev_open(O_RDWR);
	ASSERT_EQ(7, fdinfo_get(fd, &f));
	EXPECT_EQ(0, f.pid);
	EXPECT_STREQ("unbound", f.state);
	EXPECT_STREQ("--", f.access);
	close(fd);
	for (i = 0; i < ARRAY_SIZE(mode); i++) {
		fd = session_open(self->target.pid, mode[i].oflags);
		ASSERT_EQ(7, fdinfo_get(fd, &f));
		EXPECT_EQ(self->target.pid, f.pid);
		EXPECT_STREQ("attached", f.state);
		EXPECT_STREQ(mode[i].access, f.access);
		close(fd);
	}
	fd = session_open(self->target.pid, O_RDWR);
	target_send(&self->target, exec_sleep, NULL);
	EXPECT_TRUE(ended(fd));
	ASSERT_EQ(7, fdinfo_get(fd, &f));
	EXPECT_STREQ("execed", f.state);
	kill(self->target.pid, SIGKILL);
	ASSERT_EQ(-SIGKILL, child_wait(self->target.pid));
	ASSERT_EQ(7, fdinfo_get(fd, &f));
	EXPECT_STREQ("execed", f.state);

	ASSERT_EQ(0, target_start(&self->target));
	close(fd);
	fd = session_open(self->target.pid, O_RDWR);
	target_stop(&self->target);
	ASSERT_EQ(7, fdinfo_get(fd, &f));
	EXPECT_STREQ("exited", f.state);
	close(fd);
}

TEST_F_TIMEOUT(session, fdinfo_counts_exactly, 60)
{
	static unsigned char buf[3 * PAGE];
	struct fdinfo f;
	int i;

	ASSERT_EQ(7, fdinfo_get(self->fd, &f));
	EXPECT_EQ(0, f.reads + f.writes + f.read_bytes + f.written_bytes);
	for (i = 0; i < 10; i++)
		ASSERT_EQ(0, mem_read(self->fd, self->page, buf, 100, 0, NULL));
	for (i = 0; i < 7; i++)
		ASSERT_EQ(0, mem_write(self->fd, self->page, buf, 11,
				       i % 2 ? DBGMEM_EXACT : 0, NULL));
	ASSERT_EQ(7, fdinfo_get(self->fd, &f));
	EXPECT_EQ(10, f.reads);
	EXPECT_EQ(1000, f.read_bytes);
	EXPECT_EQ(7, f.writes);
	EXPECT_EQ(77, f.written_bytes);

	/* partial: what really moved */
	ASSERT_EQ(0, mem_read(self->fd, self->page, buf, 3 * PAGE, 0, NULL));
	/* failed in the target: asked, and nothing moved */
	ASSERT_EQ(-EFAULT, mem_read(self->fd, self->page + 2 * PAGE, buf, 8, 0,
				    NULL));
	ASSERT_EQ(-EFAULT, mem_write(self->fd, self->page, buf, 3 * PAGE,
				     DBGMEM_EXACT, NULL));
	/* refused before: not counted */
	ASSERT_EQ(-EOPNOTSUPP, mem_read(self->fd, self->page, buf, 8, 1U << 31,
					NULL));
	ASSERT_EQ(-EOVERFLOW, mem_write(self->fd, ~0UL, buf, 8, 0, NULL));
	/* read and write system calls count the same */
	ASSERT_EQ(5, pread(self->fd, buf, 5, (uintptr_t)self->page));
	ASSERT_EQ(6, pwrite(self->fd, buf, 6, (uintptr_t)self->page));
	ASSERT_EQ(7, fdinfo_get(self->fd, &f));
	EXPECT_EQ(13, f.reads);
	EXPECT_EQ(1000 + 2 * PAGE + 5, f.read_bytes);
	EXPECT_EQ(9, f.writes);
	EXPECT_EQ(77 + 6, f.written_bytes);
}

TEST_F_TIMEOUT(session, target_outside_the_pid_namespace_shows_as_0, 60)
{
	struct dbgmem_session_info info;
	pid_t pid, inner;

	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWPID))
			_exit(2);
		inner = fork();
		if (!inner)
			_exit(session_info(self->fd, &info) ? 3 :
			      info.state != DBGMEM_STATE_ATTACHED ? 4 :
			      info.pid ? 5 : 0);
		_exit(child_wait(inner));
	}
	EXPECT_EQ(0, child_wait(pid));
}

/* --- tracepoints, and the kernel log --- */

static int trace_clear(void)
{
	int fd = open(TRACING "trace", O_WRONLY | O_TRUNC | O_CLOEXEC);

	return fd < 0 ? -errno : close(fd);
}

TEST_F_TIMEOUT(session, tracepoints_tell_of_attach_and_transfer, 60)
{
	static char text[256 << 10];
	char want[128], buf[16];
	int fd;

	if (access(TRACING "events/dbgmem", F_OK))
		SKIP(return, "no tracefs at " TRACING);
	ASSERT_EQ(0, trace_clear());
	ASSERT_EQ(0, file_write(TRACING "events/dbgmem/dbgmem_attach/enable",
				"1"));
	ASSERT_EQ(0, file_write(TRACING "events/dbgmem/dbgmem_transfer/enable",
				"1"));
	fd = session_open(self->target.pid, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, mem_read(fd, self->page + 3, buf, 13, 0, NULL));
	EXPECT_EQ(0, mem_write(self->fd, self->page + 2 * PAGE - 4, buf, 9, 0,
			       NULL));
	file_write(TRACING "events/dbgmem/enable", "0");
	ASSERT_LT(0, file_read(TRACING "trace", text, sizeof(text)));

	snprintf(want, sizeof(want), "dbgmem_attach: target=%d access=r- ret=0",
		 (int)self->target.pid);
	EXPECT_NE(NULL, strstr(text, want))
		TH_LOG("no \"%s\" in:\n%s", want, text);
	snprintf(want, sizeof(want),
		 "dbgmem_transfer: target=%d read addr=%#lx len=13 flags=0x0 done=13 reason=0",
		 (int)self->target.pid, (long)self->page + 3);
	EXPECT_NE(NULL, strstr(text, want))
		TH_LOG("no \"%s\" in:\n%s", want, text);
	snprintf(want, sizeof(want),
		 "dbgmem_transfer: target=%d write addr=%#lx len=9 flags=0x0 done=4 reason=%d",
		 (int)self->target.pid, (long)self->page + 2 * PAGE - 4,
		 DBGMEM_REASON_UNMAPPED);
	EXPECT_NE(NULL, strstr(text, want))
		TH_LOG("no \"%s\" in:\n%s", want, text);
	/* switched off again, nothing more comes */
	ASSERT_EQ(0, trace_clear());
	EXPECT_EQ(0, mem_read(fd, self->page, buf, 8, 0, NULL));
	ASSERT_LT(0, file_read(TRACING "trace", text, sizeof(text)));
	EXPECT_EQ(NULL, strstr(text, "dbgmem_transfer:"));
	close(fd);
}

TEST_F_TIMEOUT(session, nothing_in_the_kernel_log_whatever_happens, 120)
{
	static unsigned char buf[3 * PAGE];
	static char text[64 << 10];
	bool loaded = false;
	int kmsg, i, fd;
	ssize_t n;

	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg < 0)
		SKIP(return, "no /dev/kmsg");
	/* all up to now: the loading is in it, so this is the way to look */
	while ((n = read(kmsg, text, sizeof(text) - 1)) > 0) {
		text[n] = 0;
		loaded |= !!strstr(text, "dbgmem: loaded");
	}
	ASSERT_TRUE(loaded);
	for (i = 0; i < 300; i++) {
		fd = session_open(self->target.pid, i % 3);
		mem_read(fd, self->page, buf, sizeof(buf), i & 0x1f, NULL);
		mem_write(fd, self->page, buf, sizeof(buf), i & 0x1f, NULL);
		mem_read(fd, 0xffff888000000000, buf, 8, 0, NULL);
		mem_write(fd, 0xffffffff81000000, buf, 8, DBGMEM_FORCE, NULL);
		mem_read(fd, self->page, (void *)8, 8, 0, NULL);
		attach(fd, i, i);
		attach(fd, self->target.pid, -1);
		ioctl(fd, _IO(DBGMEM_IOC_TYPE, i), 0);
		ioctl(fd, DBGMEM_IOC_READ, 0);
		param_set("engine", "nonsense");
		close(fd);
	}
	target_stop(&self->target);
	mem_read(self->fd, self->page, buf, 8, 0, NULL);
	while ((n = read(kmsg, text, sizeof(text) - 1)) > 0) {
		text[n] = 0;
		EXPECT_EQ(NULL, strstr(text, "dbgmem"))
			TH_LOG("%s", text);
	}
	EXPECT_EQ(EAGAIN, errno);
	close(kmsg);
	ASSERT_EQ(0, target_start(&self->target));
}

/* --- many --- */

TEST_F_TIMEOUT(session, several_sessions_on_one_target, 60)
{
	int fd[64], i, value = 0;

	for (i = 0; i < 64; i++) {
		fd[i] = session_open(self->target.pid, O_RDWR);
		ASSERT_LE(0, fd[i]);
	}
	for (i = 0; i < 64; i++) {
		EXPECT_EQ(0, mem_write(fd[i], self->page, &i, sizeof(i), 0,
				       NULL));
		EXPECT_EQ(0, mem_read(fd[63 - i], self->page, &value,
				      sizeof(value), 0, NULL));
		EXPECT_EQ(i, value);
	}
	/* closing some does not disturb the others */
	for (i = 0; i < 63; i++)
		close(fd[i]);
	EXPECT_EQ(0, mem_read(fd[63], self->page, &value, sizeof(value), 0,
			      NULL));
	close(fd[63]);
}

TEST_F_TIMEOUT(session, dup_and_fork_share_one_session, 60)
{
	struct fdinfo f;
	char buf[8];
	pid_t pid;
	int copy;

	copy = dup(self->fd);
	ASSERT_LE(0, copy);
	pid = fork();
	if (!pid)
		_exit(mem_read(self->fd, self->page, buf, 8, 0, NULL) ||
		      mem_read(copy, self->page, buf, 8, 0, NULL));
	EXPECT_EQ(0, child_wait(pid));
	EXPECT_EQ(-EISCONN, attach(copy, self->target.pid, -1) == -EBADF ?
		  attach(copy, self->target.pid,
			 proc_open(self->target.pid, "mem", O_RDWR)) : 0);
	close(self->fd);
	EXPECT_EQ(0, mem_read(copy, self->page, buf, 8, 0, NULL));
	ASSERT_EQ(7, fdinfo_get(copy, &f));
	EXPECT_EQ(3, f.reads);
	self->fd = copy;
}

/* --- several threads on one session --- */

struct worker {
	pthread_t thread;
	int fd, index, rounds;
	unsigned char *page;
	long bad, ended;
	int *stop;
};

/* Each has 64 bytes of its own in the target. */
static void *work(void *arg)
{
	unsigned char out[64], in[64];
	struct worker *w = arg;
	int ret = 0, i;

	for (i = 0; !__atomic_load_n(w->stop, __ATOMIC_RELAXED) &&
	     i < w->rounds; i++) {
		memset(out, w->index * 50 + i % 50, sizeof(out));
		ret = mem_write(w->fd, w->page + 64 * w->index, out,
				sizeof(out), i & 1 ? DBGMEM_EXACT : 0, NULL);
		if (ret)
			break;
		ret = mem_read(w->fd, w->page + 64 * w->index, in, sizeof(in),
			       i & 2 ? DBGMEM_EXACT : 0, NULL);
		if (ret)
			break;
		w->bad += !!memcmp(in, out, sizeof(in));
	}
	w->ended = ret;
	return NULL;
}

static void start_workers(struct worker *w, int n, int fd, unsigned char *page,
			  int *stop, int rounds)
{
	int i;

	*stop = 0;
	for (i = 0; i < n; i++) {
		w[i] = (struct worker){ .fd = fd, .index = i, .page = page,
					.stop = stop, .rounds = rounds };
		if (pthread_create(&w[i].thread, NULL, work, &w[i]))
			abort();
	}
}

TEST_F_TIMEOUT(session, four_threads_use_it_at_once, 120)
{
	static const char * const engine[] = { "remote", "pinned", "auto" };
	struct worker w[4];
	struct fdinfo f;
	size_t e;
	int i, stop;

	for (e = 0; e < ARRAY_SIZE(engine); e++) {
		ASSERT_EQ(0, engine_set(engine[e]));
		start_workers(w, 4, self->fd, self->page, &stop, 2000);
		for (i = 0; i < 4; i++) {
			pthread_join(w[i].thread, NULL);
			EXPECT_EQ(0, w[i].bad);
			EXPECT_EQ(0, w[i].ended);
		}
	}
	ASSERT_EQ(7, fdinfo_get(self->fd, &f));
	EXPECT_EQ(3 * 4 * 2000, f.reads);
	EXPECT_EQ(3 * 4 * 2000 * 64, f.written_bytes);
}

TEST_F_TIMEOUT(session, target_ends_while_threads_transfer, 120)
{
	struct worker w[4];
	int round, i, stop;

	for (round = 0; round < 20; round++) {
		start_workers(w, 4, self->fd, self->page, &stop, INT_MAX);
		sleep_ms(5);
		kill(self->target.pid, SIGKILL);
		for (i = 0; i < 4; i++) {
			pthread_join(w[i].thread, NULL);
			EXPECT_EQ(0, w[i].bad);
			EXPECT_EQ(-ESRCH, w[i].ended);
		}
		target_stop(&self->target);
		close(self->fd);
		ASSERT_EQ(0, target_start(&self->target));
		self->fd = session_open(self->target.pid, O_RDWR);
		ASSERT_LE(0, self->fd);
	}
}

TEST_F_TIMEOUT(session, closed_while_threads_transfer, 120)
{
	struct worker w[4];
	int round, i, fd, stop;

	for (round = 0; round < 20; round++) {
		fd = session_open(self->target.pid, O_RDWR);
		ASSERT_LE(0, fd);
		start_workers(w, 4, fd, self->page, &stop, INT_MAX);
		sleep_ms(2);
		close(fd);
		for (i = 0; i < 4; i++) {
			pthread_join(w[i].thread, NULL);
			EXPECT_EQ(0, w[i].bad);
			EXPECT_EQ(-EBADF, w[i].ended);
		}
	}
}

TEST_F_TIMEOUT(session, racing_attaches_bind_once, 120)
{
	int round, i, ok, fd, mem_fd;
	pid_t pid[4];

	mem_fd = proc_open(self->target.pid, "mem", O_RDWR);
	for (round = 0; round < 50; round++) {
		fd = dev_open(O_RDWR);
		for (i = 0; i < 4; i++) {
			pid[i] = fork();
			if (!pid[i])
				_exit(-attach(fd, self->target.pid, mem_fd));
		}
		for (i = ok = 0; i < 4; i++) {
			int code = child_wait(pid[i]);

			ok += !code;
			EXPECT_TRUE(!code || code == EISCONN);
		}
		EXPECT_EQ(1, ok);
		close(fd);
	}
}

/* --- ATTACH and signals --- */

FIXTURE(attaching)
{
	struct target target;
	int mem_fd;
};

FIXTURE_VARIANT(attaching)
{
	uint32_t flags;
};

FIXTURE_VARIANT_ADD(attaching, plain) { .flags = 0 };
FIXTURE_VARIANT_ADD(attaching, with_mirror) { .flags = DBGMEM_ATTACH_MIRROR };

FIXTURE_SETUP(attaching)
{
	struct dbgmem_info info;
	int fd = dev_open(O_RDWR);

	ASSERT_EQ(0, module_info(fd, &info));
	close(fd);
	if (variant->flags & ~info.attach_flags)
		SKIP(return, "no mirrors in this kernel");
	attach_flags = variant->flags;
	ASSERT_EQ(0, target_start(&self->target));
	self->mem_fd = proc_open(self->target.pid, "mem", O_RDWR);
	ASSERT_LE(0, self->mem_fd);
}

FIXTURE_TEARDOWN(attaching)
{
	alarm_storm(0);
	close(self->mem_fd);
	target_stop(&self->target);
}

TEST_F_TIMEOUT(attaching, under_signals_works, 60)
{
	int i, fd, ret, failed = 0;
	struct target t;

	for (i = 0; i < 200; i++) {
		/* The kernel gets ready once for each target. */
		ASSERT_EQ(0, target_start(&t));
		close(self->mem_fd);
		self->mem_fd = proc_open(t.pid, "mem", O_RDWR);
		fd = dev_open(O_RDWR);
		alarm_storm(100);
		ret = attach(fd, t.pid, self->mem_fd);
		alarm_storm(0);
		failed += ret != 0;
		close(fd);
		target_stop(&t);
	}
	EXPECT_EQ(0, failed);
}

/* --- an ATTACH that cannot be answered, and one behind it --- */

/* Write to a page that nobody makes writable again. Does not come back. */
static void attach_and_wait(int fd, pid_t pid, int mem_fd)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct dbgmem_attach *a = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_register reg = {
		.range = { (uintptr_t)a, PAGE },
		.mode = UFFDIO_REGISTER_MODE_WP,
	};
	struct uffdio_writeprotect wp = {
		.range = { (uintptr_t)a, PAGE },
		.mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	*a = (struct dbgmem_attach){
		.size = sizeof(*a),
		.flags = attach_flags,
		.pid = pid,
		.mem_fd = mem_fd,
	};
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api) ||
	    ioctl(uffd, UFFDIO_REGISTER, &reg) ||
	    ioctl(uffd, UFFDIO_WRITEPROTECT, &wp))
		_exit(2);
	ioctl(fd, DBGMEM_IOC_ATTACH, a);
	_exit(1);
}

TEST_F_TIMEOUT(attaching, behind_another_dies_at_once, 60)
{
	pid_t pid = self->target.pid, first, second;
	int fd = dev_open(O_RDWR);
	long start;

	first = fork();
	if (!first)
		attach_and_wait(fd, pid, self->mem_fd);
	sleep_ms(300);
	if (waitpid(first, NULL, WNOHANG) == first)
		SKIP(return, "no write-protection by userfaultfd");
	second = fork();
	if (!second)
		_exit(attach(fd, pid, self->mem_fd) ? 1 : 0);
	sleep_ms(300);
	start = now_ms();
	kill(second, SIGKILL);
	while (waitpid(second, NULL, WNOHANG) != second &&
	       now_ms() - start < 5000)
		sleep_ms(10);
	EXPECT_LE(now_ms() - start, 1000);
	start = now_ms();
	kill(first, SIGKILL);
	EXPECT_EQ(-SIGKILL, child_wait(first));
	EXPECT_LE(now_ms() - start, 1000);
	/* Who could not be told has not attached. */
	EXPECT_EQ(0, attach(fd, pid, self->mem_fd));
	close(fd);
}

TEST_HARNESS_MAIN
