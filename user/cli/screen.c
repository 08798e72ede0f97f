// SPDX-License-Identifier: GPL-2.0
/*
 * A terminal used as one screen that is written again and again, with those
 * sequences that every one has that understands ANSI X3.64 and xterm's.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "screen.h"

/* The other screen, no cursor, long lines are cut off; and back. */
#define START		"\033[?1049h\033[?25l\033[?7l"
#define STOP		"\033[?7h\033[?25h\033[?1049l"
#define HOME		"\033[H"
#define LINE_REST	"\033[K"
#define SCREEN_REST	"\033[J"

static struct {
	bool started;
	bool keys;		/* standard input is a terminal, too, */
	struct termios before;	/* and was so */
	bool input_end;
} screen;

bool screen_possible(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
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

void screen_start(void)
{
	if (screen.started)
		return;
	screen.keys = isatty(STDIN_FILENO) &&
		      !tcgetattr(STDIN_FILENO, &screen.before);
	apply();
	screen.started = true;
}

void screen_again(void)
{
	if (screen.started)
		apply();
}

void screen_stop(void)
{
	sigset_t set, before;

	if (!screen.started)
		return;
	fputs(STOP, stdout);
	fflush(stdout);
	/* Without that it would stop this process if that is in the background. */
	sigemptyset(&set);
	sigaddset(&set, SIGTTOU);
	sigprocmask(SIG_BLOCK, &set, &before);
	if (screen.keys)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &screen.before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	screen.started = false;
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

	fputs(HOME, stdout);
	while (*text && rows--) {
		n = strcspn(text, "\n");
		fwrite(text, 1, n, stdout);
		/* No newline in the last line: that would scroll. */
		fputs(rows && text[n] ? LINE_REST "\n" : LINE_REST, stdout);
		text += n + !!text[n];
	}
	fputs(SCREEN_REST, stdout);
	fflush(stdout);
}

int screen_input(void)
{
	return screen.started && screen.keys && !screen.input_end ?
		STDIN_FILENO : -1;
}

char screen_key(void)
{
	char c;

	if (read(STDIN_FILENO, &c, 1) == 1)
		return c;
	/* It is gone: do not ask again and again. */
	screen.input_end = true;
	return 0;
}
