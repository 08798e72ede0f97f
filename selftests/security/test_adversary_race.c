// SPDX-License-Identifier: GPL-2.0
/*
 * Another thread changes requests and their arrays while the kernel works on
 * them. The kernel uses one of the values: it touches no byte outside, its answer
 * is documented, and the session goes on working.
 */
#include "flip.h"

#include "vector.h"
#include <kselftest_harness.h>

#define CALLS		10000
/* calls in the midst of which something was changed, if that is to be had soon */
#define RACED		300
#define MAX_CALLS	(20 * CALLS)

#define OFTEN(v)	v, v, v, v
#define MAX_LEN		255	/* of what the lengths are, and mixes of them */

FIXTURE(race)
{
	struct target target, other;
	struct flipper flipper;
	char *remote, *local;	/* arenas: the target's, and ours */
	unsigned char *request;	/* nothing but it in the arena's first page */
	int fd;
	long calls, raced, ok;
};

FIXTURE_SETUP(race)
{
	self->remote = arena_map();
	self->local = arena_map();
	ASSERT_NE(NULL, self->remote);
	ASSERT_NE(NULL, self->local);
	/* zeros, for what a later version may have there */
	self->request = shared_alloc(2 * PAGE);
	ASSERT_NE(NULL, self->request);
	self->request += 64;
	ASSERT_EQ(0, target_start(&self->target));
	self->remote[0] = 'o';
	ASSERT_EQ(0, target_start(&self->other));
	self->remote[0] = (char)ARENA_BYTE;
	self->fd = session_open(self->target.pid, O_RDWR);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(race)
{
	close(self->fd);
	target_stop(&self->target);
	target_stop(&self->other);
}

/* One call: 0 or -errno. */
static int call(FIXTURE_DATA(race) *self, int fd, unsigned long cmd)
{
	unsigned long before = flips(&self->flipper);
	int ret = ioctl(fd, cmd, self->request) ? -errno : 0;

	self->calls++;
	self->raced += flips(&self->flipper) != before;
	self->ok += !ret;
	return ret;
}

static bool enough(FIXTURE_DATA(race) *self)
{
	static long calls;

	if (!calls)
		calls = slow_rounds(CALLS);
	/* where one of two must wait for the other, it takes longer */
	return self->calls >= calls && ((self->raced >= RACED && self->ok) ||
		self->calls >= MAX_CALLS / slow_factor());
}

static bool is_one_of(int ret, const int *list)
{
	if (!ret)
		return true;
	for (; *list; list++)
		if (ret == -*list)
			return true;
	return false;
}

/* 0, or one of the errno values that the header has for it and that can be. */
#define EXPECT_DOCUMENTED(ret, ...) do {				\
	static const int _list[] = { EFAULT, EINVAL, E2BIG, EOPNOTSUPP,	\
				     __VA_ARGS__, 0 };			\
									\
	EXPECT_TRUE(is_one_of(ret, _list)) TH_LOG("%d", ret);		\
} while (0)

/* What is around the request: outputs end where the structure does. */
static bool nothing_around(FIXTURE_DATA(race) *self, size_t size)
{
	return byte_differs((char *)self->request - 64, 0, 64) == -1 &&
	       byte_differs((char *)self->request + size, 0, PAGE) == -1;
}

/* The size: the right one mostly, the first one, none, too large. */
#define FLIP_SIZE(f, r, first)						\
	FLIP(f, (r)->size, OFTEN(sizeof(*(r))), first, 0, PAGE, ~0U)

static long job_is_pattern(void *arena)
{
	return byte_differs(arena, ARENA_BYTE, ARENA);
}

static long job_first_page(void *arena)
{
	return byte_differs(arena, ARENA_BYTE, PAGE);
}

static void expect_works_on(struct __test_metadata *_metadata,
			    FIXTURE_DATA(race) *self)
{
	char c = 0;

	EXPECT_EQ(0, mem_write(self->fd, self->remote + 1, "z", 1,
			       DBGMEM_EXACT, NULL));
	EXPECT_EQ(0, mem_read(self->fd, self->remote + 1, &c, 1, DBGMEM_EXACT,
			      NULL));
	EXPECT_EQ('z', c);
	TH_LOG("%ld calls, %ld in the midst of a change, %ld succeeded",
	       self->calls, self->raced, self->ok);
	/* both ways, or there was no race */
	EXPECT_LT(0, self->raced);
	EXPECT_LT(0, self->ok);
	EXPECT_LT(self->ok, self->calls);
}

