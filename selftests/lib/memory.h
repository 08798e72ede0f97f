/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of a target: the kinds that there are, patterns to recognize it by,
 * and what the kernel itself says about it in /proc.
 *
 * Memory is mapped by the test before target_start(), so that the same address
 * means it in the target; what is private there is then the target's own copy.
 * The target judges itself: it compares its memory with a buffer that it shares
 * with the test.
 */
#ifndef SELFTESTS_MEMORY_H
#define SELFTESTS_MEMORY_H

#include "common.h"
#include "pattern.h"
#include "proc.h"

#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <time.h>

#define PAGE		4096UL
#define MIB		(1UL << 20)
#define GIB		(1UL << 30)
#define HUGE_SIZE	(2 * MIB)

#define MAP_ANON_PRIVATE	(MAP_PRIVATE | MAP_ANONYMOUS)
#define MAP_ANON_SHARED		(MAP_SHARED | MAP_ANONYMOUS)

/* --- what a target can be asked to do: its argument is in shared memory --- */

struct job {
	char *addr;		/* in the target */
	const void *other;	/* compare with this */
	size_t from, len;	/* pattern byte at @addr, and bytes */
	uint64_t seed;
	int prot;
};

/* Mapped before the first fork; NULL when there is no memory. */
static inline void *shared_alloc(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_ANON_SHARED, -1,
		       0);

	return p == MAP_FAILED ? NULL : p;
}

static inline void *private_alloc(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_ANON_PRIVATE | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* Pages of 4 KiB, so that one can be told from its neighbour. */
	madvise(p, len, MADV_NOHUGEPAGE);
	return p;
}

static inline long job_fill(void *arg)
{
	struct job *j = arg;

	pattern_fill(j->addr, j->from, j->len, j->seed);
	return 0;
}

static inline long job_pattern_differs(void *arg)
{
	struct job *j = arg;

	return pattern_differs(j->addr, j->from, j->len, j->seed);
}

static inline long job_memory_differs(void *arg)
{
	struct job *j = arg;

	return memcmp(j->addr, j->other, j->len);
}

static inline long job_unmap(void *arg)
{
	struct job *j = arg;

	return munmap(j->addr, j->len) ? -errno : 0;
}

static inline long job_protect(void *arg)
{
	struct job *j = arg;

	return mprotect(j->addr, j->len, j->prot) ? -errno : 0;
}

/* The same as function calls; @j is the shared job of the test. */

static inline void target_fill(struct target *t, struct job *j, char *addr,
			       size_t from, size_t len, uint64_t seed)
{
	*j = (struct job){ .addr = addr, .from = from, .len = len,
			   .seed = seed };
	target_call(t, job_fill, j);
}

static inline long target_pattern_differs(struct target *t, struct job *j,
					  char *addr, size_t from, size_t len,
					  uint64_t seed)
{
	*j = (struct job){ .addr = addr, .from = from, .len = len,
			   .seed = seed };
	return target_call(t, job_pattern_differs, j);
}

static inline long target_memory_differs(struct target *t, struct job *j,
					 char *addr, const void *shared,
					 size_t len)
{
	*j = (struct job){ .addr = addr, .other = shared, .len = len };
	return target_call(t, job_memory_differs, j);
}

static inline long target_unmap(struct target *t, struct job *j, char *addr,
				size_t len)
{
	*j = (struct job){ .addr = addr, .len = len };
	return target_call(t, job_unmap, j);
}

static inline long target_protect(struct target *t, struct job *j, char *addr,
				  size_t len, int prot)
{
	*j = (struct job){ .addr = addr, .len = len, .prot = prot };
	return target_call(t, job_protect, j);
}

/* --- kinds of memory --- */

/* Can those engines that ask the kernel for it have memory of devices? */
#ifdef __aarch64__
#define DEVICES_REACHED	false	/* the kernel would oops */
#else
#define DEVICES_REACHED	true
#endif

enum memory_kind {
	MEMORY_ANON,		/* private anonymous, small pages */
	MEMORY_THP,		/* private anonymous, transparent huge pages */
	MEMORY_FILE_PRIVATE,
	MEMORY_FILE_SHARED,
	MEMORY_HUGETLB,
	MEMORY_STACK,
	MEMORY_MEMFD,
	MEMORY_SYSV,
	MEMORY_TEXT,		/* a file's pages, read-only and executable */
};

#define MEMORY_FILE	"/tmp/dbgmem-test"

