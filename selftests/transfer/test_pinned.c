// SPDX-License-Identifier: GPL-2.0
/*
 * Reads change nothing in the target, writes change only the bytes written, and a
 * small aligned transfer is one load or store.
 */
#include "features.h"
#include "engine.h"
#include "slow.h"

#include <pthread.h>
#include <sched.h>

#define BIG	(64 * MIB)

FIXTURE(pinned) {
	struct fixture fixture;
	struct target *target;
	struct job *job;
};

ENGINE_VARIANTS(pinned);

FIXTURE_SETUP(pinned)
{
	ASSERT_EQ(0, fixture_open(&self->fixture, variant->engine));
	self->target = &self->fixture.target;
	self->job = self->fixture.job;
}

FIXTURE_TEARDOWN(pinned)
{
	fixture_close(&self->fixture);
}

/* --- copy-on-write --- */

/* Read all of @mem, in pieces that every flag allows, into the same buffer. */
static void read_all(struct __test_metadata *_metadata, int fd, char *mem,
		     size_t len, uint32_t flags, char *buf)
{
	struct dbgmem_transfer t;
	size_t i;

	for (i = 0; i < len; i += MIB) {
		ASSERT_EQ(0, mem_read(fd, mem + i, buf, MIB, flags, &t));
		ASSERT_EQ(MIB, t.done);
		ASSERT_EQ(-1, pattern_differs(buf, i, PAGE, 3));
		ASSERT_EQ(-1, pattern_differs(buf + MIB - PAGE, i + MIB - PAGE,
					      PAGE, 3));
	}
}

static void reads_unshare_nothing(struct __test_metadata *_metadata,
				  struct fixture *fixture, enum memory_kind kind,
				  size_t len)
{
	static const uint32_t flags[] = {
		0, DBGMEM_EXACT, DBGMEM_ZEROFILL, DBGMEM_NOFAULT
	};
	char *buf = malloc(MIB), *word;
	long rss;
	struct memory mem;
	const char *cannot;
	size_t i;

	cannot = memory_map(&mem, kind, len, NULL);
	if (cannot)
		SKIP(return, "%s", cannot);
	pattern_fill(mem.addr, 0, len, 3);
	if (kind == MEMORY_THP && rollup(getpid(), "AnonHugePages:") <= 0)
		SKIP(return, "the kernel gave no transparent huge page");
	ASSERT_EQ(0, fixture_start(fixture));
	/* One round, and the target has all of the stack that it needs. */
	ASSERT_EQ(-1, target_pattern_differs(&fixture->target, fixture->job,
					     mem.addr, 0, PAGE, 3));
	/* All of it is shared: there is something to be un-shared. */
	ASSERT_EQ(0, smaps_private(fixture->target.pid, mem.addr));
	rss = rollup(fixture->target.pid, "Rss:");
	ASSERT_LE((long)(len / 1024), rss);

	for (i = 0; i < ARRAY_SIZE(flags) && takes_flags(flags[i]); i++) {
		read_all(_metadata, fixture->fd, mem.addr, len, flags[i], buf);
		EXPECT_EQ(0, smaps_private(fixture->target.pid, mem.addr))
			TH_LOG("flags %#x", flags[i]);
	}
	/* The way of small transfers: one of each page. */
	for (word = mem.addr; word < mem.addr + 8 * MIB; word += PAGE) {
		ASSERT_EQ(0, mem_read(fixture->fd, word + 8, buf, 8, 0, NULL));
	}
	ASSERT_EQ(MIB, pread(fixture->fd, buf, MIB, (uintptr_t)mem.addr + MIB));
	EXPECT_EQ(0, smaps_private(fixture->target.pid, mem.addr));
	EXPECT_EQ(rss, rollup(fixture->target.pid, "Rss:"));
}

TEST_F_TIMEOUT(pinned, reading_all_of_a_forked_child_unshares_nothing, 120)
{
	reads_unshare_nothing(_metadata, &self->fixture, MEMORY_ANON, BIG);
}

TEST_F_TIMEOUT(pinned, reading_huge_pages_of_a_child_unshares_nothing, 120)
{
	reads_unshare_nothing(_metadata, &self->fixture, MEMORY_THP, 16 * MIB);
}

