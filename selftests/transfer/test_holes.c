// SPDX-License-Identifier: GPL-2.0
/* ZEROFILL and NOFAULT reads, and the bitmap of the pages that were present. */
#include "features.h"
#include "engine.h"

#define PAGES	20
#define AREA	(PAGES * PAGE)

FIXTURE(holes) {
	struct fixture fixture;
	struct target *target;
	struct job *job;
	char *mem;		/* private, untouched by the test itself */
	char *buf;
};

ENGINE_VARIANTS(holes);

FIXTURE_SETUP(holes)
{
	ASSERT_EQ(0, fixture_open(&self->fixture, variant->engine));
	self->target = &self->fixture.target;
	self->job = self->fixture.job;
	self->mem = private_alloc(AREA);
	ASSERT_NE(NULL, self->mem);
	self->buf = malloc(AREA);
	ASSERT_NE(NULL, self->buf);
}

FIXTURE_TEARDOWN(holes)
{
	fixture_close(&self->fixture);
}

static int read_valid(int fd, const void *addr, void *buf, uint64_t len,
		      uint32_t flags, void *valid, uint64_t valid_size,
		      struct dbgmem_transfer *t)
{
	*t = (struct dbgmem_transfer){
		.size = sizeof(*t),
		.flags = flags,
		.addr = (uintptr_t)addr,
		.buf = (uintptr_t)buf,
		.len = len,
		.valid = (uintptr_t)valid,
		.valid_size = valid_size,
		.done = 0xdeadbeef,
		.fault_addr = 0xdeadbeef,
		.reason = 0xdead,
	};
	return ioctl(fd, DBGMEM_IOC_READ, t) ? -errno : 0;
}

static bool bit(const unsigned char *map, size_t i)
{
	return map[i / 8] >> i % 8 & 1;
}

/* --- ZEROFILL --- */

/* Which pages the target of holes_start() has; the others are holes. */
static const char layout[PAGES + 1] = "x.xx..xxxxxxxx.p.xpx";

static void holes_start(struct __test_metadata *_metadata,
			FIXTURE_DATA(holes) *self)
{
	char *page;
	size_t i;

	ASSERT_EQ(0, fixture_start(&self->fixture));
	target_fill(self->target, self->job, self->mem, 0, AREA, 3);
	for (i = 0; i < PAGES; i++) {
		page = self->mem + i * PAGE;
		if (layout[i] == '.') {
			ASSERT_EQ(0, target_unmap(self->target, self->job, page,
						  PAGE));
		}
		if (layout[i] == 'p') {
			ASSERT_EQ(0, target_protect(self->target, self->job,
						    page, PAGE, PROT_NONE));
		}
	}
}

