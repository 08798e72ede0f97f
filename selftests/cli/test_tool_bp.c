// SPDX-License-Identifier: GPL-2.0
/* dbgmem bp: set, hold, list. */
#include "proc.h"
#include "tool_fixture.h"

#include <sys/ptrace.h>

/* --- 'dbgmem bp set', while it runs --- */

/* The tests count on a trap of one byte: that of x86 is. */
#ifdef __x86_64__
#define ONE_BYTE_TRAP
#else
#define ONE_BYTE_TRAP	"--trap", "cc",
#endif

struct holding {
	pid_t pid;
	int out, err;
};

/* Until it has ended; what it said is in @r. */
static void hold_end(struct holding *h)
{
	int status;

	waitpid(h->pid, &status, 0);
	r.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	r.out_len = capture_read(h->out, r.out, sizeof(r.out));
	capture_read(h->err, r.err, sizeof(r.err));
}

/* @args end with NULL. True: it holds; false: it has ended, see @r. */
static bool hold_begin(struct holding *h, const char *const *args)
{
	const char *argv[18] = { "dbgmem", "bp", "set", ONE_BYTE_TRAP };
	char text[512];
	siginfo_t si;
	ssize_t n;
	int i, n_own = 0;

	while (argv[n_own])
		n_own++;
	for (i = 0; args[i] && i < 11; i++)
		argv[n_own + i] = args[i];
	h->out = capture_file("out", NULL, 0);
	h->err = capture_file("err", NULL, 0);
	h->pid = fork();
	if (!h->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(h->out, 1);
		dup2(h->err, 2);
		execv(tool_path(), (char *const *)argv);
		_exit(127);
	}
	for (;;) {
		n = pread(h->err, text, sizeof(text) - 1, 0);
		text[n > 0 ? n : 0] = '\0';
		if (strstr(text, "dbgmem: holding "))
			return true;
		si.si_pid = 0;
		waitid(P_PID, h->pid, &si, WEXITED | WNOHANG | WNOWAIT);
		if (si.si_pid) {
			hold_end(h);
			return false;
		}
		usleep(10000);
	}
}

#define HOLD_TRACED(h, ...) \
	hold_begin(h, (const char *const []){ __VA_ARGS__, NULL })

/* Nobody traces the target. */
#define HOLD(h, ...)	HOLD_TRACED(h, "--yes", __VA_ARGS__)

TOOL_FIXTURE(bp)

/* What the target itself sees. */
#define TRUTH(page, off) \
	((uint8_t)target_call(&self->t, byte_get, mem + (page) * PAGE + (off)))

/* --- set --- */

TEST_F(bp, set_prints_the_original_bytes)
{
	struct holding h;
	char want[128];

	ASSERT_TRUE(HOLD(&h, self->pid, at(0, 5), at(1, 0))) TH_LOG("%s", r.err);
	kill(h.pid, SIGINT);
	hold_end(&h);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	snprintf(want, sizeof(want), "%s 1 %02x\n%s 1 %02x\n", at(0, 5),
		 (uint8_t)mem[5], at(1, 0), (uint8_t)mem[PAGE]);
	EXPECT_STREQ(want, r.out);
	EXPECT_EQ((uint8_t)mem[5], TRUTH(0, 5));
	RUN("bp", "list", self->pid);
	EXPECT_EQ(0, r.status);
	EXPECT_EQ(0, r.out_len);
	EXPECT_HAS("has no breakpoints", r.err);
}

TEST_F(bp, set_another_trap)
{
	struct holding h;
	char want[128];

	ASSERT_TRUE(HOLD(&h, "--trap", "cc f4", self->pid, "test_tool_bp"))
		TH_LOG("%s", r.err);
	kill(h.pid, SIGINT);
	hold_end(&h);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS(" 2 7f45\n", r.out);
	ASSERT_TRUE(HOLD(&h, "-t000102030405060708090a0b0c0d0e0f", self->pid,
			 at(0, PAGE - 1))) TH_LOG("%s", r.err);
	kill(h.pid, SIGINT);
	hold_end(&h);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	snprintf(want, sizeof(want), "%s 16 %02x%02x", at(0, PAGE - 1),
		 (uint8_t)mem[PAGE - 1], (uint8_t)mem[PAGE]);
	EXPECT_EQ(&r.out[0], strstr(r.out, want)) TH_LOG("%s", r.out);
}

