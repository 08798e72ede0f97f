// SPDX-License-Identifier: GPL-2.0
/*
 * dbgmem dump of processes that try to disturb it: the core is correct, and is
 * finished in time.
 */
#include "dump.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/procfs.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <linux/prctl.h>

#include "corefile.h"
#include <kselftest_harness.h>

#define SECRET	"what nobody else may see"

FIXTURE(hostile) {
	struct target t;
	char pid[16];
	char *page;		/* of the target's, with SECRET */
	struct corefile core;
};

FIXTURE_SETUP(hostile)
{
	self->page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->page);
	/* Its neighbours are of another kind, so that it is a mapping of its own. */
	ASSERT_EQ(0, madvise(self->page, PAGE, MADV_DONTDUMP));
	strcpy(self->page, SECRET);
	ASSERT_EQ(0, target_start(&self->t));
	sprintf(self->pid, "%d", (int)self->t.pid);
	memset(&self->core, 0, sizeof(self->core));
	unlink(CORE_PATH);
}

FIXTURE_TEARDOWN(hostile)
{
	if (self->core.elf)
		core_close(&self->core);
	target_stop(&self->t);
	munmap(self->page, PAGE);
	unlink(CORE_PATH);
}

static bool core_has(const struct corefile *c, uint64_t addr, const char *text)
{
	char buf[64];

	return core_memory(c, addr, buf, strlen(text)) &&
	       !memcmp(text, buf, strlen(text));
}

/* The most memory that a child has had so far, in KiB. */
static long children_kib(void)
{
	struct rusage u;

	getrusage(RUSAGE_CHILDREN, &u);
	return u.ru_maxrss;
}

/* --- what is left out --- */

TEST_F(hostile, without_smaps_nothing_is_saved_unless_all_is)
{
	char path[32];

	RUN("dump", self->pid, CORE_PATH);
	ASSERT_EQ(0, r.status) TH_LOG("%s", r.err);
	ASSERT_TRUE(core_open(&self->core, CORE_PATH));
	EXPECT_FALSE(core_has(&self->core, (uintptr_t)self->page, SECRET));
	core_close(&self->core);
	memset(&self->core, 0, sizeof(self->core));

	/* It opens, and reading it fails. */
	snprintf(path, sizeof(path), "/proc/%s/smaps", self->pid);
	ASSERT_EQ(0, mount("/proc/1/mem", path, NULL, MS_BIND, NULL));
	RUN("dump", "--replace", self->pid, CORE_PATH);
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("smaps", r.err);
	EXPECT_HAS("nothing is saved; --all saves everything", r.err);
	RUN("dump", "--replace", "--all", self->pid, CORE_PATH);
	EXPECT_EQ(0, umount(path));
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	ASSERT_TRUE(core_open(&self->core, CORE_PATH));
	EXPECT_TRUE(core_has(&self->core, (uintptr_t)self->page, SECRET));
}

static long make_write_only(void *page)
{
	return mprotect(page, PAGE, PROT_WRITE);
}

TEST_F(hostile, memory_that_is_only_written_is_told_of)
{
	char want[64];

	ASSERT_EQ(0, target_call(&self->t, make_write_only, self->page));
	RUN("dump", self->pid, CORE_PATH);
	EXPECT_EQ(3, r.status);
	EXPECT_HAS("process may write that memory, but not read it", r.err);
	snprintf(want, sizeof(want), "mappings are left out, first at 0x%lx",
		 (unsigned long)self->page);
	EXPECT_HAS(want, r.err);
}

/* --- what has no end --- */

