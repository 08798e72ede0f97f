// SPDX-License-Identifier: GPL-2.0
/*
 * The impact matrix: operations of the kernel on a target's memory have the same
 * result with and without an agent that accesses this memory. A table lists the
 * exceptions.
 */
#include "features.h"
#include "impact.h"
#include "proc.h"
#include <kselftest_harness.h>

#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#define SMALL		(64 * PAGE)
#define THPS		8
#define DISK		"/dev/ram0"
#define KSM		"/sys/kernel/mm/ksm/"
#define VMSTAT		"/proc/vmstat"

#ifndef MPOL_MF_MOVE
#define MPOL_MF_MOVE	2
#endif
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif
#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE	101
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif
#ifndef F_ADD_SEALS
#define F_ADD_SEALS	1033
#define F_SEAL_WRITE	8
#endif

#define PAGEMAP_PFN		((1ULL << 55) - 1)
#define PAGEMAP_SOFT_DIRTY	(1ULL << 55)
#define PAGEMAP_SWAPPED		(1ULL << 62)
#define KPAGE_MLOCKED		(1ULL << 33)

/* What comes of an experiment: a number, and what differs by chance. */
#define WRONG_BYTES	(-200000L)
#define CANNOT		(-100000L)	/* this kernel or machine cannot do it */

FIXTURE(impact) {
	struct fixture fixture;
	struct look look;
	char *mem;
	size_t len, step;
	int file;
	const char *set_up;	/* what went wrong before the act */
	double took;
};

#define impact_data FIXTURE_DATA(impact)

struct what {
	const char *name;
	/* map @mem, before the target is forked; then have it filled */
	int (*map)(impact_data *i);
	int (*fill)(impact_data *i);
	/* what is done to it: the outcome */
	long (*act)(impact_data *i);
	void (*clean)(impact_data *i);
	long tolerance;		/* in percent of the outcome without us */
	int number;
	bool kept;		/* its pattern stays as it is */
};

/* --- where looking makes a difference, and why --- */

static const struct {
	const char *what;
	enum look_way way;
	const char *why;
	const char *kernel;	/* the only one, if not NULL */
} exceptions[] = {
	{ .what = "compaction", .way = POLLED_WINDOW,
	  .why = "the pages that a window shows stay where they are" },
	{ .what = "split", .way = POLLED_WINDOW,
	  .why = "a huge page is not split while a part of it is shown" },
	{ .what = "collapse", .way = POLLED_WINDOW,
	  .why = "pages that are shown are not copied into a huge page" },
	{ .what = "soft_offline", .way = POLLED_WINDOW,
	  .why = "a page that is shown is not moved away" },
	{ .what = "migration", .way = POLLED_WINDOW,
	  .why = "the pages that a window shows stay where they are" },
	{ .what = "failure_of_anonymous_memory", .way = POLLED_WINDOW,
	  .why = "a page that is shown is still in use", .kernel = "5.10." },
	{ .what = "failure_of_a_file", .way = POLLED_WINDOW,
	  .why = "a page that is shown is still in use" },
	{ .what = "ksm", .way = POLLED_WINDOW,
	  .why = "pages that are shown are not merged" },
	{ .what = "swap", .way = POLLED_WINDOW,
	  .why = "a page that is shown is not swapped out, or comes back at once" },
	{ .what = "referenced", .way = READ,
	  .why = "a page that is read counts as referenced, as by /proc/PID/mem" },
};

static const char *exception(const char *what, enum look_way way)
{
	const char *only;
	struct utsname u;
	size_t i;

	uname(&u);
	for (i = 0; i < ARRAY_SIZE(exceptions); i++) {
		only = exceptions[i].kernel;
		if (!strcmp(exceptions[i].what, what) &&
		    exceptions[i].way == way &&
		    (!only || !strncmp(u.release, only, strlen(only))))
			return exceptions[i].why;
	}
	return NULL;
}

