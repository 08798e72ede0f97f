// SPDX-License-Identifier: GPL-2.0
#include "memory.h"

void *shared_alloc(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_ANON_SHARED, -1,
		       0);

	return p == MAP_FAILED ? NULL : p;
}

void *private_alloc(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_ANON_PRIVATE | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* Pages of 4 KiB, so that one can be told from its neighbour. */
	madvise(p, len, MADV_NOHUGEPAGE);
	return p;
}

long job_fill(void *arg)
{
	struct job *j = arg;

	pattern_fill(j->addr, j->from, j->len, j->seed);
	return 0;
}

static long job_pattern_differs(void *arg)
{
	struct job *j = arg;

	return pattern_differs(j->addr, j->from, j->len, j->seed);
}

static long job_memory_differs(void *arg)
{
	struct job *j = arg;

	return memcmp(j->addr, j->other, j->len);
}

static long job_unmap(void *arg)
{
	struct job *j = arg;

	return munmap(j->addr, j->len) ? -errno : 0;
}

static long job_protect(void *arg)
{
	struct job *j = arg;

	return mprotect(j->addr, j->len, j->prot) ? -errno : 0;
}

void target_fill(struct target *t, struct job *j, char *addr, size_t from,
		 size_t len, uint64_t seed)
{
	*j = (struct job){ .addr = addr, .from = from, .len = len,
			   .seed = seed };
	target_call(t, job_fill, j);
}

long target_pattern_differs(struct target *t, struct job *j, char *addr,
			    size_t from, size_t len, uint64_t seed)
{
	*j = (struct job){ .addr = addr, .from = from, .len = len,
			   .seed = seed };
	return target_call(t, job_pattern_differs, j);
}

long target_memory_differs(struct target *t, struct job *j, char *addr,
			   const void *shared, size_t len)
{
	*j = (struct job){ .addr = addr, .other = shared, .len = len };
	return target_call(t, job_memory_differs, j);
}

long target_unmap(struct target *t, struct job *j, char *addr, size_t len)
{
	*j = (struct job){ .addr = addr, .len = len };
	return target_call(t, job_unmap, j);
}

long target_protect(struct target *t, struct job *j, char *addr, size_t len,
		    int prot)
{
	*j = (struct job){ .addr = addr, .len = len, .prot = prot };
	return target_call(t, job_protect, j);
}

#define MEMORY_FILE	"/tmp/dbgmem-test"

int file_create(size_t len, uint64_t seed)
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

long file_differs(int fd, size_t len, uint64_t seed)
{
	char *p = malloc(len);
	long ret = 0;

	if (p && pread(fd, p, len, 0) == (ssize_t)len)
		ret = pattern_differs(p, 0, len, seed);
	free(p);
	return ret;
}

int file_write_number(const char *path, unsigned long v)
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

static void memory_ignore(int sig)
{
	(void)sig;
}

int memory_poison(void *addr)
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
static size_t huge_span(size_t len)
{
	return ((len + HUGE_SIZE - 1) & -HUGE_SIZE) + HUGE_SIZE;
}

const char *memory_map(struct memory *m, enum memory_kind kind, size_t len,
		       char *stack)
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

long rollup(pid_t pid, const char *key)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	return file_number(path, key);
}

long smaps_private(pid_t pid, const void *addr)
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

long fault_count(pid_t pid)
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

uint64_t pagemap(pid_t pid, const void *addr)
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

bool maps_line(pid_t pid, const char *name, char *line, size_t size)
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

char *alias_alloc(size_t len, size_t piece)
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

void fixture_init(struct fixture *t)
{
	t->fd = -1;
	t->target.pid = 0;
	t->job = shared_alloc(PAGE);
}

int fixture_start(struct fixture *t)
{
	int ret = target_start(&t->target);

	if (ret) {
		t->target.pid = 0;
		return ret;
	}
	t->fd = session_open(t->target.pid, O_RDWR);
	return t->fd < 0 ? t->fd : 0;
}

void fixture_stop(struct fixture *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	if (t->target.pid > 0)
		target_stop(&t->target);
	t->target.pid = 0;
}

int fixture_open(struct fixture *t, const char *engine)
{
	fixture_init(t);
	return t->job ? engine_set(engine) : -ENOMEM;
}

void fixture_close(struct fixture *t)
{
	fixture_stop(t);
	engine_set("auto");
}

long job_poison(void *arg)
{
	struct job *j = arg;

	return memory_poison(j->addr);
}