/* --- READ and WRITE --- */

static void flip_transfer(FIXTURE_DATA(race) *self, struct dbgmem_transfer *t)
{
	struct flipper *f = &self->flipper;

	FLIP_SIZE(f, t, 8);
	FLIP_ADDR(f, t->addr, self->remote + 0x1000);
	FLIP_ADDR(f, t->buf, self->local + 0x1000);
	FLIP(f, t->len, 64, 0, 1, 8, 13, MAX_LEN);
	FLIP(f, t->reserved, OFTEN(0), 1);
}

static void race_transfer(struct __test_metadata *_metadata,
			  FIXTURE_DATA(race) *self, unsigned long cmd)
{
	struct dbgmem_transfer *t = (void *)self->request;

	ASSERT_EQ(0, flip_start(&self->flipper));
	while (!enough(self)) {
		int ret = call(self, self->fd, cmd);

		EXPECT_DOCUMENTED(ret, EOVERFLOW);
		if (!ret) {
			EXPECT_GE(MAX_LEN, t->done);
		} else if (ret == -EOPNOTSUPP || ret == -EOVERFLOW) {
			EXPECT_EQ(0, t->done);
		}
	}
	flip_stop(&self->flipper);
	EXPECT_TRUE(nothing_around(self, sizeof(*t)));
}

TEST_F_TIMEOUT(race, read_that_is_changed_meanwhile, 120)
{
	struct dbgmem_transfer *t = (void *)self->request;

	flip_transfer(self, t);
	FLIP(&self->flipper, t->flags, OFTEN(0), DBGMEM_EXACT,
	     DBGMEM_FORCE | DBGMEM_RAW, DBGMEM_ZEROFILL, 1U << 31);
	FLIP(&self->flipper, t->valid_size, OFTEN(0), 1);
	race_transfer(_metadata, self, DBGMEM_IOC_READ);
	/* it wrote nothing into the target, and here where it was told to */
	EXPECT_EQ(-1, target_call(&self->target, job_is_pattern, self->remote));
	EXPECT_EQ(-1, byte_differs(self->local, ARENA_BYTE, 0x1000));
	expect_works_on(_metadata, self);
}

TEST_F_TIMEOUT(race, read_with_a_bitmap_that_is_changed_meanwhile, 120)
{
	struct dbgmem_transfer *t = (void *)self->request;

	flip_transfer(self, t);
	FLIP(&self->flipper, t->flags, DBGMEM_ZEROFILL, 0, DBGMEM_NOFAULT,
	     DBGMEM_ZEROFILL | DBGMEM_NOFAULT, DBGMEM_EXACT);
	FLIP_ADDR(&self->flipper, t->valid, self->local + ARENA / 2);
	FLIP(&self->flipper, t->valid_size, 8, 0, 1, 64);
	race_transfer(_metadata, self, DBGMEM_IOC_READ);
	EXPECT_EQ(-1, target_call(&self->target, job_is_pattern, self->remote));
	EXPECT_EQ(-1, byte_differs(self->local, ARENA_BYTE, 0x1000));
	expect_works_on(_metadata, self);
}

TEST_F_TIMEOUT(race, write_that_is_changed_meanwhile, 120)
{
	struct dbgmem_transfer *t = (void *)self->request;

	memset(self->local, 'w', ARENA);
	flip_transfer(self, t);
	FLIP(&self->flipper, t->flags, OFTEN(0), DBGMEM_EXACT, DBGMEM_FORCE,
	     1U << 31);
	FLIP(&self->flipper, t->valid_size, OFTEN(0), 1);
	race_transfer(_metadata, self, DBGMEM_IOC_WRITE);
	/* from where it may, to where it may */
	EXPECT_EQ(-1, byte_differs(self->local, 'w', ARENA));
	EXPECT_EQ(-1, target_call(&self->target, job_first_page, self->remote));
	expect_works_on(_metadata, self);
}

/* --- VECTOR --- */

#define SEGMENTS	16