TEST_F(pinned, writing_from_a_short_buffer_unshares_only_what_it_wrote)
{
	char *mem = private_alloc(16 * PAGE);
	char *buf = private_alloc(8 * PAGE);
	struct dbgmem_transfer t;

	ASSERT_NE(NULL, mem);
	ASSERT_NE(NULL, buf);
	pattern_fill(mem, 0, 16 * PAGE, 3);
	pattern_fill(buf, 0, 8 * PAGE, 4);
	ASSERT_EQ(0, munmap(buf + 2 * PAGE, 6 * PAGE));
	ASSERT_EQ(0, fixture_start(&self->fixture));

	ASSERT_EQ(0, mem_write(self->fixture.fd, mem, buf, 8 * PAGE, 0, &t));
	EXPECT_EQ(2 * PAGE, t.done);
	EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
	EXPECT_EQ((uintptr_t)buf + 2 * PAGE, t.fault_addr);
	EXPECT_EQ((long)(2 * PAGE / 1024),
		  smaps_private(self->target->pid, mem));
}

TEST_F_TIMEOUT(pinned, writing_unshares_the_written_pages_only, 120)
{
	/* Pages that each write touches. */
	static const struct {
		size_t page, off, len, pages;
	} writes[] = {
		{ 1, 0, 1, 1 },
		{ 10, 8, 8, 1 },
		{ 20, PAGE - 4, 8, 2 },
		{ 30, 0, PAGE, 1 },
		{ 40, 1, PAGE, 2 },
		{ 50, 100, 3 * PAGE, 4 },
		{ 1000, 0, MIB, 256 },
	};
	const size_t len = 16 * MIB;
	static char buf[MIB];
	char *mem = private_alloc(len);
	struct dbgmem_transfer t;
	size_t i, at, end = 0;
	long before, private;

	ASSERT_NE(NULL, mem);
	pattern_fill(mem, 0, len, 3);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	before = smaps_private(self->target->pid, mem);
	ASSERT_EQ(0, before);

	for (i = 0; i < ARRAY_SIZE(writes); i++) {
		at = writes[i].page * PAGE + writes[i].off;
		pattern_fill(buf, 0, writes[i].len, 20 + i);
		ASSERT_EQ(0, mem_write(self->fixture.fd, mem + at, buf,
				       writes[i].len, 0, &t));
		ASSERT_EQ(writes[i].len, t.done);
		private = smaps_private(self->target->pid, mem);
		EXPECT_EQ((long)(writes[i].pages * PAGE / 1024), private - before)
			TH_LOG("write %zu", i);
		before = private;
	}
	/* The parent's copy is what it was, the child's is so in between. */
	EXPECT_EQ(-1, pattern_differs(mem, 0, len, 3));
	for (i = 0; i < ARRAY_SIZE(writes); i++) {
		at = writes[i].page * PAGE + writes[i].off;
		EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
						     mem + end, end, at - end,
						     3));
		EXPECT_EQ(-1, target_pattern_differs(self->target, self->job,
						     mem + at, 0, writes[i].len,
						     20 + i));
		end = at + writes[i].len;
	}
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, mem + end,
					     end, len - end, 3));
}

/* The page that the target wrote before and after is one and the same. */
TEST_F_TIMEOUT(pinned, a_write_is_seen_by_the_target_while_it_watches, 60)
{
	char *mem = private_alloc(2 * PAGE), c = 0;
	struct dbgmem_transfer t;
	int i;

	ASSERT_NE(NULL, mem);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	for (i = 0; i < 200; i++) {
		target_fill(self->target, self->job, mem, 0, 2 * PAGE, i);
		ASSERT_EQ(0, mem_read(self->fixture.fd, mem + i, &c, 1, 0, &t));
		ASSERT_EQ(pattern_byte(i, i), (unsigned char)c);
		c ^= 0x55;
		ASSERT_EQ(0, mem_write(self->fixture.fd, mem + i, &c, 1, 0, &t));
		ASSERT_EQ(i, target_pattern_differs(self->target, self->job,
						    mem, 0, 2 * PAGE, i));
	}
}