/* --- helpers --- */

static long call(impact_data *i, target_fn fn)
{
	struct job *j = i->fixture.job;

	*j = (struct job){ .addr = i->mem, .len = i->len, .from = i->file };
	return target_call(&i->fixture.target, fn, j);
}

static uint64_t entry(impact_data *i, size_t offset)
{
	return pagemap(i->fixture.target.pid, i->mem + offset);
}

/* How many of the pages have @bits in pagemap. */
static long pages_with(impact_data *i, uint64_t bits)
{
	long n = 0;
	size_t o;

	for (o = 0; o < i->len; o += PAGE)
		n += (entry(i, o) & bits) == bits;
	return n;
}

static int map_small(impact_data *i)
{
	i->len = SMALL;
	i->step = PAGE;
	i->mem = private_alloc(i->len);
	return i->mem ? 0 : -ENOMEM;
}

static int fill_pattern(impact_data *i)
{
	target_fill(&i->fixture.target, i->fixture.job, i->mem, 0, i->len, 3);
	return 0;
}

/* --- compaction --- */

#define STRIDE	8		/* one page of so many stays */

static int map_scattered(impact_data *i)
{
	i->len = 32 * MIB;
	i->step = STRIDE * PAGE;
	i->mem = private_alloc(i->len);
	return i->mem ? 0 : -ENOMEM;
}

static long scatter(void *arg)
{
	struct job *j = arg;
	size_t o;

	memset(j->addr, 1, j->len);
	for (o = 0; o < j->len; o += STRIDE * PAGE)
		madvise(j->addr + o + PAGE, (STRIDE - 1) * PAGE, MADV_DONTNEED);
	return 0;
}

static int fill_scattered(impact_data *i)
{
	return call(i, scatter);
}

static long act_compact(impact_data *i)
{
	size_t n = i->len / i->step, k;
	uint64_t *pfn = calloc(n, sizeof(*pfn));
	long moved = 0;

	for (k = 0; k < n; k++)
		pfn[k] = entry(i, k * i->step) & PAGEMAP_PFN;
	if (file_write("/proc/sys/vm/compact_memory", "1"))
		return CANNOT;
	for (k = 0; k < n; k++)
		moved += (entry(i, k * i->step) & PAGEMAP_PFN) != pfn[k];
	free(pfn);
	return moved;
}

/* --- transparent huge pages --- */

static int map_huge(impact_data *i)
{
	char *p;

	i->len = THPS * HUGE_SIZE;
	i->step = HUGE_SIZE;
	p = mmap(NULL, i->len + HUGE_SIZE, PROT_READ | PROT_WRITE,
		 MAP_ANON_PRIVATE, -1, 0);
	if (p == MAP_FAILED)
		return -ENOMEM;
	i->mem = (char *)(((uintptr_t)p + HUGE_SIZE - 1) & -HUGE_SIZE);
	return madvise(i->mem, i->len, MADV_HUGEPAGE) ? -errno : 0;
}

static long act_split(impact_data *i)
{
	long before = file_number(VMSTAT, "thp_split_page ");
	char range[80];

	snprintf(range, sizeof(range), "%d,0x%lx,0x%lx",
		 (int)i->fixture.target.pid, (unsigned long)i->mem,
		 (unsigned long)i->mem + i->len);
	if (file_write("/sys/kernel/debug/split_huge_pages", range))
		return CANNOT;
	return file_number(VMSTAT, "thp_split_page ") - before;
}

static int map_collapsible(impact_data *i)
{
	int ret = map_huge(i);

	i->len = 2 * HUGE_SIZE;
	i->step = PAGE * 16;
	return ret ? ret : madvise(i->mem, i->len, MADV_NOHUGEPAGE);
}

static long collapse(void *arg)
{
	struct job *j = arg;

	if (madvise(j->addr, j->len, MADV_HUGEPAGE))
		return CANNOT;
	return madvise(j->addr, j->len, MADV_COLLAPSE) ? -errno : 0;
}

