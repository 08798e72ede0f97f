// SPDX-License-Identifier: GPL-2.0
/*
 * Each field of each request has values that an attacker would try: kernel
 * addresses, huge counts, the top of the address space. The errno is the
 * documented one, and no memory is touched.
 */
#include "proc.h"

#include "abi_cases_fixture.h"

/* No request of theirs is more than that much work. */
#define MANY	0xffffffffU

/* The kernel's, what is not canonical, and the end of all. */
#define LAST_WORD	0xfffffffffffffff8
#define VSYSCALL	0xffffffffff600000

static const uint64_t nobodys[] = {
	0xffff888000000000,	/* x86-64: the map of all memory */
	0xffffffff81000000,	/* x86-64: text */
	0xffffffffff5ff000,	/* x86-64: the fixmap */
	VSYSCALL,		/* x86-64 */
	0xfffffffffffff000,
	LAST_WORD,
	0x8000000000000000,
	0x0000800000000000,
	0x00007ffffffff000,	/* x86-64: behind the last page of a program */
};

static int request(struct abi *a, const struct ioctl_case *c, void *r)
{
	uint32_t size = c->size;

	memcpy(r, &size, sizeof(size));
	return ioctl(a->fd, c->cmd, r) ? -errno : 0;
}

/* --- addresses of the caller's: where the kernel would write, or read --- */

/* The fields of @c that are the caller's addresses. */
static size_t pointers(const struct ioctl_case *c, size_t field[2])
{
	switch (c->cmd) {
	case DBGMEM_IOC_READ:
	case DBGMEM_IOC_WRITE:
		field[0] = OFFSET(transfer, buf);
		return 1;
	case DBGMEM_IOC_VECTOR:
		field[0] = OFFSET(vector, segments);
		field[1] = OFFSET(vector, expects);
		return 2;
	case DBGMEM_IOC_BP_LIST:
		field[0] = OFFSET(bp_list_args, entries);
		return 1;
	case DBGMEM_IOC_REGION_LIST:
		field[0] = OFFSET(region_list, entries);
		field[1] = OFFSET(region_list, names);
		return 2;
	}
	return 0;
}

TEST_F_TIMEOUT(every_ioctl, kernel_address_of_the_callers_is_efault, 60)
{
	const struct ioctl_case *c = &variant->c;
	struct abi *a = &self->a;
	unsigned char r[128];
	size_t field[2], nr, i, k;
	int ret;

	nr = pointers(c, field);
	for (i = 0; i < nr; i++)
		for (k = 0; k < ARRAY_SIZE(nobodys); k++) {
			memset(r, 0, sizeof(r));
			c->fill(a, r);
			/* one that has a name to tell: this program */
			if (c->cmd == DBGMEM_IOC_REGION_LIST)
				((struct dbgmem_region_list *)r)->addr =
					(uintptr_t)request;
			memcpy(r + field[i], &nobodys[k], 8);
			ret = request(a, c, r);
			/* of eight bytes that would fit */
			if (nobodys[k] == LAST_WORD && ret == -EOVERFLOW)
				continue;
			EXPECT_EQ(-EFAULT, ret)
				TH_LOG("field at %zu: %#llx", field[i],
				       (unsigned long long)nobodys[k]);
		}
	/* and where the request itself is */
	for (k = 0; k < ARRAY_SIZE(nobodys); k++)
		EXPECT_TRUE(ioctl(a->fd, c->cmd, nobodys[k]) == -1 &&
			    errno == EFAULT)
			TH_LOG("%#llx", (unsigned long long)nobodys[k]);
}

/* --- each ioctl for itself --- */

FIXTURE(adversary)
{
	struct abi a;
};

FIXTURE_SETUP(adversary)
{
	ASSERT_EQ(0, abi_start(&self->a));
}

FIXTURE_TEARDOWN(adversary)
{
	abi_stop(&self->a);
}