/* A command line of 2 GB of untouched memory; libc's mm is filled as it is. */
static long endless_cmdline(void *unused)
{
	struct prctl_mm_map m = { .exe_fd = (uint32_t)-1 };
	unsigned long long v[53] = { 0 };
	char text[4096], *p;
	size_t len = 2 * GIB;
	int i = 3;

	if (file_read("/proc/self/stat", text, sizeof(text)) <= 0)
		return -EIO;
	for (p = strtok(strrchr(text, ')') + 2, " "); p && i < 53;
	     p = strtok(NULL, " "))
		v[i++] = strtoull(p, NULL, 10);
	p = mmap(NULL, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
		 MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return -errno;
	m.start_code = v[26];
	m.end_code = v[27];
	m.start_stack = v[28];
	m.start_data = v[45];
	m.end_data = v[46];
	m.start_brk = v[47];
	m.brk = (uintptr_t)sbrk(0);
	m.arg_start = (uintptr_t)p;
	m.arg_end = (uintptr_t)p + len;
	m.env_start = v[50];
	m.env_end = v[51];
	return prctl(PR_SET_MM, PR_SET_MM_MAP, &m, sizeof(m), 0) ? -errno : 0;
}

TEST_F(hostile, a_command_line_without_an_end)
{
	const struct elf_prpsinfo *p;
	const long before = children_kib();
	size_t len;

	ASSERT_EQ(0, target_call(&self->t, endless_cmdline, NULL));
	RUN("dump", self->pid, CORE_PATH);
	ASSERT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_GT(before + (256 << 10), children_kib());
	ASSERT_TRUE(core_open(&self->core, CORE_PATH));
	p = core_note(&self->core, "CORE", NT_PRPSINFO, 0, &len);
	ASSERT_NE(NULL, p);
	EXPECT_EQ(self->t.pid, p->pr_pid);
}

#define MUCH	((char *)0x100000000000)
#define SIZE	(20UL << 40)

/* 20 TB that are reserved, as ASan and wasm do, and a few pages of them used. */
static long reserve(void *excluded)
{
	char *p = mmap(MUCH, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		       MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);

	if (p != MUCH || madvise(p, SIZE, MADV_NOHUGEPAGE))
		return -errno;
	/* Found at once they would not cost a walk. */
	if (!excluded)
		strcpy(p, SECRET);
	strcpy(p + SIZE / 2, SECRET);
	strcpy(p + SIZE - PAGE, SECRET);
	return excluded ? madvise(p, SIZE, MADV_DONTDUMP) : 0;
}

TEST_F_TIMEOUT(hostile, reserved_terabytes_that_are_excluded, 60)
{
	const long before = now_ms();

	ASSERT_EQ(0, target_call(&self->t, reserve, self));
	RUN("dump", self->pid, CORE_PATH);
	ASSERT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_GT(20000, now_ms() - before);
	ASSERT_TRUE(core_open(&self->core, CORE_PATH));
	EXPECT_FALSE(core_has(&self->core, (uintptr_t)MUCH + SIZE / 2, SECRET));
}

TEST_F_TIMEOUT(hostile, reserved_terabytes_that_are_saved, 60)
{
	const uint64_t at = (uintptr_t)MUCH;
	const long before = now_ms();
	struct stat st;

	ASSERT_EQ(0, target_call(&self->t, reserve, NULL));
	RUN("dump", self->pid, CORE_PATH);
	TH_LOG("%ld ms", now_ms() - before);
	ASSERT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_GT(20000, now_ms() - before);
	ASSERT_TRUE(core_open(&self->core, CORE_PATH));
	EXPECT_TRUE(core_has(&self->core, at, SECRET));
	EXPECT_TRUE(core_has(&self->core, at + SIZE / 2, SECRET));
	EXPECT_TRUE(core_has(&self->core, at + SIZE - PAGE, SECRET));
	/* Every address is of a segment, and few file systems have files of 20 TB. */
	EXPECT_NE(NULL, core_segment(&self->core, at + SIZE / 4));
	EXPECT_EQ(0, stat(CORE_PATH, &st));
	EXPECT_GT((off_t)GIB, st.st_size);
}

/* --- what ends when it is told to --- */

TEST_F_TIMEOUT(hostile, a_signal_ends_it_on_its_way_through_terabytes, 120)
{
	int status, ms;
	pid_t tool;

	ASSERT_EQ(0, target_call(&self->t, reserve, NULL));
	tool = fork();
	if (!tool) {
		dup2(open("/dev/null", O_WRONLY), 2);
		execl(tool_path(), "dbgmem", "dump", "--all", self->pid, CORE_PATH,
		      NULL);
		_exit(127);
	}
	sleep_ms(1000);
	kill(tool, SIGTERM);
	for (ms = 0; !waitpid(tool, &status, WNOHANG); ms += 10) {
		if (ms >= 20000)
			kill(tool, SIGKILL);
		usleep(10000);
	}
	EXPECT_GT(20000, ms);
	/* Unless it was sooner than the signal. */
	EXPECT_TRUE(WIFEXITED(status) || WTERMSIG(status) == SIGTERM);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		EXPECT_EQ(-1, access(CORE_PATH, F_OK));
}

/* Keep a write lease on a file that is mapped, whatever is asked. */
static long lease(void *unused)
{
	char *p;
	int fd;

	fd = open("/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, 2 * PAGE))
		return -errno;
	p = mmap(MUCH, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED |
		 MAP_FIXED, fd, 0);
	if (p != MUCH)
		return -errno;
	strcpy(p, SECRET);
	signal(SIGIO, SIG_IGN);
	return fcntl(fd, F_SETLEASE, F_WRLCK) ? -errno : 0;
}

TEST_F_TIMEOUT(hostile, a_lease_is_not_waited_for, 120)
{
	const long before = now_ms();

	ASSERT_EQ(0, target_call(&self->t, lease, NULL));
	RUN("dump", self->pid, CORE_PATH);
	EXPECT_EQ(3, r.status);
	EXPECT_HAS("1 of ", r.err);
	EXPECT_HAS("opening their files may block", r.err);
	EXPECT_GT(20000, now_ms() - before);
	ASSERT_TRUE(core_open(&self->core, CORE_PATH));
	EXPECT_TRUE(core_has(&self->core, (uintptr_t)MUCH, SECRET));
}

/* --- numbers --- */

static int in_namespace(void *unused)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
	return 0;
}

TEST_F(hostile, the_numbers_of_its_own_pid_namespace)
{
	static char stack[65536];
	const struct elf_prstatus *status;
	const struct elf_prpsinfo *info;
	char pid[16];
	size_t len;
	pid_t child;

	child = clone(in_namespace, stack + sizeof(stack), CLONE_NEWPID | SIGCHLD,
		      NULL);
	ASSERT_LT(1, child);
	sprintf(pid, "%d", (int)child);
	ASSERT_TRUE(proc_wait_state(child, 'S'));
	RUN("dump", pid, CORE_PATH);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	ASSERT_EQ(0, r.status) TH_LOG("%s", r.err);
	ASSERT_TRUE(core_open(&self->core, CORE_PATH));
	status = core_note(&self->core, "CORE", NT_PRSTATUS, 0, &len);
	ASSERT_NE(NULL, status);
	EXPECT_EQ(1, status->pr_pid);
	EXPECT_EQ(0, status->pr_ppid);
	info = core_note(&self->core, "CORE", NT_PRPSINFO, 0, &len);
	ASSERT_NE(NULL, info);
	EXPECT_EQ(1, info->pr_pid);
	EXPECT_EQ(0, info->pr_ppid);
}

/* --- many mappings --- */

#define MAPPINGS	20000

static long map_many(void *unused)
{
	char *p = mmap(NULL, 2 * MAPPINGS * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t i;

	if (p == MAP_FAILED)
		return -errno;
	for (i = 0; i < MAPPINGS; i++) {
		p[2 * i * PAGE] = 1;
		if (mprotect(p + (2 * i + 1) * PAGE, PAGE, PROT_READ))
			return -errno;
	}
	return 0;
}

/* As many calls as there are mappings of what is saved, and not several for each. */
TEST_F_TIMEOUT(hostile, many_mappings_take_little_more_than_to_list_them, 300)
{
	long listed, saved, i;

	ASSERT_EQ(0, target_call(&self->t, map_many, NULL));
	/* The machine may have had something else to do during one of the two. */
	for (i = 0; i < 3; i++) {
		listed = now_ms();
		RUN("maps", self->pid);
		listed = now_ms() - listed;
		ASSERT_EQ(0, r.status) TH_LOG("%s", r.err);
		saved = now_ms();
		RUN("dump", "--replace", self->pid, CORE_PATH);
		saved = now_ms() - saved;
		ASSERT_EQ(0, r.status) TH_LOG("%s", r.err);
		TH_LOG("listed in %ld ms, saved in %ld ms", listed, saved);
		if (saved < 12 * listed + 1000)
			break;
	}
	EXPECT_GT(3, i);
}

/* --- many names, and long ones --- */

#define NAMED		4400
#define NAMED_IN	"/tmp/names"

/* One file, whose name is 4 KB long, mapped over and over. */
static long map_named(void *unused)
{
	char part[251];
	int fd = -1;
	size_t i;

	memset(part, 'n', sizeof(part) - 1);
	part[sizeof(part) - 1] = 0;
	if (mkdir(NAMED_IN, 0700) || chdir(NAMED_IN))
		return -errno;
	for (i = 0; i < 15; i++)
		if (mkdir(part, 0700) || chdir(part))
			return -errno;
	fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, PAGE))
		return -errno;
	for (i = 0; i < NAMED; i++)
		if (mmap(MUCH + 2 * i * PAGE, PAGE, PROT_READ, MAP_SHARED |
			 MAP_FIXED, fd, 0) == MAP_FAILED)
			return -errno;
	return 0;
}

