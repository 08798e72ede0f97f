// SPDX-License-Identifier: GPL-2.0
/*
 * helper_race NODE ROUNDS FD INDEX CALLS: an agent of exec_race.h. For each round it forks a
 * target, opens a session on it through device NODE, lets it execute the set-uid
 * program, and reads and changes all the while what that has as its secret. What
 * came of it goes to the struct report number INDEX of those that FD maps. A program of its own, and a
 * small one, so that ten thousand forks of it are cheap. CALLS is "transfers", or
 * "every" for the other ways to get at memory too.
 */
#include "proc.h"

#include "secret.h"

#define CHUNK		64
#define OLD_BYTE	0x11
#define NEW_BYTE	0x22

/* The new program stays until *@stay is closed. */
static pid_t start_target(struct report *r, int *stay)
{
	static char *const argv[] = { "suid", NULL };
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		_exit(1);
	pid = fork();
	if (pid) {
		close(fds[0]);
		*stay = fds[1];
		return pid;
	}
	dup2(fds[0], 0);
	while (!__atomic_load_n(&r->go, __ATOMIC_ACQUIRE))
		sched_yield();
	execve(SUID_PROGRAM, argv, NULL);
	_exit(99);
}

static void odd(struct report *r, long value)
{
	r->odd++;
	r->odd_value = value;
}

static unsigned char buf[CHUNK], new[CHUNK];

static int vector(int fd, uint64_t addr, uint32_t op, uint32_t flags)
{
	struct dbgmem_segment seg[2] = {
		{ .addr = addr, .len = CHUNK / 2,
		  .buf = (uintptr_t)(op == DBGMEM_OP_READ ? buf : new) },
		{ .addr = addr + CHUNK - 8, .len = 8,
		  .buf = (uintptr_t)(op == DBGMEM_OP_READ ? buf : new) },
	};
	struct dbgmem_vector v = {
		.size = sizeof(v),
		.flags = flags,
		.segments = (uintptr_t)seg,
		.nr_segments = 2,
		.segment_size = sizeof(seg[0]),
		.op = op,
	};

	if (ioctl(fd, DBGMEM_IOC_VECTOR, &v))
		return -errno;
	/* it ended meanwhile: the next call will say so */
	return 0;
}

static int exchange(struct report *r, int fd, uint64_t addr)
{
	struct dbgmem_cmpxchg_args c = {
		.size = sizeof(c),
		.addr = addr,
		.expected = SECRET_BYTE,
		.desired = NEW_BYTE,
		.width = 1,
	};

	if (ioctl(fd, DBGMEM_IOC_CMPXCHG, &c))
		return -errno;
	r->leaks += c.observed == SECRET_BYTE;
	return 0;
}

static int trap(struct report *r, int fd, uint64_t addr)
{
	struct dbgmem_bp_set_args s = {
		.size = sizeof(s),
		.addr = addr,
		.len = 1,
		.trap = { NEW_BYTE },
	};
	struct dbgmem_bp_clear_args c = { .size = sizeof(c), .addr = addr };

	if (ioctl(fd, DBGMEM_IOC_BP_SET, &s))
		return -errno;
	r->leaks += s.original[0] == SECRET_BYTE;
	return ioctl(fd, DBGMEM_IOC_BP_CLEAR, &c) ? -errno : 0;
}

/* One transfer at an address of the secret's: every other one a write. */
static int transfer(int fd, uint64_t addr, long n)
{
	uint32_t flags = n & 2 ? DBGMEM_EXACT : 0;

	if (n & 1)
		return mem_write(fd, addr, new, sizeof(new), flags, NULL);
	return mem_read(fd, addr, buf, sizeof(buf), flags, NULL);
}

static bool every_call;

static int touch(struct report *r, int fd, long n)
{
	uint64_t addr = SECRET_ADDR + n * CHUNK % SECRET_SIZE;
	uint32_t flags = n & 2 ? DBGMEM_EXACT : 0;
	int ret;

	memset(buf, 0, sizeof(buf));
	switch (every_call ? n / 4 % 4 : 0) {
	case 1:
		ret = vector(fd, addr, n & 1 ? DBGMEM_OP_WRITE : DBGMEM_OP_READ,
			     flags);
		break;
	case 2:
		ret = exchange(r, fd, addr);
		break;
	case 3:
		ret = trap(r, fd, addr);
		break;
	default:
		ret = transfer(fd, addr, n);
		break;
	}
	if (memchr(buf, SECRET_BYTE, sizeof(buf)))
		r->leaks++;
	return ret;
}

/*
 * Let a little time pass between transfers, each time another: a session that is
 * used without a pause would keep execve waiting for its turn.
 */
static void gap(long n)
{
	volatile long i = n * 2654435761UL % 997;

	while (i > 0)
		i--;
	if (n % 8 == 0)
		sched_yield();
}

/* One target, from its start to its end. */
static void round_of(struct report *r, const char *node)
{
	int fd, mem_fd, ret, stay, code;
	long n, alive = 0;
	pid_t pid;

	r->go = 0;
	pid = start_target(r, &stay);
	fd = open(node, O_RDWR | O_CLOEXEC);
	mem_fd = proc_open(pid, "mem", O_RDWR);
	ret = attach(fd, pid, mem_fd);
	if (ret)
		odd(r, ret);
	close(mem_fd);
	__atomic_store_n(&r->go, 1, __ATOMIC_RELEASE);

	for (n = r->rounds; !ret; n++) {
		gap(n);
		ret = touch(r, fd, n);
		alive += !ret;
	}
	r->alive += alive;
	r->rounds_alive += alive > 0;

	/* now root's program, which is there until we say so */
	if (ret != -ESTALE)
		odd(r, ret);
	for (n = 0; n < 8; n++) {
		ret = touch(r, fd, n);
		if (ret != -ESTALE)
			odd(r, ret);
	}
	if (r->rounds % 16 == 0) {
		mem_fd = proc_open(pid, "mem", O_RDONLY);
		if (mem_fd != -EACCES)
			odd(r, mem_fd);
	}
	close(stay);
	code = child_wait(pid);
	r->hits += code == SECRET_EXIT_CHANGED;
	r->unprivileged += code == SECRET_EXIT_NOT_ROOT;
	if (code < SECRET_EXIT_INTACT || code > SECRET_EXIT_NOT_ROOT)
		odd(r, code);
	close(fd);
	r->rounds++;
}

int main(int argc, char **argv)
{
	struct report *r;
	long rounds;
	void *old;

	if (argc != 6)
		return 2;
	every_call = !strcmp(argv[5], "every");
	if (getenv("DBGMEM_MIRROR"))
		attach_flags = DBGMEM_ATTACH_MIRROR;
	memset(new, NEW_BYTE, sizeof(new));
	rounds = atol(argv[2]);
	r = mmap(NULL, AGENTS * sizeof(*r), PROT_READ | PROT_WRITE, MAP_SHARED,
		 atoi(argv[3]), 0);
	/* where the secret will be, the old program has memory too */
	old = mmap((void *)SECRET_ADDR, SECRET_SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (r == MAP_FAILED || old != (void *)SECRET_ADDR)
		return 3;
	memset(old, OLD_BYTE, SECRET_SIZE);
	r += atoi(argv[4]);
	while (r->rounds < rounds && r->odd < 100)
		round_of(r, argv[1]);
	return 0;
}
