// SPDX-License-Identifier: GPL-2.0
/* The dbgmem tool: its output, exit codes and error words. */
#include "features.h"
#include "tool_fixture.h"
#include "tool_run.h"

#include <sys/mount.h>
#include <sys/stat.h>

static const char *const verbs[] = {
	"info", "read", "write", "cmpxchg", "bp", "load", "unload",
};

#define NR_VERBS	ARRAY_SIZE(verbs)

/* --- the command line --- */

TEST(help_and_version)
{
	size_t i;

	RUN("--help");
	EXPECT_EQ(0, r.status);
	EXPECT_STREQ("", r.err);
	for (i = 0; i < NR_VERBS; i++)
		EXPECT_NE(NULL, strstr(r.out, verbs[i]));
	EXPECT_NE(NULL, strstr(r.out, "Exit status"));
	for (i = 0; i < NR_VERBS; i++) {
		char usage[32];

		RUN(verbs[i], "--help");
		EXPECT_EQ(0, r.status);
		EXPECT_STREQ("", r.err);
		snprintf(usage, sizeof(usage), "Usage: dbgmem %s", verbs[i]);
		EXPECT_EQ(&r.out[0], strstr(r.out, usage)) TH_LOG("%s", r.out);
		EXPECT_NE(NULL, strstr(r.out, "Exit status"));
	}
	RUN("--version");
	EXPECT_EQ(0, r.status);
	EXPECT_EQ(&r.out[0], strstr(r.out, "dbgmem 0."));
}

