// SPDX-License-Identifier: GPL-2.0
/*
 * A dead debugger leaves no trap behind: agents are killed while they have
 * breakpoints, and targets end in other ways than by exit.
 */
#include "code.h"
#include "proc.h"
#include "slow.h"
#include <kselftest_harness.h>

#include <pthread.h>
#include <sys/socket.h>

#define FUNCTIONS	32	/* that the target calls when it is told to */
#define ALWAYS		FUNCTIONS	/* and the one that it always runs */
#define KILLS		1000

FIXTURE(end) {
	struct bed bed;
	struct bed *b;
	char *code;		/* a page of functions */
	char image[PAGE];	/* what it is without traps */
	struct survivor *survivor;
};

FIXTURE_SETUP(end)
{
	int i;

	self->b = &self->bed;
	self->code = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			  MAP_ANON_PRIVATE, -1, 0);
	ASSERT_NE(MAP_FAILED, self->code);
	self->survivor = shared_alloc(PAGE);
	ASSERT_NE(NULL, self->survivor);
	for (i = 0; i <= ALWAYS; i++)
		code_emit(self->code + i * CODE_SIZE, 100 + i);
	memcpy(self->image, self->code, PAGE);
	/* As text is. */
	ASSERT_EQ(0, mprotect(self->code, PAGE, PROT_READ | PROT_EXEC));
	ASSERT_EQ(0, bed_start(self->b));
}

FIXTURE_TEARDOWN(end)
{
	bed_stop(self->b);
}

static char *function(FIXTURE_DATA(end) *self, int i)
{
	return self->code + i * CODE_SIZE;
}

/* How many of the functions do not do what they should. */
static long job_call(void *arg)
{
	long wrong = 0;
	int i;

	for (i = 0; i < FUNCTIONS; i++)
		wrong += code_call((char *)arg + i * CODE_SIZE) != 100U + i;
	return wrong;
}

/* A thread that runs one of them all the time; and is told nothing more. */
static long always_wrong;

static void *always(void *arg)
{
	for (;;)
		if (code_call((char *)arg + ALWAYS * CODE_SIZE) != 100U + ALWAYS)
			__atomic_add_fetch(&always_wrong, 1, __ATOMIC_RELAXED);
	return NULL;
}

static long job_always(void *arg)
{
	pthread_t thread;

	return -pthread_create(&thread, NULL, always, arg);
}

static long job_always_wrong(void *arg)
{
	(void)arg;
	return __atomic_load_n(&always_wrong, __ATOMIC_RELAXED);
}

/* --- agents --- */

/* Traps of every length, so that no function would survive them. */
static int plant_all(FIXTURE_DATA(end) *self, int fd)
{
	int i, ret;

	for (i = 0; i < FUNCTIONS; i++) {
		ret = bp_set(fd, function(self, i), LONG_TRAP, 1 + i % 16,
			     NULL);
		if (ret)
			return ret;
	}
	return bp_set(fd, function(self, ALWAYS), TRAP, TRAP_LEN, NULL);
}

struct digger {
	FIXTURE_DATA(end) *self;
	int fd, index;
};

/* Sets and clears for ever, so that the end comes in the middle of it. */
static void *dig(void *arg)
{
	struct digger *d = arg;
	int i, fd = d->fd;

	for (i = 0;; i++) {
		char *at = function(d->self, i % FUNCTIONS / 4 * 4 + d->index);

		bp_set(fd, at, LONG_TRAP, 1 + i % 16, NULL);
		mem_write(fd, at, CODE_FIRST, 1, 0, NULL);
		if (i % 3)
			bp_clear(fd, at, NULL);
	}
	return NULL;
}

/* Closes with traps standing, for ever, so that the end comes in a close(2). */
static void *open_and_close(void *arg)
{
	struct digger *d = arg;
	int i, fd;

	for (i = 0;; i++) {
		fd = session_open(d->self->b->target->pid, O_RDWR);
		bp_set(fd, function(d->self, i % FUNCTIONS / 4 * 4 + d->index),
		       LONG_TRAP, 16, NULL);
		close(fd);
	}
	return NULL;
}

