// SPDX-License-Identifier: GPL-2.0
/*
 * How the tool finds a process: pids and names. What it says to a first-time
 * user.
 */
#include "tool.h"
#include <kselftest_harness.h>

#include <pthread.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <dbgmem.h>

/* --- the tool, stopped where it opens the device --- */

#define NODE		"/dev/dbgmem"

/* Whether @pid, which is in a system call, opens a file whose name ends so. */
static bool opens(pid_t pid, const char *end)
{
	struct __ptrace_syscall_info info;
	char path[128] = "";
	struct iovec local = { path, sizeof(path) - 1 }, remote;
	size_t len;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY ||
	    info.entry.nr != SYS_openat)
		return false;
	remote.iov_base = (void *)(uintptr_t)info.entry.args[1];
	/* Up to the end of its page is enough to hold each path in question. */
	for (remote.iov_len = sizeof(path) - 1; remote.iov_len > 1;
	     remote.iov_len--)
		if (process_vm_readv(pid, &local, 1, &remote, 1, 0) > 0)
			break;
	len = strlen(path);
	return len >= strlen(end) && !strcmp(path + len - strlen(end), end);
}

/*
 * Run the tool, and @meanwhile when it is about to open the device. Whether it
 * has opened /proc/PID/maps is in *@maps.
 */
static void run_stopped(const char *const *args, void (*meanwhile)(void *),
			void *arg, bool *maps)
{
	const char *argv[16] = { "dbgmem" };
	bool done = false;
	int fd[2], status, i;
	pid_t pid;

	*maps = false;
	for (i = 0; args[i] && i < 14; i++)
		argv[i + 1] = args[i];
	fd[0] = capture_file("out", NULL, 0);
	fd[1] = capture_file("err", NULL, 0);
	pid = fork();
	if (!pid) {
		dup2(fd[0], 1);
		dup2(fd[1], 2);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(tool_path(), (char *const *)argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		/* without that nothing is told of a call */
		ptrace(PTRACE_SETOPTIONS, pid, NULL,
		       (void *)PTRACE_O_TRACESYSGOOD);
		if (opens(pid, "/maps"))
			*maps = true;
		if (!done && opens(pid, NODE)) {
			done = true;
			meanwhile(arg);
		}
		ptrace(PTRACE_SYSCALL, pid, NULL,
		       (WSTOPSIG(status) & ~0x80) == SIGTRAP ? 0L :
		       (long)WSTOPSIG(status));
	}
	r.status = WIFEXITED(status) && done ? WEXITSTATUS(status) : -1;
	r.out_len = capture_read(fd[0], r.out, sizeof(r.out));
	capture_read(fd[1], r.err, sizeof(r.err));
}

/* The next program of a target only waits. */
__attribute__((constructor)) static void sleeper(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "sleep")) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
}

static long other_program(void *unused)
{
	execl("/proc/self/exe", "test_tool_target", "sleep", NULL);
	return -errno;
}

static long comm_set(void *name)
{
	return prctl(PR_SET_NAME, name) ? -errno : 0;
}

/* Until the kernel has given it the new program, and with it the name. */
static void target_exec(void *arg)
{
	struct target *t = arg;
	char path[64], comm[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)t->pid);
	target_send(t, other_program, NULL);
	do {
		usleep(1000);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = read(fd, comm, sizeof(comm) - 1);
		close(fd);
	} while (n > 0 && !strncmp(comm, "before", 6));
}

/* --- a target with files of any name --- */

#define UNIQUE		"test_tool_target: what is to be found "
#define DIRECTORY	"/tmp/test_tool_target"

static const char *const names[] = {
	DIRECTORY "/plain",
	DIRECTORY "/a\nb", DIRECTORY "/a\\012b", DIRECTORY "/a\\",
	DIRECTORY "/tab\there", DIRECTORY "/\033]0;PWNED\007\033[2J",
	DIRECTORY "/\xff\xc0\xaf", DIRECTORY "/\302\2332J",
	DIRECTORY "/\342\200\256cod", DIRECTORY "/sum+0x10",
	DIRECTORY "/sum", DIRECTORY "/[heap]", DIRECTORY "/two  blanks ",
	DIRECTORY "/replaced", DIRECTORY "/replaced",
};

#define NR_NAMES	ARRAY_SIZE(names)

FIXTURE(target) {
	struct target t;
	char pid[16];
	char *map[NR_NAMES];
};

/* A file of that name in two pages; one that was there is replaced. */
static char *file_map(size_t i)
{
	char *map;
	int fd;

	unlink(names[i]);
	fd = open(names[i], O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, 2 * PAGE))
		return NULL;
	map = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return NULL;
	sprintf(map + PAGE + 0x123, "%s%03zu", UNIQUE, i);
	map[0] = 'A';
	map[0x10] = (char)('a' + i);
	return map;
}

