// SPDX-License-Identifier: GPL-2.0
#include "target.h"
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_THREADS	2
#define MAX_CHILDREN	2
#define REPLY_MS	100
#define STACK_SIZE	(4 * PAGE)

/* newer than the C library's headers */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

/* --- in the target --- */

static int threads, children;

static void *place_of_call(const struct call *c, size_t *len)
{
	/* a page or a few of the place, as a rule */
	*len = PAGE * (1 + (c->len & 3));
	return (void *)(place_addr(c->addr) & ~(PAGE - 1));
}

static void protect(void *at, size_t len, uint32_t arg)
{
	static const int prots[] = {
		PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_EXEC,
		PROT_READ | PROT_EXEC, PROT_READ | PROT_WRITE | PROT_EXEC,
	};

	mprotect(at, len, prots[arg % (ARRAY_SIZE(prots))]);
}

static void map_other(void *at, size_t len, uint32_t arg)
{
	int flags = MAP_FIXED, prot = PROT_READ | PROT_WRITE, fd = -1;

	switch (arg % 6) {
	case 0:
	case 1:
		flags |= MAP_PRIVATE | MAP_ANONYMOUS;
		break;
	case 2:
		flags |= MAP_SHARED | MAP_ANONYMOUS;
		break;
	case 3:
		flags |= MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;
		prot = PROT_READ;
		break;
	case 4:
		flags |= MAP_PRIVATE;
		fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
		break;
	default:
		flags |= MAP_SHARED;
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		if (ftruncate(fd, arg >> 8 & 8191))
			return;
	}
	mmap(at, len, prot, flags, fd, 0);
	if (fd >= 0)
		close(fd);
}

static void advise(void *at, size_t len, uint32_t arg)
{
	/* not the ones that break the machine's memory for good */
	static const int advices[] = {
		MADV_DONTNEED, MADV_FREE, MADV_PAGEOUT, MADV_COLD, MADV_REMOVE,
		MADV_MERGEABLE, MADV_UNMERGEABLE, MADV_HUGEPAGE,
		MADV_NOHUGEPAGE, MADV_COLLAPSE, MADV_DONTFORK, MADV_DOFORK,
		MADV_WIPEONFORK, MADV_POPULATE_READ, MADV_POPULATE_WRITE,
		MADV_WILLNEED,
	};

	madvise(at, len, advices[arg % (ARRAY_SIZE(advices))]);
}

/* By a system call, which fails where the access would be fatal. */
static void touch(void *at, size_t len, uint32_t arg)
{
	int fd = open(arg & 1 ? "/dev/zero" : "/dev/null",
		      O_RDWR | O_CLOEXEC);
	ssize_t n;

	if (arg & 1)
		n = read(fd, at, len);
	else
		n = write(fd, at, len);
	(void)n;
	/* and make its page the target's own */
	if (arg & 2)
		n = pread(fd, at, 1, 0);
	close(fd);
}

static void *hot_thread(void *arg)
{
	volatile uint64_t *word = (void *)place_start(PLACE_HOT);
	uint64_t i;
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	(void)arg;
	/* ends when the page cannot be written any more */
	for (i = 0; read(fd, (void *)word, 8) == 8; i++)
		usleep(200);
	close(fd);
	return NULL;
}

/* On a stack of its own: the target's may be gone. */
static void start_thread(void)
{
	pthread_attr_t attr;
	pthread_t thread;

	if (threads == MAX_THREADS)
		return;
	threads++;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 16 * PAGE);
	pthread_create(&thread, &attr, hot_thread, NULL);
}

static void start_child(void)
{
	pid_t parent = getpid();

	if (children == MAX_CHILDREN)
		return;
	children++;
	if (fork())
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent) {
		*(volatile char *)place_start(PLACE_ANON) = 0x44;
		usleep(1000);
	}
	_exit(0);
}