TEST_F(bp, set_says_which_could_not_be)
{
	RUN("bp", "set", "-y", ONE_BYTE_TRAP self->pid, at(0, 5), at(HOLE, 5));
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("cannot set a breakpoint of 1 bytes", r.err);
	EXPECT_HAS(at(HOLE, 5), r.err);
	EXPECT_HAS("nothing is mapped", r.err);
	EXPECT_HAS("nothing is held", r.err);
	EXPECT_EQ((uint8_t)mem[5], TRUTH(0, 5));
	RUN("bp", "set", "-y", ONE_BYTE_TRAP self->pid, at(0, 5), at(0, 5));
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("already has a breakpoint", r.err);
	EXPECT_EQ((uint8_t)mem[5], TRUTH(0, 5));
	RUN("bp", "set", "-y", self->pid, at(HOLE, 5));
	EXPECT_EQ(1, r.status);
	EXPECT_EQ(0, r.out_len);
	RUN("bp", "set", "2147483647", "0x1000");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("no such process", r.err);
}

TEST_F(bp, set_and_the_policy)
{
	struct holding h;

	ASSERT_EQ(0, target_call(&self->t, page_protect_read, mem));
	ASSERT_EQ(0, param_set("force", "never"));
	RUN("bp", "set", "--yes", self->pid, at(0, 0));
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("force= policy is never", r.err);
	ASSERT_EQ(0, param_set("force", "capable"));
	ASSERT_TRUE(HOLD(&h, self->pid, at(0, 0))) TH_LOG("%s", r.err);
	kill(h.pid, SIGINT);
	hold_end(&h);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
}

/* --- who would die of it --- */

TEST_F(bp, a_process_that_nobody_traces_is_refused)
{
	char words[64];

	RUN("bp", "set", self->pid, at(0, 5));
	EXPECT_EQ(1, r.status);
	EXPECT_EQ(0, r.out_len);
	snprintf(words, sizeof(words), "nobody traces process %s", self->pid);
	EXPECT_HAS(words, r.err);
	EXPECT_HAS("SIGTRAP would end it", r.err);
	snprintf(words, sizeof(words), "'gdb -p %s'", self->pid);
	EXPECT_HAS(words, r.err);
	EXPECT_HAS("--yes", r.err);
	EXPECT_EQ((uint8_t)mem[5], TRUTH(0, 5));
}

TEST_F(bp, a_process_that_is_traced_needs_no_yes)
{
	struct holding h;

	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, self->t.pid, NULL, NULL));
	ASSERT_TRUE(HOLD_TRACED(&h, self->pid, at(0, 5))) TH_LOG("%s", r.err);
	EXPECT_EQ(0xcc, TRUTH(0, 5));
	kill(h.pid, SIGTERM);
	hold_end(&h);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
}

/* Nothing that two holders could both want, as the name of a socket. */
TEST_F(bp, hold_listens_to_nobody)
{
	char path[64], link[64];
	struct holding h;
	ssize_t n;
	int fd;

	ASSERT_TRUE(HOLD(&h, self->pid, at(0, 5))) TH_LOG("%s", r.err);
	for (fd = 3; fd < 32; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)h.pid, fd);
		n = readlink(path, link, sizeof(link) - 1);
		link[n > 0 ? n : 0] = '\0';
		EXPECT_EQ(NULL, strstr(link, "socket:"));
	}
	kill(h.pid, SIGINT);
	hold_end(&h);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
}

/* --- hold --- */

