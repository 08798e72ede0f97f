// SPDX-License-Identifier: GPL-2.0
/* Hold breakpoints until a signal or the target's end. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "run/interrupt.h"
#include "target/hold.h"
#include "text/message.h"

int hold_report(pid_t pid, uint32_t cleared, uint32_t lost)
{
	if (!lost) {
		msg("%u of %u breakpoint(s) of process %d put back", cleared,
		    cleared, (int)pid);
		return STATUS_OK;
	}
	msg("%u of %u breakpoint(s) of process %d put back; the others were lost: something else was written over their traps",
	    cleared - lost, cleared, (int)pid);
	return STATUS_PARTIAL;
}

/* The traps went with the memory of the target. */
static int target_ended(struct dbgmem *m, uint32_t held)
{
	struct dbgmem_session_info info = { .size = sizeof(info) };

	if (dbgmem_get_session_info(m, &info)) {
		msg("%s", dbgmem_errstr());
		return STATUS_FAILED;
	}
	msg("process %d has %s: %u breakpoint(s) went with its memory",
	    (int)dbgmem_pid(m), info.state == DBGMEM_STATE_EXECED ?
	    "executed another program" : "exited", held);
	return STATUS_OK;
}

static int target_left(struct dbgmem *m, uint32_t held)
{
	uint32_t cleared, lost;
	bool bad;

	bad = dbgmem_bp_clear_all(m, &cleared, &lost);
	/* The target may have ended just now. */
	if (bad && dbgmem_last_error()->source == DBGMEM_SOURCE_TARGET)
		return target_ended(m, held);
	if (bad)
		msg("%s", dbgmem_errstr());
	if (interrupt_seen())
		msg("%s: no longer holding", strsignal(interrupt_seen()));
	if (hold_report(dbgmem_pid(m), cleared, lost))
		return STATUS_PARTIAL;
	return bad ? STATUS_PARTIAL : STATUS_OK;
}

int hold(struct dbgmem *m, uint32_t held)
{
	struct pollfd fd[] = {
		{ .events = POLLIN },
		{ .fd = dbgmem_fd(m) },
	};

	interrupt_catch();
	fd[0].fd = interrupt_fd();
	msg("holding %u breakpoint(s) of process %d until Ctrl-C, SIGTERM or SIGHUP",
	    held, (int)dbgmem_pid(m));
	while (poll(fd, 2, -1) < 0 && errno == EINTR)
		;
	if (fd[1].revents && !interrupt_seen())
		return target_ended(m, held);
	return target_left(m, held);
}