static void execute(void)
{
	execl("/proc/self/exe", "fuzz", TARGET_EXECUTED, NULL);
}

static void target_do(const struct call *c)
{
	size_t len;
	void *at = place_of_call(c, &len);

	switch (c->op) {
	case OP_T_UNMAP:
		munmap(at, len);
		break;
	case OP_T_PROTECT:
		protect(at, len, c->arg);
		break;
	case OP_T_MAP:
		/* nowhere else, and least of all over what runs */
		if (place_of(c->addr) < NR_MAPPED)
			map_other(at, len, c->arg);
		break;
	case OP_T_REMAP:
		if (place_of(c->addr) < NR_MAPPED)
			mremap(at, len, len, MREMAP_MAYMOVE | MREMAP_FIXED,
			       (void *)place_start(c->arg % NR_MAPPED));
		break;
	case OP_T_ADVISE:
		if (place_of(c->addr) == PLACE_HUGE)
			len = HUGE_SIZE;
		advise(at, len, c->arg);
		break;
	case OP_T_TOUCH:
		touch(at, len, c->arg);
		break;
	case OP_T_LOCK:
		if (c->arg & 1)
			mlock(at, len);
		else
			munlock(at, len);
		break;
	case OP_T_FORK:
		start_child();
		break;
	case OP_T_EXEC:
		execute();
		break;
	case OP_T_EXIT:
		_exit(0);
	case OP_T_THREAD:
		start_thread();
		break;
	case OP_T_LEADER:
		/* the thread that reads commands is the first: no more of them */
		start_thread();
		syscall(SYS_exit, 0);
	}
}

static void target_main(int in, int out)
{
	struct call c;

	while (read(in, &c, sizeof(c)) == sizeof(c)) {
		target_do(&c);
		if (write(out, "", 1) != 1)
			break;
	}
	_exit(0);
}

/* --- in the caller --- */

void targets_init(struct fuzz_target targets[NR_TARGETS])
{
	size_t i;

	for (i = 0; i < NR_TARGETS; i++) {
		targets[i] = (struct fuzz_target){
			/* the last one is there, and takes no commands */
			.pid = i == NR_TARGETS - 1 ? getpid() : 0,
			.to = -1,
			.from = -1,
		};
		pthread_mutex_init(&targets[i].lock, NULL);
	}
}

static void start(struct fuzz_target *t)
{
	pid_t caller = getpid();
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		return;
	t->pid = fork();
	if (!t->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != caller)
			_exit(0);
		close(to[1]);
		close(from[0]);
		target_main(to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	t->to = to[1];
	t->from = from[0];
	if (t->pid < 0)
		t->pid = 0;
}

pid_t fuzz_target_pid(struct fuzz_target *t)
{
	pid_t pid;

	pthread_mutex_lock(&t->lock);
	if (!t->pid)
		start(t);
	pid = t->pid;
	pthread_mutex_unlock(&t->lock);
	return pid;
}

static void send_signal(pid_t pid, uint32_t arg)
{
	static const int signals[] = { SIGSTOP, SIGCONT, SIGKILL, SIGURG };

	kill(pid, signals[arg & 3]);
}

void fuzz_target_do(struct fuzz_target *t, const struct call *c)
{
	struct pollfd p = { .events = POLLIN };
	char reply;

	if (fuzz_target_pid(t) <= 0 || t->to < 0)
		return;
	atomic_store(&t->changed, true);
	if (c->op == OP_T_SIGNAL) {
		send_signal(t->pid, c->arg);
		t->deaf = true;
		return;
	}
	pthread_mutex_lock(&t->lock);
	p.fd = t->from;
	if (write(t->to, c, sizeof(*c)) == sizeof(*c) && !t->deaf)
		t->deaf = c->op == OP_T_LEADER || poll(&p, 1, REPLY_MS) != 1 ||
			  read(t->from, &reply, 1) != 1;
	pthread_mutex_unlock(&t->lock);
}