struct memory {
	char *addr;
	size_t len;
	int file;		/* descriptor of what backs it, or -1 */
};

/* A new, unlinked file of @len bytes of the pattern @seed; or -errno. */
static inline int file_create(size_t len, uint64_t seed)
{
	char *p;
	int fd;

	fd = open(MEMORY_FILE, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	if (fd < 0)
		return -errno;
	unlink(MEMORY_FILE);
	p = malloc(len);
	if (!p) {
		close(fd);
		return -ENOMEM;
	}
	pattern_fill(p, 0, len, seed);
	if (pwrite(fd, p, len, 0) != (ssize_t)len) {
		free(p);
		close(fd);
		return -EIO;
	}
	free(p);
	return fd;
}

/* The first byte of the file that is not the pattern's, or -1. */
static inline long file_differs(int fd, size_t len, uint64_t seed)
{
	char *p = malloc(len);
	long ret = 0;

	if (p && pread(fd, p, len, 0) == (ssize_t)len)
		ret = pattern_differs(p, 0, len, seed);
	free(p);
	return ret;
}

static inline int file_write_number(const char *path, unsigned long v)
{
	char s[24];
	int fd, n, ret;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = snprintf(s, sizeof(s), "%lu", v);
	ret = write(fd, s, n) == n ? 0 : -EIO;
	close(fd);
	return ret;
}

static inline void memory_ignore(int sig)
{
	(void)sig;
}

/*
 * Break the page at @addr, which is the caller's own: 0 or -errno. Newer kernels
 * tell the caller at once, by a signal that cannot be ignored but by a handler.
 */
static inline int memory_poison(void *addr)
{
	struct sigaction sa = { .sa_handler = memory_ignore }, old;
	int ret;

	if (sigaction(SIGBUS, &sa, &old))
		return -errno;
	ret = madvise(addr, PAGE, MADV_HWPOISON) ? -errno : 0;
	sigaction(SIGBUS, &old, NULL);
	return ret;
}

/* Huge pages, for @len bytes that begin near the end of the first. */
static inline size_t huge_span(size_t len)
{
	return ((len + HUGE_SIZE - 1) & -HUGE_SIZE) + HUGE_SIZE;
}

/* Maps @len bytes of @kind. NULL, or why this machine cannot. */
static inline const char *memory_map(struct memory *m, enum memory_kind kind,
				     size_t len, char *stack)
{
	int prot = PROT_READ | PROT_WRITE, flags = MAP_SHARED, id;
	void *p;

	m->len = len;
	m->file = -1;
	switch (kind) {
	case MEMORY_ANON:
		m->addr = private_alloc(len);
		return m->addr ? NULL : "no memory";
	case MEMORY_THP:
		len = huge_span(len);
		p = private_alloc(len + HUGE_SIZE);
		if (!p)
			return "no memory";
		p = (void *)(((uintptr_t)p + HUGE_SIZE - 1) & -HUGE_SIZE);
		m->addr = (char *)p + HUGE_SIZE - 4 * PAGE;
		if (madvise(p, len, MADV_HUGEPAGE))
			return "the kernel has no transparent huge pages";
		return NULL;
	case MEMORY_HUGETLB:
		len = huge_span(len);
		file_write_number("/proc/sys/vm/nr_hugepages", 2 * len / HUGE_SIZE);
		if (file_number("/proc/meminfo", "HugePages_Free:") <
		    (long)(len / HUGE_SIZE))
			return "cannot reserve huge pages";
		p = mmap(NULL, len, prot, MAP_ANON_PRIVATE | MAP_HUGETLB |
			 MAP_NORESERVE, -1, 0);
		m->addr = (char *)p + HUGE_SIZE - 4 * PAGE;
		return p == MAP_FAILED ? "cannot map huge pages" : NULL;
	case MEMORY_STACK:
		m->addr = stack;
		return NULL;
	case MEMORY_SYSV:
		id = shmget(IPC_PRIVATE, len, IPC_CREAT | 0600);
		if (id < 0)
			return "the kernel has no System V shared memory";
		m->addr = shmat(id, NULL, 0);
		shmctl(id, IPC_RMID, NULL);
		return m->addr == (void *)-1 ? "cannot attach memory" : NULL;
	case MEMORY_MEMFD:
		m->file = memfd_create("dbgmem-test", MFD_CLOEXEC);
		if (m->file < 0 || ftruncate(m->file, len))
			return "cannot create a memfd";
		break;
	case MEMORY_TEXT:
		prot = PROT_READ | PROT_EXEC;
		flags = MAP_PRIVATE;
		m->file = file_create(len, 1);
		break;
	case MEMORY_FILE_PRIVATE:
		flags = MAP_PRIVATE;
		m->file = file_create(len, 1);
		break;
	case MEMORY_FILE_SHARED:
		m->file = file_create(len, 1);
		break;
	}
	if (m->file < 0)
		return "cannot create a file";
	p = mmap(NULL, len, prot, flags, m->file, 0);
	m->addr = p;
	return p == MAP_FAILED ? "cannot map the file" : NULL;
}

/* --- what the kernel says of a process --- */

/* A field of /proc/PID/smaps_rollup, in kB. */
static inline long rollup(pid_t pid, const char *key)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	return file_number(path, key);
}

