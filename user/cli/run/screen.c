// SPDX-License-Identifier: GPL-2.0
/* A terminal used as a screen, by the escape sequences of ANSI X3.64 and xterm. */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "run/screen.h"

/* Switch to the alternate screen, hide the cursor, cut long lines; and back. */
#define START		"\033[?1049h\033[?25l\033[?7l"
#define STOP		"\033[?7h\033[?25h\033[?1049l"
#define HOME		"\033[H"
#define LINE_REST	"\033[K"
#define SCREEN_REST	"\033[J"

static struct {
	atomic_bool started;
	bool keys;		/* standard input is a terminal, too */
	struct termios before;	/* and had these settings */
	bool input_end;
} screen;

/* A terminal of another session (-1) has no foreground group to wait for. */
static bool in_background(void)
{
	const pid_t group = tcgetpgrp(STDOUT_FILENO);

	return group >= 0 && group != getpgrp();
}

bool screen_possible(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0 &&
	       !in_background();
}

static void apply(void)
{
	struct termios now;

	if (screen.keys) {
		now = screen.before;
		now.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		now.c_cc[VMIN] = 1;
		now.c_cc[VTIME] = 0;
		tcsetattr(STDIN_FILENO, TCSADRAIN, &now);
	}
	fputs(START, stdout);
	fflush(stdout);
}

/*
 * The kernel stops a background process that uses its terminal, and stops it again
 * after each SIGCONT. Then no other signal would end it.
 */
static void block_stops(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTTOU);
	sigaddset(&set, SIGTTIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

void screen_start(void)
{
	if (screen.started || in_background())
		return;
	block_stops();
	screen.keys = isatty(STDIN_FILENO) &&
		      !tcgetattr(STDIN_FILENO, &screen.before);
	screen.started = true;
	apply();
}

void screen_again(void)
{
	if (screen.started && !in_background())
		apply();
}

void screen_leave(void)
{
	if (!screen.started)
		return;
	screen.started = false;
	if (in_background())
		return;
	(void)!write(STDOUT_FILENO, STOP, strlen(STOP));
	if (screen.keys)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &screen.before);
}

void screen_stop(void)
{
	fflush(stdout);
	screen_leave();
}

unsigned int screen_rows(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row)
		return 24;
	return size.ws_row;
}

void screen_show(const char *text)
{
	unsigned int rows = screen_rows();
	size_t n;

	if (in_background())
		return;
	fputs(HOME, stdout);
	while (*text && rows--) {
		n = strcspn(text, "\n");
		fwrite(text, 1, n, stdout);
		/* A newline in the last line would scroll. */
		fputs(rows && text[n] ? LINE_REST "\n" : LINE_REST, stdout);
		text += n + !!text[n];
	}
	fputs(SCREEN_REST, stdout);
	fflush(stdout);
}

int screen_input(void)
{
	return screen.started && screen.keys && !screen.input_end &&
	       !in_background() ? STDIN_FILENO : -1;
}

char screen_key(void)
{
	char c;

	if (read(STDIN_FILENO, &c, 1) == 1)
		return c;
	/* The input has ended: do not poll it again. */
	screen.input_end = true;
	return 0;
}
