/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of the tool share: run it, and a target to run it on. */
#ifndef SELFTESTS_TOOL_H
#define SELFTESTS_TOOL_H

#include "common.h"

#include "kselftest_harness.h"

#define PAGE	4096UL
#define HOLE	4		/* the page of @mem that the target has not */
#define PAGES	(HOLE + 1 + 513)

/* The tool may be elsewhere: env DBGMEM_TOOL. */
static inline const char *tool_path(void)
{
	const char *path = getenv("DBGMEM_TOOL");

	return path ? path : "/usr/bin/dbgmem";
}

/* --- running it --- */

struct result {
	int status;		/* exit status, or -1 if it was killed */
	size_t out_len;
	char out[8 << 20];	/* with a NUL behind, as has err */
	char err[8192];
};

/* Too large for a stack. */
static struct result r;

static inline int capture_file(const char *name, const void *data, size_t len)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0 || (len && pwrite(fd, data, len, 0) != (ssize_t)len))
		abort();
	return fd;
}

static inline size_t capture_read(int fd, char *buf, size_t size)
{
	ssize_t n = pread(fd, buf, size - 1, 0);

	if (n < 0)
		abort();
	buf[n] = '\0';
	close(fd);
	return (size_t)n;
}

/* @args end with NULL; @in is what standard input gives. */
static inline void run(const void *in, size_t in_len,
		       const char *const *args)
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

#define RUN(...) \
	run(NULL, 0, (const char *const []){ __VA_ARGS__, NULL })

#define RUN_INPUT(in, in_len, ...) \
	run(in, in_len, (const char *const []){ __VA_ARGS__, NULL })

#define EXPECT_HAS(words, text) \
	EXPECT_NE(NULL, strstr(text, words)) \
		TH_LOG("no '%s' in: %s", words, text)

/* --- the target --- */

static char *mem;	/* PAGES pages; the same address in the target */

/* "0x..." of byte @off of page @page; a few of them at a time. */
static inline const char *at(size_t page, size_t off)
{
	static char text[4][32];
	static int next;
	char *s = text[next++ % 4];

	snprintf(s, sizeof(text[0]), "0x%lx",
		 (unsigned long)(uintptr_t)mem + page * PAGE + off);
	return s;
}

static inline long page_unmap(void *page)
{
	return munmap(page, PAGE);
}

static inline long page_drop(void *page)
{
	return madvise(page, PAGE, MADV_DONTNEED);
}

static inline long page_no_access(void *page)
{
	return mprotect(page, PAGE, PROT_NONE);
}

static inline long page_read_only(void *page)
{
	return mprotect(page, PAGE, PROT_READ);
}

/* A new target, with what @mem holds now. */
static inline int retarget(struct target *t, char *pid)
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

/* @mem, filled, and a first target. */
static inline int tool_begin(struct target *t, char *pid)
{
	size_t i;

	mem = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED)
		return -errno;
	for (i = 0; i < PAGES * PAGE; i++)
		mem[i] = (char)(i * 7 + i / 251);
	return retarget(t, pid);
}

static inline void tool_end(struct target *t)
{
	target_stop(t);
	munmap(mem, PAGES * PAGE);
}

#endif /* SELFTESTS_TOOL_H */