/* As it was: answers may have come to where the next call has questions. */
static void fill_segments(FIXTURE_DATA(race) *self, struct dbgmem_segment *segs)
{
	int i;

	for (i = 0; i < SEGMENTS; i++)
		segs[i] = (struct dbgmem_segment){
			.addr = (uintptr_t)self->remote + 0x2000 + 64 * i,
			.buf = (uintptr_t)self->local + 0x2000 + 64 * i,
			.len = i + 1,
		};
}

static void fill_expects(FIXTURE_DATA(race) *self, struct dbgmem_expect *e)
{
	int i;

	for (i = 0; i < 2; i++)
		e[i] = (struct dbgmem_expect){
			.addr = (uintptr_t)self->remote + 0x4000,
			.value = 0xa5a5a5a5a5a5a5a5,
		};
}

static void flip_segments(struct flipper *f, FIXTURE_DATA(race) *self,
			  struct dbgmem_segment *segs)
{
	int i;

	for (i = 1; i < SEGMENTS; i += 5) {
		FLIP_ADDR(f, segs[i].addr, self->remote + 0x2000);
		FLIP_ADDR(f, segs[i].buf, self->local + 0x2000);
		FLIP(f, segs[i].len, 13, 0, 2, 4, 8, MAX_LEN);
		FLIP(f, segs[i].reserved, OFTEN(0), OFTEN(0), 1);
	}
}

static void race_vector(struct __test_metadata *_metadata,
			FIXTURE_DATA(race) *self, uint32_t op)
{
	struct dbgmem_segment *segs = (void *)(self->local + 0x8000);
	struct dbgmem_expect *expects = (void *)(self->local + 0xc000);
	struct dbgmem_vector *v = (void *)self->request;
	struct flipper *f = &self->flipper;

	FLIP_SIZE(f, v, 56);
	FLIP(f, v->flags, OFTEN(0), DBGMEM_EXACT, DBGMEM_FORCE,
	     DBGMEM_RAW, 1U << 31);
	/* now and then elsewhere: nothing there is an address of anything */
	FLIP_ADDR(f, v->segments, segs);
	FLIP(f, v->nr_segments, SEGMENTS, SEGMENTS, SEGMENTS, 1, 0, 65536,
	     65537, ~0U);
	FLIP(f, v->segment_size, OFTEN(sizeof(*segs)), 0, 39, 48);
	FLIP(f, v->op, OFTEN(op), OFTEN(op));
	FLIP_ADDR(f, v->expects, expects);
	FLIP(f, v->nr_expects, OFTEN(0), 1, 2, 257, ~0U);
	FLIP(f, v->expect_size, OFTEN(sizeof(*expects)), 0, 40);
	FLIP(f, v->reserved, OFTEN(0), OFTEN(0));
	FLIP_ADDR(f, expects[0].addr, self->remote + 0x4000);
	FLIP(f, expects[0].value, 0xa5a5a5a5a5a5a5a5, 0xa5a5a5a5a5a5a5a5, 0);
	flip_segments(f, self, segs);
	ASSERT_EQ(0, flip_start(f));
	while (!enough(self)) {
		int ret;

		fill_segments(self, segs);
		fill_expects(self, expects);
		ret = call(self, self->fd, DBGMEM_IOC_VECTOR);
		EXPECT_DOCUMENTED(ret, EOVERFLOW, EMSGSIZE, ECANCELED, ENOMEM);
		/* of the lengths those that are not flipped are less */
		if (!ret) {
			EXPECT_GE(SEGMENTS * MAX_LEN, v->done);
			EXPECT_GE(SEGMENTS, v->nr_complete);
		}
	}
	flip_stop(f);
	EXPECT_TRUE(nothing_around(self, sizeof(*v)));
}

TEST_F_TIMEOUT(race, vector_read_that_is_changed_meanwhile, 120)
{
	race_vector(_metadata, self, DBGMEM_OP_READ);
	EXPECT_EQ(-1, target_call(&self->target, job_is_pattern, self->remote));
	expect_works_on(_metadata, self);
}

TEST_F_TIMEOUT(race, vector_write_that_is_changed_meanwhile, 120)
{
	race_vector(_metadata, self, DBGMEM_OP_WRITE);
	expect_works_on(_metadata, self);
}

/* --- breakpoints --- */

