// SPDX-License-Identifier: GPL-2.0
/* dbgmem bp clear: ask those who hold breakpoints to clear them. */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "bp.h"
#include "cli.h"
#include "comm.h"
#include "num.h"

static const struct option options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static int help(void)
{
	puts("Usage: dbgmem bp clear PID ADDR...\n"
	     "       dbgmem bp clear --all PID\n"
	     "Have the breakpoints of process PID at each ADDR cleared, or all of them.\n"
	     "Breakpoints belong to the sessions that set them: this asks each 'dbgmem bp set\n"
	     "--hold' for its own. Those of other programs are for these to clear.\n\n"
	     "  -a, --all   all breakpoints of the process\n"
	     "  -h, --help  show this text\n\n"
	     "ADDR is 0x... or decimal, or MAPPING+OFFSET, MAPPING-OFFSET or MAPPING.\n\n"
	     "Exit status: 0 all were put back (or --all, and there are none), 1 none, 2 usage,\n"
	     "3 a part, or some were lost: other bytes stand where their traps were.");
	return finish(STATUS_OK);
}

/* What to clear, and what became of it. */
struct clearing {
	pid_t pid;		/* as on the command line */
	pid_t target;		/* as the kernel calls it */
	struct dbgmem_bp *bps;	/* all that there are, by address */
	size_t nr;
	uint32_t cleared, lost;
	bool bad;		/* something could not be; the message is out */
};

/* Say why @what, which @holder has, is not cleared. */
static void refused(struct clearing *c, pid_t holder, const char *what,
		    const char *why)
{
	char comm[COMM_SIZE];

	c->bad = true;
	comm_get(holder, comm);
	msg("cannot clear %s, held by process %d (%s): %s", what, (int)holder,
	    comm, why);
}

static const char *ask_failed(int code)
{
	const char *why = strerror(-code);

	switch (code) {
	case -ECONNREFUSED:
		why = "it is no 'dbgmem bp set --hold' here: clear it there, or end it";
		break;
	case -EPERM:
		why = "another process listens in its place";
		break;
	case -ETIMEDOUT:
		why = "it does not answer: is it stopped?";
		break;
	case -EPROTO:
		why = "it gave no answer that can be understood: has it ended?";
		break;
	}
	return why;
}

/* @addr of NULL: all of them. */
static void ask_holder(struct clearing *c, pid_t holder, const uint64_t *addr)
{
	struct request r = {
		.pid = c->target,
		.all = !addr,
		.addr = addr ? *addr : 0,
	};
	char what[96];
	struct answer a;
	int ret;

	if (addr)
		snprintf(what, sizeof(what),
			 "the breakpoint at 0x%llx of process %d",
			 (unsigned long long)*addr, (int)c->pid);
	else
		snprintf(what, sizeof(what), "breakpoints of process %d",
			 (int)c->pid);
	if (!holder) {
		c->bad = true;
		msg("cannot clear %s: the process that set it is not visible from here",
		    what);
		return;
	}
	ret = ask(holder, &r, &a);
	if (ret) {
		refused(c, holder, what, ask_failed(ret));
		return;
	}
	c->cleared += a.cleared;
	c->lost += a.lost;
	if (a.status == ANSWER_NONE)
		refused(c, holder, what, "it has cleared that meanwhile");
	else if (a.status == ANSWER_FAILED)
		refused(c, holder, what, a.text);
}

static void clear_all(struct clearing *c)
{
	size_t i, j;

	if (!c->nr)
		msg("process %d has no breakpoints", (int)c->pid);
	for (i = 0; i < c->nr; i++) {
		/* Each holder once. */
		for (j = 0; c->bps[j].owner != c->bps[i].owner; j++)
			;
		if (j == i)
			ask_holder(c, c->bps[i].owner, NULL);
	}
}

static void clear_one(struct clearing *c, uint64_t addr)
{
	size_t i;

	for (i = 0; i < c->nr; i++) {
		if (c->bps[i].addr == addr) {
			ask_holder(c, c->bps[i].owner, &addr);
			return;
		}
	}
	c->bad = true;
	msg("there is no breakpoint at 0x%llx of process %d",
	    (unsigned long long)addr, (int)c->pid);
}

/* All of everybody's, and what @at means; STATUS_OK, or the message is out. */
static int look(struct clearing *c, struct target_range *at, size_t nr_at)
{
	struct dbgmem_info info;
	int status = STATUS_FAILED;
	struct dbgmem *m;
	ssize_t nr;

	if (target_attach(c->pid, DBGMEM_OPEN_RDONLY, at, nr_at, &m))
		return STATUS_FAILED;
	nr = dbgmem_bp_list(m, DBGMEM_BP_ALL, &c->bps);
	if (nr < 0 || dbgmem_get_info(m, &info)) {
		msg("%s", dbgmem_errstr());
		goto out;
	}
	c->nr = (size_t)nr;
	c->target = info.pid ? info.pid : c->pid;
	status = STATUS_OK;
out:
	dbgmem_close(m);
	return status;
}

static int report(const struct clearing *c)
{
	int status = STATUS_OK;

	if (c->cleared)
		status = bp_report(c->pid, c->cleared, c->lost);
	if (!c->bad)
		return status;
	return c->cleared ? STATUS_PARTIAL : STATUS_FAILED;
}

int bp_clear(int argc, char **argv)
{
	struct clearing clearing = { 0 };
	struct target_range *at = NULL;
	bool all = false;
	size_t i, nr;
	int c, status;

	while ((c = getopt_long(argc, argv, "ah", options, NULL)) != -1) {
		switch (c) {
		case 'a':
			all = true;
			break;
		case 'h':
			return help();
		default:
			return msg_hint("bp clear");
		}
	}
	argv += optind;
	nr = (size_t)(argc - optind);
	status = target_pid("bp clear", argv, (int)nr, &clearing.pid);
	if (status)
		return status;
	if (all && nr != 1)
		return msg_usage("bp clear", "with --all PID is needed, and nothing else");
	if (!all && nr < 2)
		return msg_usage("bp clear", "PID and ADDR are needed, or --all");
	if (!all) {
		status = bp_parse("bp clear", argv + 1, nr - 1, &at);
		if (status)
			return status;
	}
	status = look(&clearing, at, all ? 0 : nr - 1);
	if (!status) {
		if (all)
			clear_all(&clearing);
		else
			for (i = 0; i + 1 < nr; i++)
				clear_one(&clearing, at[i].addr);
		status = report(&clearing);
	}
	free(clearing.bps);
	free(at);
	return status;
}