TEST_F_TIMEOUT(holes, zerofill_reads_holes_as_zeros_and_goes_on, 60)
{
	static const struct {
		size_t off, len;
	} shapes[] = {
		{ 0, AREA }, { 100, AREA - 200 }, { PAGE - 1, 2 },
		{ PAGE - 1, PAGE + 2 }, { PAGE + 5, PAGE - 10 },
		{ 6 * PAGE, 8 * PAGE }, { 6 * PAGE + 1, 8 * PAGE },
		{ 15 * PAGE, 1 }, { 2 * PAGE, 17 * PAGE + 1 }, { 8, 8 },
		{ PAGE - 4, 8 }, { PAGE, 0 },
	};
	size_t i, at, n, end, first, pages, done;
	struct dbgmem_transfer t;
	unsigned char valid[8];
	uint64_t fault;
	uint32_t reason;

	holes_start(_metadata, self);
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		at = shapes[i].off;
		end = at + shapes[i].len;
		first = at / PAGE;
		pages = end == at ? 0 : (end - 1) / PAGE - first + 1;
		memset(self->buf, 0xee, AREA);
		memset(valid, 0xff, sizeof(valid));
		ASSERT_EQ(0, read_valid(self->fixture.fd, self->mem + at,
					self->buf, end - at, DBGMEM_ZEROFILL,
					valid, (pages + 7) / 8, &t))
			TH_LOG("shape %zu", i);

		done = fault = 0;
		reason = DBGMEM_REASON_NONE;
		for (; at < end; at += n) {
			n = PAGE - at % PAGE;
			if (n > end - at)
				n = end - at;
			EXPECT_EQ(layout[at / PAGE] == 'x',
				  bit(valid, at / PAGE - first))
				TH_LOG("shape %zu, page %zu", i, at / PAGE);
			if (layout[at / PAGE] == 'x') {
				done += n;
				EXPECT_EQ(-1, pattern_differs(self->buf + at -
					  shapes[i].off, at, n, 3));
				continue;
			}
			EXPECT_EQ(-1, byte_differs(self->buf + at -
						   shapes[i].off, 0, n));
			if (reason)
				continue;
			fault = (uintptr_t)self->mem + at;
			reason = layout[at / PAGE] == '.' ?
				DBGMEM_REASON_UNMAPPED :
				DBGMEM_REASON_PROTECTION;
		}
		EXPECT_EQ(done, t.done);
		EXPECT_EQ(fault, t.fault_addr);
		EXPECT_EQ(reason, t.reason);
		EXPECT_EQ(-1, byte_differs(self->buf + shapes[i].len, 0xee,
					   AREA - shapes[i].len));
		/* Behind the range: zeros in its last byte, nothing after. */
		for (n = pages; n % 8; n++) {
			EXPECT_FALSE(bit(valid, n));
		}
		EXPECT_EQ(-1, byte_differs(valid + (pages + 7) / 8, 0xff,
					   8 - (pages + 7) / 8));
	}
}