TEST_F_TIMEOUT(race, breakpoints_that_are_changed_meanwhile_all_come_out, 120)
{
	struct dbgmem_bp_set_args *s = (void *)self->request;
	struct dbgmem_bp_clear_args all = { .size = sizeof(all),
				       .flags = DBGMEM_BP_ALL };
	struct flipper *f = &self->flipper;
	unsigned int i;

	FLIP_SIZE(f, s, 8);
	FLIP(f, s->flags, OFTEN(0), OFTEN(0));
	FLIP_ADDR(f, s->addr, self->remote + 0x3000);
	FLIP(f, s->len, 1, 2, 8, DBGMEM_BP_MAX_LEN, 0, 17, ~0U);
	FLIP(f, s->reserved, OFTEN(0), 1);
	FLIP(f, s->reserved2, OFTEN(0), 1);
	for (i = 0; i < DBGMEM_BP_MAX_LEN; i += 5)
		FLIP(f, s->trap[i], 0xcc, 0, ARENA_BYTE, 0xff);
	ASSERT_EQ(0, flip_start(f));
	while (!enough(self)) {
		int ret = call(self, self->fd, DBGMEM_IOC_BP_SET);

		EXPECT_DOCUMENTED(ret, EEXIST, EOVERFLOW);
		if (!ret || ret == -EEXIST) {
			EXPECT_EQ(0, ioctl(self->fd, DBGMEM_IOC_BP_CLEAR,
					   &all));
			EXPECT_GE(1, all.cleared);
			EXPECT_EQ(0, all.lost);
		}
	}
	flip_stop(f);
	EXPECT_TRUE(nothing_around(self, sizeof(*s)));
	/* the shadow that went back is what was there */
	EXPECT_EQ(-1, target_call(&self->target, job_is_pattern, self->remote));
	expect_works_on(_metadata, self);
}

TEST_F_TIMEOUT(race, list_of_breakpoints_that_is_changed_meanwhile, 120)
{
	struct dbgmem_bp *bps = (void *)(self->local + 0x4000);
	struct dbgmem_bp_list_args *l = (void *)self->request;
	struct flipper *f = &self->flipper;
	int i;

	for (i = 0; i < 20; i++) {
		struct dbgmem_bp_set_args s = {
			.size = sizeof(s),
			.addr = (uintptr_t)self->remote + 256 * i,
			.len = 1,
			.trap = { 0xcc },
		};

		ASSERT_EQ(0, ioctl(self->fd, DBGMEM_IOC_BP_SET, &s));
	}
	FLIP_SIZE(f, l, 8);
	FLIP(f, l->flags, OFTEN(0), DBGMEM_BP_ALL, 2);
	FLIP_ADDR(f, l->entries, bps);
	FLIP(f, l->nr_entries, 20, 0, 1, 19, 255, ~0U);
	FLIP(f, l->entry_size, OFTEN(sizeof(*bps)), 0, 64);
	FLIP_ADDR(f, l->from, self->remote);
	FLIP(f, l->reserved, OFTEN(0), 1);
	ASSERT_EQ(0, flip_start(f));
	while (!enough(self)) {
		int ret = call(self, self->fd, DBGMEM_IOC_BP_LIST);

		EXPECT_DOCUMENTED(ret, ENOMEM);
		if (!ret) {
			EXPECT_GE(20, l->nr);
			EXPECT_GE(1, l->more);
			EXPECT_EQ(20, l->total);
		}
	}
	flip_stop(f);
	EXPECT_TRUE(nothing_around(self, sizeof(*l)));
	expect_works_on(_metadata, self);
}

/* --- CMPXCHG and REGION_LIST --- */

static long job_but_for_words(void *arena)
{
	char *p = arena;
	long at = byte_differs(p, ARENA_BYTE, 0x3000);

	return at >= 0 ? at : byte_differs(p + 0x3100, ARENA_BYTE, 0xbe00);
}