FIXTURE_SETUP(target)
{
	static const char before[] = "before";
	size_t i;

	if (mkdir(DIRECTORY, 0700))
		ASSERT_EQ(EEXIST, errno);
	for (i = 0; i < NR_NAMES; i++) {
		self->map[i] = file_map(i);
		ASSERT_NE(NULL, self->map[i]);
	}
	ASSERT_EQ(0, tool_begin(&self->t, self->pid));
	ASSERT_EQ(0, target_call(&self->t, comm_set, (void *)before));
}

FIXTURE_TEARDOWN(target)
{
	size_t i;

	tool_end(&self->t);
	for (i = 0; i < NR_NAMES; i++) {
		munmap(self->map[i], 2 * PAGE);
		unlink(names[i]);
	}
	rmdir(DIRECTORY);
}

/* Nothing in @text does more to a terminal than to show lines. */
static bool is_safe(const char *text)
{
	static const char *const unsafe[] = { "\302\233", "\342\200\256" };
	const char *p;
	size_t i;

	for (p = text; *p; p++)
		if ((*p > 0 && *p < ' ' && *p != '\n') || *p == 0x7f)
			return false;
	for (i = 0; i < ARRAY_SIZE(unsafe); i++)
		if (strstr(text, unsafe[i]))
			return false;
	return dbgmem_utf8_valid(text, strlen(text)) == strlen(text);
}

/* --- names --- */

TEST_F(target, what_is_printed_is_accepted_and_means_the_same)
{
	char text[64], *line, *end, *place;
	size_t i, found = 0;

	RUN("search", "-b", "--file-backed", "-s", UNIQUE, self->pid);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	line = strdup(r.out);
	for (; (end = strchr(line, '\n')); line = end + 1) {
		*end = 0;
		place = strchr(line, ' ') + 1;
		for (i = 0; i < NR_NAMES; i++) {
			snprintf(text, sizeof(text), "0x%016lx ",
				 (unsigned long)(self->map[i] + PAGE + 0x123));
			if (strncmp(line, text, strlen(text)))
				continue;
			found++;
			RUN("read", self->pid, place, "41");
			EXPECT_EQ(0, r.status) TH_LOG("%s: %s", place, r.err);
			EXPECT_EQ(0, memcmp(r.out, self->map[i] + PAGE + 0x123,
					    41))
				TH_LOG("%s", place);
		}
	}
	EXPECT_EQ(NR_NAMES, found);
}

TEST_F(target, nothing_that_it_has_named_reaches_a_terminal)
{
	static const char comm[] = "\033[31m\302\233x";
	static const char *const args[][4] = {
		{ "maps" }, { "maps", "--json" }, { "maps", "-l" },
		{ "search", "-b", "-s", UNIQUE },
		{ "search", "--json", "-s", UNIQUE },
		{ "strings", "-R", "--file-backed", "--shared" },
		{ "strings", "--json", "--file-backed", "--shared" },
		{ "info" }, { "info", "--json" },
	};
	static const char *const wrong[] = {
		"nosuch", "test_tool_target", "replaced", "sum+16", "a\nb",
		"\033[2J",
	};
	const char *line[6];
	size_t i, k, n;

	ASSERT_EQ(0, target_call(&self->t, comm_set, (void *)comm));
	for (i = 0; i < ARRAY_SIZE(args); i++) {
		for (n = 0; n < 4 && args[i][n]; n++)
			line[n] = args[i][n];
		line[n++] = self->pid;
		line[n] = NULL;
		run(NULL, 0, line);
		EXPECT_EQ(0, r.status) TH_LOG("%s: %s", line[0], r.err);
		EXPECT_TRUE(is_safe(r.out)) TH_LOG("%s", line[0]);
		EXPECT_TRUE(is_safe(r.err)) TH_LOG("%s", line[0]);
	}
	for (k = 0; k < ARRAY_SIZE(wrong); k++) {
		RUN("read", self->pid, wrong[k], "1");
		EXPECT_TRUE(is_safe(r.err)) TH_LOG("%zu", k);
	}
	/* as the name of a process */
	RUN("read", "[31m", "0x1000");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS(self->pid, r.err);
	EXPECT_TRUE(is_safe(r.err));
}

