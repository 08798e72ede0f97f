// SPDX-License-Identifier: GPL-2.0
#include "tool_sparse.h"

static int sparse_fd;

static long sparse_map(void *addr)
{
	return mmap(addr, SPARSE_SIZE, PROT_READ, MAP_SHARED | MAP_FIXED,
		    sparse_fd, 0) != addr;
}

int sparse_make(struct sparse *f, struct target *t, char *pid)
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
static long long sparse_bytes(const struct sparse *f)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)f->t->pid);
	if (fstat(f->fd, &st))
		return -1;
	return (long long)st.st_blocks * 512 +
	       1024LL * file_number(path, "VmPTE:");
}

void sparse_look(struct sparse *f)
{
	f->before = sparse_bytes(f);
}

long long sparse_grown(const struct sparse *f)
{
	return sparse_bytes(f) - f->before;
}

long reserve(void *text)
{
	char *p = mmap(SPARSE, RESERVED, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		       MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);

	if (p != SPARSE || madvise(p, RESERVED, MADV_NOHUGEPAGE))
		return -errno;
	strcpy(p + RESERVED - PAGE, text);
	return 0;
}

void sparse_free(struct sparse *f)
{
	close(f->fd);
}