TEST_F_TIMEOUT(race, cmpxchg_that_is_changed_meanwhile, 120)
{
	struct dbgmem_cmpxchg_args *c = (void *)self->request;
	const uint64_t was = 0xa5a5a5a5a5a5a5a5;
	struct flipper *f = &self->flipper;

	FLIP_SIZE(f, c, 8);
	FLIP(f, c->flags, OFTEN(0), DBGMEM_FORCE, DBGMEM_RAW, 1U << 31);
	FLIP_ADDR(f, c->addr, self->remote + 0x3000);
	FLIP(f, c->expected, was, was & 0xff, was & 0xffff, was & 0xffffffff,
	     0);
	FLIP(f, c->desired, was, was & 0xff, was & 0xffff, was & 0xffffffff);
	FLIP(f, c->width, 1, 2, 4, 8, 0, 3, ~0U);
	FLIP(f, c->reserved, OFTEN(0), 1);
	ASSERT_EQ(0, flip_start(f));
	while (!enough(self)) {
		int ret = call(self, self->fd, DBGMEM_IOC_CMPXCHG);

		EXPECT_DOCUMENTED(ret, EACCES);
		if (!ret)
			EXPECT_GE(1, c->exchanged);
	}
	flip_stop(f);
	EXPECT_TRUE(nothing_around(self, sizeof(*c)));
	EXPECT_EQ(-1, target_call(&self->target, job_but_for_words,
				  self->remote));
	expect_works_on(_metadata, self);
}

TEST_F_TIMEOUT(race, regions_that_are_changed_meanwhile, 120)
{
	struct dbgmem_region *regions = (void *)(self->local + 0x4000);
	struct dbgmem_region_list *l = (void *)self->request;
	struct flipper *f = &self->flipper;

	FLIP_SIZE(f, l, 8);
	FLIP(f, l->flags, OFTEN(0), DBGMEM_REGION_LIST_AT, DBGMEM_REGION_LIST_CLIP,
	     DBGMEM_REGION_LIST_TABLES, 8);
	FLIP_ADDR(f, l->addr, self->remote);
	FLIP_ADDR(f, l->end, self->remote + 0x5000);
	FLIP(f, l->filter, 0, DBGMEM_REGION_READ,
	     DBGMEM_REGION_NOT(DBGMEM_REGION_EXEC), 1ULL << 40, ~0ULL);
	FLIP_ADDR(f, l->entries, regions);
	FLIP_ADDR(f, l->names, self->local + 0x8000);
	FLIP(f, l->nr_entries, 1, 4, 64, 255, 0, ~0U);
	FLIP(f, l->entry_size, OFTEN(sizeof(*regions)), 0, 72);
	FLIP(f, l->names_size, 64, 0, 1, 4096, 0x10000, ~0U);
	FLIP(f, l->reserved, OFTEN(0), 1);
	ASSERT_EQ(0, flip_start(f));
	while (!enough(self)) {
		int ret = call(self, self->fd, DBGMEM_IOC_REGION_LIST);

		EXPECT_DOCUMENTED(ret, ENOMEM);
		if (!ret) {
			EXPECT_GE(ARENA / sizeof(*regions), l->nr);
			EXPECT_GE(1, l->more);
		}
	}
	flip_stop(f);
	EXPECT_TRUE(nothing_around(self, sizeof(*l)));
	expect_works_on(_metadata, self);
}

/* --- ATTACH and INFO --- */

/* A session is of the process that its mem_fd is of. */
TEST_F_TIMEOUT(race, attach_that_is_changed_meanwhile, 240)
{
	int mem_fd[2] = { proc_open(self->target.pid, "mem", O_RDWR),
			   proc_open(self->other.pid, "mem", O_RDWR) };
	struct dbgmem_attach *a = (void *)self->request;
	struct flipper *f = &self->flipper;
	long of_target = 0, of_other = 0;
	struct dbgmem_session_info info;
	int fd, ret;
	char c;

	ASSERT_LE(0, mem_fd[0]);
	ASSERT_LE(0, mem_fd[1]);
	FLIP_SIZE(f, a, 8);
	FLIP(f, a->flags, OFTEN(0), OFTEN(0));
	FLIP(f, a->pid, self->target.pid, self->other.pid, self->target.pid,
	     self->other.pid, 0, -1);
	FLIP(f, a->mem_fd, mem_fd[0], mem_fd[1], mem_fd[0], mem_fd[1], -1,
	     self->fd);
	FLIP(f, a->reserved, OFTEN(0), OFTEN(0));
	ASSERT_EQ(0, flip_start(f));
	while (!enough(self)) {
		fd = dev_open(O_RDWR);
		ret = call(self, fd, DBGMEM_IOC_ATTACH);
		EXPECT_DOCUMENTED(ret, EBADF, EBADFD, EXDEV);
		c = 0;
		EXPECT_EQ(0, session_info(fd, &info));
		EXPECT_EQ(ret ? -ENOTCONN : 0,
			  mem_read(fd, self->remote, &c, 1, 0, NULL));
		if (!ret && c == 'o') {
			of_other++;
			EXPECT_EQ(self->other.pid, info.pid);
		} else if (!ret) {
			of_target++;
			EXPECT_EQ(self->target.pid, info.pid);
			EXPECT_EQ((char)ARENA_BYTE, c);
		}
		close(fd);
	}
	flip_stop(f);
	EXPECT_TRUE(nothing_around(self, sizeof(*a)));
	EXPECT_LT(0, of_target);
	EXPECT_LT(0, of_other);
	expect_works_on(_metadata, self);
	close(mem_fd[0]);
	close(mem_fd[1]);
}

