// SPDX-License-Identifier: GPL-2.0
/* dbgmem watch: show a value over time. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <dbgmem.h>

#include "cmd/cmd.h"
#include "run/clock.h"
#include "run/interrupt.h"
#include "run/screen.h"
#include "run/signals.h"
#include "target/comm.h"
#include "target/options.h"
#include "target/symbolize.h"
#include "target/sample.h"
#include "target/target.h"
#include "target/view.h"
#include "text/message.h"
#include "text/num.h"
#include "text/text.h"

/* Seconds */
#define INTERVAL_MIN	0.001
#define INTERVAL_MAX	1e6

/* Milliseconds between two polls of other events. */
#define STEADY_MS	20

static const struct option options[] = {
	{ "interval", required_argument, NULL, 'i' },
	{ "count", required_argument, NULL, 'c' },
	{ "all", no_argument, NULL, 'a' },
	{ "live", no_argument, NULL, 'l' },
	{ "hex", no_argument, NULL, 'x' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem watch [OPTION...] PID ADDR TYPE\n\n"
	     "Examples:\n"
	     "  dbgmem watch --interval 0.1 1234 0x5581d2a0 u64\n"
	     "  dbgmem watch --count 1 1234 '[heap]+0x10' string\n\n"
	     "Read the value at ADDR of process PID again and again, until the process ends.\n"
	     "On a terminal: one screen with the value, what has changed, when, and earlier\n"
	     "values; q or Ctrl-C ends it. Elsewhere: a line with time and value per change.\n\n"
	     "  -i, --interval SECONDS  time between readings: 0.1, 100ms (default 1)\n"
	     "  -c, --count N           end after N readings\n"
	     "  -a, --all               print a line for every reading\n"
	     "  -l, --live              read without a pause and without system calls, unless\n"
	     "                          --interval is given\n"
	     "  -x, --hex               print integers in hexadecimal\n"
	     "  -j, --json              print each reading as one line of JSON\n"
	     "  -h, --help              show this text\n\n"
	     "TYPE is u8 u16 u32 u64 i8 i16 i32 i64 f32 f64 int float double ptr string (to\n"
	     "its NUL) or bytes:N. ADDR is as for 'dbgmem read'.\n"
	     "Exit status: 0 until the end, 1 nothing was read, 2 usage, 3 ended too early\n"
	     "for --count.");
	return finish(STATUS_OK);
}

/* The command line. */
struct query {
	pid_t pid;
	struct target_range at;
	uint64_t addr, count;
	struct timespec interval;
	struct sample_type type;
	const char *type_name;
	bool all, json, live;
	bool paced;		/* --live with an --interval */
};

/* Indexes of watch.fd */
enum {
	TIMER,
	INTERRUPT,
	SIGNALS,	/* of a terminal */
	TARGET,
	KEYS,
	NR_FDS,
};

struct watch {
	const struct query *q;
	struct dbgmem *m;
	struct sample_source from;
	struct view *view;
	enum view_mode mode;
	struct pollfd fd[NR_FDS];
	uint64_t nr;		/* readings */
	bool ended;
	int status;		/* exit status, if @ended */
};

static void end(struct watch *w, int status)
{
	w->ended = true;
	/* Ending before --count is a partial result. */
	if (!status && w->nr < w->q->count && w->q->count < UINT64_MAX)
		status = STATUS_PARTIAL;
	w->status = status;
}

/* Leave the screen before the message. */
static void target_ended(struct watch *w)
{
	struct dbgmem_session_info info = { .size = sizeof(info) };

	end(w, STATUS_OK);
	view_free(w->view);
	w->view = NULL;
	if (dbgmem_get_session_info(w->m, &info))
		msg("%s", dbgmem_errstr());
	else
		msg("process %d has %s", (int)w->q->pid,
		    info.state == DBGMEM_STATE_EXECED ?
		    "executed another program" : "exited");
}

static void failed(struct watch *w, const char *why)
{
	end(w, w->nr ? STATUS_PARTIAL : STATUS_FAILED);
	view_free(w->view);
	w->view = NULL;
	msg("%s", why);
}

