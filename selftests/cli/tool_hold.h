/* SPDX-License-Identifier: GPL-2.0 */
/* 'dbgmem bp set', while it runs. */
#ifndef SELFTESTS_TOOL_HOLD_H
#define SELFTESTS_TOOL_HOLD_H

#include "tool.h"

/* The tests count on a trap of one byte: that of x86 is. */
#ifdef __x86_64__
#define ONE_BYTE_TRAP
#else
#define ONE_BYTE_TRAP	"--trap", "cc",
#endif

struct holding {
	pid_t pid;
	int out, err;
};

static inline long byte_get(void *addr)
{
	return *(volatile unsigned char *)addr;
}

static inline long byte_set(void *addr)
{
	*(volatile unsigned char *)addr = 0xee;
	return 0;
}

/* Until it has ended; what it said is in @r. */
static inline void hold_end(struct holding *h)
{
	int status;

	waitpid(h->pid, &status, 0);
	r.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	r.out_len = capture_read(h->out, r.out, sizeof(r.out));
	capture_read(h->err, r.err, sizeof(r.err));
}

/* @args end with NULL. True: it holds; false: it has ended, see @r. */
static inline bool hold_begin(struct holding *h, const char *const *args)
{
	const char *argv[18] = { "dbgmem", "bp", "set", ONE_BYTE_TRAP };
	char text[512];
	siginfo_t si;
	ssize_t n;
	int i, n_own = 0;

	while (argv[n_own])
		n_own++;
	for (i = 0; args[i] && i < 11; i++)
		argv[n_own + i] = args[i];
	h->out = capture_file("out", NULL, 0);
	h->err = capture_file("err", NULL, 0);
	h->pid = fork();
	if (!h->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(h->out, 1);
		dup2(h->err, 2);
		execv(tool_path(), (char *const *)argv);
		_exit(127);
	}
	for (;;) {
		n = pread(h->err, text, sizeof(text) - 1, 0);
		text[n > 0 ? n : 0] = '\0';
		if (strstr(text, "dbgmem: holding "))
			return true;
		si.si_pid = 0;
		waitid(P_PID, h->pid, &si, WEXITED | WNOHANG | WNOWAIT);
		if (si.si_pid) {
			hold_end(h);
			return false;
		}
		usleep(10000);
	}
}

#define HOLD_TRACED(h, ...) \
	hold_begin(h, (const char *const []){ __VA_ARGS__, NULL })

/* Nobody traces the target. */
#define HOLD(h, ...)	HOLD_TRACED(h, "--yes", __VA_ARGS__)

#endif /* SELFTESTS_TOOL_HOLD_H */
