/* SPDX-License-Identifier: GPL-2.0 */
/* For tests of 'dbgmem dump': a helper_sleep, and a core of it. */
#ifndef SELFTESTS_DUMP_H
#define SELFTESTS_DUMP_H

#include "tool.h"

#include <dirent.h>

#include "proc.h"
#include "sleep.h"

#define CORE_PATH	"/tmp/core.of.sleep"

struct sleeper {
	pid_t pid;
	char text[16];		/* its pid */
	int in;			/* writing end of what it waits for */
	pid_t tid[SLEEP_THREADS]; /* in the order in which they were made */
	struct sleep_places at;
};

/* helper_sleep, or another program of its kind; 0 or -errno. */
int sleeper_start(struct sleeper *s, const char *name);
void sleeper_stop(struct sleeper *s);

#endif /* SELFTESTS_DUMP_H */
