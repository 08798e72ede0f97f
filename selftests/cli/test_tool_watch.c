// SPDX-License-Identifier: GPL-2.0
/* The dbgmem tool: verb watch. */
#include "tool_json.h"
#include "tool_run.h"
#include "slow.h"
#include <kselftest_harness.h>

#include <time.h>

FIXTURE(watch) {
	struct target t;
	char pid[16];
	struct running w;
	struct termios before;
};

FIXTURE_SETUP(watch)
{
	ASSERT_EQ(0, tool_begin(&self->t, self->pid));
	memset(mem, 0, PAGE);
	ASSERT_EQ(0, retarget(&self->t, self->pid));
}

FIXTURE_TEARDOWN(watch)
{
	tool_end(&self->t);
}

static long first_set(void *value)
{
	*(volatile uint32_t *)mem = (uint32_t)(uintptr_t)value;
	return 0;
}

#define SET(value) \
	ASSERT_EQ(0, target_call(&self->t, first_set, (void *)(value)))

static long string_set(void *s)
{
	strcpy(mem, s);
	return 0;
}

static long page_map(void *page)
{
	return mmap(page, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		    MAP_ANONYMOUS | MAP_FIXED, -1, 0) != page;
}

/* Line @i of the output without its time, which must be one; or "". */
static const char *value_of(size_t i)
{
	static char line[256];
	char zone[8];
	int y, mon, d, h, m, s, ms, n = 0;
	const char *p = r.out;
	size_t len;

	while (i-- && p) {
		p = strchr(p, '\n');
		p = p ? p + 1 : NULL;
	}
	if (!p || sscanf(p, "%4d-%2d-%2dT%2d:%2d:%2d.%3d%6[0-9:+-] %n", &y,
			 &mon, &d, &h, &m, &s, &ms, zone, &n) != 8 || n != 30)
		return "";
	len = strcspn(p + n, "\n");
	if (len >= sizeof(line))
		return "";
	memcpy(line, p + n, len);
	line[len] = 0;
	return line;
}

/* --- plain lines --- */

TEST_F(watch, a_line_when_it_changes_and_only_then)
{
	BEGIN(&self->w, "watch", "-i", "0.05", self->pid, at(0, 0), "u32");
	ASSERT_TRUE(running_until(&self->w, 0, " 0\n"));
	SET(42);
	ASSERT_TRUE(running_until(&self->w, 0, " 42\n"));
	/* several readings of the same */
	usleep(300000);
	SET(7);
	ASSERT_TRUE(running_until(&self->w, 0, " 7\n"));
	kill(self->w.pid, SIGINT);
	running_end(&self->w);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("", r.err);
	EXPECT_EQ(3, lines()) TH_LOG("%s", r.out);
	EXPECT_STREQ("0", value_of(0));
	EXPECT_STREQ("42", value_of(1));
	EXPECT_STREQ("7", value_of(2));
}

TEST_F(watch, every_reading_with_all_and_so_many_with_count)
{
	size_t i;

	RUN("watch", "--interval", "0.01", "--all", "--count", "5", self->pid,
	    at(0, 0), "u32");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(5, lines());
	for (i = 0; i < 5; i++)
		EXPECT_STREQ("0", value_of(i)) TH_LOG("%s", r.out);
	RUN("watch", "-i0.01", "-c5", self->pid, at(0, 0), "u32");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(1, lines());
}