static int send_fd(int sock, int fd)
{
	char data = 'd', ctl[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { &data, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = ctl,
		.msg_controllen = sizeof(ctl),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(sock, &msg, 0) == 1 ? 0 : -errno;
}

static int receive_fd(int sock)
{
	char data, ctl[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &data, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = ctl,
		.msg_controllen = sizeof(ctl),
	};
	int fd;

	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&msg))
		return -EIO;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

enum agent {
	SINGLE,			/* plants, and waits */
	THREADED,		/* plants and removes all the while */
	HOLDER			/* got its session from another */
};

/* Tells by a byte when it is ready, and waits to be killed. */
static void be_agent(FIXTURE_DATA(end) *self, enum agent kind, int out,
		     int sock)
{
	struct digger d[4];
	pthread_t thread;
	int fd, i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (kind == HOLDER) {
		fd = receive_fd(sock);
	} else {
		fd = session_open(self->b->target->pid, O_RDWR);
		if (fd < 0 || (kind == SINGLE && plant_all(self, fd)))
			_exit(1);
	}
	if (kind == SINGLE && sock >= 0 && send_fd(sock, fd))
		_exit(2);
	for (i = 0; kind == THREADED && i < 4; i++) {
		d[i] = (struct digger){ self, fd, i };
		if (pthread_create(&thread, NULL, i < 3 ? dig : open_and_close,
				   &d[i]))
			_exit(3);
	}
	if (write(out, "x", 1) != 1)
		_exit(4);
	for (;;)
		pause();
}

static pid_t start_agent(FIXTURE_DATA(end) *self, enum agent kind, int sock)
{
	int ready[2];
	pid_t pid;
	char c;

	if (pipe2(ready, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid)
		be_agent(self, kind, ready[1], sock);
	close(ready[1]);
	if (pid > 0 && read(ready[0], &c, 1) != 1) {
		waitpid(pid, NULL, 0);
		pid = -ECHILD;
	}
	close(ready[0]);
	return pid;
}

static int kill_agent(pid_t pid)
{
	kill(pid, SIGKILL);
	return child_wait(pid);
}

/* Are there traps in the target? */
static bool trapped(FIXTURE_DATA(end) *self)
{
	char page[PAGE];

	return pread(self->b->truth, page, PAGE, (uintptr_t)self->code) !=
	       (ssize_t)PAGE || memcmp(page, self->image, PAGE);
}

/* Has it not been over at once? Who is killed waits for half a second. */
static bool late(FIXTURE_DATA(end) *self)
{
	long end = now_ms() + 10000;

	if (!trapped(self))
		return false;
	while (trapped(self) && now_ms() < end)
		sleep_ms(1);
	return true;
}

TEST_F_TIMEOUT(end, a_thousand_killed_agents_leave_a_target_that_runs_on, 290)
{
	long i, hits, nr_late = 0, kills = slow_rounds(KILLS);
	struct bed *b = self->b;
	int sock[2];
	pid_t pid, holder;

	close(b->fd);
	b->fd = b->fixture.fd = -1;
	ASSERT_EQ(0, target_call(b->target, job_survive, self->survivor));
	ASSERT_EQ(0, target_call(b->target, job_always, self->code));
	for (i = 0; i < kills; i++) {
		enum agent kind = i % 3 == 1 ? THREADED : SINGLE;

		holder = 0;
		sock[0] = -1;
		if (i % 3 == 2) {
			ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM |
						SOCK_CLOEXEC, 0, sock));
		}
		pid = start_agent(self, kind, sock[0]);
		ASSERT_LT(0, pid);
		if (i % 3 == 2) {
			/* The one who has it last may have got it anyhow. */
			holder = start_agent(self, HOLDER, sock[1]);
			ASSERT_LT(0, holder);
			close(sock[0]);
			close(sock[1]);
		}
		if (kind == SINGLE) {
			ASSERT_TRUE(trapped(self));
		} else {
			usleep(i % 7 * 300);
		}
		ASSERT_EQ(-SIGKILL, kill_agent(pid));
		if (holder) {
			ASSERT_TRUE(trapped(self));
			ASSERT_EQ(-SIGKILL, kill_agent(holder));
		}
		nr_late += late(self);
		ASSERT_FALSE(trapped(self))
			TH_LOG("kill %ld", i);
		ASSERT_EQ(0, target_call(b->target, job_call, self->code));
	}
	/* On a machine that is busy with other things. */
	EXPECT_GE(kills / 100, nr_late);
	hits = __atomic_load_n(&self->survivor->hits, __ATOMIC_RELAXED);
	EXPECT_LT(0, hits);
	EXPECT_EQ(0, self->survivor->odd);
	EXPECT_EQ(0, target_call(b->target, job_always_wrong, NULL));
	TH_LOG("%ld hits in what is always run", hits);
}

/* A descriptor on its way, which nobody ever receives. */
TEST_F_TIMEOUT(end, a_session_that_was_sent_but_not_received_ends_too, 60)
{
	struct bed *b = self->b;
	int sock[2], i;

	ASSERT_EQ(0, plant_all(self, b->fd));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sock));
	ASSERT_EQ(0, send_fd(sock[0], b->fd));
	close(b->fd);
	b->fd = b->fixture.fd = -1;
	EXPECT_TRUE(trapped(self));
	close(sock[0]);
	close(sock[1]);
	for (i = 0; i < 1000 && trapped(self); i++)
		sleep_ms(10);
	EXPECT_FALSE(trapped(self));
	EXPECT_EQ(0, target_call(b->target, job_call, self->code));
}

/* --- targets that end --- */

