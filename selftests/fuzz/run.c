// SPDX-License-Identifier: GPL-2.0
#include "run.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void run_failed(struct lane *l, const struct call *c, const char *format, ...)
{
	struct result *r = l->run->result;
	va_list args;
	int n;

	if (atomic_exchange(&r->failed, true))
		return;
	n = snprintf(r->text, sizeof(r->text), "call %d: ",
		     (int)(c - l->run->program->call));
	va_start(args, format);
	vsnprintf(r->text + n, sizeof(r->text) - n, format, args);
	va_end(args);
}

int run_fd(struct lane *l, const struct call *c)
{
	return atomic_load(&l->run->slot[call_slot(c)].fd);
}

void run_set_fd(struct lane *l, const struct call *c, int fd)
{
	struct slot *s = &l->run->slot[call_slot(c)];

	if (c->op != OP_DUP)
		atomic_store(&s->attached, false);
	fd = atomic_exchange(&s->fd, fd);
	if (fd >= 0)
		close(fd);
}

struct fuzz_target *run_target(struct lane *l, const struct call *c)
{
	return &l->run->target[call_target(c)];
}

bool run_knows_target(struct lane *l, const struct call *c)
{
	struct slot *s = &l->run->slot[call_slot(c)];
	unsigned int t = atomic_load(&s->target);

	/* what is written to oneself may be anything, the requests for one */
	return !l->racing && atomic_load(&s->attached) && t < NR_TARGETS - 1 &&
	       !atomic_load(&l->run->target[t].changed);
}