TEST_F(watch, every_type)
{
	static const struct {
		const char *type, *option, *want;
	} cases[] = {
		{ "u8", "-a", "254" }, { "i8", "-a", "-2" },
		{ "u16", "-a", "65534" }, { "i16", "-a", "-2" },
		{ "u32", "-a", "4294967294" }, { "i32", "-a", "-2" },
		{ "i64", "-a", "4294967294" },
		{ "u64", "-a", "4294967294" },
		{ "u32", "-x", "0xfffffffe" },
		{ "ptr", "-a", "0x00000000fffffffe" },
		{ "f64", "-a", "2.12199579e-314" },
		{ "f32", "-a", "-nan" },
		{ "bytes:6", "-a", "feffffff0000" },
		{ "string", "-a", "\"\\376\\377\\377\\377\"" },
	};
	size_t i;

	SET(0xfffffffe);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		RUN("watch", cases[i].option, "-c1", self->pid, at(0, 0),
		    cases[i].type);
		EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
		EXPECT_STREQ(cases[i].want, value_of(0)) TH_LOG("%s", r.out);
	}
	/* over two pages, whole */
	RUN("watch", "-c1", self->pid, at(0, PAGE - 4), "u64");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STRNE("", value_of(0));
}

TEST_F(watch, json_is_an_object_a_line)
{
	struct json_object *o;
	char *end, *p;
	size_t n = 0;

	BEGIN(&self->w, "watch", "--json", "-i0.02", self->pid, at(0, 0),
	      "u32");
	ASSERT_TRUE(running_until(&self->w, 0, "\n"));
	SET(42);
	ASSERT_TRUE(running_until(&self->w, 0, "\"2a000000\""));
	kill(self->w.pid, SIGTERM);
	running_end(&self->w);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	for (p = r.out; (end = strchr(p, '\n')); p = end + 1) {
		o = json_parse(p, end - p + 1);
		ASSERT_NE(NULL, o) TH_LOG("%s", p);
		EXPECT_STREQ(n ? "42" : "0", json_get(o, "value"));
		EXPECT_STREQ(n ? "2a000000" : "00000000",
			     json_get(o, "bytes"));
		EXPECT_EQ(29, strlen(json_get(o, "time")));
		json_object_put(o);
		n++;
	}
	EXPECT_EQ(2, n);
}

/* The watch that was begun sees the target's page go, and another come. */
static void goes_and_comes(struct __test_metadata *_metadata,
			   FIXTURE_DATA(watch) *self)
{
	ASSERT_TRUE(running_until(&self->w, 0, " 0\n"));
	ASSERT_EQ(0, target_call(&self->t, page_unmap, mem));
	ASSERT_TRUE(running_until(&self->w, 0, ": nothing is mapped"));
	ASSERT_EQ(0, target_call(&self->t, page_map, mem));
	SET(5);
	ASSERT_TRUE(running_until(&self->w, 0, " 5\n"));
}

TEST_F(watch, memory_that_goes_and_comes_again)
{
	BEGIN(&self->w, "watch", "-i0.02", self->pid, at(0, 0), "u32");
	goes_and_comes(_metadata, self);
	kill(self->w.pid, SIGHUP);
	running_end(&self->w);
	EXPECT_EQ(0, r.status);
	EXPECT_STREQ("", r.err);
	EXPECT_HAS(at(0, 0), value_of(1));
	/* at the beginning it is a mistake */
	RUN("watch", self->pid, at(HOLE, 0), "u8");
	EXPECT_EQ(1, r.status);
	EXPECT_EQ(0, r.out_len);
	EXPECT_HAS("nothing is mapped", r.err);
}

/* --- live --- */

TEST_F(watch, live_sees_what_lasts_a_moment_and_makes_no_calls)
{
	long long reads, pages = -1;
	char line[8];
	int i;

	BEGIN(&self->w, "watch", "--live", self->pid, at(0, 0), "u32");
	ASSERT_TRUE(running_until(&self->w, 0, " 0\n"));
	SET(1);
	ASSERT_TRUE(running_until(&self->w, 0, " 1\n"));
	reads = running_number(&self->w, "dbgmem-reads:");
	EXPECT_LE(0, reads);
	for (i = 2; i < 12; i++) {
		SET((uintptr_t)i);
		/* However long a busy machine takes. */
		snprintf(line, sizeof(line), " %d\n", i);
		ASSERT_TRUE(running_until(&self->w, 0, line));
	}
	EXPECT_EQ(reads, running_number(&self->w, "dbgmem-reads:"));
	/* its lease ends every now and then, until the next look */
	for (i = 0; i < 100 && pages != 1; i++) {
		pages = running_number(&self->w, "dbgmem-window-pages:");
		usleep(3000);
	}
	EXPECT_EQ(1, pages);
	kill(self->w.pid, SIGINT);
	running_end(&self->w);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("", r.err);
	EXPECT_EQ(12, lines()) TH_LOG("%s", r.out);
	EXPECT_STREQ("11", value_of(11));
}