/* Every small size at every offset around the border of two pages. */
TEST_F_TIMEOUT(pinned, small_sizes_move_exactly_at_every_alignment, 60)
{
	char *mem = private_alloc(2 * PAGE), buf[64], *addr;
	struct dbgmem_transfer t;
	size_t size;
	int off;

	ASSERT_NE(NULL, mem);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	target_fill(self->target, self->job, mem, 0, 2 * PAGE, 3);
	for (size = 1; size <= 16; size += size < 9 ? 1 : 7) {
		for (off = -17; off <= 8; off++) {
			addr = mem + PAGE + off;
			memset(buf, 0xee, sizeof(buf));
			ASSERT_EQ(0, mem_read(self->fixture.fd, addr, buf + 8,
					      size, 0, &t));
			ASSERT_EQ(size, t.done);
			ASSERT_EQ(-1, pattern_differs(buf + 8, PAGE + off, size,
						      3));
			ASSERT_EQ(-1, byte_differs(buf, 0xee, 8));
			ASSERT_EQ(-1, byte_differs(buf + 8 + size, 0xee, 32));

			pattern_fill(buf + 8, 0, size, 4);
			ASSERT_EQ(0, mem_write(self->fixture.fd, addr, buf + 8,
					       size, 0, &t));
			ASSERT_EQ(size, t.done);
			ASSERT_EQ(-1, target_pattern_differs(self->target,
				  self->job, addr, 0, size, 4));
			ASSERT_EQ(-1, target_pattern_differs(self->target,
				  self->job, addr - 32, PAGE + off - 32, 32,
				  3));
			ASSERT_EQ(-1, target_pattern_differs(self->target,
				  self->job, addr + size, PAGE + off + size, 32,
				  3));
			target_fill(self->target, self->job, addr, PAGE + off,
				    size, 3);
		}
	}
}

/* --- tearing: a word is seen before or after a store, never in between --- */

#define LOADS	200000

struct flipper {
	uint64_t *word;		/* in the target */
	uint64_t a, b, bad;
	unsigned int size;
	int stop, running;
	unsigned long rounds;
};

static bool is_either(const struct flipper *f, uint64_t v)
{
	return v == f->a || v == f->b;
}

static void store(void *p, unsigned int size, uint64_t v)
{
	switch (size) {
	case 2:
		*(volatile uint16_t *)p = v;
		break;
	case 4:
		*(volatile uint32_t *)p = v;
		break;
	default:
		*(volatile uint64_t *)p = v;
	}
}

static uint64_t load(const void *p, unsigned int size)
{
	switch (size) {
	case 2:
		return *(const volatile uint16_t *)p;
	case 4:
		return *(const volatile uint32_t *)p;
	default:
		return *(const volatile uint64_t *)p;
	}
}

static void use_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void *flip_thread(void *arg)
{
	struct flipper *f = arg;
	int i;

	use_cpu(1);
	__atomic_store_n(&f->running, 1, __ATOMIC_RELEASE);
	/* Nothing but stores, nearly: so that each value is there half the time. */
	while (!__atomic_load_n(&f->stop, __ATOMIC_RELAXED)) {
		for (i = 0; i < 100; i++) {
			store(f->word, f->size, f->a);
			store(f->word, f->size, f->b);
		}
	}
	__atomic_store_n(&f->running, 0, __ATOMIC_RELEASE);
	return NULL;
}

static void *watch_thread(void *arg)
{
	struct flipper *f = arg;
	uint64_t v, last = f->a;

	use_cpu(1);
	__atomic_store_n(&f->running, 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&f->stop, __ATOMIC_RELAXED)) {
		v = load(f->word, f->size);
		if (!is_either(f, v))
			f->bad = v;
		f->rounds += v != last;
		last = v;
	}
	__atomic_store_n(&f->running, 0, __ATOMIC_RELEASE);
	return NULL;
}

static long job_flip(void *arg)
{
	pthread_t thread;

	return -pthread_create(&thread, NULL, flip_thread, arg);
}

static long job_watch(void *arg)
{
	pthread_t thread;

	return -pthread_create(&thread, NULL, watch_thread, arg);
}

static long job_store(void *arg)
{
	struct flipper *f = arg;

	store(f->word, f->size, f->a);
	return 0;
}

static struct flipper *flipper_alloc(unsigned int size, uint64_t *word)
{
	struct flipper *f = shared_alloc(PAGE);

	if (f)
		*f = (struct flipper){
			.word = word,
			.size = size,
			.a = 0x1111111111111111ULL >> (64 - 8 * size),
			.b = 0xeeeeeeeeeeeeeeeeULL >> (64 - 8 * size),
		};
	return f;
}

FIXTURE(tear) {
	struct fixture fixture;
	uint64_t *mem;
};

