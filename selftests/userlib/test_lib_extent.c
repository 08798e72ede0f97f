// SPDX-License-Identifier: GPL-2.0
/*
 * libdbgmem: a search of sparse memory finds all that is there, and makes neither
 * pages nor page tables.
 */
#include "userlib_fixture.h"
#include "proc.h"

#include <pthread.h>
#include <sys/utsname.h>

#define PLACE		0x200000000000ULL
#define SIZE		(1UL << 30)
#define FAR		(SIZE / 3 / PAGE * PAGE)
#define RESERVED	(20UL << 40)

/* What is mapped there. The file is made before the target is, which has it, too. */
FIXTURE(extent) {
	struct target t;
	struct dbgmem *m;
	int fd;
	long long before;
};

FIXTURE_VARIANT(extent) {
	int flags;
	const char *path;	/* NULL: a memfd; "": no file at all */
};

FIXTURE_VARIANT_ADD(extent, anonymous) {
	.flags = MAP_PRIVATE | MAP_ANONYMOUS,
	.path = "",
};

FIXTURE_VARIANT_ADD(extent, anonymous_shared) {
	.flags = MAP_SHARED | MAP_ANONYMOUS,
	.path = "",
};

FIXTURE_VARIANT_ADD(extent, memfd_shared) {
	.flags = MAP_SHARED,
};

FIXTURE_VARIANT_ADD(extent, memfd_private) {
	.flags = MAP_PRIVATE,
};

FIXTURE_VARIANT_ADD(extent, file_shared) {
	.flags = MAP_SHARED,
	.path = "/tmp/sparse",
};

FIXTURE_VARIANT_ADD(extent, file_private) {
	.flags = MAP_PRIVATE,
	.path = "/tmp/sparse",
};

FIXTURE_VARIANT_ADD(extent, dev_zero_private) {
	.flags = MAP_PRIVATE,
	.path = "/dev/zero",
};

FIXTURE_VARIANT_ADD(extent, dev_zero_shared) {
	.flags = MAP_SHARED,
	.path = "/dev/zero",
};

static int sparse_fd, sparse_flags;

static long sparse_map(void *addr)
{
	return mmap(addr, SIZE, PROT_READ | PROT_WRITE, sparse_flags |
		    MAP_FIXED | MAP_NORESERVE, sparse_fd, 0) != addr ||
	       (madvise(addr, SIZE, MADV_NOHUGEPAGE) && errno != EINVAL);
}

static int sparse_file(const char *path)
{
	int fd;

	if (path && !*path)
		return -1;
	if (path && !strncmp(path, "/dev/", 5))
		return open(path, O_RDWR | O_CLOEXEC);
	fd = path ? open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) :
		    memfd_create("sparse", MFD_CLOEXEC);
	return fd < 0 || ftruncate(fd, SIZE) ? -2 : fd;
}

/* The one place in /proc that tells it to the page. */
static long mapping_rss(pid_t pid)
{
	char path[64], line[256], start[32];
	bool here = false;
	long kib = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps", (int)pid);
	snprintf(start, sizeof(start), "%llx-", PLACE);
	f = fopen(path, "re");
	while (f && kib < 0 && fgets(line, sizeof(line), f)) {
		here |= !strncmp(line, start, strlen(start));
		if (here && !strncmp(line, "Rss:", 4))
			kib = atol(line + 4);
	}
	if (f)
		fclose(f);
	return kib;
}

/* Bytes of pages that are mapped, of page tables, and of the file. */
static long long bytes(pid_t pid)
{
	char path[96];
	struct stat st;
	long long n;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	n = 1024LL * (mapping_rss(pid) + file_number(path, "VmPTE:"));
	snprintf(path, sizeof(path), "/proc/%d/map_files/%llx-%llx", (int)pid,
		 PLACE, PLACE + SIZE);
	return n + (stat(path, &st) ? 0 : (long long)st.st_blocks * 512);
}

FIXTURE_SETUP(extent)
{
	sparse_fd = sparse_file(variant->path);
	sparse_flags = variant->flags;
	self->fd = sparse_fd;
	ASSERT_NE(-2, self->fd);
	ASSERT_EQ(0, target_start(&self->t));
	ASSERT_EQ(0, dbgmem_open(self->t.pid, DBGMEM_OPEN_WRITE, &self->m))
		TH_LOG("%s", dbgmem_errstr());
	ASSERT_EQ(0, target_call(&self->t, sparse_map, (void *)PLACE));
	ASSERT_EQ(6, dbgmem_write(self->m, PLACE, "needle", 6));
	ASSERT_EQ(6, dbgmem_write(self->m, PLACE + FAR - 3, "needle", 6));
	ASSERT_EQ(6, dbgmem_write(self->m, PLACE + SIZE - 6, "needle", 6));
	self->before = bytes(self->t.pid);
	ASSERT_LE(4 * PAGE, self->before);
}