TEST_F(watch, live_takes_thousands_a_second)
{
	struct timespec begin, end;
	double seconds;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	RUN("watch", "--live", "--count", "20000", self->pid, at(0, 0), "u64");
	clock_gettime(CLOCK_MONOTONIC, &end);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(1, lines());
	seconds = (double)(end.tv_sec - begin.tv_sec) +
		  (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
	TH_LOG("20,000 readings in %.2f s", seconds);
	EXPECT_GT(2 * soon(), seconds);
}

TEST_F(watch, live_of_every_type)
{
	static const char * const types[] = { "u8", "i16", "f32", "f64", "ptr",
					      "bytes:6000", "string" };
	char want[256];
	size_t i;

	ASSERT_EQ(0, target_call(&self->t, string_set, (void *)"hello"));
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		RUN("watch", "-c1", self->pid, at(0, 8), types[i]);
		EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
		strcpy(want, value_of(0));
		RUN("watch", "-lc1", self->pid, at(0, 8), types[i]);
		EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
		EXPECT_STREQ(want, value_of(0)) TH_LOG("%s", types[i]);
	}
	RUN("watch", "-lc1", self->pid, at(0, 0), "string");
	EXPECT_STREQ("\"hello\"", value_of(0));
}

TEST_F(watch, live_follows_memory_that_goes_and_comes)
{
	BEGIN(&self->w, "watch", "--live", "-i0.02", self->pid, at(0, 0),
	      "u32");
	goes_and_comes(_metadata, self);
	kill(self->t.pid, SIGKILL);
	running_end(&self->w);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("has exited\n", r.err);
}

TEST_F(watch, live_where_there_are_no_windows)
{
	ASSERT_EQ(0, param_set("window_pages", "0"));
	RUN("watch", "--live", self->pid, at(0, 0), "u32");
	ASSERT_EQ(0, param_set("window_pages", "65536"));
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("window_pages is 0", r.err);
}

/* --- ends --- */

static long exec_sleep(void *unused)
{
	execl("/bin/busybox", "sleep", "60", NULL);
	return -errno;
}

TEST_F(watch, ends_with_the_target)
{
	BEGIN(&self->w, "watch", "-i1000", self->pid, at(0, 0), "u32");
	ASSERT_TRUE(running_until(&self->w, 0, " 0\n"));
	kill(self->t.pid, SIGKILL);
	running_end(&self->w);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("has exited\n", r.err);

	ASSERT_EQ(0, retarget(&self->t, self->pid));
	BEGIN(&self->w, "watch", "-i1000", "-c2", self->pid, at(0, 0), "u32");
	ASSERT_TRUE(running_until(&self->w, 0, " 0\n"));
	target_send(&self->t, exec_sleep, NULL);
	running_end(&self->w);
	/* before the count */
	EXPECT_EQ(3, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("has executed another program\n", r.err);
	RUN("watch", "2147483647", "0x1000", "u8");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("no such process", r.err);
}

/* --- a terminal --- */

#define START		"\033[?1049h\033[?25l\033[?7l"
#define STOP		"\033[?7h\033[?25h\033[?1049l"
#define MARK(text)	"\033[7m" text "\033[m"

/* It is as it was, but for a line with the last value behind. */
#define EXPECT_RESTORED() do {						\
	struct termios _now;						\
	char *_p = strstr(r.out, START), *_s, *_e;			\
	ASSERT_NE(NULL, _p);						\
	for (_s = _p; (_e = strstr(_s, STOP)); _s = _e + 1)		\
		_p = _e;						\
	EXPECT_EQ(0, strncmp(_p, STOP, strlen(STOP)));			\
	EXPECT_EQ(NULL, strchr(_p + strlen(STOP), '\033'));		\
	ASSERT_EQ(0, tcgetattr(self->w.pty, &_now));			\
	EXPECT_EQ(self->before.c_lflag, _now.c_lflag);			\
	EXPECT_EQ(self->before.c_iflag, _now.c_iflag);			\
	EXPECT_EQ(self->before.c_oflag, _now.c_oflag);			\
	EXPECT_EQ(0, memcmp(self->before.c_cc, _now.c_cc,		\
			    sizeof(_now.c_cc)));			\
} while (0)

