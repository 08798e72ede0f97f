/* SPDX-License-Identifier: GPL-2.0 */
/* Ways to access a target while the kernel does something to its memory. */
#ifndef SELFTESTS_IMPACT_H
#define SELFTESTS_IMPACT_H

#include "breakpoint.h"
#include "memory.h"
#include "slow.h"
#include "window.h"

#include <pthread.h>

enum look_way {
	NOBODY,
	ATTACHED,		/* a session, that is all */
	READ,			/* by the ordinary way, a moment ago */
	MIRROR,			/* that knows the pages */
	IDLE_WINDOW,		/* that was looked at a while ago */
	POLLED_WINDOW,		/* a thread looks all the time */
	BREAKPOINT,		/* a trap in each page */
};

struct look {
	enum look_way way;
	int fd;
	char *addr;
	size_t len, step;
	volatile const char *window;
	pthread_t thread;
	int stop;
};

void look_once(struct look *l);

/* Look at one word every @step bytes. 0 or -errno. */
int look_start(struct look *l, enum look_way way, pid_t pid, char *addr,
	       size_t len, size_t step);
void look_stop(struct look *l);

#endif /* SELFTESTS_IMPACT_H */
