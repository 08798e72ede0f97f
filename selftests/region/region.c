// SPDX-License-Identifier: GPL-2.0
#include "region.h"

const char *region_name(const struct regions *all, uint32_t i)
{
	const struct dbgmem_region *r = &all->r[i];

	return r->name_len && !(r->flags & DBGMEM_REGION_LONG_NAME) ?
		all->names + r->name : "";
}

struct dbgmem_region_list region_list(struct regions *all)
{
	return (struct dbgmem_region_list){
		.size = sizeof(struct dbgmem_region_list),
		.entries = (uintptr_t)all->r,
		.nr_entries = MAX_REGIONS,
		.entry_size = sizeof(all->r[0]),
		.names = (uintptr_t)all->names,
		.names_size = NAMES_SIZE,
		.nr = 0xdead,
		.next = 0xdeadbeef,
		.more = 0xdead,
	};
}

int region_ioctl(int fd, struct dbgmem_region_list *l)
{
	return ioctl(fd, DBGMEM_IOC_REGION_LIST, l) ? -errno : 0;
}

int regions_get(int fd, struct regions *all)
{
	struct dbgmem_region_list l = region_list(all);
	int ret = region_ioctl(fd, &l);

	all->nr = ret ? 0 : l.nr;
	return ret ? ret : l.more ? -E2BIG : 0;
}

int regions_get_by(int fd, struct regions *all, uint32_t nr,
		   uint32_t names_size)
{
	static struct regions part;
	struct dbgmem_region_list l = region_list(&part);
	uint32_t used = 0, i;
	int ret;

	all->nr = 0;
	do {
		l.nr_entries = nr;
		l.names_size = names_size;
		ret = region_ioctl(fd, &l);
		if (ret)
			return ret;
		if (l.nr > nr || all->nr + l.nr > MAX_REGIONS ||
		    (l.more && l.next <= l.addr))
			return -EPROTO;
		for (i = 0; i < l.nr; i++) {
			const char *name;

			part.nr = l.nr;
			name = region_name(&part, i);
			all->r[all->nr] = part.r[i];
			all->r[all->nr].name = used;
			strcpy(all->names + used, name);
			used += strlen(name) + 1;
			all->nr++;
		}
		l.addr = l.next;
		l.flags = DBGMEM_REGION_LIST_CLIP;
	} while (l.more);
	return 0;
}

int rich_file(const char *name, int oflags)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), RICH_DIR "/%s", name);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, RICH_LEN))
		return -1;
	if (oflags != O_RDWR) {
		close(fd);
		fd = open(path, oflags | O_CLOEXEC);
	}
	return fd;
}

void rich_unlink(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), RICH_DIR "/%s", name);
	unlink(path);
}

char *rich_place(size_t len, int prot, int flags, int fd, off_t offset)
{
	char *p = mmap(NULL, len + 2 * PAGE, PROT_NONE, MAP_ANON_PRIVATE, -1, 0);

	if (p == MAP_FAILED || munmap(p, PAGE) ||
	    munmap(p + PAGE + len, PAGE))
		return NULL;
	p = mmap(p + PAGE, len, prot, flags | MAP_FIXED, fd, offset);
	return p == MAP_FAILED ? NULL : p;
}

enum rich_kind rich_map(struct rich *r)
{
	const int rw = PROT_READ | PROT_WRITE;
	enum rich_kind i;
	struct memory m;
	char *p;
	int fd;

	mkdir(RICH_DIR, 0700);
	fd = rich_file("a\nfile", O_RDONLY);
	p = rich_place(2 * PAGE, PROT_READ, MAP_PRIVATE, fd, 2 * PAGE);
	r->addr[RICH_PRIVATE_FILE] = p;
	if (p && !mprotect(p + PAGE, PAGE, PROT_READ | PROT_EXEC))
		r->addr[RICH_PRIVATE_FILE_EXEC] = p + PAGE;
	r->addr[RICH_SHARED_FILE_READ] = rich_place(PAGE, PROT_READ,
						    MAP_SHARED, fd, 0);
	close(fd);
	fd = rich_file("shared", O_RDWR);
	r->addr[RICH_SHARED_FILE] = rich_place(RICH_LEN, rw, MAP_SHARED, fd, 0);
	close(fd);
	fd = rich_file("gone", O_RDWR);
	r->addr[RICH_DELETED] = rich_place(PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	rich_unlink("gone");
	close(fd);
	fd = rich_file("here (deleted)", O_RDWR);
	r->addr[RICH_ODD_NAME] = rich_place(PAGE, rw, MAP_PRIVATE, fd, PAGE);
	close(fd);
	if (!memory_map(&m, MEMORY_MEMFD, 2 * PAGE, NULL)) {
		r->addr[RICH_MEMFD] = m.addr;
		close(m.file);
	}
	if (!memory_map(&m, MEMORY_SYSV, PAGE, NULL))
		r->addr[RICH_SYSV] = m.addr;
	r->addr[RICH_ANON] = rich_place(3 * PAGE, rw, MAP_ANON_PRIVATE, -1, 0);
	r->gap = r->addr[RICH_ANON] + 3 * PAGE;
	/* not every kernel keeps it */
	prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, r->addr[RICH_ANON], 3 * PAGE,
	      "dbgmem test");
	r->addr[RICH_ANON_NONE] = rich_place(PAGE, PROT_NONE, MAP_ANON_PRIVATE,
					     -1, 0);
	r->addr[RICH_ANON_RWX] = rich_place(PAGE, rw | PROT_EXEC,
					    MAP_ANON_PRIVATE, -1, 0);
	r->addr[RICH_ANON_SHARED] = rich_place(PAGE, rw, MAP_ANON_SHARED, -1, 0);
	r->addr[RICH_GROWSDOWN] = rich_place(PAGE, rw, MAP_ANON_PRIVATE |
					     MAP_GROWSDOWN, -1, 0);
	if (!memory_map(&m, MEMORY_HUGETLB, HUGE_SIZE, NULL))
		r->addr[RICH_HUGETLB] = m.addr - (HUGE_SIZE - 4 * PAGE);
	p = rich_place(PAGE, PROT_NONE, MAP_ANON_PRIVATE, -1, 0);
	if (p && map_secret(p)) {
		r->addr[RICH_SECRET] = p;
	} else if (p && errno == ENOSYS) {
		fprintf(stderr, "# scaled down: without secret memory, which this kernel does not have\n");
		r->no_secret = true;
		r->addr[RICH_SECRET] = p;
	}
	p = rich_place(PAGE, PROT_NONE, MAP_ANON_PRIVATE, -1, 0);
	if (p && map_device(p))
		r->addr[RICH_DEVICE] = p;
	for (i = 0; i < NR_RICH; i++)
		if (!r->addr[i])
			break;
	return i;
}

bool region_at(int fd, const void *addr, struct dbgmem_region *r)
{
	struct dbgmem_region_list l = {
		.size = sizeof(l),
		.flags = DBGMEM_REGION_LIST_AT,
		.addr = (uintptr_t)addr,
		.entries = (uintptr_t)r,
		.nr_entries = 1,
		.entry_size = sizeof(*r),
	};

	return !region_ioctl(fd, &l) && l.nr == 1;
}