static int call(struct abi *a, unsigned long cmd, void *r, size_t size)
{
	const struct ioctl_case c = { .cmd = cmd, .size = size };

	return request(a, &c, r);
}

#define CALL(cmd, r)	call(a, cmd, r, sizeof(*(r)))

/* Of one segment: only that one fails. */
TEST_F_TIMEOUT(adversary, kernel_address_in_a_segment_is_reason_buffer, 60)
{
	struct abi *a = &self->a;
	struct dbgmem_vector v;
	uint32_t op;
	size_t k;

	for (op = DBGMEM_OP_READ; op <= DBGMEM_OP_WRITE; op++)
		for (k = 0; k < ARRAY_SIZE(nobodys); k++) {
			memset(&v, 0, sizeof(v));
			fill_vector(a, &v, op);
			v.flags = 0;
			a->segs[0].buf = nobodys[k];
			a->segs[0].len = 7;
			ASSERT_EQ(0, CALL(DBGMEM_IOC_VECTOR, &v));
			EXPECT_EQ(0, a->segs[0].done);
			EXPECT_EQ(DBGMEM_REASON_BUFFER, a->segs[0].reason);
			EXPECT_EQ(nobodys[k], v.fault_addr);
			EXPECT_EQ(8, a->segs[1].done);
		}
}

TEST_F_TIMEOUT(adversary, kernel_address_of_a_bitmap_is_reason_buffer, 60)
{
	struct abi *a = &self->a;
	struct dbgmem_transfer t;
	size_t k;

	for (k = 0; k < ARRAY_SIZE(nobodys); k++) {
		memset(&t, 0, sizeof(t));
		fill_transfer(a, &t);
		t.flags = DBGMEM_ZEROFILL;
		t.valid = nobodys[k];
		t.valid_size = 1;
		EXPECT_EQ(-EFAULT, CALL(DBGMEM_IOC_READ, &t));
		EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
		EXPECT_EQ(nobodys[k], t.fault_addr);
	}
}

/* --- addresses of the target's --- */

/* Eight bytes, or a breakpoint, at @addr: what comes of it, by each ioctl. */
static int each(struct abi *a, unsigned long cmd, uint64_t addr)
{
	struct dbgmem_cmpxchg_args c = { .addr = addr, .width = 8 };
	struct dbgmem_bp_set_args s = { .addr = addr, .len = 8 };
	struct dbgmem_transfer t = {
		.addr = addr,
		.buf = (uintptr_t)a->buf,
		.len = 8,
	};

	switch (cmd) {
	case DBGMEM_IOC_CMPXCHG:
		return CALL(cmd, &c);
	case DBGMEM_IOC_BP_SET:
		return CALL(cmd, &s);
	default:
		return CALL(cmd, &t);
	}
}

static const unsigned long addressed[] = {
	DBGMEM_IOC_READ, DBGMEM_IOC_WRITE, DBGMEM_IOC_BP_SET,
	DBGMEM_IOC_CMPXCHG,
};

TEST_F_TIMEOUT(adversary, kernel_address_of_the_targets_is_refused, 60)
{
	size_t i, k;
	int ret;

	for (i = 0; i < ARRAY_SIZE(addressed); i++)
		for (k = 0; k < ARRAY_SIZE(nobodys); k++) {
			ret = each(&self->a, addressed[i], nobodys[k]);
			/* its last byte would be number 2^64 */
			if (nobodys[k] == LAST_WORD && ret == -EOVERFLOW)
				continue;
			/* which may be read where the kernel shows it */
			if (nobodys[k] == VSYSCALL && !ret &&
			    addressed[i] == DBGMEM_IOC_READ)
				continue;
			EXPECT_EQ(-EFAULT, ret)
				TH_LOG("%zu: %#llx", i,
				       (unsigned long long)nobodys[k]);
		}
}