static void take(struct watch *w)
{
	struct sample *s = view_room(w->view);

	if (sample_take(&w->from, &w->q->type, s)) {
		if (dbgmem_last_error()->source == DBGMEM_SOURCE_TARGET && w->nr)
			target_ended(w);
		else
			failed(w, dbgmem_errstr());
		return;
	}
	/* After the first reading it may be unmapped and mapped again. */
	if (!w->nr && !s->valid) {
		failed(w, dbgmem_errstr());
		return;
	}
	w->nr++;
	if (view_add(w->view))
		failed(w, "out of memory");
	else if (ferror(stdout) || w->nr == w->q->count)
		end(w, STATUS_OK);
}

static void on_signal(struct watch *w)
{
	struct signalfd_siginfo si;

	if (read(w->fd[SIGNALS].fd, &si, sizeof(si)) != sizeof(si))
		return;
	switch (si.ssi_signo) {
	case SIGTSTP:
		/* Other signals are handled before the next drawing. */
		screen_stop();
		kill(getpid(), SIGSTOP);
		break;
	case SIGCONT:
	case SIGWINCH:
		if (si.ssi_signo == SIGCONT)
			screen_again();
		if (view_draw(w->view))
			failed(w, "out of memory");
		break;
	case SIGQUIT:
		end(w, STATUS_OK);
		break;
	}
}

static bool is_steady(const struct watch *w)
{
	return w->q->live && !w->q->paced;
}

/* Take samples for STEADY_MS between two polls. */
static void take_many(struct watch *w)
{
	const long end_of = now_ms() + STEADY_MS;

	do {
		take(w);
	} while (!w->ended && now_ms() < end_of);
}

/* Handle the events that are there, or wait for one. */
static void step(struct watch *w)
{
	uint64_t expirations;

	w->fd[KEYS].fd = screen_input();
	if (poll(w->fd, NR_FDS, is_steady(w) ? 0 : -1) < 0) {
		if (errno != EINTR)
			failed(w, strerror(errno));
		return;
	}
	if (w->fd[INTERRUPT].revents && interrupt_seen())
		end(w, STATUS_OK);
	if (!w->ended && w->fd[SIGNALS].revents)
		on_signal(w);
	if (!w->ended && w->fd[KEYS].revents && screen_key() == 'q')
		end(w, STATUS_OK);
	if (!w->ended && w->fd[TARGET].revents)
		target_ended(w);
	if (!w->ended && w->fd[TIMER].revents &&
	    read(w->fd[TIMER].fd, &expirations, sizeof(expirations)) > 0)
		take(w);
	if (!w->ended && is_steady(w))
		take_many(w);
}

/*
 * Open the descriptors for poll(2). Returns STATUS_OK, or another status after a
 * message.
 */