TEST_F_TIMEOUT(end, target_killed_at_every_stage, 120)
{
	struct bed *b = self->b;
	struct dbgmem_bp_set_args s;
	int i, ret;

	for (i = 0; i < 60; i++) {
		ASSERT_EQ(0, bed_restart(b));
		ASSERT_EQ(0, bp_set(b->fd, self->code, INT3, 1, NULL));
		if (i % 2)
			kill(b->target->pid, SIGKILL);
		ret = bp_set(b->fd, self->code + 16, INT3, 1, &s);
		ASSERT_TRUE(!ret || ret == -ESRCH);
		if (i % 2 == 0)
			kill(b->target->pid, SIGKILL);
		ret = i % 3 ? bp_clear(b->fd, self->code, NULL) :
			      bp_clear_all(b->fd, NULL);
		ASSERT_TRUE(!ret || ret == -ESRCH);
		if (i % 5)
			ASSERT_EQ(-SIGKILL, child_wait(b->target->pid));
		close(b->fd);
		b->fd = b->fixture.fd = -1;
		if (i % 5)
			b->fixture.target.pid = 0;
	}
}

static void *stay(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static long job_leave_a_thread(void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, stay, arg))
		return -1;
	syscall(SYS_exit, 0);
	return 0;
}

TEST_F_TIMEOUT(end, first_thread_gone_and_breakpoints_work_on, 60)
{
	struct bed *b = self->b;

	ASSERT_EQ(0, plant_all(self, b->fd));
	target_send(b->target, job_leave_a_thread, NULL);
	ASSERT_TRUE(proc_wait_state(b->target->pid, 'Z'));
	EXPECT_EQ(0, bp_clear(b->fd, self->code, NULL));
	EXPECT_TRUE(shows(b->fd, self->code, self->image, 256, 0));
	EXPECT_EQ(0, bp_set(b->fd, self->code, INT3, 1, NULL));
	EXPECT_TRUE(trapped(self));
	close(b->fd);
	b->fd = b->fixture.fd = -1;
	EXPECT_FALSE(trapped(self));
}

/* --- vfork: two processes on one address space --- */

static int vfork_out[2], vfork_in[2];

/* Its child says who it is, waits, and executes something else. */
static long job_vfork(void *arg)
{
	static pid_t pid;
	char c;

	(void)arg;
	pid = vfork();
	if (pid)
		return pid;
	pid = getpid();
	if (write(vfork_out[1], &pid, sizeof(pid)) != sizeof(pid) ||
	    read(vfork_in[0], &c, 1) != 1)
		_exit(1);
	execlp("sleep", "sleep", "1000", NULL);
	_exit(2);
}

/* The parent may go on a little before the child has left the memory. */
static bool has_execed(int fd)
{
	struct dbgmem_session_info info = {};
	int i;

	for (i = 0; i < 10000 && info.state != DBGMEM_STATE_EXECED; i++) {
		usleep(1000);
		session_info(fd, &info);
	}
	return info.state == DBGMEM_STATE_EXECED;
}

TEST_F_TIMEOUT(end, child_of_vfork_executes_and_the_parents_memory_is_clean, 60)
{
	struct bed *b = self->b;
	pid_t child = 0;
	int fd;

	ASSERT_EQ(0, pipe2(vfork_out, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(vfork_in, O_CLOEXEC));
	ASSERT_EQ(0, bed_restart(b));
	ASSERT_EQ(0, bp_set(b->fd, self->code, INT3, 1, NULL));
	target_send(b->target, job_vfork, NULL);
	ASSERT_EQ(sizeof(child), read(vfork_out[0], &child, sizeof(child)));
	fd = session_open(child, O_RDWR);
	ASSERT_LE(0, fd);
	/* One address space: what one has planted, the other cannot. */
	EXPECT_EQ(-EBUSY, bp_set(fd, self->code, INT3, 1, NULL));
	EXPECT_EQ(0, bp_set(fd, self->code + CODE_SIZE, INT3, 1, NULL));
	EXPECT_EQ(0, mem_write(fd, self->code + CODE_SIZE, CODE_FIRST, 1,
			       DBGMEM_FORCE, NULL));
	ASSERT_EQ(1, write(vfork_in[1], "x", 1));
	EXPECT_EQ(child, target_wait(b->target));
	ASSERT_TRUE(has_execed(fd));
	/* The child's is another program now, the parent goes on as it was. */
	EXPECT_EQ(-ESTALE, bp_clear_all(fd, NULL));
	EXPECT_EQ(-ESTALE, bp_set(fd, self->code, INT3, 1, NULL));
	EXPECT_TRUE(truth_is(b, self->code + CODE_SIZE, INT3, 1));
	close(fd);
	EXPECT_TRUE(truth_is(b, self->code + CODE_SIZE, CODE_FIRST, 1));
	EXPECT_TRUE(truth_is(b, self->code, INT3, 1));
	EXPECT_EQ(0, bp_clear(b->fd, self->code, NULL));
	EXPECT_FALSE(trapped(self));
	EXPECT_EQ(0, target_call(b->target, job_call, self->code));
	kill(child, SIGKILL);
}

TEST_HARNESS_MAIN