TEST_F_TIMEOUT(adversary, range_that_wraps_around_is_eoverflow, 60)
{
	uint64_t addr;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(addressed); i++)
		for (addr = ~0ULL - 6; addr; addr++)
			/* a word there is not aligned either */
			EXPECT_EQ(addressed[i] == DBGMEM_IOC_CMPXCHG ?
				  -EINVAL : -EOVERFLOW,
				  each(&self->a, addressed[i], addr))
				TH_LOG("%zu: %#llx", i,
				       (unsigned long long)addr);
}

/* --- counts: what there is, or refused, and soon --- */

TEST_F_TIMEOUT(adversary, endless_transfer_ends_where_memory_does, 60)
{
	struct dbgmem_transfer t = {};
	struct abi *a = &self->a;
	unsigned long cmd;

	fill_transfer(a, &t);
	t.buf = (uintptr_t)a->req;
	for (cmd = DBGMEM_IOC_READ; cmd <= DBGMEM_IOC_WRITE; cmd++) {
		t.len = 1ULL << 62;
		t.flags = 0;
		ASSERT_EQ(0, CALL(cmd, &t));
		EXPECT_GE(PAGE, t.done);
		t.flags = DBGMEM_EXACT;
		EXPECT_EQ(-EMSGSIZE, CALL(cmd, &t));
		EXPECT_EQ(0, t.done);
	}
	/* with a bitmap of all that */
	t.flags = DBGMEM_ZEROFILL;
	t.valid = (uintptr_t)a->req;
	t.valid_size = ~0ULL;
	EXPECT_EQ(-EFAULT, CALL(DBGMEM_IOC_READ, &t));
	t.valid_size = 1ULL << 40;
	EXPECT_EQ(-EINVAL, CALL(DBGMEM_IOC_READ, &t));
}

TEST_F_TIMEOUT(adversary, endless_vector_is_refused, 60)
{
	/* times the size of an element they are next to nothing in 32 bits */
	static const uint32_t segments[] = { MANY, 1U << 29, 65537 };
	static const uint32_t expects[] = { MANY, 1U << 27, 257 };
	struct abi *a = &self->a;
	struct dbgmem_vector v;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(segments); i++) {
		memset(&v, 0, sizeof(v));
		fill_vector_read(a, &v);
		v.nr_segments = segments[i];
		EXPECT_EQ(-E2BIG, CALL(DBGMEM_IOC_VECTOR, &v));
		fill_vector_read(a, &v);
		v.nr_expects = expects[i];
		EXPECT_EQ(-E2BIG, CALL(DBGMEM_IOC_VECTOR, &v));
	}
	/* as many as there may be, which are not all there */
	fill_vector_read(a, &v);
	v.nr_segments = 65536;
	v.segments = (uintptr_t)a->req;
	EXPECT_EQ(-EFAULT, CALL(DBGMEM_IOC_VECTOR, &v));
}

TEST_F_TIMEOUT(adversary, endless_lists_end_where_their_room_does, 60)
{
	struct dbgmem_region_list l = {};
	struct dbgmem_bp_list_args b = {};
	struct abi *a = &self->a;

	fill_bp_list(a, &b);
	b.nr_entries = MANY;
	ASSERT_EQ(0, CALL(DBGMEM_IOC_BP_LIST, &b));
	EXPECT_EQ(1, b.nr);
	EXPECT_EQ(0, b.more);
	/* more regions than there is memory for */
	fill_region(a, &l);
	l.addr = 0;
	l.nr_entries = MANY;
	l.entries = (uintptr_t)a->req + 2 * PAGE - 2 * sizeof(a->region);
	l.names_size = 0;
	EXPECT_EQ(-EFAULT, CALL(DBGMEM_IOC_REGION_LIST, &l));
	EXPECT_GE(2, l.nr);
	/* names that would reach beyond all memory */
	l.nr_entries = 1;
	l.entries = (uintptr_t)&a->region;
	l.names = (uintptr_t)a->req;
	l.names_size = MANY;
	EXPECT_EQ(0, CALL(DBGMEM_IOC_REGION_LIST, &l));
	EXPECT_EQ(1, l.nr);
}