FIXTURE_TEARDOWN(extent)
{
	dbgmem_close(self->m);
	target_stop(&self->t);
	if (self->fd >= 0)
		close(self->fd);
	if (variant->path && !strncmp(variant->path, "/tmp/", 5))
		unlink(variant->path);
}

static int search(struct dbgmem *m, uint32_t flags, uint64_t found[4],
		  struct dbgmem_search_stats *stats)
{
	const struct dbgmem_pattern p = { .bytes = "needle", .len = 6 };
	const struct dbgmem_range r = { PLACE, SIZE };
	struct dbgmem_search *s;
	int n = 0, ret;

	ret = dbgmem_search_new(m, &r, 1, &p, flags, NULL, &s);
	if (ret)
		return ret;
	while (n < 4 && (ret = dbgmem_search_next(s, &found[n])) > 0)
		n++;
	dbgmem_search_get_stats(s, stats);
	dbgmem_search_free(s);
	return ret < 0 ? ret : n;
}

TEST_F(extent, a_search_finds_all_and_makes_nothing)
{
	struct dbgmem_search_stats stats = { .size = sizeof(stats) };
	uint64_t found[4];

	ASSERT_EQ(3, search(self->m, 0, found, &stats))
		TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(PLACE, found[0]);
	EXPECT_EQ(PLACE + FAR - 3, found[1]);
	EXPECT_EQ(PLACE + SIZE - 6, found[2]);
	EXPECT_EQ(SIZE, stats.done);
	EXPECT_EQ(0, stats.skipped);
	EXPECT_EQ(self->before, bytes(self->t.pid));
}

TEST_F(extent, runs_are_what_is_there_and_zeros)
{
	const struct dbgmem_range r = { PLACE, SIZE };
	uint64_t next = PLACE, there = 0;
	struct dbgmem_runs *runs;
	struct dbgmem_run run;
	int ret;

	ASSERT_EQ(0, dbgmem_runs_new(self->m, &r, 1, 0, NULL, &runs));
	while ((ret = dbgmem_runs_next(runs, &run)) > 0) {
		EXPECT_EQ(next, run.addr);
		next = run.addr + run.len;
		there += run.bytes ? run.len : 0;
	}
	EXPECT_EQ(0, ret) TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(PLACE + SIZE, next);
	EXPECT_EQ(4 * PAGE, there);
	dbgmem_runs_free(runs);
	EXPECT_EQ(self->before, bytes(self->t.pid));
}

#define ONLY_READ	64

static long read_pages(void *addr)
{
	volatile char *p = addr;
	long sum = 0;
	size_t i;

	for (i = 0; i < ONLY_READ; i++)
		sum += p[i * PAGE];
	return sum;
}

/* Kernels since 6.7 tell them from others. */
static bool zero_pages_are_told(void)
{
	struct utsname u;
	int major = 0, minor = 0;

	uname(&u);
	if (sscanf(u.release, "%d.%d", &major, &minor) != 2)
		return false;
	return major > 6 || (major == 6 && minor >= 7);
}

TEST_F(extent, pages_that_were_only_read_are_searched_like_others)
{
	const struct dbgmem_range r = { PLACE + SIZE / 2, ONLY_READ * PAGE };
	struct dbgmem_search_stats stats = { .size = sizeof(stats) };
	struct dbgmem_runs *runs;
	struct dbgmem_run run;
	uint64_t found[4];
	size_t there = 0;

	ASSERT_EQ(0, target_call(&self->t, read_pages, (void *)r.addr));
	ASSERT_EQ(3, search(self->m, 0, found, &stats))
		TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(SIZE, stats.done);
	EXPECT_EQ(0, stats.skipped);
	ASSERT_EQ(0, dbgmem_runs_new(self->m, &r, 1, 0, NULL, &runs));
	while (dbgmem_runs_next(runs, &run) > 0)
		there += run.bytes ? run.len : 0;
	dbgmem_runs_free(runs);
	if (variant->flags == (MAP_PRIVATE | MAP_ANONYMOUS) &&
	    zero_pages_are_told())
		EXPECT_EQ(0, there);
}

TEST_F(extent, a_comparison_takes_it_for_zeros_and_makes_nothing)
{
	static const char zeros[3 * PAGE];
	struct dbgmem_compare_stats stats = { .size = sizeof(stats) };
	struct dbgmem_difference d;
	struct dbgmem_compare *c;

	/* A page with something in it, and pages behind that are not there. */
	ASSERT_EQ(0, dbgmem_compare_new_buffer(self->m, PLACE, zeros,
					       sizeof(zeros), 0, NULL, &c));
	ASSERT_EQ(1, dbgmem_compare_next(c, &d)) TH_LOG("%s", dbgmem_errstr());
	EXPECT_EQ(DBGMEM_DIFFERENT, d.kind);
	EXPECT_EQ(0, d.offset);
	EXPECT_EQ(6, d.len);
	EXPECT_EQ(0, dbgmem_compare_next(c, &d));
	dbgmem_compare_free(c);
	/* One half with the other. */
	ASSERT_EQ(0, dbgmem_compare_new(self->m, PLACE, self->m,
					PLACE + SIZE / 2, SIZE / 2, 0, NULL,
					&c));
	while (dbgmem_compare_next(c, &d) > 0)
		EXPECT_EQ(DBGMEM_DIFFERENT, d.kind);
	dbgmem_compare_get_stats(c, &stats);
	EXPECT_EQ(SIZE / 2, stats.done);
	EXPECT_EQ(18, stats.different);
	EXPECT_EQ(0, stats.holes);
	dbgmem_compare_free(c);
	EXPECT_EQ(self->before, bytes(self->t.pid));
}

