// SPDX-License-Identifier: GPL-2.0
/*
 * Cancellation of a verb by a signal. A thread takes the signals: while a verb waits in
 * the kernel for memory that does not come, no handler runs, and a caught signal does
 * not end the wait.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "run/interrupt.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

#define NR_SIGNALS	(sizeof(signals) / sizeof(signals[0]))

static struct {
	sigset_t set;
	int fd;			/* -1: no thread runs */
	atomic_int signo;
	atomic_bool caught;	/* the verb handles the first signal */
	atomic_bool noticed;	/* the verb has seen it */
	void (*leave)(void);	/* atomic */
	sem_t go, left;		/* @leave shall be called; it has returned */
} interrupt = { .fd = -1 };

static void wanted(sigset_t *set)
{
	struct sigaction now;
	size_t i;

	sigemptyset(set);
	for (i = 0; i < NR_SIGNALS; i++)
		/* nohup(1) and shells ignore signals of background jobs. */
		if (!sigaction(signals[i], NULL, &now) &&
		    now.sa_handler != SIG_IGN)
			sigaddset(set, signals[i]);
}

/* Created early: at the end even creating a thread might wait for memory. */
static void *leave_thread(void *unused)
{
	void (*fn)(void);

	(void)unused;
	while (sem_wait(&interrupt.go))
		;
	fn = __atomic_load_n(&interrupt.leave, __ATOMIC_SEQ_CST);
	if (fn)
		fn();
	sem_post(&interrupt.left);
	return NULL;
}

/* @leave may wait for ever, for a terminal or a file system. */
static void leave_in_time(void)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += INTERRUPT_LIMIT_MS / 1000;
	sem_post(&interrupt.go);
	while (sem_timedwait(&interrupt.left, &end) && errno == EINTR)
		;
}

/* End the tool by the signal's default action, as if nothing were caught. */
static void end(int signo)
{
	/* Another signal ends the wait below. */
	pthread_sigmask(SIG_UNBLOCK, &interrupt.set, NULL);
	leave_in_time();
	raise(signo);
}

/*
 * Wait for a second signal. Returns the first one if the verb does not see that in
 * time.
 */
static int next(int first)
{
	const struct timespec patience = { .tv_sec = INTERRUPT_LIMIT_MS / 1000 };
	int signo;

	do {
		signo = sigtimedwait(&interrupt.set, NULL, &patience);
	} while (signo < 0 && (interrupt.noticed || errno == EINTR));
	return signo < 0 ? first : signo;
}

static void *take(void *unused)
{
	int signo;

	(void)unused;
	if (!sigwait(&interrupt.set, &signo)) {
		interrupt.signo = signo;
		eventfd_write(interrupt.fd, 1);
		end(interrupt.caught ? next(signo) : signo);
	}
	return NULL;
}

void interrupt_watch(void)
{
	sigset_t all, before;
	pthread_t take_id, leave_id;

	if (interrupt.fd >= 0)
		return;
	sem_init(&interrupt.go, 0, 0);
	sem_init(&interrupt.left, 0, 0);
	wanted(&interrupt.set);
	interrupt.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (interrupt.fd < 0)
		return;
	/* The main thread handles other signals. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&leave_id, NULL, leave_thread, NULL) ||
	    pthread_create(&take_id, NULL, take, NULL)) {
		/* Without threads the first signal ends the tool. */
		close(interrupt.fd);
		interrupt.fd = -1;
	} else {
		pthread_detach(leave_id);
		pthread_detach(take_id);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (interrupt.fd >= 0)
		pthread_sigmask(SIG_BLOCK, &interrupt.set, NULL);
}

void interrupt_catch(void)
{
	interrupt.caught = true;
	interrupt_watch();
}

int interrupt_seen(void)
{
	int signo = interrupt.signo;

	if (signo)
		interrupt.noticed = true;
	return signo;
}

int interrupt_fd(void)
{
	return interrupt.fd;
}

ssize_t interrupt_read(int fd, void *buf, size_t len)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = interrupt.fd, .events = POLLIN },
	};

	if (poll(fds, 2, -1) < 0)
		return -1;
	if (interrupt_seen()) {
		errno = EINTR;
		return -1;
	}
	return read(fd, buf, len);
}

void interrupt_before_end(void (*leave)(void))
{
	__atomic_store_n(&interrupt.leave, leave, __ATOMIC_SEQ_CST);
}

static int on_progress(void *arg, uint64_t done, uint64_t total)
{
	(void)arg;
	(void)done;
	(void)total;
	/* The next piece may take long. */
	fflush(stdout);
	return interrupt_seen();
}

const struct dbgmem_progress interrupt_progress = { .fn = on_progress };