TEST_F_TIMEOUT(hostile, names_do_not_size_the_tool, 300)
{
	const long before = children_kib();
	size_t len, all = 0;
	unsigned int i;

	EXPECT_EQ(0, target_call(&self->t, map_named, NULL));
	RUN("dump", self->pid, CORE_PATH);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_TRUE(core_open(&self->core, CORE_PATH));
	for (i = 0; core_note(&self->core, "CORE", NT_FILE, i, &len); i++)
		all += len;
	TH_LOG("%zu KiB of names", all >> 10);
	EXPECT_LT(0, all);
	EXPECT_GE((17 << 20), all);
	EXPECT_GT(before + (64 << 10), children_kib());
	/* This has no such bound: one at a time */
	RUN("maps", "--json", self->pid);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(0, system("rm -r " NAMED_IN));
}

/* --- standard output --- */

/* The status of a shell that has a pipe for the core, and puts it to CORE_PATH. */
static int dump_to_pipe(const char *pid)
{
	static const char command[] =
		"$0 dump $1 - | cat >" CORE_PATH;
	int status;
	pid_t child;

	child = fork();
	if (!child) {
		execl("/bin/busybox", "sh", "-c", command, tool_path(), pid,
		      NULL);
		_exit(127);
	}
	return waitpid(child, &status, 0) == child ? status : -1;
}