/* And this is what it would be like without. */
TEST_F(extent, fault_in_makes_pages)
{
	/* Where there is no page table, either. */
	const struct dbgmem_range r = { PLACE + SIZE / 2, 64 * PAGE };
	struct dbgmem_runs *runs;
	struct dbgmem_run run;

	ASSERT_EQ(0, dbgmem_runs_new(self->m, &r, 1, DBGMEM_FAULT_IN, NULL,
				     &runs));
	while (dbgmem_runs_next(runs, &run) > 0)
		EXPECT_NE(NULL, run.bytes);
	dbgmem_runs_free(runs);
	EXPECT_NE(self->before, bytes(self->t.pid));
}

static long reserve(void *addr)
{
	return mmap(addr, RESERVED, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		    MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != addr ||
	       madvise(addr, RESERVED, MADV_NOHUGEPAGE);
}

/* The time is that of what is there. */
TEST_F(lib, twenty_reserved_terabytes)
{
	const struct dbgmem_pattern p = { .bytes = "needle", .len = 6 };
	const struct dbgmem_range r = { PLACE, RESERVED };
	struct dbgmem_search *s;
	char path[64];
	uint64_t addr;
	long start, pte;

	ASSERT_EQ(0, target_call(&self->t, reserve, (void *)PLACE));
	ASSERT_EQ(6, dbgmem_write(self->m, PLACE + RESERVED - 6, "needle", 6));
	snprintf(path, sizeof(path), "/proc/%d/status", (int)self->t.pid);
	pte = file_number(path, "VmPTE:");
	start = now_ms();
	ASSERT_EQ(0, dbgmem_search_new(self->m, &r, 1, &p, 0, NULL, &s));
	EXPECT_EQ(1, dbgmem_search_next(s, &addr));
	EXPECT_EQ(PLACE + RESERVED - 6, addr);
	EXPECT_EQ(0, dbgmem_search_next(s, &addr));
	TH_LOG("%ld ms", now_ms() - start);
	/* A second on a machine, and this may be an emulated one. */
	EXPECT_GT(10000, now_ms() - start);
	dbgmem_search_free(s);
	EXPECT_EQ(pte, file_number(path, "VmPTE:"));
}

/* A session outlives the first thread, and where its pages are is still seen. */
static void *thread_pause(void *unused)
{
	pause();
	return NULL;
}

static long first_thread_exit(void *unused)
{
	pthread_t t;

	if (pthread_create(&t, NULL, thread_pause, NULL))
		return -1;
	syscall(SYS_exit, 0);
	return 0;
}

TEST_F(lib, the_first_thread_is_gone)
{
	const struct dbgmem_range r = { self->addr, 2 * PAGE };
	struct dbgmem_runs_stats stats = { .size = sizeof(stats) };
	struct dbgmem_runs *runs;
	struct dbgmem_run run;
	uint64_t there = 0;

	ASSERT_EQ(0, target_call(&self->t, page_drop, mem + PAGE));
	target_send(&self->t, first_thread_exit, NULL);
	ASSERT_TRUE(proc_wait_state(self->t.pid, 'Z'));
	ASSERT_EQ(0, dbgmem_runs_new(self->m, &r, 1, 0, NULL, &runs));
	while (dbgmem_runs_next(runs, &run) > 0)
		there += run.bytes ? run.len : 0;
	dbgmem_runs_get_stats(runs, &stats);
	dbgmem_runs_free(runs);
	EXPECT_EQ(PAGE, there);
	EXPECT_EQ(0, stats.skipped);
}

TEST_F(lib, flags_that_exclude_each_other)
{
	const struct dbgmem_range r = { self->addr, PAGE };
	struct dbgmem_runs *runs;

	EXPECT_EQ(-EINVAL, dbgmem_runs_new(self->m, &r, 1, DBGMEM_NOFAULT |
					   DBGMEM_FAULT_IN, NULL, &runs));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "exclude each other");
	EXPECT_EQ(NULL, runs);
	EXPECT_EQ(-EINVAL, dbgmem_runs_new(self->m, &r, 1, DBGMEM_EXACT, NULL,
					   &runs));
	EXPECT_ERROR(EINVAL, DBGMEM_SOURCE_USAGE, "FAULT_IN");
}

TEST_HARNESS_MAIN