static long act_collapse(impact_data *i)
{
	long ret = call(i, collapse);

	return ret == -EINVAL ? CANNOT : ret;
}

/* --- migration, and memory that is broken --- */

static int map_page(impact_data *i)
{
	int ret = map_small(i);

	i->len = PAGE;
	return ret;
}

static long soft_offline(void *arg)
{
	struct job *j = arg;

	return madvise(j->addr, PAGE, MADV_SOFT_OFFLINE) ? -errno : 0;
}

static long act_soft_offline(impact_data *i)
{
	uint64_t pfn = entry(i, 0) & PAGEMAP_PFN;
	long ret = call(i, soft_offline);

	if (ret == -EINVAL)
		return CANNOT;
	return ret ? ret : (entry(i, 0) & PAGEMAP_PFN) != pfn;
}

/* Pages of @j on @node, or moved there. */
static long pages_on(struct job *j, int node, bool move)
{
	void *pages[SMALL / PAGE];
	int nodes[SMALL / PAGE], status[SMALL / PAGE];
	size_t nr = j->len / PAGE, k;
	long n = 0;

	for (k = 0; k < nr; k++) {
		pages[k] = j->addr + k * PAGE;
		nodes[k] = node;
	}
	if (syscall(SYS_move_pages, 0, nr, pages, move ? nodes : NULL, status,
		    MPOL_MF_MOVE) < 0)
		return -errno;
	for (k = 0; k < nr; k++)
		n += status[k] == node;
	return n;
}

/* To the node where fewer of them are; how many are there in the end. */
static long migrate(void *arg)
{
	struct job *j = arg;
	int node = pages_on(j, 0, false) * 2 < (long)(j->len / PAGE) ? 0 : 1;
	long ret = pages_on(j, node, true);

	return ret < 0 ? ret : pages_on(j, node, false);
}

static long act_migrate(impact_data *i)
{
	if (access("/sys/devices/system/node/node1", F_OK))
		return CANNOT;
	return call(i, migrate);
}

static long break_page(void *arg)
{
	struct job *j = arg;

	return memory_poison(j->addr);
}

static long act_failure(impact_data *i)
{
	long ret = call(i, break_page);

	return ret == -EINVAL ? CANNOT : ret;
}

static int map_file(impact_data *i)
{
	i->len = PAGE;
	i->step = PAGE;
	i->file = open("/tmp/dbgmem-impact", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	unlink("/tmp/dbgmem-impact");
	if (i->file < 0 || ftruncate(i->file, PAGE))
		return -errno;
	i->mem = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, i->file,
		      0);
	return i->mem == MAP_FAILED ? -errno : 0;
}

/* --- seals --- */

