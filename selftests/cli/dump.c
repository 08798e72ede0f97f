// SPDX-License-Identifier: GPL-2.0
#include "dump.h"

/* All but the last one sleep, when they have come to it. */
static int sleeper_threads(struct sleeper *s)
{
	struct dirent **e;
	char path[32];
	int nr, i;

	snprintf(path, sizeof(path), "/proc/%s/task", s->text);
	nr = scandir(path, &e, NULL, versionsort);
	for (i = 0; i < nr; i++) {
		/* the first two are . and .. */
		if (i >= 2 && i - 2 < SLEEP_THREADS)
			s->tid[i - 2] = atoi(e[i]->d_name);
		free(e[i]);
	}
	free(e);
	if (nr != SLEEP_THREADS + 2)
		return -ESRCH;
	for (i = 0; i < SLEEP_THREADS - 1; i++)
		if (!proc_wait_state(s->tid[i], 'S'))
			return -ETIMEDOUT;
	return 0;
}

int sleeper_start(struct sleeper *s, const char *name)
{
	char path[128];
	int in[2], out[2];
	ssize_t n;

	n = beside(name, path, sizeof(path));
	if (n)
		return (int)n;
	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		return -errno;
	s->pid = fork();
	if (s->pid < 0)
		return -errno;
	if (!s->pid) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execl(path, name, "an argument", NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	s->in = in[1];
	sprintf(s->text, "%d", (int)s->pid);
	n = read(out[0], &s->at, sizeof(s->at));
	close(out[0]);
	if (n != sizeof(s->at))
		return -EPIPE;
	return sleeper_threads(s);
}

void sleeper_stop(struct sleeper *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	close(s->in);
	unlink(CORE_PATH);
}
