// SPDX-License-Identifier: GPL-2.0
/*
 * Cycles: two agents that are each other's target, a session on its own process,
 * requests about the memory that they lie in, a session that is only held by a
 * message to itself. None of them hangs, and nothing is leaked.
 */
#include "proc.h"

#include "memory.h"
#include "slow.h"

#include <sys/socket.h>

#include <kselftest_harness.h>

#define ROUNDS		2000
#define AREA_SIZE	(4 * PAGE)

#define REFCNT		"/sys/module/dbgmem/refcnt"

static long sessions(void)
{
	char text[16];

	return file_read(REFCNT, text, sizeof(text)) > 0 ? atol(text) : -1;
}

/* Until there are no more than @nr: what ends a session may come a little later. */
static bool sessions_are(long nr)
{
	int ms;

	for (ms = 0; ms < 30000 && sessions() > nr; ms += 10)
		sleep_ms(10);
	return sessions() == nr;
}

static int bp_at(int fd, const void *addr)
{
	struct dbgmem_bp_set_args s = {
		.size = sizeof(s),
		.addr = (uintptr_t)addr,
		.len = 1,
		.trap = { 0xcc },
	};

	return ioctl(fd, DBGMEM_IOC_BP_SET, &s) ? -errno : 0;
}

static int bp_none(int fd)
{
	struct dbgmem_bp_clear_args c = {
		.size = sizeof(c),
		.flags = DBGMEM_BP_ALL,
	};

	return ioctl(fd, DBGMEM_IOC_BP_CLEAR, &c) ? -errno : 0;
}

/* --- two who are each other's target --- */

struct pair {
	pid_t pid[2];
	int done;
	bool go_on;		/* after their rounds, until they are killed */
};

FIXTURE(circle)
{
	struct pair *pair;
	char *area;
	long before;
};

FIXTURE_SETUP(circle)
{
	self->pair = shared_alloc(PAGE);
	self->area = private_alloc(AREA_SIZE);
	ASSERT_NE(NULL, self->pair);
	ASSERT_NE(NULL, self->area);
	memset(self->area, 'a', AREA_SIZE);
	self->before = sessions();
}

FIXTURE_TEARDOWN(circle)
{
}

static int exchange(int fd, char *area, long n)
{
	struct dbgmem_vector v = {
		.size = sizeof(v),
		.nr_segments = 2,
		.segment_size = sizeof(struct dbgmem_segment),
		.op = n / 8 % 2 ? DBGMEM_OP_WRITE : DBGMEM_OP_READ,
	};
	struct dbgmem_segment seg[2] = {
		{ .addr = (uintptr_t)area + 8, .buf = (uintptr_t)area + 100,
		  .len = PAGE },
		{ .addr = (uintptr_t)area + PAGE, .buf = (uintptr_t)area + 8,
		  .len = 8 },
	};
	int ret;

	v.segments = (uintptr_t)seg;
	switch (n % 8) {
	case 0:
		return mem_read(fd, area, area, AREA_SIZE, 0, NULL);
	case 1:
		return mem_write(fd, area, area, AREA_SIZE, 0, NULL);
	case 2:
		return mem_read(fd, area, area + 1, 2 * PAGE, DBGMEM_EXACT,
				NULL);
	case 3:
		return mem_write(fd, area + 1, area, 2 * PAGE, DBGMEM_EXACT,
				 NULL);
	case 4:
		return ioctl(fd, DBGMEM_IOC_VECTOR, &v) ? -errno : 0;
	case 5:
		v.flags = DBGMEM_EXACT;
		return ioctl(fd, DBGMEM_IOC_VECTOR, &v) ? -errno : 0;
	case 6:
		return pread(fd, area + 3, PAGE, (uintptr_t)area) == PAGE ?
			0 : -errno;
	default:
		ret = bp_at(fd, area + n % PAGE);
		return ret ? ret : bp_none(fd);
	}
}

/* One of the two: its memory comes and goes while the other has it in hand. */
static void one_of_two(struct pair *p, int me, char *area)
{
	long n, rounds = slow_rounds(ROUNDS);
	pid_t other;
	int fd, ret;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	__atomic_store_n(&p->pid[me], getpid(), __ATOMIC_RELEASE);
	while (!(other = __atomic_load_n(&p->pid[!me], __ATOMIC_ACQUIRE)))
		sched_yield();
	fd = session_open(other, O_RDWR);
	if (fd < 0)
		_exit(10);
	for (n = 0; n < rounds || p->go_on; n++) {
		ret = exchange(fd, area, n);
		if (ret) {
			fprintf(stderr, "# round %ld: %d\n", n, ret);
			_exit(20 + n % 8);
		}
		if (n % 3 == 0)
			madvise(area, AREA_SIZE, MADV_DONTNEED);
		if (n == rounds)
			__atomic_add_fetch(&p->done, 1, __ATOMIC_RELEASE);
	}
	__atomic_add_fetch(&p->done, 1, __ATOMIC_RELEASE);
	/* the other one's target stays until it is done */
	while (__atomic_load_n(&p->done, __ATOMIC_ACQUIRE) < 2)
		sleep_ms(1);
	_exit(0);
}

