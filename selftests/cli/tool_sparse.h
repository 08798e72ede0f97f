/* SPDX-License-Identifier: GPL-2.0 */
/* Memory of which next to nothing is there, and how much of it was made since. */
#ifndef SELFTESTS_TOOL_SPARSE_H
#define SELFTESTS_TOOL_SPARSE_H

#include "proc.h"
#include "tool_run.h"

#define SPARSE		((void *)0x200000000000)
#define SPARSE_ADDR	"0x200000000000"
#define SPARSE_SIZE	(1UL << 30)
#define SPARSE_RANGE	SPARSE_ADDR, "1G"

/* Less than this are the page tables of what is there. */
#define SPARSE_LITTLE	(64 << 10)

/* A file in memory that the target maps at SPARSE; map_much() is there, too. */
struct sparse {
	const struct target *t;
	int fd;
	long long before;
};

static int sparse_fd;

static inline long sparse_map(void *addr)
{
	return mmap(addr, SPARSE_SIZE, PROT_READ, MAP_SHARED | MAP_FIXED,
		    sparse_fd, 0) != addr;
}

/* For a new target, which retarget() makes: it gets the file as it begins. */
static inline int sparse_make(struct sparse *f, struct target *t, char *pid)
{
	f->t = t;
	f->fd = memfd_create("sparse", MFD_CLOEXEC);
	if (f->fd < 0 || ftruncate(f->fd, SPARSE_SIZE))
		return -1;
	sparse_fd = f->fd;
	if (retarget(t, pid) || target_call(t, sparse_map, SPARSE))
		return -1;
	return (int)target_call(t, map_much, MUCH);
}

/* Bytes of memory and of page tables that the target has for it all. */
static inline long long sparse_bytes(const struct sparse *f)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)f->t->pid);
	if (fstat(f->fd, &st))
		return -1;
	return (long long)st.st_blocks * 512 +
	       1024LL * file_number(path, "VmPTE:");
}

static inline void sparse_look(struct sparse *f)
{
	f->before = sparse_bytes(f);
}

static inline long long sparse_grown(const struct sparse *f)
{
	return sparse_bytes(f) - f->before;
}

/* 20 TB that are reserved, as ASan and wasm do, with nothing but @text at its end. */
#define RESERVED	(20UL << 40)
#define RESERVED_RANGE	SPARSE_ADDR, "20T"

/* As long as a busy machine that is emulated may take; by itself it is a second. */
#define RESERVED_MS	10000

static inline long reserve(void *text)
{
	char *p = mmap(SPARSE, RESERVED, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		       MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);

	if (p != SPARSE || madvise(p, RESERVED, MADV_NOHUGEPAGE))
		return -errno;
	strcpy(p + RESERVED - PAGE, text);
	return 0;
}

static inline void sparse_free(struct sparse *f)
{
	close(f->fd);
}

#endif /* SELFTESTS_TOOL_SPARSE_H */
