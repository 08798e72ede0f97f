// SPDX-License-Identifier: GPL-2.0
/* A verb that is told to end ends, whatever it waits for. */
#include "proc.h"

#include <poll.h>

#include "kselftest_harness.h"

#include "run/interrupt.h"

#define PATIENCE_MS	20000

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

#define NR_SIGNALS	ARRAY_SIZE(signals)

/* A process that has called interrupt_catch() and then does something. */
struct verb {
	pid_t pid;
	int gate[2];		/* to end what it waits for, */
	int said[2];		/* and what it says meanwhile */
};

static bool verb_begin(struct verb *v, void (*work)(struct verb *v))
{
	char c;

	if (pipe2(v->gate, O_CLOEXEC) || pipe2(v->said, O_CLOEXEC))
		abort();
	v->pid = fork();
	if (!v->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(v->gate[1]);
		close(v->said[0]);
		work(v);
		_exit(99);
	}
	close(v->gate[0]);
	close(v->said[1]);
	return read(v->said[0], &c, 1) == 1;
}

static void say(struct verb *v)
{
	if (write(v->said[1], "", 1) != 1)
		_exit(98);
}

static bool pending(const struct verb *v, int signo)
{
	char path[32], text[4096], *p;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)v->pid);
	if (file_read(path, text, sizeof(text)) <= 0)
		return false;
	p = strstr(text, "\nShdPnd:");
	return p && strtoull(p + 8, NULL, 16) >> (signo - 1) & 1;
}

/* Send it, and wait until it is taken: one that waits swallows the next. */
static void tell(const struct verb *v, int signo)
{
	kill(v->pid, signo);
	while (pending(v, signo))
		sleep_ms(1);
}

/* Its wait status, or -1: it does not end. */
static int verb_end(struct verb *v)
{
	long end = now_ms() + PATIENCE_MS;
	int status;

	while (!waitpid(v->pid, &status, WNOHANG)) {
		if (now_ms() > end) {
			kill(v->pid, SIGKILL);
			waitpid(v->pid, NULL, 0);
			status = -1;
			break;
		}
		sleep_ms(2);
	}
	close(v->gate[1]);
	close(v->said[0]);
	return status;
}

/* Looks, and goes on all the same. */
static void busy(struct verb *v)
{
	interrupt_catch();
	say(v);
	for (;;)
		if (interrupt_seen())
			sleep_ms(1);
}

/*
 * In a wait that only what kills ends, as for a page that does not come: the
 * kernel runs no handler there.
 */
static void stuck(struct verb *v)
{
	interrupt_catch();
	say(v);
	wait_in_vfork(v->gate[0]);
}

static void looks_and_ends(struct verb *v)
{
	interrupt_catch();
	say(v);
	while (!interrupt_seen())
		sched_yield();
	_exit(interrupt_seen());
}

static void looks_and_takes_long(struct verb *v)
{
	interrupt_catch();
	say(v);
	while (!interrupt_seen())
		sched_yield();
	sleep_ms(2 * INTERRUPT_LIMIT_MS);
	_exit(7);
}

TEST(the_first_signal_is_told)
{
	struct verb v;
	size_t i;

	for (i = 0; i < NR_SIGNALS; i++) {
		ASSERT_TRUE(verb_begin(&v, looks_and_ends));
		kill(v.pid, signals[i]);
		EXPECT_EQ(signals[i] << 8, verb_end(&v));
	}
}

TEST(a_verb_that_has_seen_it_ends_in_its_own_time)
{
	struct verb v;

	ASSERT_TRUE(verb_begin(&v, looks_and_takes_long));
	kill(v.pid, SIGTERM);
	EXPECT_EQ(7 << 8, verb_end(&v));
}

TEST(a_second_signal_ends_whatever_the_first_waits_for)
{
	struct verb v;
	size_t i, k;

	for (i = 0; i < NR_SIGNALS; i++)
		for (k = 0; k < NR_SIGNALS; k++) {
			ASSERT_TRUE(verb_begin(&v, busy));
			tell(&v, signals[i]);
			EXPECT_EQ(0, waitpid(v.pid, NULL, WNOHANG));
			kill(v.pid, signals[k]);
			EXPECT_EQ(signals[k], verb_end(&v));

			ASSERT_TRUE(verb_begin(&v, stuck));
			ASSERT_TRUE(proc_wait_state(v.pid, 'D'));
			tell(&v, signals[i]);
			kill(v.pid, signals[k]);
			EXPECT_EQ(signals[k], verb_end(&v));
		}
}

TEST(one_signal_ends_a_verb_that_cannot_look)
{
	struct verb v;
	size_t i;

	for (i = 0; i < NR_SIGNALS; i++) {
		ASSERT_TRUE(verb_begin(&v, stuck));
		ASSERT_TRUE(proc_wait_state(v.pid, 'D'));
		kill(v.pid, signals[i]);
		EXPECT_EQ(signals[i], verb_end(&v));
	}
}

TEST(what_was_ignored_stays_so)
{
	struct verb v;

	signal(SIGHUP, SIG_IGN);
	ASSERT_TRUE(verb_begin(&v, looks_and_ends));
	signal(SIGHUP, SIG_DFL);
	kill(v.pid, SIGHUP);
	sleep_ms(50);
	kill(v.pid, SIGINT);
	EXPECT_EQ(SIGINT << 8, verb_end(&v));
}

/* --- what a screen needs --- */

static int farewell;

static void leave(void)
{
	(void)!write(farewell, "L", 1);
}

static void stuck_with_a_screen(struct verb *v)
{
	farewell = v->said[1];
	interrupt_before_end(leave);
	stuck(v);
}

