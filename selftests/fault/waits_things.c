// SPDX-License-Identifier: GPL-2.0
/*
 * The things of the wait matrix that do not come.
 *
 * What is not here: a buffer of the caller's on a FUSE file whose server does not
 * read asynchronously. The kernel itself waits for such a page in a way that
 * nothing ends (request_wait_answer() in fs/fuse/dev.c), whichever system call
 * it is for.
 */

#include "waits.h"

#include <linux/userfaultfd.h>
#include <sys/mount.h>
#include <sys/ptrace.h>

#define FREEZER	"/tmp/dbgmem-freezer"

#ifndef PTRACE_SEIZE
#define PTRACE_SEIZE		0x4206
#define PTRACE_INTERRUPT	0x4207
#endif

/* --- other threads of the target, without end --- */

static void loop_mmap(struct wait_cell *c)
{
	void *p;

	for (;;) {
		stall_begin(&c->sh->target);
		p = mmap(NULL, PAGE, PROT_READ, MAP_ANON_PRIVATE, -1, 0);
		munmap(p, PAGE);
		stall_end(&c->sh->target);
		sleep_ms(10);
	}
}

/* A call that takes the mmap_lock for reading. */
static void loop_mincore(struct wait_cell *c)
{
	unsigned char there;

	for (;;) {
		stall_begin(&c->sh->target);
		mincore(c->sh->data, PAGE, &there);
		stall_end(&c->sh->target);
		sleep_ms(10);
	}
}

/* --- ordinary memory --- */

static int map_memory(struct wait_cell *c)
{
	char *p = private_alloc(WAITS_AREA);

	if (!p)
		return -ENOMEM;
	memset(p, 0, WAITS_AREA);
	c->sh->data = p;
	c->sh->addr = p + WAITS_BED * PAGE;
	return 0;
}

/* --- userfaultfd --- */

static int uffd_register(char *page, bool protect)
{
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = protect ? UFFD_FEATURE_PAGEFAULT_FLAG_WP : 0,
	};
	struct uffdio_register reg = {
		.range = { (uintptr_t)page & -PAGE, PAGE },
		.mode = protect ? UFFDIO_REGISTER_MODE_WP :
				  UFFDIO_REGISTER_MODE_MISSING,
	};
	struct uffdio_writeprotect wp = {
		.range = reg.range,
		.mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &reg))
		return -errno;
	if (protect && ioctl(fd, UFFDIO_WRITEPROTECT, &wp))
		return -errno;
	if (!protect && madvise((void *)((uintptr_t)page & -PAGE), PAGE,
				MADV_DONTNEED))
		return -errno;
	return 0;
}

static int target_missing(struct wait_cell *c)
{
	return uffd_register(c->sh->addr, false);
}

static int target_protected(struct wait_cell *c)
{
	return uffd_register(c->sh->addr, true);
}

char *agent_page(struct wait_cell *c)
{
	char *p = private_alloc(PAGE);

	if (p)
		memset(p, 0, PAGE);
	return p;
}

static int agent_missing(struct wait_cell *c, char *at)
{
	return uffd_register(at, false);
}

static int agent_protected(struct wait_cell *c, char *at)
{
	return uffd_register(at, true);
}

/* --- a file of a FUSE server's --- */