#define FAR_APART	256

/* A page in each GiB, of which each is no long stretch by itself. */
static long scatter_pages(void *unused)
{
	char *p = mmap(MUCH, FAR_APART * GIB, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
		       -1, 0);
	size_t i;

	if (p != MUCH || madvise(p, FAR_APART * GIB, MADV_NOHUGEPAGE))
		return -errno;
	for (i = 0; i < FAR_APART; i++)
		strcpy(p + i * (GIB - PAGE), SECRET);
	return 0;
}

/* Each zero of a hole would have to be written. */
TEST_F_TIMEOUT(hostile, far_apart_pages_to_standard_output, 120)
{
	const long before = now_ms();
	uint64_t at, i;
	struct stat st;

	ASSERT_EQ(0, target_call(&self->t, scatter_pages, NULL));
	EXPECT_EQ(0, dump_to_pipe(self->pid));
	TH_LOG("%ld ms", now_ms() - before);
	ASSERT_EQ(0, stat(CORE_PATH, &st));
	EXPECT_GT(64 << 20, st.st_size);
	ASSERT_TRUE(core_open(&self->core, CORE_PATH));
	for (i = 0; i < FAR_APART; i++) {
		at = (uintptr_t)MUCH + i * (GIB - PAGE);
		EXPECT_TRUE(core_has(&self->core, at, SECRET))
			TH_LOG("page %d", (int)i);
		EXPECT_NE(NULL, core_segment(&self->core, at + GIB / 2));
	}
}

TEST_F(hostile, to_standard_output)
{
	RUN("dump", self->pid, "-");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(0, memcmp(ELFMAG, r.out, SELFMAG));
	EXPECT_EQ(-1, access("-", F_OK));
	EXPECT_EQ(0, dump_to_pipe(self->pid));
	ASSERT_TRUE(core_open(&self->core, CORE_PATH));
	EXPECT_FALSE(core_has(&self->core, (uintptr_t)self->page, SECRET));
	RUN("dump", "--all", self->pid, "-");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_NE(NULL, memmem(r.out, r.out_len, SECRET, strlen(SECRET)));
}

TEST_HARNESS_MAIN