struct swapper {
	int mem_fd[3], number;
	unsigned long swaps;
	bool stop;
	pthread_t thread;
};

static void *swap_thread(void *arg)
{
	struct swapper *s = arg;

	while (!__atomic_load_n(&s->stop, __ATOMIC_RELAXED)) {
		dup2(s->mem_fd[s->swaps % 3], s->number);
		__atomic_add_fetch(&s->swaps, 1, __ATOMIC_RELEASE);
	}
	return NULL;
}

/* The number stays, and what it stands for does not. */
TEST_F_TIMEOUT(race, mem_fd_that_is_replaced_meanwhile, 240)
{
	struct swapper s = {
		.mem_fd = { proc_open(self->target.pid, "mem", O_RDWR),
			     proc_open(self->other.pid, "mem", O_RDWR),
			     open("/dev/null", O_RDWR | O_CLOEXEC) },
	};
	long i, rounds = slow_rounds(CALLS), ok = 0, wrong = 0, none = 0;
	struct dbgmem_session_info info;
	int fd, ret;
	char c;

	s.number = dup(s.mem_fd[2]);
	ASSERT_LE(0, s.number);
	ASSERT_EQ(0, pthread_create(&s.thread, NULL, swap_thread, &s));
	for (i = 0; i < rounds || !ok || !wrong || !none; i++) {
		fd = dev_open(O_RDWR);
		ret = attach(fd, self->target.pid, s.number);
		ok += !ret;
		wrong += ret == -EXDEV;
		none += ret == -EBADFD;
		EXPECT_TRUE(!ret || ret == -EXDEV || ret == -EBADFD)
			TH_LOG("%d", ret);
		c = 0;
		EXPECT_EQ(ret ? -ENOTCONN : 0,
			  mem_read(fd, self->remote, &c, 1, 0, NULL));
		EXPECT_EQ(ret ? 0 : (char)ARENA_BYTE, c);
		EXPECT_EQ(0, session_info(fd, &info));
		EXPECT_EQ(ret ? 0 : self->target.pid, info.pid);
		close(fd);
	}
	__atomic_store_n(&s.stop, true, __ATOMIC_RELAXED);
	pthread_join(s.thread, NULL);
	TH_LOG("%ld attached, %ld of another process, %ld of none", ok, wrong,
	       none);
	for (i = 0; i < 3; i++)
		close(s.mem_fd[i]);
	close(s.number);
}

TEST_F_TIMEOUT(race, info_whose_size_is_changed_meanwhile, 120)
{
	struct dbgmem_session_info *info = (void *)self->request;
	struct flipper *f = &self->flipper;

	FLIP_SIZE(f, info, 48);
	FLIP(f, info->flags, OFTEN(0), 1);
	ASSERT_EQ(0, flip_start(f));
	while (!enough(self)) {
		int ret = call(self, self->fd, DBGMEM_IOC_SESSION_INFO);

		EXPECT_DOCUMENTED(ret, EINVAL);
		if (!ret)
			EXPECT_EQ(self->target.pid, info->pid);
	}
	flip_stop(f);
	EXPECT_TRUE(nothing_around(self, sizeof(*info)));
	expect_works_on(_metadata, self);
}

TEST_HARNESS_MAIN