static int map_memfd(impact_data *i)
{
	i->len = SMALL;
	i->step = PAGE;
	i->file = memfd_create("impact", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (i->file < 0 || ftruncate(i->file, i->len))
		return -errno;
	/* a mapping that can write is in the way of the seal by itself */
	i->mem = mmap(NULL, i->len, PROT_READ, MAP_PRIVATE, i->file, 0);
	return i->mem == MAP_FAILED ? -errno : 0;
}

static int fill_memfd(impact_data *i)
{
	char buf[SMALL];

	pattern_fill(buf, 0, SMALL, 3);
	return pwrite(i->file, buf, SMALL, 0) == SMALL ? 0 : -EIO;
}

static long seal(void *arg)
{
	struct job *j = arg;

	return fcntl(j->from, F_ADD_SEALS, F_SEAL_WRITE) ? -errno : 0;
}

static long act_seal(impact_data *i)
{
	return call(i, seal);
}

/* --- pages that are the same --- */

static long fill_same(void *arg)
{
	struct job *j = arg;

	memset(j->addr, 0x5c, j->len);
	return madvise(j->addr, j->len, MADV_MERGEABLE) ? -errno : 0;
}

static int fill_mergeable(impact_data *i)
{
	return call(i, fill_same);
}

static long merged(impact_data *i)
{
	uint64_t pfn[SMALL / PAGE];
	size_t k, l;
	long n = 0;

	for (k = 0; k < i->len / PAGE; k++) {
		pfn[k] = entry(i, k * PAGE) & PAGEMAP_PFN;
		for (l = 0; l < k && pfn[l] != pfn[k]; l++)
			;
		n += l < k;
	}
	return n;
}

static long act_ksm(impact_data *i)
{
	long scans = file_number(KSM "full_scans", "");
	double end = now() + soon();

	if (file_write(KSM "pages_to_scan", "20000") ||
	    file_write(KSM "sleep_millisecs", "5") ||
	    file_write(KSM "run", "1"))
		return CANNOT;
	while (file_number(KSM "full_scans", "") < scans + 4 && now() < end)
		sleep_ms(20);
	return merged(i);
}

static void clean_ksm(impact_data *i)
{
	file_write(KSM "run", "2");
	file_write(KSM "run", "0");
}

/* --- swap --- */

static int map_swappable(impact_data *i)
{
	if (access(DISK, F_OK) &&
	    system("modprobe -q brd rd_nr=1 rd_size=16384"))
		return -ENODEV;
	if (system("mkswap " DISK " >/dev/null") || swapon(DISK, 0))
		return -ENODEV;
	return map_small(i);
}

static long page_out(void *arg)
{
	struct job *j = arg;

	return madvise(j->addr, j->len, MADV_PAGEOUT) ? -errno : 0;
}

static long act_swap(impact_data *i)
{
	int try;

	for (try = 0; try < 3; try++) {
		if (call(i, page_out))
			return CANNOT;
		/*
		 * Another processor's list of pages that were just used, up to
		 * 15 of them, keeps those; compaction empties it.
		 */
		file_write("/proc/sys/vm/compact_memory", "1");
		sleep_ms(20);
	}
	return pages_with(i, PAGEMAP_SWAPPED);
}

static void clean_swap(impact_data *i)
{
	swapoff(DISK);
	if (system("rmmod brd"))
		abort();
}

/* --- fork --- */

static int map_large(impact_data *i)
{
	i->len = 16 * MIB;
	i->step = 16 * PAGE;
	i->mem = private_alloc(i->len);
	return i->mem ? 0 : -ENOMEM;
}

/* The bytes behind those that may have a trap, of parent and child. */
static bool all_are(const char *p, size_t len, char c)
{
	size_t o;

	for (o = 64; o < len; o += PAGE)
		if (p[o] != c)
			return false;
	return true;
}

static void set_all(char *p, size_t len, char c)
{
	size_t o;

	for (o = 64; o < len; o += PAGE)
		p[o] = c;
}

static long fork_and_write(void *arg)
{
	struct job *j = arg;
	int to_child[2], status;
	double begun;
	pid_t pid;
	char c;

	set_all(j->addr, j->len, 'a');
	if (pipe(to_child))
		return CANNOT;
	begun = now();
	pid = fork();
	if (!pid) {
		if (!all_are(j->addr, j->len, 'a'))
			_exit(1);
		set_all(j->addr, j->len / 2, 'c');
		if (read(to_child[0], &c, 1) != 1)
			_exit(2);
		/* the parent has written, and that is not to be seen here */
		_exit(all_are(j->addr, j->len / 2, 'c') &&
		      all_are(j->addr + j->len / 2, j->len / 2, 'a') ? 0 : 3);
	}
	j->seed = (now() - begun) * 1e6;
	set_all(j->addr, j->len, 'p');
	if (write(to_child[1], "", 1) != 1 || waitpid(pid, &status, 0) != pid)
		return -1;
	close(to_child[0]);
	close(to_child[1]);
	if (!all_are(j->addr, j->len, 'p'))
		return -2;
	return status;
}

static long act_fork(impact_data *i)
{
	long ret = call(i, fork_and_write);
	char c = 0;

	i->took = ((struct job *)i->fixture.job)->seed / 1e6;
	/* and who looks sees the parent's */
	if (i->look.fd >= 0 &&
	    (mem_read(i->look.fd, i->mem + 64, &c, 1, 0, NULL) || c != 'p'))
		return -3;
	if (i->look.window && i->look.window[64] != 'p')
		return -4;
	return ret;
}

/* --- mlock --- */

static long lock_memory(void *arg)
{
	struct job *j = arg;

	return mlock(j->addr, j->len) ? -errno : 0;
}

static long unlock_memory(void *arg)
{
	struct job *j = arg;

	return munlock(j->addr, j->len) ? -errno : 0;
}

static long pages_locked(impact_data *i)
{
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	uint64_t flags;
	long n = 0;
	size_t o;

	for (o = 0; o < i->len; o += PAGE)
		if (pread(fd, &flags, 8, (entry(i, o) & PAGEMAP_PFN) * 8) == 8)
			n += !!(flags & KPAGE_MLOCKED);
	close(fd);
	return n;
}

static long act_mlock(impact_data *i)
{
	long locked;

	if (call(i, lock_memory))
		return -1;
	locked = pages_locked(i);
	if (call(i, unlock_memory))
		return -2;
	return locked * 1000 + pages_locked(i);
}

/* --- what the kernel says of it --- */

static void clear_refs(impact_data *i, const char *what)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/clear_refs",
		 (int)i->fixture.target.pid);
	file_write(path, what);
}