static void start_both(FIXTURE_DATA(circle) *self, pid_t pid[2])
{
	int i;

	for (i = 0; i < 2; i++) {
		pid[i] = fork();
		if (!pid[i])
			one_of_two(self->pair, i, self->area);
	}
}

TEST_F_TIMEOUT(circle, two_on_each_other_do_not_wait_for_each_other, 120)
{
	pid_t pid[2];

	start_both(self, pid);
	EXPECT_EQ(0, child_wait(pid[0]));
	EXPECT_EQ(0, child_wait(pid[1]));
	EXPECT_TRUE(sessions_are(self->before));
}

TEST_F_TIMEOUT(circle, two_on_each_other_killed_leave_nothing, 120)
{
	pid_t pid[2];

	self->pair->go_on = true;
	start_both(self, pid);
	while (__atomic_load_n(&self->pair->done, __ATOMIC_ACQUIRE) < 2) {
		ASSERT_EQ(0, waitpid(-1, NULL, WNOHANG));
		sleep_ms(1);
	}
	kill(pid[0], SIGKILL);
	kill(pid[1], SIGKILL);
	/* one may have seen the other's end first */
	child_wait(pid[0]);
	child_wait(pid[1]);
	EXPECT_TRUE(sessions_are(self->before));
}

/* --- one on itself --- */

TEST_F_TIMEOUT(circle, one_on_itself_with_a_breakpoint_ends, 60)
{
	pid_t pid = fork();
	int fd;

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fd = session_open(getpid(), O_RDWR);
		if (fd < 0 || bp_at(fd, self->area))
			_exit(1);
		_exit((unsigned char)self->area[0] == 0xcc ? 0 : 2);
	}
	EXPECT_EQ(0, child_wait(pid));
	EXPECT_TRUE(sessions_are(self->before));
	EXPECT_EQ('a', self->area[0]);
}

/* --- a message that holds itself --- */

static int send_fds(int sock, int a, int b)
{
	char data = 'x', control[CMSG_SPACE(2 * sizeof(int))] = {};
	struct iovec iov = { &data, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int fds[2] = { a, b };

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(c), fds, sizeof(fds));
	return sendmsg(sock, &msg, 0) == 1 ? 0 : -errno;
}

static long job_byte(void *addr)
{
	return *(volatile unsigned char *)addr;
}

/* The socket that it would be received from is in the message too. */
TEST_F_TIMEOUT(circle, session_in_a_message_that_holds_itself_ends, 120)
{
	struct target target = {};
	int sock[2], more[2], fd, ms;

	ASSERT_EQ(0, target_start(&target));
	fd = session_open(target.pid, O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, bp_at(fd, self->area));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sock));
	ASSERT_EQ(0, send_fds(sock[0], sock[1], fd));
	close(fd);
	close(sock[1]);
	EXPECT_EQ(0xcc, target_call(&target, job_byte, self->area));
	close(sock[0]);
	/* the end of any such socket has the kernel look for such circles */
	for (ms = 0; ms < 30000; ms += 10) {
		ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, more));
		close(more[0]);
		close(more[1]);
		if (target_call(&target, job_byte, self->area) == 'a')
			break;
		sleep_ms(10);
	}
	EXPECT_EQ('a', target_call(&target, job_byte, self->area));
	target_stop(&target);
	EXPECT_TRUE(sessions_are(self->before));
}

/* --- requests about themselves --- */

FIXTURE(itself)
{
	int fd;
	char *page;	/* with the request in the middle of it */
	struct dbgmem_transfer *t;
};

FIXTURE_SETUP(itself)
{
	self->fd = session_open(getpid(), O_RDWR);
	ASSERT_LE(0, self->fd);
	self->page = private_alloc(3 * PAGE);
	ASSERT_NE(NULL, self->page);
	memset(self->page, 0x5a, 3 * PAGE);
	self->t = (void *)(self->page + PAGE + PAGE / 2);
}

FIXTURE_TEARDOWN(itself)
{
	close(self->fd);
}