TEST(wrong_command_lines)
{
	static const struct {
		const char *args[6];
		const char *words;
	} cases[] = {
		{ { NULL }, "no verb" },
		{ { "frobnicate" }, "'frobnicate'" },
		{ { "--frobnicate" }, "'--frobnicate'" },
		{ { "info", "1", "2" }, "only one PID" },
		{ { "info", "init" }, "'init' is not a process id" },
		{ { "info", "--all" }, "--all" },
		{ { "read", "1" }, "PID and ADDR" },
		{ { "raed", "1" }, "did you mean 'read'?" },
		{ { "read", "145 146", "0x1" }, "more than one process id" },
		{ { "read", "0", "0x1000", "1" }, "'0' is not a process id" },
		{ { "read", "1", "0x1000", "1P" }, "'1P' is not a length" },
		{ { "read", "1", "0x1000", "99999999999G" }, "64 bits" },
		{ { "read", "1", "0x10000000000000000", "1" }, "64 bits" },
		{ { "read", "1", "0xffffffffffffffff", "2" }, "outside" },
		{ { "read", "-ez", "1", "0x1000", "1" }, "exclude" },
		{ { "read", "-o" }, "requires an argument" },
		{ { "write", "1" }, "PID and ADDR" },
		{ { "write", "1", "0x10", "zz" }, "number or a string" },
		{ { "write", "1", "0x10", "--hex", "1" }, "one digit" },
		{ { "write", "1", "0x10", "--hex", "0x12" }, "byte order" },
		{ { "write", "1", "0x10", "--hex", "" }, "no bytes" },
		{ { "write", "1", "0x10", "--string", "" }, "no characters" },
		{ { "write", "1", "0x10", "-", "--hex=00" }, "only one of" },
		{ { "write", "1", "0x10", "-sa", "-ib" }, "only one of" },
		{ { "load", "dbgmem.ko" }, "--path" },
		{ { "load", "=x" }, "PARAM=VALUE" },
		{ { "load", "force=a b" }, "PARAM=VALUE" },
		{ { "unload", "x" }, "no arguments" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		run(NULL, 0, cases[i].args);
		EXPECT_EQ(2, r.status) TH_LOG("case %zu: %s", i, r.err);
		EXPECT_EQ(0, r.out_len);
		EXPECT_NE(NULL, strstr(r.err, cases[i].words))
			TH_LOG("no '%s' in: %s", cases[i].words, r.err);
		EXPECT_NE(NULL, strstr(r.err, "--help'"))
			TH_LOG("case %zu: %s", i, r.err);
		EXPECT_EQ(&r.err[0], strstr(r.err, "dbgmem: "))
			TH_LOG("case %zu: %s", i, r.err);
	}
}

/* --- a target --- */

TOOL_FIXTURE(tool)

/* --- info --- */

TEST(info_of_the_module)
{
	char words[32];

	RUN("info");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("module:         loaded\n", r.out);
	snprintf(words, sizeof(words), "abi version:    %d\n",
		 DBGMEM_ABI_VERSION);
	EXPECT_HAS(words, r.out);
	EXPECT_HAS("page size:      4096 bytes\n", r.out);
	EXPECT_HAS(" exact force ", r.out);
	EXPECT_HAS(" breakpoint cmpxchg expect", r.out);
	EXPECT_HAS("vector checks:  256 expectations\n", r.out);
	EXPECT_HAS("breakpoints:    at most 16384 in a session\n", r.out);
	EXPECT_HAS("engine:         auto\n", r.out);
	EXPECT_HAS("force policy:   capable", r.out);
}

TEST_F(tool, info_of_a_process)
{
	RUN("info", self->pid);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("command:        test_tool\n", r.out);
	EXPECT_HAS("state:          attached\n", r.out);
	EXPECT_HAS("access:         read write\n", r.out);
	EXPECT_HAS("planted:        0 breakpoints, of all sessions\n", r.out);
	RUN("info", "2147483647");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("no such process", r.err);
	RUN("info", "2");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("kernel thread", r.err);
}

/* --- read --- */

TEST_F(tool, read_raw_to_a_pipe)
{
	RUN("read", self->pid, at(0, 3), "0x1005");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("", r.err);
	ASSERT_EQ(0x1005, r.out_len);
	EXPECT_EQ(0, memcmp(mem + 3, r.out, 0x1005));

	/* Options behind the arguments, a suffix, and no bytes at all. */
	RUN("read", self->pid, at(0, 0), "4K", "-o", "-");
	EXPECT_EQ(0, r.status);
	EXPECT_EQ(4096, r.out_len);
	RUN("read", "--", self->pid, at(0, 0), "0");
	EXPECT_EQ(0, r.status);
	EXPECT_EQ(0, r.out_len);
}

TEST_F(tool, read_is_streamed)
{
	/* Several pieces, at neither end a whole one. */
	RUN("read", self->pid, at(HOLE + 1, 77), "0x1ff001");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	ASSERT_EQ(0x1ff001, r.out_len);
	EXPECT_EQ(0, memcmp(mem + (HOLE + 1) * PAGE + 77, r.out, 0x1ff001));
}

TEST_F(tool, read_as_a_dump)
{
	static const char fmt[] =
"%016lx  30 31 32 33 34 35 36 37  38 39 41 42 43 44 45 46  |0123456789ABCDEF|\n"
"*\n"
"%016lx  00 78 79 7a                                       |.xyz|\n"
"%016lx\n";
	unsigned long addr = (unsigned long)mem;
	char want[512];

	memcpy(mem, "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF\0xyz", 52);
	ASSERT_EQ(0, retarget(&self->t, self->pid));
	RUN("read", "-x", self->pid, at(0, 0), "52");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	snprintf(want, sizeof(want), fmt, addr, addr + 48, addr + 52);
	EXPECT_STREQ(want, r.out);
}

TEST_F(tool, read_to_a_terminal_is_a_dump)
{
	char buf[512] = "", *name;
	int master, slave, status;
	ssize_t n;
	pid_t pid;

	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || grantpt(master) || unlockpt(master))
		SKIP(return, "no pseudoterminals");
	name = ptsname(master);
	slave = name ? open(name, O_RDWR | O_NOCTTY) : -1;
	ASSERT_GE(slave, 0);
	pid = fork();
	if (!pid) {
		dup2(slave, 1);
		execl(tool_path(), "dbgmem", "read", self->pid, at(0, 0), "16",
		      NULL);
		_exit(127);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status) && !WEXITSTATUS(status));
	n = read(master, buf, sizeof(buf) - 1);
	ASSERT_GT(n, 0);
	EXPECT_HAS("  |", buf);
	EXPECT_EQ(0, strncmp(buf, "0000", 4));
	close(slave);
	close(master);
}