static int wait_open(struct watch *w)
{
	static const int wanted[] = { SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH };
	const struct itimerspec timer = {
		.it_interval = w->q->interval,
		.it_value = w->q->interval,
	};
	int fd = -1;

	if (w->mode == VIEW_SCREEN) {
		fd = signals_open(wanted, sizeof(wanted) / sizeof(wanted[0]));
		if (fd < 0)
			return STATUS_FAILED;
		interrupt_before_end(screen_leave);
	}
	w->fd[SIGNALS] = (struct pollfd){ .fd = fd, .events = POLLIN };
	interrupt_catch();
	w->fd[INTERRUPT] = (struct pollfd){ .fd = interrupt_fd(), .events = POLLIN };
	w->fd[TARGET] = (struct pollfd){ .fd = dbgmem_fd(w->m) };
	w->fd[KEYS].events = POLLIN;
	w->fd[TIMER].fd = -1;
	if (is_steady(w))
		return STATUS_OK;
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (fd < 0 || timerfd_settime(fd, 0, &timer, NULL)) {
		msg("cannot set a timer: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return STATUS_FAILED;
	}
	w->fd[TIMER] = (struct pollfd){ .fd = fd, .events = POLLIN };
	return STATUS_OK;
}

/* Returns the first line of the screen, which is the caller's to free; or NULL. */
static char *title(const struct query *q, struct dbgmem *m)
{
	struct symbolizer symbols = { 0 };
	char comm[COMM_SIZE];
	char *text = NULL;
	size_t size;
	FILE *f;

	if (symbolizer_load(&symbols, m))
		return NULL;
	f = open_memstream(&text, &size);
	if (f) {
		comm_get(q->pid, comm);
		fprintf(f, "dbgmem watch: %s at 0x%llx (", q->type_name,
			(unsigned long long)q->addr);
		symbolizer_print(&symbols, q->addr, f);
		fprintf(f, ") of process %d (", (int)q->pid);
		text_print(f, comm, strlen(comm));
		fputs("), ", f);
		if (q->live && !q->paced)
			fputs("live, q ends", f);
		else
			fprintf(f, "every %g s, q ends",
				(double)q->interval.tv_sec +
				(double)q->interval.tv_nsec / 1e9);
		if (fclose(f)) {
			free(text);
			text = NULL;
		}
	}
	if (!text)
		msg("out of memory");
	symbolizer_free(&symbols);
	return text;
}

static int watch(struct watch *w)
{
	char *text = NULL;

	w->mode = w->q->json ? VIEW_JSON :
		  screen_possible() && !w->q->all ? VIEW_SCREEN : VIEW_LINES;
	if (w->mode == VIEW_SCREEN) {
		text = title(w->q, w->m);
		if (!text)
			return STATUS_FAILED;
	}
	w->view = view_new(w->mode, text, w->q->addr, &w->q->type, w->q->all);
	if (!w->view || wait_open(w)) {
		view_free(w->view);
		free(text);
		return STATUS_FAILED;
	}
	take(w);
	while (!w->ended)
		step(w);
	view_free(w->view);
	free(text);
	return finish(w->status);
}

static int window_open(struct watch *w)
{
	if (dbgmem_window_catch(0) ||
	    dbgmem_window_map(w->m, w->q->addr, w->q->type.size,
			      DBGMEM_WINDOW_PREFAULT, &w->from.window)) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	return STATUS_OK;
}

static int run(struct query *q)
{
	struct watch w = { .q = q };
	int status, width;

	status = target_attach(q->pid, DBGMEM_OPEN_RDONLY, &q->at, 1, &w.m);
	if (status)
		return status;
	q->addr = q->at.addr;
	if (q->type.kind == SAMPLE_POINTER) {
		width = dbgmem_pointer_width(w.m);
		if (width < 0) {
			msg("%s", dbgmem_errstr());
			status = STATUS_FAILED;
		} else {
			q->type.size = (size_t)width;
		}
	}
	w.from.m = w.m;
	w.from.addr = q->addr;
	if (!status && q->live)
		status = window_open(&w);
	if (!status)
		status = watch(&w);
	dbgmem_window_unmap(w.from.window);
	dbgmem_close(w.m);
	return status;
}

static int interval_parse(const char *s, struct timespec *interval)
{
	double v;

	if (num_parse_seconds(s, &v) ||
	    !(v >= INTERVAL_MIN && v <= INTERVAL_MAX))
		return msg_usage("watch", "--interval: '%s' is not a time from %g to %.0f seconds, such as 0.1 or 100ms",
				 s, INTERVAL_MIN, INTERVAL_MAX);
	interval->tv_sec = (time_t)v;
	interval->tv_nsec = (long)((v - (double)interval->tv_sec) * 1e9);
	return STATUS_OK;
}

static int query_parse(struct query *q, char **args)
{
	const bool hex = q->type.hex;

	if (sample_type_parse(args[2], &q->type))
		return msg_usage("watch", "'%s' is not a type: u8 to u64, i8 to i64, f32, f64, int, float, double, ptr, string or bytes:N, N at most %d",
				 args[2], SAMPLE_MAX);
	q->type.hex = hex;
	q->type_name = args[2];
	return target_parse("watch", args[1], NULL, &q->at);
}

int cmd_watch(int argc, char **argv)
{
	struct query q = { .interval = { .tv_sec = 1 }, .count = UINT64_MAX };
	int c, status;

	while ((c = getopt_long(argc, argv, "i:c:alxjh", options, NULL)) != -1) {
		switch (c) {
		case 'i':
			if (interval_parse(optarg, &q.interval))
				return STATUS_USAGE;
			q.paced = true;
			break;
		case 'l':
			q.live = true;
			break;
		case 'c':
			if (options_number("watch", "--count", optarg, 1,
					   UINT64_MAX, &q.count))
				return STATUS_USAGE;
			break;
		case 'a':
			q.all = true;
			break;
		case 'x':
			q.type.hex = true;
			break;
		case 'j':
			q.json = true;
			break;
		case 'h':
			return help();
		default:
			return msg_hint("watch");
		}
	}
	status = target_pid("watch", argv + optind, argc - optind, &q.pid);
	if (status)
		return status;
	if (argc - optind != 3)
		return msg_usage("watch", "PID, ADDR and TYPE are needed");
	status = query_parse(&q, argv + optind);
	return status ? status : run(&q);
}