/* That it is where the answer comes must not matter to what is done. */
static void about_itself(struct __test_metadata *_metadata,
			 FIXTURE_DATA(itself) *self, unsigned long cmd,
			 uint32_t flags)
{
	struct dbgmem_transfer *t = self->t;

	memset(t, 0, sizeof(*t));
	t->size = sizeof(*t);
	t->flags = flags;
	/* from one byte before the request to one behind, over itself */
	t->addr = (uintptr_t)t - 1;
	t->buf = (uintptr_t)t - 1;
	t->len = sizeof(*t) + 2;
	ASSERT_EQ(0, ioctl(self->fd, cmd, t));
	EXPECT_EQ(sizeof(*t) + 2, t->done);
	EXPECT_EQ(sizeof(*t), t->size);
	EXPECT_EQ((uintptr_t)t - 1, t->addr);
	EXPECT_EQ(0, t->reason);
	EXPECT_EQ(-1, byte_differs(self->page, 0x5a, PAGE + PAGE / 2));
	EXPECT_EQ(-1, byte_differs((char *)(t + 1), 0x5a,
				   3 * PAGE / 2 - sizeof(*t)));
	/* over it from elsewhere: the kernel's copy counts */
	memset(t, 0, sizeof(*t));
	t->size = sizeof(*t);
	t->flags = flags;
	t->addr = (uintptr_t)(cmd == DBGMEM_IOC_READ ? self->page : (char *)t);
	t->buf = (uintptr_t)(cmd == DBGMEM_IOC_READ ? (char *)t : self->page);
	t->len = PAGE;
	ASSERT_EQ(0, ioctl(self->fd, cmd, t));
	EXPECT_EQ(PAGE, t->done);
	/* inputs are what was put there, outputs came after */
	EXPECT_EQ(0x5a5a5a5a, t->flags);
	EXPECT_EQ(0, t->reason);
}

TEST_F_TIMEOUT(itself, request_within_its_own_buffer, 60)
{
	static const char *const engines[] = { "remote", "pinned", "auto" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(engines); i++) {
		ASSERT_EQ(0, engine_set(engines[i]));
		about_itself(_metadata, self, DBGMEM_IOC_READ, 0);
		about_itself(_metadata, self, DBGMEM_IOC_WRITE, 0);
		about_itself(_metadata, self, DBGMEM_IOC_READ, DBGMEM_EXACT);
		about_itself(_metadata, self, DBGMEM_IOC_WRITE, DBGMEM_EXACT);
	}
	engine_set("auto");
}

/* What segments put over the array comes too late to count. */
TEST_F_TIMEOUT(itself, segments_that_write_over_their_own_array, 60)
{
	struct dbgmem_segment *seg = (void *)(self->page + PAGE);
	struct dbgmem_vector v;
	uint32_t op, i;

	for (op = DBGMEM_OP_READ; op <= DBGMEM_OP_WRITE; op++) {
		memset(self->page, 0x5a, 3 * PAGE);
		for (i = 0; i < 8; i++) {
			char *from = self->page + 8 * i, *to = (char *)&seg[i];

			seg[i] = (struct dbgmem_segment){
				.addr = (uintptr_t)(op ? to : from),
				.buf = (uintptr_t)(op ? from : to),
				.len = sizeof(*seg),
			};
		}
		v = (struct dbgmem_vector){
			.size = sizeof(v),
			.segments = (uintptr_t)seg,
			.nr_segments = 8,
			.segment_size = sizeof(*seg),
			.op = op,
		};
		ASSERT_EQ(0, ioctl(self->fd, DBGMEM_IOC_VECTOR, &v));
		EXPECT_EQ(8, v.nr_complete);
		EXPECT_EQ(8 * sizeof(*seg), v.done);
		EXPECT_EQ(-1, byte_differs(self->page, 0x5a, PAGE));
		EXPECT_EQ(-1, byte_differs((char *)(seg + 8), 0x5a,
					   2 * PAGE - 8 * sizeof(*seg)));
	}
}

TEST_F_TIMEOUT(itself, breakpoint_in_the_request_that_lists_it, 60)
{
	struct dbgmem_bp_list_args *l = (void *)self->t;
	struct dbgmem_bp *bp = (void *)(l + 1);

	memset(l, 0, sizeof(*l) + sizeof(*bp));
	ASSERT_EQ(0, bp_at(self->fd, bp));
	l->size = sizeof(*l);
	l->entries = (uintptr_t)bp;
	l->nr_entries = 1;
	l->entry_size = sizeof(*bp);
	ASSERT_EQ(0, ioctl(self->fd, DBGMEM_IOC_BP_LIST, l));
	EXPECT_EQ(1, l->nr);
	/* the answer went over the trap, which then is no more */
	EXPECT_EQ((uintptr_t)bp, bp->addr);
	EXPECT_EQ(0, bp_none(self->fd));
	EXPECT_EQ((uintptr_t)bp & 0xff, *(unsigned char *)bp);
}

TEST_HARNESS_MAIN