TEST_F_TIMEOUT(holes, zerofill_succeeds_when_all_is_holes, 60)
{
	unsigned char valid[1] = { 0xff };
	struct dbgmem_transfer t;

	holes_start(_metadata, self);
	memset(self->buf, 0xee, AREA);
	ASSERT_EQ(0, read_valid(self->fixture.fd, self->mem + 4 * PAGE, self->buf,
				2 * PAGE, DBGMEM_ZEROFILL, valid, 1, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ((uintptr_t)self->mem + 4 * PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
	EXPECT_EQ(-1, byte_differs(self->buf, 0, 2 * PAGE));
	EXPECT_EQ(0, valid[0]);
	/* NULL, and where the kernel lives, are holes as well. */
	EXPECT_EQ(0, mem_read(self->fixture.fd, NULL, self->buf, 64,
			      DBGMEM_ZEROFILL, &t));
	EXPECT_EQ(0, mem_read(self->fixture.fd, 0xffff888000000000ULL, self->buf,
			      2 * PAGE, DBGMEM_ZEROFILL, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ(0xffff888000000000ULL, t.fault_addr);
	/* Without it, all of it is refused. */
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, self->mem + 4 * PAGE,
				    self->buf, 2 * PAGE, 0, &t));
}

TEST_F_TIMEOUT(holes, a_hole_of_one_gib_is_skipped_fast, 60)
{
	char *hole = mmap(NULL, GIB + 2 * PAGE, PROT_READ | PROT_WRITE,
			  MAP_ANON_PRIVATE | MAP_NORESERVE, -1, 0);
	char *buf = alias_alloc(GIB + 4 * MIB, 2 * MIB);
	double start, zeros, taken;
	struct dbgmem_transfer t;
	size_t i;
	int fd;

	ASSERT_NE(MAP_FAILED, hole);
	ASSERT_NE(NULL, buf);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	target_fill(self->target, self->job, hole, 0, PAGE, 3);
	target_fill(self->target, self->job, hole + PAGE + GIB, 0, PAGE, 4);
	ASSERT_EQ(0, target_unmap(self->target, self->job, hole + PAGE, GIB));

	/* Zeros for so large a buffer take their time; the hole must not. */
	fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	start = now();
	for (i = 0; i < GIB; i += MIB) {
		ASSERT_EQ(MIB, read(fd, buf + i, MIB));
	}
	zeros = now() - start;
	close(fd);

	start = now();
	ASSERT_EQ(0, mem_read(self->fixture.fd, hole, buf, GIB + 2 * PAGE,
			      DBGMEM_ZEROFILL, &t));
	taken = now() - start;
	TH_LOG("%.2f s, of which %.2f for the zeros", taken, zeros);
	EXPECT_GT(2.0, taken - zeros);
	EXPECT_EQ(2 * PAGE, t.done);
	EXPECT_EQ((uintptr_t)hole + PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_UNMAPPED, t.reason);
	/* Every piece of the buffer is the same memory: the last page won. */
	EXPECT_EQ(-1, pattern_differs(buf + GIB + PAGE, 0, PAGE, 4));
}

TEST_F_TIMEOUT(holes, a_bitmap_too_small_or_bad_is_refused, 60)
{
	unsigned char valid[4], *bad = private_alloc(PAGE);
	struct dbgmem_transfer t;
	int fd;

	NEEDS_NOFAULT();
	ASSERT_NE(NULL, bad);
	ASSERT_EQ(0, mprotect(bad, PAGE, PROT_NONE));
	holes_start(_metadata, self);
	fd = self->fixture.fd;
	memset(self->buf, 0xee, AREA);
	memset(valid, 0xff, sizeof(valid));
	/* Eight pages are one byte, one more byte is a ninth page. */
	EXPECT_EQ(0, read_valid(fd, self->mem + 6 * PAGE, self->buf, 8 * PAGE,
				DBGMEM_ZEROFILL, valid, 1, &t));
	memset(self->buf, 0xee, AREA);
	EXPECT_EQ(-EINVAL, read_valid(fd, self->mem + 6 * PAGE, self->buf,
				      8 * PAGE + 1, DBGMEM_ZEROFILL, valid, 1,
				      &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ(-EINVAL, read_valid(fd, self->mem + 7 * PAGE - 1, self->buf,
				      7 * PAGE + 2, DBGMEM_ZEROFILL, valid, 1,
				      &t));
	EXPECT_EQ(-EINVAL, read_valid(fd, self->mem, self->buf, 1,
				      DBGMEM_NOFAULT, valid, 0, &t));
	/* It is for the flags that have use for it. */
	EXPECT_EQ(-EINVAL, read_valid(fd, self->mem, self->buf, 1, 0, valid, 1,
				      &t));
	EXPECT_EQ(-EFAULT, read_valid(fd, self->mem, self->buf, PAGE,
				      DBGMEM_ZEROFILL, bad, 1, &t));
	EXPECT_EQ(DBGMEM_REASON_BUFFER, t.reason);
	EXPECT_EQ((uintptr_t)bad, t.fault_addr);
	EXPECT_EQ(0, t.done);
	EXPECT_EQ(-1, byte_differs(self->buf, 0xee, AREA));
}

TEST_F_TIMEOUT(holes, flags_that_exclude_each_other_are_refused, 60)
{
	struct dbgmem_transfer t;
	int fd;

	NEEDS_NOFAULT();
	holes_start(_metadata, self);
	fd = self->fixture.fd;
	memset(self->buf, 0xee, AREA);
	EXPECT_EQ(-EINVAL, mem_write(fd, self->mem, self->buf, 8,
				     DBGMEM_ZEROFILL, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ(-EINVAL, mem_write(fd, self->mem, self->buf, 8,
				     DBGMEM_NOFAULT, &t));
	EXPECT_EQ(-EINVAL, mem_read(fd, self->mem, self->buf, 8,
				    DBGMEM_ZEROFILL | DBGMEM_EXACT, &t));
	EXPECT_EQ(-1, byte_differs(self->buf, 0xee, AREA));
	EXPECT_EQ(-1, target_pattern_differs(self->target, self->job, self->mem,
					     0, PAGE, 3));
}

/* --- NOFAULT --- */

static const char touched[PAGES + 1] = "xx..x..xr.xxxxxx.d.x";

static long job_touch(void *arg)
{
	struct job *j = arg;
	size_t i;

	for (i = 0; i < PAGES; i++) {
		if (touched[i] == 'x' || touched[i] == 'd')
			pattern_fill(j->addr + i * PAGE, i * PAGE, PAGE, 3);
		if (touched[i] == 'r')
			(void)*(volatile char *)(j->addr + i * PAGE);
		if (touched[i] == 'd' &&
		    madvise(j->addr + i * PAGE, PAGE, MADV_DONTNEED))
			return -errno;
	}
	return 0;
}

static void touch_start(struct __test_metadata *_metadata,
			FIXTURE_DATA(holes) *self)
{
	size_t i;

	ASSERT_EQ(0, fixture_start(&self->fixture));
	*self->job = (struct job){ .addr = self->mem };
	ASSERT_EQ(0, target_call(self->target, job_touch, self->job));
	/* The kernel's own view of what is resident is the reference. */
	for (i = 0; i < PAGES; i++) {
		ASSERT_EQ(touched[i] == 'x' || touched[i] == 'r',
			  !!(pagemap(self->target->pid, self->mem + i * PAGE) &
			     PAGEMAP_PRESENT))
			TH_LOG("page %zu", i);
	}
}

TEST_F_TIMEOUT(holes, nofault_reads_what_is_resident_and_no_more, 60)
{
	unsigned char valid[(PAGES + 7) / 8];
	struct dbgmem_transfer t;
	size_t i, done = 0;

	NEEDS_NOFAULT();
	touch_start(_metadata, self);
	/* Up to the first that is not there. */
	ASSERT_EQ(0, mem_read(self->fixture.fd, self->mem + 5, self->buf,
			      AREA - 5, DBGMEM_NOFAULT, &t));
	EXPECT_EQ(2 * PAGE - 5, t.done);
	EXPECT_EQ((uintptr_t)self->mem + 2 * PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_NOT_RESIDENT, t.reason);
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, self->mem + 2 * PAGE + 8,
				    self->buf, 8, DBGMEM_NOFAULT, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ((uintptr_t)self->mem + 2 * PAGE + 8, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_NOT_RESIDENT, t.reason);

	/* The bitmap without ZEROFILL: what was read up to there. */
	memset(valid, 0xff, sizeof(valid));
	ASSERT_EQ(0, read_valid(self->fixture.fd, self->mem, self->buf, AREA,
				DBGMEM_NOFAULT, valid, sizeof(valid), &t));
	EXPECT_EQ(3, valid[0]);
	EXPECT_EQ(-1, byte_differs(valid + 1, 0, sizeof(valid) - 1));

	memset(self->buf, 0xee, AREA);
	memset(valid, 0xff, sizeof(valid));
	ASSERT_EQ(0, read_valid(self->fixture.fd, self->mem, self->buf, AREA,
				DBGMEM_NOFAULT | DBGMEM_ZEROFILL, valid,
				sizeof(valid), &t));
	for (i = 0; i < PAGES; i++) {
		bool resident = touched[i] == 'x' || touched[i] == 'r';

		done += resident ? PAGE : 0;
		EXPECT_EQ(resident, bit(valid, i))
			TH_LOG("page %zu", i);
		if (touched[i] == 'x') {
			EXPECT_EQ(-1, pattern_differs(self->buf + i * PAGE,
						      i * PAGE, PAGE, 3));
		} else {
			EXPECT_EQ(-1, byte_differs(self->buf + i * PAGE, 0,
						   PAGE));
		}
	}
	EXPECT_EQ(done, t.done);
	EXPECT_EQ((uintptr_t)self->mem + 2 * PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_NOT_RESIDENT, t.reason);
}

/* GUP faults hugetlb pages in whatever it is told, so they are not looked at. */
TEST_F_TIMEOUT(holes, nofault_takes_no_page_of_hugetlbfs, 60)
{
	static const uint32_t flags[] = { 0, DBGMEM_EXACT, DBGMEM_ZEROFILL };
	struct dbgmem_transfer t;
	struct memory huge;
	const char *cannot;
	char *start, *before;
	long free;
	size_t i;

	NEEDS_NOFAULT();
	cannot = memory_map(&huge, MEMORY_HUGETLB, HUGE_SIZE, NULL);
	if (cannot)
		SKIP(return, "%s", cannot);
	start = huge.addr + 4 * PAGE - HUGE_SIZE;
	/* A page that is resident, and the next mapping is the huge one. */
	before = mmap(start - PAGE, PAGE, PROT_READ | PROT_WRITE,
		      MAP_ANON_PRIVATE | MAP_FIXED_NOREPLACE, -1, 0);
	ASSERT_EQ(start - PAGE, before);
	pattern_fill(before, 0, PAGE, 3);
	free = file_number("/proc/meminfo", "HugePages_Free:");
	ASSERT_LE(1, free);
	ASSERT_EQ(0, fixture_start(&self->fixture));

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		mem_read(self->fixture.fd, start + 8, self->buf, 8,
			 DBGMEM_NOFAULT | flags[i], &t);
		EXPECT_EQ(0, t.done) TH_LOG("flags %#x", flags[i]);
		EXPECT_EQ(DBGMEM_REASON_NOT_RESIDENT, t.reason);
		EXPECT_EQ((uintptr_t)start + 8, t.fault_addr);
	}
	ASSERT_EQ(0, mem_read(self->fixture.fd, before, self->buf, 3 * PAGE,
			      DBGMEM_NOFAULT, &t));
	EXPECT_EQ(PAGE, t.done);
	EXPECT_EQ((uintptr_t)start, t.fault_addr);
	EXPECT_EQ(-1, pattern_differs(self->buf, 0, PAGE, 3));
	EXPECT_EQ(free, file_number("/proc/meminfo", "HugePages_Free:"));

	/* Without the flag it is there for the asking. */
	ASSERT_EQ(0, mem_read(self->fixture.fd, start, self->buf, PAGE, 0, &t));
	EXPECT_EQ(PAGE, t.done);
}

TEST_F_TIMEOUT(holes, nofault_leaves_no_trace_in_the_target, 60)
{
	NEEDS_NOFAULT();
	pid_t pid;
	long faults, rss, tables;
	size_t i;
	int n;

	touch_start(_metadata, self);
	pid = self->target->pid;
	faults = fault_count(pid);
	rss = rollup(pid, "Rss:");
	ASSERT_LT(0, faults);
	ASSERT_LT(0, rss);
	for (n = 0; n < 50; n++) {
		ASSERT_EQ(0, mem_read(self->fixture.fd, self->mem, self->buf,
				      AREA, DBGMEM_NOFAULT | DBGMEM_ZEROFILL,
				      NULL));
		for (i = 0; i < PAGES; i++)
			mem_read(self->fixture.fd, self->mem + i * PAGE,
				 self->buf, 8, DBGMEM_NOFAULT, NULL);
		mem_read(self->fixture.fd, self->mem, self->buf, AREA,
			 DBGMEM_NOFAULT | DBGMEM_EXACT, NULL);
	}
	EXPECT_EQ(faults, fault_count(pid));
	EXPECT_EQ(rss, rollup(pid, "Rss:"));
	for (i = 0; i < PAGES; i++) {
		EXPECT_EQ(touched[i] == 'x' || touched[i] == 'r',
			  !!(pagemap(pid, self->mem + i * PAGE) &
			     PAGEMAP_PRESENT))
			TH_LOG("page %zu", i);
	}
	/* A plain read does leave one: the comparison can tell. */
	tables = !!(pagemap(pid, self->mem + 2 * PAGE) & PAGEMAP_PRESENT);
	ASSERT_EQ(0, mem_read(self->fixture.fd, self->mem, self->buf, AREA, 0,
			      NULL));
	EXPECT_NE(tables, !!(pagemap(pid, self->mem + 2 * PAGE) &
			     PAGEMAP_PRESENT));
}

TEST_F_TIMEOUT(holes, nofault_goes_by_the_page_tables_of_a_file_too, 60)
{
	int fd = file_create(AREA, 3);
	struct dbgmem_transfer t;
	size_t i, resident = 0;
	unsigned char valid[(PAGES + 7) / 8];
	bool present[PAGES];
	char *mem;

	NEEDS_NOFAULT();
	ASSERT_LE(0, fd);
	mem = mmap(NULL, AREA, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, mem);
	madvise(mem, AREA, MADV_RANDOM);
	ASSERT_EQ(0, fixture_start(&self->fixture));
	/* All in the page cache; the target has touched one of them. */
	target_fill(self->target, self->job, mem + PAGE, PAGE, 8, 3);
	for (i = 0; i < PAGES; i++) {
		present[i] = pagemap(self->target->pid, mem + i * PAGE) &
			     PAGEMAP_PRESENT;
		resident += present[i];
	}
	ASSERT_LE(1, resident);
	ASSERT_EQ(0, read_valid(self->fixture.fd, mem, self->buf, AREA,
				DBGMEM_NOFAULT | DBGMEM_ZEROFILL, valid,
				sizeof(valid), &t));
	EXPECT_EQ(resident * PAGE, t.done);
	for (i = 0; i < PAGES; i++) {
		EXPECT_EQ(present[i], bit(valid, i));
		EXPECT_EQ(present[i], !!(pagemap(self->target->pid,
						 mem + i * PAGE) &
					 PAGEMAP_PRESENT));
	}
	close(fd);
}

TEST_F_TIMEOUT(holes, nofault_exact_is_all_or_nothing, 60)
{
	struct dbgmem_transfer t;
	int fd;

	NEEDS_NOFAULT();
	touch_start(_metadata, self);
	fd = self->fixture.fd;
	memset(self->buf, 0xee, AREA);
	EXPECT_EQ(-EFAULT, mem_read(fd, self->mem, self->buf, 3 * PAGE,
				    DBGMEM_NOFAULT | DBGMEM_EXACT, &t));
	EXPECT_EQ(0, t.done);
	EXPECT_EQ((uintptr_t)self->mem + 2 * PAGE, t.fault_addr);
	EXPECT_EQ(DBGMEM_REASON_NOT_RESIDENT, t.reason);
	EXPECT_EQ(-1, byte_differs(self->buf, 0xee, AREA));
	EXPECT_EQ(0, mem_read(fd, self->mem + 10 * PAGE + 1, self->buf,
			      6 * PAGE - 1, DBGMEM_NOFAULT | DBGMEM_EXACT,
			      &t));
	EXPECT_EQ(6 * PAGE - 1, t.done);
	EXPECT_EQ(-1, pattern_differs(self->buf, 10 * PAGE + 1, 6 * PAGE - 1,
				      3));
}

/* That the caller's own pages have to come does not bring the target's in. */
TEST_F_TIMEOUT(holes, nofault_exact_into_an_absent_buffer_faults_nothing_in, 60)
{
	struct dbgmem_transfer t;
	char *buf = private_alloc(AREA);

	NEEDS_NOFAULT();
	ASSERT_NE(NULL, buf);
	touch_start(_metadata, self);
	EXPECT_EQ(-EFAULT, mem_read(self->fixture.fd, self->mem, buf, 3 * PAGE,
				    DBGMEM_NOFAULT | DBGMEM_EXACT, &t));
	EXPECT_EQ(DBGMEM_REASON_NOT_RESIDENT, t.reason);
	EXPECT_EQ((uintptr_t)self->mem + 2 * PAGE, t.fault_addr);
	EXPECT_FALSE(pagemap(self->target->pid, self->mem + 2 * PAGE) &
		     PAGEMAP_PRESENT);
	munmap(buf, AREA);
}

TEST_HARNESS_MAIN
