// SPDX-License-Identifier: GPL-2.0
#include "tool_run.h"

long map_much(void *addr)
{
	return mmap(addr, 1UL << 40, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		    MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != addr;
}

static void running_exec(const struct running *w, int slave,
			 const char *const *args)
{
	const char *argv[16] = { "dbgmem" };
	int i;

	for (i = 0; args[i] && i < 14; i++)
		argv[i + 1] = args[i];
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (slave >= 0) {
		setsid();
		ioctl(slave, TIOCSCTTY, 0);
		dup2(slave, 0);
		dup2(slave, 1);
		setenv("TERM", "xterm", 1);
	} else {
		dup2(w->out, 1);
	}
	dup2(w->err, 2);
	execv(tool_path(), (char *const *)argv);
	_exit(127);
}

void running_begin(struct running *w, const char *const *args)
{
	w->pty = -1;
	w->out = capture_file("out", NULL, 0);
	w->err = capture_file("err", NULL, 0);
	r.out_len = 0;
	w->pid = fork();
	if (!w->pid)
		running_exec(w, -1, args);
}

void terminal_begin(struct running *w, unsigned short rows,
		    struct termios *before, const char *const *args)
{
	const struct winsize size = { .ws_row = rows, .ws_col = 80 };
	char name[64];
	int slave;

	w->out = -1;
	w->err = capture_file("err", NULL, 0);
	w->pty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (w->pty < 0 || grantpt(w->pty) || unlockpt(w->pty) ||
	    ptsname_r(w->pty, name, sizeof(name)))
		abort();
	slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || ioctl(slave, TIOCSWINSZ, &size) ||
	    tcgetattr(slave, before))
		abort();
	r.out_len = 0;
	r.out[0] = 0;
	w->pid = fork();
	if (!w->pid)
		running_exec(w, slave, args);
	close(slave);
}

/* What the terminal got meanwhile, behind what is in r.out. */
static void terminal_drain(struct running *w)
{
	struct pollfd fd = { .fd = w->pty, .events = POLLIN };
	ssize_t n;

	while (poll(&fd, 1, 0) > 0 && fd.revents & POLLIN) {
		n = read(w->pty, r.out + r.out_len,
			 sizeof(r.out) - 1 - r.out_len);
		if (n <= 0)
			break;
		r.out_len += n;
	}
	r.out[r.out_len] = 0;
}

void running_look(struct running *w)
{
	ssize_t n;

	if (w->pty >= 0) {
		terminal_drain(w);
		return;
	}
	n = pread(w->out, r.out, sizeof(r.out) - 1, 0);
	r.out_len = n > 0 ? n : 0;
	r.out[r.out_len] = 0;
}

bool running_until(struct running *w, size_t from, const char *words)
{
	int ms;

	for (ms = 0; ms < PATIENCE_MS; ms += 5) {
		running_look(w);
		if (from <= r.out_len && strstr(r.out + from, words))
			return true;
		usleep(5000);
	}
	return false;
}

long long running_number(struct running *w, const char *key)
{
	char path[64], line[128];
	long long n = -1;
	int fd;
	FILE *f;

	for (fd = 3; n < 0 && fd < 16; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)w->pid,
			 fd);
		f = fopen(path, "re");
		while (f && n < 0 && fgets(line, sizeof(line), f))
			if (!strncmp(line, key, strlen(key)))
				n = atoll(line + strlen(key));
		if (f)
			fclose(f);
	}
	return n;
}

bool running_midst(struct running *w, const char *key)
{
	int ms;

	for (ms = 0; ms < PATIENCE_MS; ms += 5) {
		if (running_number(w, key) >= 1 << 20)
			return true;
		usleep(5000);
	}
	return false;
}

void running_end(struct running *w)
{
	int status, ms;

	for (ms = 0; !waitpid(w->pid, &status, WNOHANG); ms += 5) {
		/* A terminal that nobody reads would stop it. */
		if (w->pty >= 0)
			terminal_drain(w);
		if (ms >= PATIENCE_MS)
			kill(w->pid, SIGKILL);
		usleep(5000);
	}
	r.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	running_look(w);
	capture_read(w->err, r.err, sizeof(r.err));
	if (w->pty >= 0)
		close(w->pty);
	else
		close(w->out);
}