/* As running_end(), with a look at the terminal before it is closed. */
#define END_RESTORED() do {						\
	int _pty = dup(self->w.pty);					\
	running_end(&self->w);						\
	self->w.pty = _pty;						\
	EXPECT_RESTORED();						\
	close(_pty);							\
} while (0)

TEST_F(watch, a_screen_with_what_has_changed_marked)
{
	struct termios now;
	char words[96];
	size_t from;

	TERMINAL(&self->w, 24, &self->before, "watch", "-i0.05", self->pid,
		 at(0, 0), "u32");
	ASSERT_TRUE(running_until(&self->w, 0, "\033[J"));
	EXPECT_EQ(&r.out[0], strstr(r.out, START));
	snprintf(words, sizeof(words), "u32 at %s (-) of process %s (", at(0, 0),
		 self->pid);
	EXPECT_HAS(words, r.out);
	EXPECT_HAS("value    0\033[K", r.out);
	EXPECT_HAS("changed  not yet, 0 time(s) in 1 readings", r.out);
	EXPECT_HAS("  00 00 00 00  ", r.out);
	ASSERT_EQ(0, tcgetattr(self->w.pty, &now));
	EXPECT_EQ(0, now.c_lflag & (ECHO | ICANON));
	from = r.out_len;
	SET(0x2a00);
	ASSERT_TRUE(running_until(&self->w, from, "value    " MARK("10752")));
	ASSERT_TRUE(running_until(&self->w, from,
				  "  00 " MARK("2a") " 00 00  "));
	ASSERT_TRUE(running_until(&self->w, from, ", 1 time(s) in "));
	/* no longer, and in the history */
	ASSERT_TRUE(running_until(&self->w, from, "value    10752\033[K"));
	EXPECT_HAS("  10752\033[K\r\n", r.out + from);
	EXPECT_HAS("  0\033[K", r.out + from);
	ASSERT_EQ(1, write(self->w.pty, "q", 1));
	END_RESTORED();
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	/* it would be cleared, and flicker */
	EXPECT_EQ(NULL, strstr(r.out + 1, START));
	EXPECT_HAS(STOP "20", r.out);
	EXPECT_EQ(&r.out[r.out_len - 8], strstr(r.out, " 10752\r\n"));
}

TEST_F(watch, the_screen_has_no_more_lines_than_there_are)
{
	char *last, *p, *next;
	size_t n = 0;

	TERMINAL(&self->w, 6, &self->before, "watch", "-i0.05", "-c3",
		 self->pid, at(0, 0), "bytes:256");
	END_RESTORED();
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	for (last = p = r.out; (p = strstr(p, "\033[H")); p++)
		last = p;
	next = strstr(last, "\033[J");
	ASSERT_NE(NULL, next);
	for (p = last; p < next; p++)
		n += *p == '\n';
	EXPECT_EQ(5, n);
}

