// SPDX-License-Identifier: GPL-2.0
/* Asking the process that holds breakpoints. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/time.h>
#include <unistd.h>

#include "ask.h"

/* A holder that runs answers at once. */
#define PATIENCE	5	/* seconds */

/* Anybody may listen under any name. */
static int peer_check(int fd, pid_t holder)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len))
		return -errno;
	return peer.pid == holder ? 0 : -EPERM;
}

static int exchange(int fd, pid_t holder, const struct request *r,
		    struct answer *a)
{
	const struct timeval patience = { .tv_sec = PATIENCE };
	char out[REQUEST_MAX], in[ANSWER_MAX];
	struct sockaddr_un sun;
	socklen_t len = request_address(holder, &sun);
	ssize_t n;
	int ret;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) ||
	    connect(fd, (struct sockaddr *)&sun, len))
		return -errno;
	ret = peer_check(fd, holder);
	if (ret)
		return ret;
	if (send(fd, out, request_format(r, out), MSG_NOSIGNAL) < 0)
		return -errno;
	n = recv(fd, in, sizeof(in), MSG_TRUNC);
	if (n < 0)
		return -errno;
	if ((size_t)n > sizeof(in) || answer_parse(in, (size_t)n, a))
		return -EPROTO;
	return 0;
}

int ask(pid_t holder, const struct request *r, struct answer *a)
{
	int fd, ret;

	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	ret = exchange(fd, holder, r, a);
	close(fd);
	switch (ret) {
	case -EAGAIN:
		return -ETIMEDOUT;
	case -EPIPE:
	case -ECONNRESET:
		/* It ended, or dropped this one for others. */
		return -EPROTO;
	default:
		return ret;
	}
}