static void look_again(impact_data *i)
{
	if (i->look.way != NOBODY && i->look.way != ATTACHED &&
	    i->look.way != IDLE_WINDOW && i->look.way != BREAKPOINT)
		look_once(&i->look);
}

static long write_some(void *arg)
{
	struct job *j = arg;
	size_t o;

	for (o = 0; o < j->len; o += 8 * PAGE)
		j->addr[o + 100] = 1;
	return 0;
}

static long act_soft_dirty(impact_data *i)
{
	clear_refs(i, "4");
	look_again(i);
	call(i, write_some);
	look_again(i);
	return pages_with(i, PAGEMAP_SOFT_DIRTY);
}

static long smaps_number(impact_data *i, const char *key)
{
	char path[64], line[512];
	unsigned long start, end;
	bool here = false;
	long kb, sum = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps",
		 (int)i->fixture.target.pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			here = (uintptr_t)i->mem >= start &&
			       (uintptr_t)i->mem < end;
		if (here && !strncmp(line, key, strlen(key)) &&
		    sscanf(line + strlen(key), "%ld", &kb) == 1)
			sum += kb;
	}
	if (f)
		fclose(f);
	return sum;
}

static long act_rss(impact_data *i)
{
	look_again(i);
	return smaps_number(i, "Rss:") * 1000 +
	       smaps_number(i, "Private_Dirty:");
}

static long act_referenced(impact_data *i)
{
	clear_refs(i, "1");
	look_again(i);
	return smaps_number(i, "Referenced:");
}

/* --- the experiments --- */

static const struct what compaction = {
	"compaction", map_scattered, fill_scattered, act_compact, NULL, 50, 1, false
};

static const struct what split = {
	"split", map_huge, fill_pattern, act_split, NULL, 0, 2, true
};

static const struct what collapse_pages = {
	"collapse", map_collapsible, fill_pattern, act_collapse, NULL, 0, 3, true
};

static const struct what soft_offline_page = {
	"soft_offline", map_page, fill_pattern, act_soft_offline, NULL, 0, 4, true
};

static const struct what anonymous_failure = {
	"failure_of_anonymous_memory", map_page, fill_pattern, act_failure,
	NULL, 0, 5, false
};