TEST_F(watch, the_terminal_is_given_back_however_it_ends)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		TERMINAL(&self->w, 24, &self->before, "watch", "-i0.05",
			 self->pid, at(0, 0), "string");
		ASSERT_TRUE(running_until(&self->w, 0, "\033[J"));
		kill(self->w.pid, signals[i]);
		END_RESTORED();
		EXPECT_EQ(0, r.status) TH_LOG("%s", strsignal(signals[i]));
	}
	/* Ctrl-C typed */
	TERMINAL(&self->w, 24, &self->before, "watch", self->pid, at(0, 0),
		 "string");
	ASSERT_TRUE(running_until(&self->w, 0, "\033[J"));
	ASSERT_EQ(1, write(self->w.pty, "\003", 1));
	END_RESTORED();
	EXPECT_EQ(0, r.status);
	/* and with the target, after which it says so */
	TERMINAL(&self->w, 24, &self->before, "watch", "-i1000", self->pid,
		 at(0, 0), "string");
	ASSERT_TRUE(running_until(&self->w, 0, "\033[J"));
	kill(self->t.pid, SIGKILL);
	END_RESTORED();
	EXPECT_EQ(0, r.status);
	EXPECT_HAS("has exited", r.err);
}

TEST_F(watch, the_terminal_is_given_back_while_it_is_stopped)
{
	struct termios now;
	size_t from;
	int status;

	TERMINAL(&self->w, 24, &self->before, "watch", "-i0.05", self->pid,
		 at(0, 0), "u32");
	ASSERT_TRUE(running_until(&self->w, 0, "\033[J"));
	kill(self->w.pid, SIGTSTP);
	ASSERT_EQ(self->w.pid, waitpid(self->w.pid, &status, WUNTRACED));
	ASSERT_TRUE(WIFSTOPPED(status));
	running_look(&self->w);
	EXPECT_HAS(STOP, r.out);
	ASSERT_EQ(0, tcgetattr(self->w.pty, &now));
	EXPECT_EQ(self->before.c_lflag, now.c_lflag);
	/* and taken again */
	from = r.out_len;
	kill(self->w.pid, SIGCONT);
	ASSERT_TRUE(running_until(&self->w, from, "\033[J"));
	EXPECT_HAS(START, r.out + from);
	ASSERT_EQ(0, tcgetattr(self->w.pty, &now));
	EXPECT_EQ(0, now.c_lflag & (ECHO | ICANON));
	kill(self->w.pid, SIGINT);
	END_RESTORED();
}

/* --- a shell's job in the background --- */

/* A shell starts it there, or in the foreground and takes over when it stops. */
static void shell(int slave, bool foreground, int tell,
		  const char *const *argv)
{
	int status;
	pid_t job;

	setsid();
	ioctl(slave, TIOCSCTTY, 0);
	signal(SIGTTOU, SIG_IGN);
	job = fork();
	if (!job) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setpgid(0, 0);
		if (foreground)
			tcsetpgrp(slave, getpid());
		signal(SIGTTOU, SIG_DFL);
		execv(tool_path(), (char *const *)argv);
		_exit(127);
	}
	if (write(tell, &job, sizeof(job)) != sizeof(job))
		_exit(126);
	if (foreground) {
		waitpid(job, &status, WUNTRACED);
		tcsetpgrp(slave, getpid());
		kill(job, SIGCONT);
	}
	while (waitpid(job, &status, 0) == job && !WIFEXITED(status) &&
	       !WIFSIGNALED(status))
		;
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 125);
}

/* As terminal_begin(); the process of the tool, of which w->pid is the shell. */
static pid_t job_begin(struct running *w, bool foreground,
		       struct termios *before, const char *const *argv)
{
	char name[64];
	int slave, tell[2];
	pid_t job = -1;

	w->out = -1;
	w->err = capture_file("err", NULL, 0);
	w->pty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (w->pty < 0 || grantpt(w->pty) || unlockpt(w->pty) ||
	    ptsname_r(w->pty, name, sizeof(name)) || pipe2(tell, O_CLOEXEC))
		abort();
	slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || tcgetattr(slave, before))
		abort();
	r.out_len = 0;
	r.out[0] = 0;
	w->pid = fork();
	if (!w->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setenv("TERM", "xterm", 1);
		dup2(slave, 0);
		dup2(slave, 1);
		dup2(w->err, 2);
		shell(slave, foreground, tell[1], argv);
	}
	close(slave);
	close(tell[1]);
	if (read(tell[0], &job, sizeof(job)) != sizeof(job))
		abort();
	close(tell[0]);
	return job;
}

