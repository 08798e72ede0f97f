// SPDX-License-Identifier: GPL-2.0
/* The datagrams between 'dbgmem bp clear' and who holds the breakpoints. */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "num.h"
#include "request.h"

static const char *const statuses[] = {
	[ANSWER_OK] = "ok",
	[ANSWER_NONE] = "none",
	[ANSWER_FAILED] = "failed",
};

#define NR_STATUSES	(sizeof(statuses) / sizeof(statuses[0]))

size_t request_format(const struct request *r, char *buf)
{
	if (r->all)
		return (size_t)snprintf(buf, REQUEST_MAX, "clear %d all",
					(int)r->pid);
	return (size_t)snprintf(buf, REQUEST_MAX, "clear %d 0x%" PRIx64,
				(int)r->pid, r->addr);
}

size_t answer_format(const struct answer *a, char *buf)
{
	int n = snprintf(buf, ANSWER_MAX, "%s %" PRIu32 " %" PRIu32 " %s",
			 statuses[a->status], a->cleared, a->lost, a->text);

	return n < ANSWER_MAX ? (size_t)n : ANSWER_MAX - 1;
}

/* A copy with a NUL behind it; there is none within. */
static int text_of(const char *buf, size_t len, char *text, size_t size)
{
	if (len >= size || memchr(buf, '\0', len))
		return -EINVAL;
	memcpy(text, buf, len);
	text[len] = '\0';
	return 0;
}

int request_parse(const char *buf, size_t len, struct request *r)
{
	char text[REQUEST_MAX], *rest = text, *verb, *pid, *addr;

	if (text_of(buf, len, text, sizeof(text)))
		return -EINVAL;
	verb = strsep(&rest, " ");
	pid = strsep(&rest, " ");
	addr = strsep(&rest, " ");
	if (!addr || rest || strcmp(verb, "clear") ||
	    num_parse_pid(pid, &r->pid))
		return -EINVAL;
	r->addr = 0;
	r->all = !strcmp(addr, "all");
	return r->all || !num_parse(addr, &r->addr) ? 0 : -EINVAL;
}

static int count_parse(const char *s, uint32_t *count)
{
	uint64_t v;

	if (num_parse(s, &v) || v > UINT32_MAX)
		return -EINVAL;
	*count = (uint32_t)v;
	return 0;
}

int answer_parse(const char *buf, size_t len, struct answer *a)
{
	char text[ANSWER_MAX], *rest = text, *status, *cleared, *lost, *c;
	size_t i;

	if (text_of(buf, len, text, sizeof(text)))
		return -EINVAL;
	status = strsep(&rest, " ");
	cleared = strsep(&rest, " ");
	lost = strsep(&rest, " ");
	if (!lost || !rest || count_parse(cleared, &a->cleared) ||
	    count_parse(lost, &a->lost))
		return -EINVAL;
	for (i = 0; i < NR_STATUSES && strcmp(status, statuses[i]); i++)
		;
	if (i == NR_STATUSES)
		return -EINVAL;
	a->status = (enum answer_status)i;
	/* It goes to a terminal. */
	for (c = rest; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	snprintf(a->text, sizeof(a->text), "%s", rest);
	return 0;
}

socklen_t request_address(pid_t pid, struct sockaddr_un *sun)
{
	int n;

	*sun = (struct sockaddr_un){ .sun_family = AF_UNIX };
	n = snprintf(sun->sun_path + 1, sizeof(sun->sun_path) - 1,
		     "dbgmem-bp-%d", (int)pid);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			   (size_t)n);
}
