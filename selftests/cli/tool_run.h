/* SPDX-License-Identifier: GPL-2.0 */
/* The tool while it runs: signals, and a terminal of its own. */
#ifndef SELFTESTS_TOOL_RUN_H
#define SELFTESTS_TOOL_RUN_H

#include "tool.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

/* Long enough for an emulated, busy machine. */
#define PATIENCE_MS	30000

/* --- much memory, so that it runs for a while --- */

#define MUCH		((void *)0x100000000000)
#define MUCH_ADDR	"0x100000000000"
#define MUCH_RANGE	MUCH_ADDR, "1024G"

/*
 * For target_call(). All of it reads as zeros; with --fault-in a read takes
 * minutes.
 */
long map_much(void *addr);

/* --- the tool --- */

struct running {
	pid_t pid;
	int out, err;		/* files; out is -1 with a terminal, */
	int pty;		/* whose other side this is, or -1 */
};

/* @args end with NULL. */
void running_begin(struct running *w, const char *const *args);

#define BEGIN(w, ...) \
	running_begin(w, (const char *const []){ __VA_ARGS__, NULL })

/* On a terminal with @rows rows; *@before gets the terminal's settings. */
void terminal_begin(struct running *w, unsigned short rows,
		    struct termios *before, const char *const *args);

#define TERMINAL(w, rows, before, ...) \
	terminal_begin(w, rows, before, \
		       (const char *const []){ __VA_ARGS__, NULL })

void running_look(struct running *w);

/* Wait until @words are in its output, behind byte @from. */
bool running_until(struct running *w, size_t from, const char *words);

/* The number @key in the fdinfo of its session, or -1. */
long long running_number(struct running *w, const char *key);

/* Wait until the tool has moved a MiB; @key is "dbgmem-read-bytes:" or the like. */
bool running_midst(struct running *w, const char *key);

/* Wait until it has ended, or kill it; @r gets its output. */
void running_end(struct running *w);

#endif /* SELFTESTS_TOOL_RUN_H */