/*
 * kB that the mapping around @addr shares with nobody, of /proc/PID/smaps; or
 * -1. Of that mapping alone: elsewhere a page becomes the target's own when the
 * test, which it was shared with, writes to its copy.
 */
static inline long smaps_private(pid_t pid, const void *addr)
{
	unsigned long start, end, kb;
	bool here = false;
	char path[64], line[512];
	long sum = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2) {
			here = (uintptr_t)addr >= start &&
			       (uintptr_t)addr < end;
			if (here)
				sum = 0;
		}
		if (here && (sscanf(line, "Private_Clean: %lu", &kb) == 1 ||
			     sscanf(line, "Private_Dirty: %lu", &kb) == 1))
			sum += kb;
	}
	fclose(f);
	return sum;
}

/* minflt + majflt of /proc/PID/stat, or -1. */
static inline long fault_count(pid_t pid)
{
	unsigned long min, maj;
	char path[64], line[512], *p;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	p = fgets(line, sizeof(line), f);
	fclose(f);
	p = p ? strrchr(line, ')') : NULL;
	/* state ppid pgrp session tty tpgid flags minflt cminflt majflt */
	if (!p || sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %lu %*u %lu",
			 &min, &maj) != 2)
		return -1;
	return min + maj;
}

/* The entry of /proc/PID/pagemap; all ones on failure. */
static inline uint64_t pagemap(pid_t pid, const void *addr)
{
	int fd = proc_open(pid, "pagemap", O_RDONLY);
	uint64_t v;

	if (fd < 0)
		return ~0ULL;
	if (pread(fd, &v, 8, (uintptr_t)addr / PAGE * 8) != 8)
		v = ~0ULL;
	close(fd);
	return v;
}

#define PAGEMAP_PRESENT	(1ULL << 63)

/* The line of /proc/PID/maps that ends in @name; false if there is none. */
static inline bool maps_line(pid_t pid, const char *name, char *line,
			     size_t size)
{
	char path[64];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (!found && fgets(line, size, f))
		found = strstr(line, name) != NULL;
	fclose(f);
	return found;
}

static inline double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/*
 * @len bytes of address space over and over the same @piece bytes of memory: a
 * buffer of any size that costs next to nothing.
 */
static inline char *alias_alloc(size_t len, size_t piece)
{
	int fd = memfd_create("alias", MFD_CLOEXEC);
	char *p;
	size_t i;

	if (fd < 0 || ftruncate(fd, piece))
		return NULL;
	p = mmap(NULL, len, PROT_NONE, MAP_ANON_PRIVATE | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	for (i = 0; i < len; i += piece)
		if (mmap(p + i, piece, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
			return NULL;
	close(fd);
	return p;
}

/* --- a test's target and session --- */

struct trial {
	struct target target;
	struct job *job;
	int fd;
};

static inline void trial_init(struct trial *t)
{
	t->fd = -1;
	t->target.pid = 0;
	t->job = shared_alloc(PAGE);
}

/* Fork the target, with what is mapped by now, and attach. 0 or -errno. */
static inline int trial_start(struct trial *t)
{
	int ret = target_start(&t->target);

	if (ret) {
		t->target.pid = 0;
		return ret;
	}
	t->fd = session_open(t->target.pid, O_RDWR);
	return t->fd < 0 ? t->fd : 0;
}

static inline void trial_stop(struct trial *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	if (t->target.pid > 0)
		target_stop(&t->target);
	t->target.pid = 0;
}

#endif /* SELFTESTS_MEMORY_H */