TEST(the_terminal_is_left_before_the_end)
{
	char c = 0;
	struct verb v;

	ASSERT_TRUE(verb_begin(&v, stuck_with_a_screen));
	kill(v.pid, SIGINT);
	EXPECT_EQ(1, read(v.said[0], &c, 1));
	EXPECT_EQ('L', c);
	EXPECT_EQ(SIGINT, verb_end(&v));
}

/* A terminal that takes no more. */
static void stuck_for_ever(void)
{
	leave();
	for (;;)
		pause();
}

static void stuck_in_leaving(struct verb *v)
{
	farewell = v->said[1];
	interrupt_before_end(stuck_for_ever);
	stuck(v);
}

TEST(leaving_the_terminal_can_be_ended_too)
{
	char c = 0;
	struct verb v;

	ASSERT_TRUE(verb_begin(&v, stuck_in_leaving));
	kill(v.pid, SIGINT);
	EXPECT_EQ(1, read(v.said[0], &c, 1));
	kill(v.pid, SIGTERM);
	EXPECT_EQ(SIGTERM, verb_end(&v));
}

TEST(leaving_that_never_ends_does_not_keep_the_tool)
{
	char c = 0;
	struct verb v;

	ASSERT_TRUE(verb_begin(&v, stuck_in_leaving));
	kill(v.pid, SIGINT);
	EXPECT_EQ(1, read(v.said[0], &c, 1));
	EXPECT_EQ(SIGINT, verb_end(&v));
}

/* --- verbs that do not look --- */

static void works(struct verb *v)
{
	farewell = v->said[1];
	interrupt_before_end(leave);
	interrupt_watch();
	say(v);
	for (;;)
		sched_yield();
}

static void works_and_is_stuck(struct verb *v)
{
	farewell = v->said[1];
	interrupt_before_end(leave);
	interrupt_watch();
	say(v);
	wait_in_vfork(v->gate[0]);
}

TEST(the_first_signal_ends_a_verb_that_does_not_look)
{
	void (*const verbs[])(struct verb *v) = { works, works_and_is_stuck };
	struct verb v;
	size_t i, k;
	long begin;
	char c;

	for (i = 0; i < 2; i++)
		for (k = 0; k < NR_SIGNALS; k++) {
			ASSERT_TRUE(verb_begin(&v, verbs[i]));
			if (i) {
				ASSERT_TRUE(proc_wait_state(v.pid, 'D'));
			}
			begin = now_ms();
			kill(v.pid, signals[k]);
			c = 0;
			EXPECT_EQ(1, read(v.said[0], &c, 1));
			EXPECT_EQ('L', c);
			EXPECT_EQ(signals[k], verb_end(&v));
			EXPECT_GT(INTERRUPT_LIMIT_MS, now_ms() - begin);
		}
}

static void looks_after_all(struct verb *v)
{
	interrupt_watch();
	looks_and_ends(v);
}

TEST(a_verb_may_begin_to_look)
{
	struct verb v;

	ASSERT_TRUE(verb_begin(&v, looks_after_all));
	kill(v.pid, SIGTERM);
	EXPECT_EQ(SIGTERM << 8, verb_end(&v));
}

/* --- what is read --- */

static void reads_until_told(struct verb *v)
{
	char text[4] = "";

	interrupt_catch();
	say(v);
	if (interrupt_read(v->gate[0], text, sizeof(text)) != 3 ||
	    strcmp(text, "abc"))
		_exit(95);
	say(v);
	if (interrupt_read(v->gate[0], text, sizeof(text)) != -1 ||
	    errno != EINTR)
		_exit(94);
	_exit(interrupt_seen() ? 7 : 93);
}

TEST(input_that_does_not_come_ends_at_the_first_signal)
{
	struct verb v;
	long begin;
	char c;

	ASSERT_TRUE(verb_begin(&v, reads_until_told));
	ASSERT_EQ(3, write(v.gate[1], "abc", 3));
	ASSERT_EQ(1, read(v.said[0], &c, 1));
	begin = now_ms();
	kill(v.pid, SIGINT);
	EXPECT_EQ(7 << 8, verb_end(&v));
	EXPECT_GT(INTERRUPT_LIMIT_MS, now_ms() - begin);
}

TEST(input_ends_where_it_ends)
{
	char text[8] = "";
	int fd[2];

	ASSERT_EQ(0, pipe2(fd, O_CLOEXEC));
	ASSERT_EQ(3, write(fd[1], "abc", 3));
	close(fd[1]);
	EXPECT_EQ(3, interrupt_read(fd[0], text, sizeof(text)));
	EXPECT_STREQ("abc", text);
	EXPECT_EQ(0, interrupt_read(fd[0], text, sizeof(text)));
	close(fd[0]);
	EXPECT_EQ(-1, interrupt_read(fd[0], text, sizeof(text)));
	EXPECT_EQ(EBADF, errno);
}

/* --- what is polled --- */

static void polls(struct verb *v)
{
	struct pollfd fd = { .events = POLLIN };

	interrupt_catch();
	fd.fd = interrupt_fd();
	if (poll(&fd, 1, 0))
		_exit(97);
	say(v);
	_exit(poll(&fd, 1, PATIENCE_MS) == 1 && interrupt_seen() ? 7 : 96);
}

TEST(poll_tells_of_it)
{
	struct verb v;

	ASSERT_TRUE(verb_begin(&v, polls));
	kill(v.pid, SIGHUP);
	EXPECT_EQ(7 << 8, verb_end(&v));
}

TEST_HARNESS_MAIN
