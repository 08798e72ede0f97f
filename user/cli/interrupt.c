// SPDX-License-Identifier: GPL-2.0
/* A verb that takes long, and is told to end. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

#include "interrupt.h"

static atomic_int seen;

static void on_signal(int signo)
{
	seen = signo;
}

void interrupt_catch(void)
{
	static const int wanted[] = { SIGINT, SIGTERM, SIGHUP };
	const struct sigaction act = {
		.sa_handler = on_signal,
		.sa_flags = SA_RESTART | SA_RESETHAND,
	};
	struct sigaction now;
	size_t i;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		/* nohup(1), and what a shell runs in the background */
		if (!sigaction(wanted[i], NULL, &now) &&
		    now.sa_handler != SIG_IGN)
			sigaction(wanted[i], &act, NULL);
}

int interrupt_seen(void)
{
	return seen;
}

static int on_progress(void *arg, uint64_t done, uint64_t total)
{
	(void)arg;
	(void)done;
	(void)total;
	return seen;
}

const struct dbgmem_progress interrupt_progress = { .fn = on_progress };