TEST_F(bp, hold_until_a_signal)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct holding h;
	char want[96];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		ASSERT_TRUE(HOLD(&h, self->pid, at(0, 5), at(1, 0)))
			TH_LOG("%s", r.err);
		EXPECT_EQ(0xcc, TRUTH(0, 5));
		EXPECT_EQ(0xcc, TRUTH(1, 0));
		ASSERT_EQ(0, kill(h.pid, signals[i]));
		hold_end(&h);
		EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
		EXPECT_HAS(strsignal(signals[i]), r.err);
		snprintf(want, sizeof(want),
			 "2 of 2 breakpoint(s) of process %s put back\n",
			 self->pid);
		EXPECT_HAS(want, r.err);
		snprintf(want, sizeof(want), "%s 1 %02x\n", at(0, 5),
			 (uint8_t)mem[5]);
		EXPECT_HAS(want, r.out);
		EXPECT_EQ((uint8_t)mem[5], TRUTH(0, 5));
		EXPECT_EQ((uint8_t)mem[PAGE], TRUTH(1, 0));
	}
}

TEST_F(bp, hold_tells_of_what_was_lost)
{
	struct holding h;

	ASSERT_TRUE(HOLD(&h, self->pid, at(0, 5), at(1, 0)))
		TH_LOG("%s", r.err);
	target_call(&self->t, byte_set, mem + 5);
	kill(h.pid, SIGINT);
	hold_end(&h);
	EXPECT_EQ(3, r.status);
	EXPECT_HAS("1 of 2 breakpoint(s)", r.err);
	EXPECT_HAS("lost", r.err);
	EXPECT_EQ(0xee, TRUTH(0, 5));
	EXPECT_EQ((uint8_t)mem[PAGE], TRUTH(1, 0));
}

TEST_F(bp, hold_is_all_or_none)
{
	struct holding h;

	EXPECT_FALSE(HOLD(&h, self->pid, at(0, 5), at(HOLE, 0)));
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("nothing is mapped", r.err);
	EXPECT_HAS("nothing is held", r.err);
	EXPECT_EQ((uint8_t)mem[5], TRUTH(0, 5));
}

TEST_F(bp, hold_until_the_target_exits)
{
	struct holding h;
	char want[96];

	ASSERT_TRUE(HOLD(&h, self->pid, at(0, 5))) TH_LOG("%s", r.err);
	kill(self->t.pid, SIGKILL);
	hold_end(&h);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	snprintf(want, sizeof(want),
		 "process %s has exited: 1 breakpoint(s) went with its memory",
		 self->pid);
	EXPECT_HAS(want, r.err);
}

TEST_F(bp, hold_until_the_target_executes_another_program)
{
	struct holding h;

	ASSERT_TRUE(HOLD(&h, self->pid, at(0, 5))) TH_LOG("%s", r.err);
	target_send(&self->t, exec_sleep, NULL);
	hold_end(&h);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("has executed another program: 1 breakpoint(s) went", r.err);
}

TEST_F(bp, hold_killed_leaves_the_original)
{
	struct holding h;
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_TRUE(HOLD(&h, self->pid, at(0, 5), at(1, 0)))
			TH_LOG("%s", r.err);
		EXPECT_EQ(0xcc, TRUTH(0, 5));
		kill(h.pid, SIGKILL);
		hold_end(&h);
		EXPECT_EQ(-1, r.status);
		EXPECT_EQ((uint8_t)mem[5], TRUTH(0, 5));
		EXPECT_EQ((uint8_t)mem[PAGE], TRUTH(1, 0));
	}
}

TEST_F(bp, hold_takes_no_notice_of_what_nohup_ignores)
{
	struct holding h;
	bool started;

	signal(SIGHUP, SIG_IGN);
	started = HOLD(&h, self->pid, at(0, 5));
	signal(SIGHUP, SIG_DFL);
	ASSERT_TRUE(started) TH_LOG("%s", r.err);
	kill(h.pid, SIGHUP);
	usleep(200000);
	EXPECT_EQ(0, waitpid(h.pid, NULL, WNOHANG));
	EXPECT_EQ(0xcc, TRUTH(0, 5));
	kill(h.pid, SIGTERM);
	hold_end(&h);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("Terminated", r.err);
}

/* --- list --- */