TEST_F(tool, read_to_a_file)
{
	const char *path = "/tmp/test_tool.out";
	struct stat st;

	unlink(path);
	RUN("read", self->pid, at(HOLE, 0), "16", "-o", path);
	EXPECT_EQ(1, r.status);
	EXPECT_EQ(-1, stat(path, &st));
	RUN("read", "-o", path, self->pid, at(0, 0), "8K");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(0, r.out_len);
	ASSERT_EQ(0, stat(path, &st));
	EXPECT_EQ(8192, st.st_size);
	EXPECT_EQ(0600, st.st_mode & 07777);
	/* Nothing could be read: what was there stays. */
	RUN("read", self->pid, at(HOLE, 0), "16", "--replace", "-o", path);
	EXPECT_EQ(1, r.status);
	ASSERT_EQ(0, stat(path, &st));
	EXPECT_EQ(8192, st.st_size);
	/* A part: not passed off as the whole. */
	RUN("read", self->pid, at(HOLE - 1, 0), "8K", "--replace", "-o", path);
	EXPECT_EQ(3, r.status);
	ASSERT_EQ(0, stat(path, &st));
	EXPECT_EQ(4096, st.st_size);
	unlink(path);

	RUN("read", self->pid, at(0, 0), "16", "-o", "/nonexistent/x");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("/nonexistent/x", r.err);
}

/* As dump treats its file; host_outfile.c has all cases. */
TEST_F(tool, read_writes_to_a_file_of_its_own_only)
{
	const char *path = "/tmp/test_tool.out", *to = "/tmp/test_tool.link";
	struct stat st;
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	ASSERT_EQ(4, write(fd, "mine", 4));
	close(fd);
	ASSERT_EQ(0, symlink(path, to));
	RUN("read", self->pid, at(0, 0), "16", "-o", path);
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("it exists already; --replace replaces it", r.err);
	RUN("read", self->pid, at(0, 0), "16", "--replace", "-o", to);
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("symbolic link", r.err);
	ASSERT_EQ(0, stat(path, &st));
	EXPECT_EQ(4, st.st_size);
	RUN("read", self->pid, at(0, 0), "16", "--replace", "-o", path);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	ASSERT_EQ(0, stat(path, &st));
	EXPECT_EQ(16, st.st_size);
	EXPECT_EQ(0600, st.st_mode & 07777);
	unlink(path);
	unlink(to);

	RUN("read", self->pid, at(0, 0), "16", "--replace", "-o", "/dev/full");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("not a regular file", r.err);
}

TEST_F(tool, read_to_a_full_disk_makes_no_file)
{
	ASSERT_EQ(0, mkdir("/tmp/small", 0700));
	ASSERT_EQ(0, mount("small", "/tmp/small", "tmpfs", 0, "size=64k"));
	RUN("read", self->pid, at(HOLE + 1, 0), "1M", "-o", "/tmp/small/out");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("No space left", r.err);
	EXPECT_HAS("it is not made", r.err);
	EXPECT_EQ(-1, access("/tmp/small/out", F_OK));
	EXPECT_EQ(0, umount("/tmp/small"));
	EXPECT_EQ(0, rmdir("/tmp/small"));
}

/* Where descriptor @fd of @pid leads; "" if it is closed. */
static const char *leads_to(pid_t pid, int fd)
{
	static char to[64];
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
	n = readlink(path, to, sizeof(to) - 1);
	to[n < 0 ? 0 : n] = '\0';
	return to;
}

static bool has_session(pid_t pid)
{
	int fd;

	for (fd = 0; fd < 32; fd++)
		if (!strcmp(leads_to(pid, fd), DEV_PATH))
			return true;
	return false;
}

/*
 * Were the session one of these, messages would go to the target, and what it has
 * would be taken for what is typed.
 */
