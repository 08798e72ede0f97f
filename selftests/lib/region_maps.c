// SPDX-License-Identifier: GPL-2.0
#include "region_maps.h"

static void maps_unescape(char *s)
{
	char *to = s;

	while (*s) {
		if (!strncmp(s, "\\012", 4)) {
			*to++ = '\n';
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = 0;
}

int maps_get(int fd, struct maps *maps)
{
	size_t len = 0;
	char *text = maps->text, *row;
	ssize_t n;

	while ((n = pread(fd, text + len, sizeof(maps->text) - 1 - len, len)) > 0)
		len += n;
	if (n < 0 || len == sizeof(maps->text) - 1)
		return -EIO;
	text[len] = 0;
	maps->nr = 0;
	while ((row = strsep(&text, "\n")) && *row) {
		struct line *l = &maps->line[maps->nr];
		int name = 0;

		if (sscanf(row, "%lx-%lx %4s %lx %x:%x %lu %n", &l->start,
			   &l->end, l->prot, &l->offset, &l->major, &l->minor,
			   &l->inode, &name) != 7 || !name)
			return -EPROTO;
		l->name = row + name;
		maps_unescape(l->name);
		if (strcmp(l->name, "[vsyscall]"))
			maps->nr++;
		if (maps->nr == MAX_REGIONS)
			return -E2BIG;
	}
	return 0;
}

int maps_of(pid_t pid, struct maps *maps)
{
	int fd = proc_open(pid, "maps", O_RDONLY), ret;

	if (fd < 0)
		return fd;
	ret = maps_get(fd, maps);
	close(fd);
	return ret;
}

static void region_prot(const struct dbgmem_region *r, char prot[5])
{
	prot[0] = r->flags & DBGMEM_REGION_READ ? 'r' : '-';
	prot[1] = r->flags & DBGMEM_REGION_WRITE ? 'w' : '-';
	prot[2] = r->flags & DBGMEM_REGION_EXEC ? 'x' : '-';
	prot[3] = r->flags & DBGMEM_REGION_SHARED ? 's' : 'p';
	prot[4] = 0;
}

bool region_is_line(const struct dbgmem_region *r, const char *name,
		    const struct line *l)
{
	char prot[5];

	region_prot(r, prot);
	return r->start == l->start && r->end == l->end &&
	       r->offset == l->offset && r->inode == l->inode &&
	       r->dev_major == l->major && r->dev_minor == l->minor &&
	       !strcmp(prot, l->prot) &&
	       (!name || (!strcmp(name, l->name) &&
			  r->name_len == strlen(l->name)));
}