static char *fuse_map(struct wait_cell *c)
{
	char path[100];
	void *p;
	int fd;

	snprintf(path, sizeof(path), "%s/slow", c->fuse.dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	p = mmap(NULL, FUSE_SLOW_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd,
		 0);
	close(fd);
	if (p == MAP_FAILED)
		return NULL;
	/* or the kernel asks for more than the page, and always asynchronously */
	if (!(c->thing->fuse_flags & FUSE_ASYNC_READ))
		madvise(p, FUSE_SLOW_SIZE, MADV_RANDOM);
	return (char *)p + FUSE_SLOW_SIZE / 2;
}

static int target_map_fuse(struct wait_cell *c)
{
	int ret = map_memory(c);

	if (ret)
		return ret;
	c->sh->addr = fuse_map(c);
	return c->sh->addr ? 0 : -EIO;
}

static int target_discards(struct wait_cell *c)
{
	return madvise(c->sh->addr, PAGE, MADV_DONTNEED) ? -errno : 0;
}

static int fuse_hold(struct wait_cell *c)
{
	set_flag(&c->fuse.slow->hold);
	return 0;
}

/* What was read before, too. */
static int fuse_discard_and_hold(struct wait_cell *c)
{
	char path[100];
	int fd;

	snprintf(path, sizeof(path), "%s/slow", c->fuse.dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
	return fuse_hold(c);
}

static void fuse_answers(struct wait_cell *c)
{
	__atomic_store_n(&c->fuse.slow->hold, 0, __ATOMIC_RELEASE);
}

static int fuse_waits(struct wait_cell *c)
{
	long end = now_ms() + 5000 * slow_factor();

	while (!__atomic_load_n(&c->fuse.slow->waiting, __ATOMIC_ACQUIRE)) {
		if (now_ms() > end)
			return -ETIMEDOUT;
		sleep_ms(5);
	}
	return 0;
}

/* --- the target's mmap_lock, held --- */

static void *read_own_memory(void *arg)
{
	struct wait_cell *c = arg;
	int fd = proc_open(getpid(), "mem", O_RDONLY);
	uint64_t word;

	/* __access_remote_vm() keeps the lock while it waits for the page. */
	pread(fd, &word, 8, (uintptr_t)c->held_addr);
	return NULL;
}

static void *map_one_page(void *arg)
{
	if (fuse_waits(arg))
		return NULL;
	sleep_ms(20);
	mmap(NULL, PAGE, PROT_READ, MAP_ANON_PRIVATE, -1, 0);
	return NULL;
}

static int map_held(struct wait_cell *c)
{
	int ret = map_memory(c);

	if (ret)
		return ret;
	c->held_addr = fuse_map(c);
	return c->held_addr ? 0 : -EIO;
}

static int hold_for_reading(struct wait_cell *c)
{
	pthread_t t;

	return -pthread_create(&t, NULL, read_own_memory, c);
}

/* And a writer, which waits for that one, and all others wait for it. */
static int hold_for_writing(struct wait_cell *c)
{
	pthread_t t;
	/* before: a new thread's stack is mapped */
	int ret = -pthread_create(&t, NULL, map_one_page, c);

	return ret ? ret : hold_for_reading(c);
}

static int writer_waits(struct wait_cell *c)
{
	int ret = fuse_waits(c);

	sleep_ms(50 * slow_factor());
	return ret;
}

/* --- invalidations that overlap --- */

#define INVAL_THREADS	8
#define INVAL_SIZE	(512UL << 20)

static char *inval_area;
static int inval_running;

static void *inval_thread(void *arg)
{
	char *at = inval_area + (uintptr_t)arg * INVAL_SIZE;

	madvise(at, INVAL_SIZE, MADV_DONTNEED);
	__atomic_fetch_add(&inval_running, 1, __ATOMIC_RELEASE);
	for (;;)
		madvise(at, INVAL_SIZE, MADV_DONTNEED);
	return NULL;
}

static int map_inval(struct wait_cell *c)
{
	size_t o;
	int ret = map_memory(c);

	if (ret)
		return ret;
	inval_area = private_alloc(INVAL_THREADS * INVAL_SIZE);
	if (!inval_area)
		return -ENOMEM;
	/* all page tables, so that it takes long */
	for (o = 0; o < INVAL_THREADS * INVAL_SIZE; o += HUGE_SIZE)
		inval_area[o] = 1;
	return 0;
}

static int start_inval(struct wait_cell *c)
{
	pthread_t t;
	long i;
	int ret;

	for (i = 0; i < INVAL_THREADS; i++) {
		ret = -pthread_create(&t, NULL, inval_thread, (void *)i);
		if (ret)
			return ret;
	}
	/* until none of them is being made any more */
	while (__atomic_load_n(&inval_running, __ATOMIC_ACQUIRE) <
	       INVAL_THREADS)
		sleep_ms(10);
	sleep_ms(100);
	return 0;
}

/* --- a target that does not run --- */

static int stop_target(struct wait_cell *c)
{
	kill(c->target, SIGSTOP);
	return proc_wait_state(c->target, 'T') ? 0 : -ETIMEDOUT;
}

/* The tracer is stopped as well: nobody lets it go on. */
static int trace_target(struct wait_cell *c)
{
	c->tracer = fork();
	if (!c->tracer) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (ptrace(PTRACE_SEIZE, c->target, 0, 0) ||
		    ptrace(PTRACE_INTERRUPT, c->target, 0, 0))
			_exit(1);
		waitpid(c->target, NULL, __WALL);
		raise(SIGSTOP);
		_exit(0);
	}
	return proc_wait_state(c->tracer, 'T') ? 0 : -ETIMEDOUT;
}

static void kill_tracer(struct wait_cell *c)
{
	kill(c->tracer, SIGKILL);
	waitpid(c->tracer, NULL, 0);
}

const char *freezer_start(void)
{
	if (mkdir(FREEZER, 0700) && errno != EEXIST)
		return "cannot create a directory";
	if (mount("none", FREEZER, "cgroup2", 0, NULL))
		return "the kernel has no cgroup2";
	return NULL;
}

void freezer_stop(void)
{
	umount2(FREEZER, MNT_DETACH);
	rmdir(FREEZER);
}

static int freeze_target(struct wait_cell *c)
{
	char path[96], pid[16], dir[64];
	int ret;

	snprintf(dir, sizeof(dir), FREEZER "/%d", c->number);
	if (mkdir(dir, 0700) && errno != EEXIST)
		return -errno;
	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	snprintf(pid, sizeof(pid), "%d", (int)c->target);
	ret = file_write(path, pid);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "%s/cgroup.freeze", dir);
	ret = file_write(path, "1");
	/* a fault that goes on is not frozen, and nothing tells of that */
	sleep_ms(20);
	return ret;
}

static void remove_cgroup(struct wait_cell *c)
{
	char path[96];

	snprintf(path, sizeof(path), FREEZER "/%d/cgroup.freeze", c->number);
	file_write(path, "0");
}