TEST_F(tool, closed_descriptors_do_not_become_the_session)
{
	int closed, fd, ms;
	pid_t pid;

	/* What takes long, and does not notice that nobody can read its output. */
	ASSERT_EQ(0, target_call(&self->t, map_much, MUCH));
	for (closed = 1; closed < 8; closed++) {
		pid = fork();
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (fd = 0; fd < 3; fd++) {
				dup2(open("/dev/null", O_RDWR | O_CLOEXEC), fd);
				if (closed & 1 << fd)
					close(fd);
			}
			execl(tool_path(), "dbgmem", "search", "--fault-in",
			      "--string", "nowhere", self->pid, MUCH_RANGE,
			      NULL);
			_exit(127);
		}
		for (ms = 0; ms < 20000 && !has_session(pid); ms += 5)
			usleep(5000);
		EXPECT_TRUE(has_session(pid));
		for (fd = 0; fd < 3; fd++)
			EXPECT_STREQ(closed & 1 << fd ? "/" : "/dev/null",
				     leads_to(pid, fd));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

TEST_F(tool, read_stops_at_a_hole)
{
	char words[128];

	RUN("read", self->pid, at(HOLE - 1, 6), "8K");
	EXPECT_EQ(3, r.status);
	EXPECT_EQ(4090, r.out_len);
	snprintf(words, sizeof(words),
		 "stopped at %s after 4090 of 8192 bytes: nothing is mapped",
		 at(HOLE, 0));
	EXPECT_HAS(words, r.err);
	EXPECT_HAS("--zero-fill", r.err);

	RUN("read", self->pid, at(HOLE, 5), "16");
	EXPECT_EQ(1, r.status);
	EXPECT_EQ(0, r.out_len);
	EXPECT_HAS("cannot read at", r.err);
	EXPECT_HAS(at(HOLE, 5), r.err);
	EXPECT_HAS("nothing is mapped", r.err);
}

TEST_F(tool, read_exact)
{
	RUN("read", "--exact", self->pid, at(0, 1), "8K");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	ASSERT_EQ(8192, r.out_len);
	EXPECT_EQ(0, memcmp(mem + 1, r.out, 8192));
	RUN("read", "--exact", self->pid, at(HOLE - 1, 0), "8K");
	EXPECT_EQ(1, r.status);
	EXPECT_EQ(0, r.out_len);
	EXPECT_HAS("nothing was transferred", r.err);
	EXPECT_HAS(at(HOLE, 0), r.err);
	RUN("read", "--exact", self->pid, at(0, 0), "1048576G");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("--exact takes at most", r.err);
}

TEST_F(tool, read_zero_fill)
{
	size_t i;

	RUN("read", "-z", self->pid, at(HOLE - 1, 0), "12K");
	EXPECT_EQ(3, r.status);
	ASSERT_EQ(3 * PAGE, r.out_len);
	EXPECT_EQ(0, memcmp(mem + (HOLE - 1) * PAGE, r.out, PAGE));
	for (i = PAGE; i < 2 * PAGE; i++)
		ASSERT_EQ(0, r.out[i]);
	EXPECT_EQ(0, memcmp(mem + (HOLE + 1) * PAGE, r.out + 2 * PAGE, PAGE));
	EXPECT_HAS("8192 of 12288 bytes were read", r.err);
	EXPECT_HAS(at(HOLE, 0), r.err);

	RUN("read", "-xz", self->pid, at(HOLE - 1, 4088), "24");
	EXPECT_EQ(3, r.status);
	EXPECT_HAS("  ?? ?? ?? ?? ?? ?? ?? ??  |", r.out);
	EXPECT_HAS("????????|\n", r.out);
	EXPECT_HAS("8 of 24 bytes", r.err);
}

TEST_F(tool, read_no_fault)
{
	ASSERT_EQ(0, target_call(&self->t, page_drop, mem));
	RUN("read", "--no-fault", self->pid, at(0, 0), "1");
	EXPECT_EQ(1, r.status);
	if (module_takes(DBGMEM_NOFAULT)) {
		EXPECT_HAS("not resident", r.err);
		EXPECT_HAS("without --no-fault", r.err);
	} else {
		EXPECT_HAS("this kernel cannot read memory without faulting it in",
			   r.err);
		EXPECT_HAS("--no-fault", r.err);
	}
}

TEST_F(tool, read_force)
{
	ASSERT_EQ(0, target_call(&self->t, page_protect_none, mem + PAGE));
	RUN("read", self->pid, at(1, 0), "4");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("protection", r.err);
	EXPECT_HAS("--force", r.err);
	RUN("read", "--force", self->pid, at(1, 0), "4");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(0, memcmp(mem + PAGE, r.out, 4));
}

TEST_F(tool, addresses_in_mappings)
{
	RUN("read", self->pid, "[stack]+0x10", "1");
	EXPECT_NE(2, r.status) TH_LOG("%s", r.err);
	RUN("read", self->pid, "test_tool+1", "3");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(0, memcmp("ELF", r.out, 3));
	RUN("read", self->pid, "libc.so.6", "4");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(0, memcmp("\177ELF", r.out, 4));
	RUN("read", self->pid, "libc+0x10", "4");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("no mapping is named 'libc', similar ones: ", r.err);
	EXPECT_HAS("libc.so.6", r.err);
	RUN("read", "2147483647", "libc.so.6", "4");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("no such process", r.err);
}

TEST_HARNESS_MAIN