TEST_F_TIMEOUT(adversary, endless_trap_and_word_are_einval, 60)
{
	struct dbgmem_cmpxchg_args c = { .addr = (uintptr_t)self->a.shared };
	struct dbgmem_bp_set_args s = { .addr = (uintptr_t)self->a.shared };
	struct abi *a = &self->a;

	s.len = MANY;
	EXPECT_EQ(-EINVAL, CALL(DBGMEM_IOC_BP_SET, &s));
	c.width = MANY;
	EXPECT_EQ(-EINVAL, CALL(DBGMEM_IOC_CMPXCHG, &c));
}

/* --- descriptors over an execve of the caller --- */

FIXTURE(descriptor)
{
	struct target target;
	unsigned char *page;
};

FIXTURE_SETUP(descriptor)
{
	self->page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->page);
	ASSERT_EQ(0, target_start(&self->target));
}

FIXTURE_TEARDOWN(descriptor)
{
	target_stop(&self->target);
}

static long job_byte(void *addr)
{
	return *(volatile unsigned char *)addr;
}

/* An agent with a breakpoint at @page that then is another program. */
static pid_t agent_execs(pid_t target, unsigned char *page, int oflags,
			 int *stdin_of_it)
{
	struct dbgmem_bp_set_args s = {
		.size = sizeof(s),
		.addr = (uintptr_t)page,
		.len = 1,
		.trap = { 0xcc },
	};
	int in[2], fd, mem_fd;
	pid_t pid;

	if (pipe2(in, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(in[0], 0);
		fd = open(DEV_PATH, O_RDWR | oflags);
		mem_fd = proc_open(target, "mem", O_RDWR);
		if (attach(fd, target, mem_fd) ||
		    ioctl(fd, DBGMEM_IOC_BP_SET, &s))
			_exit(1);
		execlp("cat", "cat", NULL);
		_exit(2);
	}
	close(in[0]);
	*stdin_of_it = in[1];
	return pid;
}

/* Until @pid is the program cat. */
static bool wait_for_cat(pid_t pid)
{
	char path[32], comm[32] = "";
	int ms;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	for (ms = 0; ms < 30000; ms += 5) {
		if (file_read(path, comm, sizeof(comm)) < 0)
			return false;
		if (!strcmp(comm, "cat"))
			return true;
		sleep_ms(5);
	}
	return false;
}

/* So a program that the agent executes does not get the session, */
TEST_F_TIMEOUT(descriptor, close_on_exec_ends_the_session, 120)
{
	int in, ms;
	pid_t pid;

	pid = agent_execs(self->target.pid, self->page, O_CLOEXEC, &in);
	ASSERT_LT(0, pid);
	ASSERT_TRUE(wait_for_cat(pid));
	/* its files are closed somewhat later than it has its name */
	for (ms = 0; ms < 30000; ms += 5) {
		if (!target_call(&self->target, job_byte, self->page))
			break;
		sleep_ms(5);
	}
	EXPECT_EQ(0, target_call(&self->target, job_byte, self->page));
	close(in);
	EXPECT_EQ(0, child_wait(pid));
}

/* which it otherwise does, as any descriptor. */
TEST_F_TIMEOUT(descriptor, without_it_the_next_program_has_the_session, 120)
{
	int in, ms;
	pid_t pid;

	pid = agent_execs(self->target.pid, self->page, 0, &in);
	ASSERT_LT(0, pid);
	ASSERT_TRUE(wait_for_cat(pid));
	sleep_ms(50);
	EXPECT_EQ(0xcc, target_call(&self->target, job_byte, self->page));
	close(in);
	EXPECT_EQ(0, child_wait(pid));
	for (ms = 0; ms < 30000; ms += 5) {
		if (!target_call(&self->target, job_byte, self->page))
			break;
		sleep_ms(5);
	}
	EXPECT_EQ(0, target_call(&self->target, job_byte, self->page));
}

TEST_HARNESS_MAIN