TEST_F(bp, list_from_another_shell)
{
	struct holding h, other;
	char want[1024];

	ASSERT_TRUE(HOLD(&h, self->pid, at(0, 5), at(1, 0)))
		TH_LOG("%s", r.err);
	ASSERT_TRUE(HOLD(&other, self->pid, "-t", "cc0102030405", at(0, 100)))
		TH_LOG("%s", r.err);
	target_call(&self->t, byte_set, mem + 5);

	RUN("bp", "list", self->pid);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("", r.err);
	snprintf(want, sizeof(want),
		 "ADDRESS            LEN STATE    ORIGINAL     TRAP         OWNER\n"
		 "0x%016lx   1 lost     %02x           cc           %d (dbgmem)\n"
		 "0x%016lx   6 standing %02x%02x%02x%02x%02x%02x cc0102030405 %d (dbgmem)\n"
		 "0x%016lx   1 standing %02x           cc           %d (dbgmem)\n",
		 (long)mem + 5, (uint8_t)mem[5], h.pid, (long)mem + 100,
		 (uint8_t)mem[100], (uint8_t)mem[101], (uint8_t)mem[102],
		 (uint8_t)mem[103], (uint8_t)mem[104], (uint8_t)mem[105],
		 other.pid, (long)mem + PAGE, (uint8_t)mem[PAGE], h.pid);
	EXPECT_STREQ(want, r.out);

	RUN("info", self->pid);
	EXPECT_HAS("planted:        3 breakpoints, of all sessions\n", r.out);
	kill(other.pid, SIGINT);
	hold_end(&other);
	kill(h.pid, SIGINT);
	hold_end(&h);
	EXPECT_EQ(3, r.status);
}

/* Where json-c puts white space is its own affair. */
static const char *without_space(char *text)
{
	char *from, *to = text;

	for (from = text; *from; from++)
		if (!strchr(" \n", *from))
			*to++ = *from;
	*to = '\0';
	return text;
}

TEST_F(bp, list_as_json)
{
	struct holding h;
	char want[512];

	RUN("bp", "list", "--json", self->pid);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("[]", without_space(r.out));
	ASSERT_TRUE(HOLD(&h, self->pid, at(0, 5))) TH_LOG("%s", r.err);
	RUN("bp", "list", "-j", self->pid);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("", r.err);
	snprintf(want, sizeof(want),
		 "[{\"address\":\"%s\",\"length\":1,\"state\":\"standing\",\"original\":\"%02x\",\"trap\":\"cc\",\"owner\":%d,\"command\":\"dbgmem\"}]",
		 at(0, 5), (uint8_t)mem[5], h.pid);
	EXPECT_STREQ(want, without_space(r.out));
	kill(h.pid, SIGINT);
	hold_end(&h);
}

/* --- the command line --- */

TEST(bp_wrong_command_lines)
{
	static const struct {
		const char *args[8];
		const char *words;
	} cases[] = {
		{ { "bp" }, "set or list" },
		{ { "bp", "frobnicate" }, "'frobnicate'" },
		{ { "bp", "set", "1" }, "PID and ADDR" },
		{ { "bp", "set", "--trap", "", "1", "2" }, "no bytes" },
		{ { "bp", "set", "--trap", "0xcc", "1", "2" }, "byte order" },
		{ { "bp", "set", "-t", "cccccccccccccccccccccccccccccccccc",
		    "1", "2" }, "17 bytes, but at most 16 are allowed" },
		{ { "bp", "set", "init", "2" }, "'init' is not a process id" },
		{ { "bp", "list" }, "PID is needed" },
		{ { "bp", "list", "1", "2" }, "nothing else" },
		{ { "bp", "list", "--all", "1" }, "--all" },
		{ { "bp", "clear", "1" }, "to clear breakpoints, end" },
		{ { "bp", "set", "1", "" }, "empty" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		run(NULL, 0, cases[i].args);
		EXPECT_EQ(2, r.status) TH_LOG("case %zu: %s", i, r.err);
		EXPECT_EQ(0, r.out_len);
		EXPECT_HAS(cases[i].words, r.err);
		EXPECT_HAS("--help'", r.err);
	}
	for (i = 0; i < 2; i++) {
		static const char *const verbs[] = { "set", "list" };
		char usage[64];

		RUN("bp", verbs[i], "--help");
		EXPECT_EQ(0, r.status);
		snprintf(usage, sizeof(usage), "Usage: dbgmem bp %s", verbs[i]);
		EXPECT_EQ(&r.out[0], strstr(r.out, usage)) TH_LOG("%s", r.out);
	}
}

TEST_HARNESS_MAIN
