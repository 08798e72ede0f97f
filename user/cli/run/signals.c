// SPDX-License-Identifier: GPL-2.0
/* Signals as a descriptor for poll(2). */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "run/signals.h"
#include "text/message.h"

int signals_open(const int *wanted, size_t nr)
{
	struct sigaction now;
	sigset_t set;
	size_t i;
	int fd;

	sigemptyset(&set);
	for (i = 0; i < nr; i++) {
		/* nohup(1) and shells ignore signals of background jobs. */
		if (!sigaction(wanted[i], NULL, &now) &&
		    now.sa_handler != SIG_IGN)
			sigaddset(&set, wanted[i]);
	}
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0 || sigprocmask(SIG_BLOCK, &set, NULL)) {
		msg("cannot wait for signals: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}