TEST_F(target, a_file_and_the_one_that_has_replaced_it)
{
	const size_t live = NR_NAMES - 1, gone = NR_NAMES - 2;

	RUN("read", self->pid, DIRECTORY "/replaced+0x1123", "41");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ(self->map[live] + PAGE + 0x123, r.out);
	RUN("read", self->pid, DIRECTORY "/replaced (deleted)+0x1123", "41");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ(self->map[gone] + PAGE + 0x123, r.out);
}

/* A file of that name is no heap. */
TEST_F(target, a_name_that_looks_like_another)
{
	RUN("maps", self->pid, "[heap]");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(NULL, strstr(r.out, DIRECTORY)) TH_LOG("%s", r.out);
	RUN("read", self->pid, DIRECTORY "/sum+0x10", "1");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(self->map[10][0x10], r.out[0]);
	RUN("read", self->pid, DIRECTORY "/sum+0x10+0x0", "1");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ('A', r.out[0]);
}

/* --- another program in between --- */

TEST_F_TIMEOUT(target, another_program_is_not_taken_for_the_one_that_was_meant,
	       120)
{
	static const char *const lines[][8] = {
		{ "write", NULL, "[stack]", "--string", "X" },
		{ "fill", NULL, "[stack]", "8", "00" },
		{ "cmpxchg", NULL, "[stack]", "--u8", "0", "--u8", "1" },
		{ "bp", "set", NULL, "[stack]" },
		{ "read", NULL, "[stack]", "8" },
		{ "watch", "-c1", NULL, "[stack]", "u8" },
		{ "search", "-x00", NULL, "[stack]" },
		{ "strings", NULL, "[stack]" },
		{ "compare", NULL, "[stack]", "[stack]", "8" },
		{ "maps", NULL, "[stack]" },
	};
	static const char before[] = "before";
	const char *line[9];
	size_t i, n, k;
	bool maps;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		/* Of two NULLs the first is for PID. */
		for (n = 0, k = 0; n < 8 && (lines[i][n] || !k); n++) {
			k |= !lines[i][n];
			line[n] = lines[i][n] ? lines[i][n] : self->pid;
		}
		line[n] = NULL;
		run_stopped(line, target_exec, &self->t, &maps);
		/* 1 of these three is an answer */
		EXPECT_EQ(!strcmp(line[0], "search") ||
			  !strcmp(line[0], "strings") ||
			  !strcmp(line[0], "compare") ? 2 : 1, r.status)
			TH_LOG("%s", line[0]);
		EXPECT_HAS("has just executed another program", r.err);
		EXPECT_EQ(0, r.out_len) TH_LOG("%s: %s", line[0], r.out);
		EXPECT_FALSE(maps) TH_LOG("%s", line[0]);
		ASSERT_EQ(0, retarget(&self->t, self->pid));
		ASSERT_EQ(0, target_call(&self->t, comm_set, (void *)before));
	}
}

static void nothing(void *unused)
{
}

TEST_F(target, names_are_those_of_the_session)
{
	const char *const line[] = { "read", self->pid, "[stack]", "8", NULL };
	bool maps;

	run_stopped(line, nothing, NULL, &maps);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(8, r.out_len);
	EXPECT_FALSE(maps);
}

/* --- a process whose first thread has ended --- */

static int ready[2];

static void *live_on(void *unused)
{
	char c = 1;

	usleep(100000);
	(void)!write(ready[1], &c, 1);
	pause();
	return NULL;
}

TEST_F(target, a_process_whose_first_thread_has_ended)
{
	char pid[16], c;
	pthread_t thread;
	pid_t child;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (!pthread_create(&thread, NULL, live_on, NULL))
			syscall(SYS_exit, 0);
		_exit(1);
	}
	ASSERT_EQ(1, read(ready[0], &c, 1));
	sprintf(pid, "%d", (int)child);
	RUN("maps", pid, "[heap]");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("[heap]", r.out);
	RUN("read", pid, "[heap]+0x10", "8");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(8, r.out_len);
	RUN("read", pid, DIRECTORY "/plain+0x1123", "41");
	EXPECT_STREQ(self->map[0] + PAGE + 0x123, r.out);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* --- first things typed --- */

TEST_F(target, a_name_where_a_process_id_is_due)
{
	char want[64];

	snprintf(want, sizeof(want), "did you mean %s (before)?", self->pid);
	RUN("read", "before", "0x1000");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS(want, r.err);
	RUN("dump", "befo", "core");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS(want, r.err);
	RUN("maps", "no_process_has_this");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("no process has that name", r.err);
}