static const struct what file_failure = {
	"failure_of_a_file", map_file, fill_pattern, act_failure, NULL, 0, 6, false
};

static const struct what seals = {
	"seals", map_memfd, fill_memfd, act_seal, NULL, 0, 7, true
};

static const struct what ksm = {
	"ksm", map_small, fill_mergeable, act_ksm, clean_ksm, 5, 8, false
};

static const struct what swap = {
	"swap", map_swappable, fill_pattern, act_swap, clean_swap, 10, 9, true
};

static const struct what fork_of_it = {
	"fork", map_large, fill_pattern, act_fork, NULL, 0, 10, false
};

static const struct what mlock_of_it = {
	"mlock", map_small, fill_pattern, act_mlock, NULL, 0, 11, true
};

static const struct what soft_dirty = {
	"soft_dirty", map_small, fill_pattern, act_soft_dirty, NULL, 0, 12, false
};

static const struct what rss = {
	"rss", map_small, fill_pattern, act_rss, NULL, 0, 13, true
};

static const struct what referenced = {
	"referenced", map_small, fill_pattern, act_referenced, NULL, 0, 14, true
};

static const struct what migration = {
	"migration", map_small, fill_pattern, act_migrate, NULL, 0, 15, true
};

FIXTURE_VARIANT(impact) {
	enum look_way way;
};

FIXTURE_VARIANT_ADD(impact, attached) { .way = ATTACHED, };
FIXTURE_VARIANT_ADD(impact, read) { .way = READ, };
FIXTURE_VARIANT_ADD(impact, mirror) { .way = MIRROR, };
FIXTURE_VARIANT_ADD(impact, idle_window) { .way = IDLE_WINDOW, };
FIXTURE_VARIANT_ADD(impact, polled_window) { .way = POLLED_WINDOW, };
FIXTURE_VARIANT_ADD(impact, breakpoint) { .way = BREAKPOINT, };

FIXTURE_SETUP(impact)
{
	fixture_init(&self->fixture);
	ASSERT_NE(NULL, self->fixture.job);
}

FIXTURE_TEARDOWN(impact)
{
}

/* Does who looks still see the pattern, by each way? */
static bool shows_all(impact_data *i)
{
	size_t len = i->len < SMALL ? i->len : SMALL;
	struct dbgmem_transfer t;
	char buf[SMALL];

	if (mem_read(i->look.fd, i->mem, buf, len, 0, &t) || t.done != len ||
	    pattern_differs(buf, 0, len, 3) >= 0)
		return false;
	return !i->look.window ||
	       pattern_differs((const char *)i->look.window, 0, len, 3) < 0;
}

/* The outcome of @w, while somebody looks in @way. */
static long outcome(impact_data *i, const struct what *w, enum look_way way)
{
	long ret = CANNOT;

	i->file = -1;
	i->set_up = w->map(i) ? "the mapping" : NULL;
	if (i->set_up)
		return CANNOT;
	if (target_start(&i->fixture.target) || w->fill(i))
		i->set_up = "the target";
	else if (look_start(&i->look, way, i->fixture.target.pid, i->mem, i->len,
			    i->step))
		i->set_up = "the look";
	else
		ret = w->act(i);
	if (i->look.fd >= 0 && w->kept && !shows_all(i))
		ret = WRONG_BYTES;
	look_stop(&i->look);
	target_stop(&i->fixture.target);
	if (w->clean)
		w->clean(i);
	munmap(i->mem, i->len);
	if (i->file >= 0)
		close(i->file);
	return ret;
}

/*
 * What comes of it without us: asked once for all ways to look, and again where
 * that did not come out the same. Shared by the tests, each of which is a process.
 */
static struct without {
	long outcome[32];
	double took[32];
	bool known[32];
} *shared_without;

static __attribute__((constructor)) void without_init(void)
{
	shared_without = shared_alloc(sizeof(*shared_without));
}