#define JOB(foreground, ...) \
	job_begin(&self->w, foreground, &self->before, \
		  (const char *const []){ "dbgmem", "watch", __VA_ARGS__, NULL })

/* kill(1) of a shell. */
static void job_end(pid_t job, int signo)
{
	kill(job, signo);
	kill(job, SIGCONT);
}

TEST_F(watch, lines_in_the_background)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct termios now;
	pid_t job;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		job = JOB(false, "-i0.05", self->pid, at(0, 0), "u32");
		EXPECT_TRUE(running_until(&self->w, 0, " 0\r\n"));
		EXPECT_EQ(NULL, strchr(r.out, '\033'));
		ASSERT_EQ(0, tcgetattr(self->w.pty, &now));
		EXPECT_EQ(self->before.c_lflag, now.c_lflag);
		job_end(job, signals[i]);
		running_end(&self->w);
		EXPECT_EQ(0, r.status) TH_LOG("%s", strsignal(signals[i]));
	}
}

TEST_F(watch, a_screen_that_comes_to_the_background_ends_when_told)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct termios now;
	pid_t job;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		job = JOB(true, "-i0.05", self->pid, at(0, 0), "u32");
		ASSERT_TRUE(running_until(&self->w, 0, "\033[J"));
		kill(job, SIGTSTP);
		ASSERT_TRUE(running_until(&self->w, 0, STOP));
		/* It reads on there, and leaves the terminal alone. */
		usleep(300000);
		ASSERT_EQ(0, tcgetattr(self->w.pty, &now));
		EXPECT_EQ(self->before.c_lflag, now.c_lflag);
		job_end(job, signals[i]);
		END_RESTORED();
		EXPECT_EQ(0, r.status) TH_LOG("%s", strsignal(signals[i]));
	}
}

TEST_F(watch, no_screen_for_a_terminal_that_has_none)
{
	TERMINAL(&self->w, 24, &self->before, "watch", "--all", "-c2", "-i0.01",
		 self->pid, at(0, 0), "u32");
	running_end(&self->w);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(NULL, strchr(r.out, '\033'));
	EXPECT_EQ(2, lines());
}

TEST_F(watch, a_string_that_grows)
{
	static const char words[] = "hello";

	TERMINAL(&self->w, 24, &self->before, "watch", "-i0.05", self->pid,
		 at(0, 0), "string");
	ASSERT_TRUE(running_until(&self->w, 0, "value    \"\"\033[K"));
	ASSERT_EQ(0, target_call(&self->t, string_set, (void *)words));
	ASSERT_TRUE(running_until(&self->w, 0,
				  "value    " MARK("\"hello\"")));
	ASSERT_TRUE(running_until(&self->w, 0, MARK("68 65 6c 6c 6f")));
	kill(self->w.pid, SIGINT);
	END_RESTORED();
}

TEST_F(watch, wrong_command_lines)
{
	RUN("watch", self->pid, at(0, 0));
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("PID, ADDR and TYPE are needed", r.err);
	RUN("watch", self->pid, at(0, 0), "u7");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("'u7' is not a type", r.err);
	RUN("watch", "-i", "0", self->pid, at(0, 0), "u8");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("--interval: '0'", r.err);
	RUN("watch", "-i", "nan", self->pid, at(0, 0), "u8");
	EXPECT_EQ(2, r.status);
	RUN("watch", "-i", "1x", self->pid, at(0, 0), "u8");
	EXPECT_EQ(2, r.status);
	RUN("watch", "-c", "0", self->pid, at(0, 0), "u8");
	EXPECT_EQ(2, r.status);
	RUN("watch", "--help");
	EXPECT_EQ(0, r.status);
	EXPECT_HAS("Usage: dbgmem watch", r.out);
}

TEST_HARNESS_MAIN