TEST_F(target, two_process_ids)
{
	static const char before[] = "before";
	struct target other;
	char pid[16], both[40];

	ASSERT_EQ(0, target_start(&other));
	ASSERT_EQ(0, target_call(&other, comm_set, (void *)before));
	sprintf(pid, "%d", (int)other.pid);
	snprintf(both, sizeof(both), "%s %s", self->pid, pid);
	RUN("read", self->pid, pid, at(0, 0), "8");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("are both process ids", r.err);
	RUN("write", self->pid, pid, at(0, 0), "--string", "x");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("are both process ids", r.err);
	RUN("maps", both);
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("more than one process id", r.err);
	target_stop(&other);
}

TEST_F(target, sums_are_addresses)
{
	char sum[64];

	snprintf(sum, sizeof(sum), "%s+8", at(0, 0));
	RUN("read", self->pid, sum, "8");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(0, memcmp(mem + 8, r.out, 8));
	snprintf(sum, sizeof(sum), "%s-0x10", at(1, 0));
	RUN("read", self->pid, sum, "8");
	EXPECT_EQ(0, memcmp(mem + PAGE - 16, r.out, 8));
}

static long map_low(void *addr)
{
	return mmap(addr, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		    MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != addr;
}

TEST_F(target, addresses_without_0x)
{
	RUN("read", self->pid, "5609e3e98098", "8");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("write 0x5609e3e98098?", r.err);
	/* also a decimal number, where nothing is mapped */
	ASSERT_EQ(0, target_call(&self->t, map_low, (void *)0x555555554000));
	RUN("read", self->pid, "555555554000", "8");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("write 0x555555554000?", r.err);
	RUN("write", self->pid, "555555554000", "--string", "x");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("write 0x555555554000?", r.err);
	RUN("read", self->pid, "555555554000-555555555000", "8");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("write 0x555555554000 for ADDR and 0x1000 for LEN", r.err);
	RUN("read", self->pid, "0x555555554000", "8");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
}

TEST_F(target, the_name_of_a_variable)
{
	RUN("read", self->pid, "counter");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("no mapping is named 'counter'", r.err);
	EXPECT_HAS("print &counter", r.err);
}

TEST_F(target, lengths_that_go_without_saying)
{
	size_t i;

	RUN("read", self->pid, at(0, 0));
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(64, r.out_len);
	/* to the end of the mapping, two pages of it */
	RUN("search", "-b", "-s", UNIQUE, self->pid, DIRECTORY "/plain");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("/plain+0x1123\n", r.out);
	RUN("search", "-c", "-x", "00", self->pid, "[heap]", DIRECTORY "/plain",
	    "0x10");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	RUN("strings", "-n", "8", self->pid, DIRECTORY "/plain");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS(UNIQUE "000", r.out);
	for (i = 0; i < 3; i++) {
		static const char *const sizes[] = { "4KB", "4KiB", "4k" };

		RUN("read", self->pid, at(0, 0), sizes[i]);
		EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
		EXPECT_EQ(4096, r.out_len);
	}
	RUN("watch", "-i", "100ms", "-c", "2", self->pid, at(0, 0), "int");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
}

/* --- values with a type, the same everywhere --- */

TEST_F(target, values_with_a_type)
{
	static const struct {
		const char *option, *text;
	} values[] = {
		{ "--u64", "0x1122334455667788" }, { "--i64", "-3" },
		{ "--f64", "0.1" }, { "--string", "eightchr" },
		{ "--hex", "0102030405060708" }, { "--utf16", "four" },
	};
	char eight[8];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		RUN("fill", self->pid, at(0, 0), "64", "00");
		RUN("write", self->pid, at(0, 8), values[i].option,
		    values[i].text);
		EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
		RUN("read", self->pid, at(0, 8), "8");
		memcpy(eight, r.out, 8);
		RUN("fill", self->pid, at(0, 16), "8", values[i].option,
		    values[i].text);
		EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
		RUN("read", self->pid, at(0, 16), "8");
		EXPECT_EQ(0, memcmp(eight, r.out, 8));
		RUN("cmpxchg", self->pid, at(0, 8), values[i].option,
		    values[i].text, "--u64", "0");
		EXPECT_EQ(0, r.status) TH_LOG("%s: %s", values[i].option,
					      r.err);
		RUN("search", "-c", values[i].option, values[i].text, self->pid,
		    at(0, 0), "64");
		EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
		EXPECT_STREQ("1\n", r.out) TH_LOG("%s", values[i].option);
	}
	RUN("cmpxchg", self->pid, at(0, 8), "--u64", "1");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("--hex, --string, --utf16, --int", r.err);
	RUN("fill", self->pid, at(0, 8), "8");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("--hex, --string, --utf16, --int", r.err);
	RUN("search", self->pid);
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("--hex, --string, --utf16, --int", r.err);
}

TEST_HARNESS_MAIN