static void *touch_addr(void *arg)
{
	struct wait_cell *c = arg;

	(void)*(volatile char *)c->sh->addr;
	return NULL;
}

static int target_faults(struct wait_cell *c)
{
	pthread_t t;
	int ret = target_discards(c);

	if (!ret)
		ret = -pthread_create(&t, NULL, touch_addr, c);
	return ret ? ret : fuse_waits(c);
}

static void thaw_and_answer(struct wait_cell *c)
{
	fuse_answers(c);
	remove_cgroup(c);
}

/* --- all of them --- */

const struct wait_thing fuse_in_the_target = {
	.place = IN_TARGET,
	.fuse = true, .fuse_flags = FUSE_ASYNC_READ,
	.target_loop = loop_mmap,
	.target_map = target_map_fuse,
	.target_arm = target_discards,
	.arm_late = fuse_discard_and_hold,
	.resolve = fuse_answers,
};

const struct wait_thing unkillable_fuse_in_the_target = {
	.place = IN_TARGET,
	.fuse = true,
	.target_loop = loop_mmap,
	.target_map = target_map_fuse,
	.target_arm = target_discards,
	.arm_late = fuse_discard_and_hold,
	.resolve = fuse_answers,
};

const struct wait_thing missing_in_the_target = {
	.place = IN_TARGET,
	.target_loop = loop_mmap,
	.target_map = map_memory,
	.target_arm = target_missing,
};

const struct wait_thing protected_in_the_target = {
	.place = IN_TARGET,
	.writes = true,
	.target_loop = loop_mmap,
	.target_map = map_memory,
	.target_arm = target_protected,
};

const struct wait_thing fuse_in_the_buffer = {
	.place = IN_CALLER,
	.fuse = true, .fuse_flags = FUSE_ASYNC_READ,
	.target_loop = loop_mmap,
	.target_map = map_memory,
	.agent_map = fuse_map,
	.arm = fuse_hold,
	.resolve = fuse_answers,
};

const struct wait_thing missing_in_the_buffer = {
	.place = IN_CALLER,
	.target_loop = loop_mmap,
	.target_map = map_memory,
	.agent_map = agent_page,
	.agent_arm = agent_missing,
};

const struct wait_thing protected_in_the_buffer = {
	.place = IN_CALLER,
	.target_loop = loop_mmap,
	.target_map = map_memory,
	.agent_map = agent_page,
	.agent_arm = agent_protected,
};

const struct wait_thing fuse_in_the_request = {
	.place = IN_REQUEST,
	.fuse = true, .fuse_flags = FUSE_ASYNC_READ,
	.target_loop = loop_mmap,
	.target_map = map_memory,
	.agent_map = fuse_map,
	.arm = fuse_hold,
	.resolve = fuse_answers,
};

const struct wait_thing missing_in_the_request = {
	.place = IN_REQUEST,
	.target_loop = loop_mmap,
	.target_map = map_memory,
	.agent_map = agent_page,
	.agent_arm = agent_missing,
};

const struct wait_thing protected_in_the_request = {
	.place = IN_REQUEST,
	.target_loop = loop_mmap,
	.target_map = map_memory,
	.agent_map = agent_page,
	.agent_arm = agent_protected,
};

/* A mmap() of another thread's would be a pause between them. */
const struct wait_thing invalidations = {
	.place = IN_MM,
	.heavy = true,
	.target_map = map_inval,
	.target_arm = start_inval,
};

const struct wait_thing lock_held_for_reading = {
	.place = IN_MM,
	.fuse = true, .fuse_flags = FUSE_ASYNC_READ,
	.target_stuck = true,
	.target_loop = loop_mincore,
	.target_map = map_held,
	.target_arm = hold_for_reading,
	.arm = fuse_hold,
	.arm_late = fuse_waits,
	.resolve = fuse_answers,
};

const struct wait_thing lock_held_and_queued_for = {
	.place = IN_MM,
	.fuse = true, .fuse_flags = FUSE_ASYNC_READ,
	.target_stuck = true,
	.target_map = map_held,
	.target_arm = hold_for_writing,
	.arm = fuse_hold,
	.arm_late = writer_waits,
	.resolve = fuse_answers,
};

const struct wait_thing frozen_target = {
	.place = IN_MM,
	.target_map = map_memory,
	.arm_late = freeze_target,
	.resolve = remove_cgroup,
};

const struct wait_thing frozen_target_in_a_fault = {
	.place = IN_TARGET,
	.fuse = true, .fuse_flags = FUSE_ASYNC_READ,
	.target_map = target_map_fuse,
	.target_arm = target_faults,
	.arm = fuse_discard_and_hold,
	.arm_late = freeze_target,
	.resolve = thaw_and_answer,
};

const struct wait_thing stopped_target = {
	.place = IN_MM,
	.target_map = map_memory,
	.arm_late = stop_target,
};

const struct wait_thing stopped_tracer = {
	.place = IN_MM,
	.target_stuck = true,
	.target_map = map_memory,
	.arm_late = trace_target,
	.resolve = kill_tracer,
};
