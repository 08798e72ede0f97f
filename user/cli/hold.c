// SPDX-License-Identifier: GPL-2.0
/*
 * A session with breakpoints, held until somebody or something ends it. Nothing
 * here waits for anything but poll(2): who asks and does not go on is dropped
 * when others want its place.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bp.h"
#include "cli.h"
#include "hold.h"
#include "request.h"
#include "signals.h"

#define CLIENTS		8

/* In the array for poll(2). */
enum {
	SIGNALS,
	TARGET,
	LISTENER,
	CLIENT,
	NR_FDS = CLIENT + CLIENTS,
};

struct holder {
	struct dbgmem *m;
	pid_t target;		/* as the kernel calls it */
	uint32_t held;
	uint32_t cleared, lost;	/* on request */
	struct pollfd fd[NR_FDS]; /* clients in the order that they came */
	unsigned int clients;
};

int hold_signals(void)
{
	static const int wanted[] = { SIGINT, SIGTERM, SIGHUP };

	return signals_open(wanted, sizeof(wanted) / sizeof(wanted[0]));
}

/* A socket, or -1: without it the breakpoints are held all the same. */
static int listen_open(void)
{
	struct sockaddr_un sun;
	socklen_t len = request_address(getpid(), &sun);
	int fd;

	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && !bind(fd, (struct sockaddr *)&sun, len) &&
	    !listen(fd, CLIENTS))
		return fd;
	msg("'dbgmem bp clear' cannot ask this process: no socket to listen on: %s",
	    strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The breakpoints that are left, and the target. 0, or the message is out. */
static int look(struct holder *h)
{
	struct dbgmem_info info;

	if (dbgmem_get_info(h->m, &info)) {
		msg("%s", dbgmem_errstr());
		return -1;
	}
	h->held = info.breakpoints;
	if (info.pid)
		h->target = info.pid;
	return 0;
}

static void client_drop(struct holder *h, unsigned int i)
{
	struct pollfd *client = &h->fd[CLIENT + i];

	close(client->fd);
	memmove(client, client + 1, (--h->clients - i) * sizeof(*client));
}

static void client_accept(struct holder *h)
{
	int fd;

	fd = accept4(h->fd[LISTENER].fd, NULL, NULL,
		     SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	if (h->clients == CLIENTS)
		client_drop(h, 0);
	h->fd[CLIENT + h->clients++] = (struct pollfd){
		.fd = fd,
		.events = POLLIN,
	};
}

/* Only who could end this process may have its breakpoints cleared. */
static bool allowed(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) &&
	       (peer.uid == geteuid() || peer.uid == 0);
}

static void failed(struct answer *a, const char *text)
{
	a->status = ANSWER_FAILED;
	snprintf(a->text, sizeof(a->text), "%s", text);
}

/* Do what @r asks. */
static void carry_out(struct holder *h, const struct request *r,
		      struct answer *a)
{
	int ret;

	if (r->pid != h->target) {
		failed(a, "it holds breakpoints of another process");
		return;
	}
	if (r->all) {
		ret = dbgmem_bp_clear_all(h->m, &a->cleared, &a->lost);
	} else {
		ret = dbgmem_bp_clear(h->m, r->addr);
		if (ret >= 0) {
			a->cleared = 1;
			a->lost = (uint32_t)ret;
		}
	}
	h->cleared += a->cleared;
	h->lost += a->lost;
	if (ret == -ENOENT)
		a->status = ANSWER_NONE;
	else if (ret < 0)
		failed(a, dbgmem_errstr());
}

/* There is something to read of client @i, or it has gone. */
static void client_serve(struct holder *h, unsigned int i)
{
	char in[REQUEST_MAX], out[ANSWER_MAX];
	int fd = h->fd[CLIENT + i].fd;
	struct answer a = { 0 };
	struct request r;
	ssize_t n;

	n = recv(fd, in, sizeof(in), MSG_DONTWAIT | MSG_TRUNC);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_drop(h, i);
		return;
	}
	if (!allowed(fd))
		failed(&a, "it belongs to another user");
	else if ((size_t)n > sizeof(in) || request_parse(in, (size_t)n, &r))
		failed(&a, "it does not understand the request");
	else
		carry_out(h, &r, &a);
	/* One answer fits; a client that has gone does not matter. */
	(void)!send(fd, out, answer_format(&a, out),
		    MSG_DONTWAIT | MSG_NOSIGNAL);
	client_drop(h, i);
}

/* The target is gone, and with it the memory that the traps were in. */
static int target_ended(const struct holder *h)
{
	struct dbgmem_info info;

	if (dbgmem_get_info(h->m, &info)) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	msg("process %d has %s: %u breakpoint(s) went with its memory",
	    (int)dbgmem_pid(h->m), info.state == DBGMEM_STATE_EXECED ?
	    "executed another program" : "exited", h->held);
	return h->lost ? STATUS_PARTIAL : STATUS_OK;
}

static int target_left(struct holder *h, int signo)
{
	uint32_t cleared, lost;
	bool bad;

	bad = dbgmem_bp_clear_all(h->m, &cleared, &lost);
	/* It may have ended just now. */
	if (bad && dbgmem_last_error()->gate == DBGMEM_GATE_TARGET)
		return target_ended(h);
	if (bad)
		msg("%s", dbgmem_errstr());
	if (signo)
		msg("%s: no longer holding", strsignal(signo));
	if (bp_report(dbgmem_pid(h->m), h->cleared + cleared, h->lost + lost))
		return STATUS_PARTIAL;
	return bad ? STATUS_PARTIAL : STATUS_OK;
}

/* One round; true when it was the last, with the exit status. */
static bool serve(struct holder *h, int *status)
{
	struct signalfd_siginfo si;
	unsigned int i;

	if (poll(h->fd, CLIENT + h->clients, -1) < 0 && errno != EINTR) {
		msg("cannot wait: %s", strerror(errno));
		*status = target_left(h, 0);
		return true;
	}
	if (read(h->fd[SIGNALS].fd, &si, sizeof(si)) == sizeof(si)) {
		*status = target_left(h, (int)si.ssi_signo);
		return true;
	}
	if (h->fd[TARGET].revents) {
		*status = target_ended(h);
		return true;
	}
	for (i = h->clients; i--; )
		if (h->fd[CLIENT + i].revents)
			client_serve(h, i);
	if (h->fd[LISTENER].revents)
		client_accept(h);
	if (look(h)) {
		*status = STATUS_FAILED;
		return true;
	}
	if (!h->held) {
		msg("all breakpoints of process %d have been cleared on request",
		    (int)dbgmem_pid(h->m));
		*status = bp_report(dbgmem_pid(h->m), h->cleared, h->lost);
		return true;
	}
	return false;
}

int hold(struct dbgmem *m, int signals)
{
	struct holder h = { .m = m, .target = dbgmem_pid(m) };
	int status;

	if (look(&h))
		return STATUS_FAILED;
	h.fd[SIGNALS] = (struct pollfd){ .fd = signals, .events = POLLIN };
	h.fd[TARGET] = (struct pollfd){ .fd = dbgmem_fd(m) };
	h.fd[LISTENER] = (struct pollfd){ .fd = listen_open(), .events = POLLIN };
	msg("holding %u breakpoint(s) of process %d; SIGINT, SIGTERM or 'dbgmem bp clear --all %d' ends it",
	    h.held, (int)dbgmem_pid(m), (int)dbgmem_pid(m));
	while (!serve(&h, &status))
		;
	while (h.clients)
		client_drop(&h, 0);
	if (h.fd[LISTENER].fd >= 0)
		close(h.fd[LISTENER].fd);
	return status;
}