FIXTURE_VARIANT(tear) {
	const char *engine;
};

/* Not remote: access_process_vm() copies as it likes. */
FIXTURE_VARIANT_ADD(tear, pinned) { .engine = "pinned", };
FIXTURE_VARIANT_ADD(tear, auto) { .engine = "auto", };
FIXTURE_VARIANT_ADD(tear, mirror) { .engine = "mirror", };

FIXTURE_SETUP(tear)
{
	fixture_init(&self->fixture);
	self->mem = private_alloc(PAGE);
	ASSERT_NE(NULL, self->mem);
	ASSERT_EQ(0, engine_set(variant->engine));
}

FIXTURE_TEARDOWN(tear)
{
	fixture_close(&self->fixture);
}

static void wait_for(int *flag, int value)
{
	while (__atomic_load_n(flag, __ATOMIC_ACQUIRE) != value)
		sched_yield();
}

static void never_torn_read(struct __test_metadata *_metadata,
			    struct fixture *fixture, uint64_t *word,
			    unsigned int size, uint32_t flags)
{
	long i, loads = slow_rounds(LOADS);
	struct flipper *f = flipper_alloc(size, word);
	int seen_a = 0, seen_b = 0;
	double start = now();
	uint64_t v;

	ASSERT_NE(NULL, f);
	use_cpu(0);
	ASSERT_EQ(0, fixture_start(fixture));
	target_call(&fixture->target, job_store, f);
	ASSERT_EQ(0, target_call(&fixture->target, job_flip, f));
	wait_for(&f->running, 1);
	/* As often as was asked for, and until both were met. */
	for (i = 0; i < loads || ((!seen_a || !seen_b) && now() < start + 30);
	     i++) {
		v = 0;
		ASSERT_EQ(0, mem_read(fixture->fd, word, &v, size, flags, NULL));
		ASSERT_TRUE(is_either(f, v))
			TH_LOG("%u bytes: %#llx", size, (long long)v);
		if (v == f->a)
			seen_a++;
		else
			seen_b++;
	}
	EXPECT_LT(0, seen_a);
	EXPECT_LT(0, seen_b);
	f->stop = 1;
	fixture_stop(fixture);
}

TEST_F_TIMEOUT(tear, aligned_reads_of_8_bytes_never_tear, 120)
{
	never_torn_read(_metadata, &self->fixture, self->mem, 8, 0);
}

TEST_F_TIMEOUT(tear, aligned_reads_of_2_and_4_bytes_never_tear, 120)
{
	never_torn_read(_metadata, &self->fixture, self->mem, 2, 0);
	never_torn_read(_metadata, &self->fixture, self->mem, 4, 0);
}

TEST_F_TIMEOUT(tear, aligned_exact_reads_never_tear, 120)
{
	never_torn_read(_metadata, &self->fixture, self->mem, 8, DBGMEM_EXACT);
}

static void never_torn_write(struct __test_metadata *_metadata,
			     struct fixture *fixture, uint64_t *word,
			     unsigned int size, uint32_t flags)
{
	long i, stores = slow_rounds(LOADS / 2);
	struct flipper *f = flipper_alloc(size, word);

	ASSERT_NE(NULL, f);
	use_cpu(0);
	ASSERT_EQ(0, fixture_start(fixture));
	target_call(&fixture->target, job_store, f);
	ASSERT_EQ(0, target_call(&fixture->target, job_watch, f));
	wait_for(&f->running, 1);
	for (i = 0; i < stores; i++) {
		ASSERT_EQ(0, mem_write(fixture->fd, word, i & 1 ? &f->a : &f->b,
				       size, flags, NULL));
	}
	__atomic_store_n(&f->stop, 1, __ATOMIC_RELEASE);
	wait_for(&f->running, 0);
	EXPECT_EQ(0, f->bad);
	EXPECT_LT(0, f->rounds);
	fixture_stop(fixture);
}

TEST_F_TIMEOUT(tear, aligned_writes_never_tear, 120)
{
	never_torn_write(_metadata, &self->fixture, self->mem, 2, 0);
	never_torn_write(_metadata, &self->fixture, self->mem, 4, 0);
	never_torn_write(_metadata, &self->fixture, self->mem, 8, 0);
	never_torn_write(_metadata, &self->fixture, self->mem, 8, DBGMEM_EXACT);
}

TEST_HARNESS_MAIN
