// SPDX-License-Identifier: GPL-2.0
#include "tool.h"

const char *tool_path(void)
{
	const char *path = getenv("DBGMEM_TOOL");

	return path ? path : "/usr/bin/dbgmem";
}

struct result r;

int capture_file(const char *name, const void *data, size_t len)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0 || (len && pwrite(fd, data, len, 0) != (ssize_t)len))
		abort();
	return fd;
}

size_t capture_read(int fd, char *buf, size_t size)
{
	ssize_t n = pread(fd, buf, size - 1, 0);

	if (n < 0)
		abort();
	buf[n] = '\0';
	close(fd);
	return (size_t)n;
}

void run(const void *in, size_t in_len, const char *const *args)
{
	const char *argv[16] = { "dbgmem" };
	int fd[3], status, i;
	pid_t pid;

	for (i = 0; args[i] && i < 14; i++)
		argv[i + 1] = args[i];
	fd[0] = capture_file("in", in, in_len);
	fd[1] = capture_file("out", NULL, 0);
	fd[2] = capture_file("err", NULL, 0);
	pid = fork();
	if (!pid) {
		for (i = 0; i < 3; i++)
			dup2(fd[i], i);
		execv(tool_path(), (char *const *)argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	r.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	close(fd[0]);
	r.out_len = capture_read(fd[1], r.out, sizeof(r.out));
	capture_read(fd[2], r.err, sizeof(r.err));
}

size_t occurrences(const char *text, const char *words)
{
	size_t n = 0;

	while ((text = strstr(text, words))) {
		text++;
		n++;
	}
	return n;
}

size_t lines(void)
{
	return occurrences(r.out, "\n");
}

const char *at(size_t page, size_t off)
{
	static char text[4][32];
	static int next;
	char *s = text[next++ % 4];

	snprintf(s, sizeof(text[0]), "0x%lx",
		 (unsigned long)(uintptr_t)mem + page * PAGE + off);
	return s;
}

int retarget(struct target *t, char *pid)
{
	int ret;

	if (t->pid)
		target_stop(t);
	ret = target_start(t);
	if (ret)
		return ret;
	sprintf(pid, "%d", (int)t->pid);
	return (int)target_call(t, page_unmap, mem + HOLE * PAGE);
}

int tool_begin(struct target *t, char *pid)
{
	return mem_make(PAGES) ? retarget(t, pid) : -errno;
}

void tool_end(struct target *t)
{
	target_stop(t);
	munmap(mem, PAGES * PAGE);
}