static long without_us(impact_data *i, const struct what *w, bool again)
{
	struct without *s = shared_without;

	int try;

	/* what comes by chance has to come at all, to be compared with */
	for (try = 0; try < 4; try++) {
		if (s->known[w->number] && !again)
			break;
		s->outcome[w->number] = outcome(i, w, NOBODY);
		s->took[w->number] = i->took;
		s->known[w->number] = s->outcome[w->number] || !w->tolerance;
		again = false;
	}
	return s->outcome[w->number];
}

static bool near(long a, long b, long percent)
{
	long most = labs(b) * percent / 100;

	return labs(a - b) <= most;
}

/* What comes by chance is tried again, without us as well. */
static void compare(struct __test_metadata *_metadata, impact_data *i,
		    const struct what *w, enum look_way way)
{
	long without = 0, with = 0;
	bool slower = false;
	int try;

	for (try = 0; try < 3; try++) {
		without = without_us(i, w, try);
		if (without == CANNOT || (w->tolerance && !without))
			SKIP(return, "this kernel or machine cannot");
		with = outcome(i, w, way);
		slower = i->took >
			 shared_without->took[w->number] + 0.1 * slow_factor();
		/* more of it than without us is no harm where chance has its part */
		if (!slower && (near(with, without, w->tolerance) ||
				(w->tolerance && with > without)))
			break;
	}
	fprintf(stderr, "# cell: %s %s: %ld without us, %ld with\n", w->name,
		exception(w->name, way) ? "(exception)" : "", without, with);
	EXPECT_EQ(NULL, i->set_up)
		TH_LOG("cannot prepare %s", i->set_up);
	if (exception(w->name, way))
		return;
	EXPECT_TRUE(try < 3)
		TH_LOG("%s: %ld without us, %ld while we look%s", w->name,
		       without, with, slower ? ", and it takes longer" : "");
}

#define COMPARE(what) compare(_metadata, self, &(what), variant->way)

TEST_F_TIMEOUT(impact, compaction_moves_as_many_pages, 300)
{
	COMPARE(compaction);
}

TEST_F_TIMEOUT(impact, huge_pages_are_split, 300)
{
	COMPARE(split);
}

TEST_F_TIMEOUT(impact, pages_are_collapsed, 300)
{
	COMPARE(collapse_pages);
}

TEST_F_TIMEOUT(impact, a_page_is_moved_away, 300)
{
	COMPARE(soft_offline_page);
}

TEST_F_TIMEOUT(impact, pages_move_to_another_node, 300)
{
	COMPARE(migration);
}

TEST_F_TIMEOUT(impact, failure_of_anonymous_memory_is_recovered, 300)
{
	COMPARE(anonymous_failure);
}

TEST_F_TIMEOUT(impact, failure_of_a_file_is_recovered, 300)
{
	COMPARE(file_failure);
}

TEST_F_TIMEOUT(impact, a_memfd_is_sealed, 300)
{
	COMPARE(seals);
}

TEST_F_TIMEOUT(impact, pages_are_merged, 300)
{
	COMPARE(ksm);
}

TEST_F_TIMEOUT(impact, pages_are_swapped_out, 300)
{
	COMPARE(swap);
}

TEST_F_TIMEOUT(impact, fork_gives_everybody_his_own, 300)
{
	COMPARE(fork_of_it);
}

TEST_F_TIMEOUT(impact, pages_are_locked_and_unlocked, 300)
{
	COMPARE(mlock_of_it);
}

TEST_F_TIMEOUT(impact, soft_dirty_tells_of_the_same_pages, 300)
{
	COMPARE(soft_dirty);
}

TEST_F_TIMEOUT(impact, as_much_is_resident, 300)
{
	COMPARE(rss);
}

TEST_F_TIMEOUT(impact, as_much_is_referenced, 300)
{
	COMPARE(referenced);
}

TEST_HARNESS_MAIN
