// SPDX-License-Identifier: GPL-2.0
/*
 * Peer: reading and parsing /proc/PID/maps. [vsyscall], which is in it but not in
 * the process, is not counted.
 */
#include "regions.h"

#define VSYSCALL	0xffffffffff600000

/* --- as everybody writes it --- */

static int maps_sscanf(uint64_t *nr, uint64_t *sum, uint64_t addr,
		       uint64_t *found)
{
	unsigned long start, end, offset, inode;
	unsigned int major, minor;
	char path[64], line[512], prot[5], name[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)crowd.pid);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		name[0] = 0;
		if (sscanf(line, "%lx-%lx %4s %lx %x:%x %lu %255[^\n]", &start,
			   &end, prot, &offset, &major, &minor, &inode,
			   name) < 7)
			continue;
		if (start == VSYSCALL)
			continue;
		++*nr;
		*sum += crowd_term(start, end, prot[0] == 'r');
		if (addr && addr < end) {
			*found = start;
			break;
		}
	}
	fclose(f);
	return 0;
}

int proc_maps_all_sscanf(const struct work *w)
{
	uint64_t nr = 0, sum = 0;
	int ret;

	(void)w;
	ret = maps_sscanf(&nr, &sum, 0, NULL);
	return ret ? ret : crowd_check(nr, sum);
}

int proc_maps_at_sscanf(const struct work *w)
{
	uint64_t nr = 0, sum = 0, found = 0;
	int ret;

	(void)w;
	ret = maps_sscanf(&nr, &sum, crowd.addr, &found);
	if (ret)
		return ret;
	return found == crowd.start ? 0 : -EBADMSG;
}

int crowd_expect(uint64_t least)
{
	uint64_t nr = 0, sum = 0;
	int ret;

	crowd.nr = 0;
	crowd.sum = 0;
	ret = maps_sscanf(&crowd.nr, &crowd.sum, 0, NULL);
	if (!ret)
		ret = maps_sscanf(&nr, &sum, crowd.addr, &crowd.start);
	return ret ? ret : crowd.nr < least ? -EINVAL : 0;
}

/* --- as lean as can be: no copy, no library, only what is asked for --- */

static inline const char *hex(const char *p, uint64_t *value)
{
	uint64_t v = 0;
	unsigned int d;

	for (;; p++) {
		d = (unsigned char)*p - '0';
		if (d > 9) {
			d = (unsigned char)*p - 'a';
			if (d > 5)
				break;
			d += 10;
		}
		v = v << 4 | d;
	}
	*value = v;
	return p;
}

static int maps_lean(uint64_t *nr, uint64_t *sum, uint64_t addr,
		     uint64_t *found)
{
	static char buf[64 * KIB];
	size_t have = 0;
	const char *p, *end;
	uint64_t start, stop;
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)crowd.pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while ((n = read(fd, buf + have, sizeof(buf) - have)) > 0) {
		have += n;
		p = buf;
		while ((end = memchr(p, '\n', buf + have - p))) {
			p = hex(p, &start);
			p = hex(p + 1, &stop);
			if (start != VSYSCALL) {
				++*nr;
				*sum += crowd_term(start, stop, p[1] == 'r');
			}
			if (addr && addr < stop) {
				*found = start;
				goto out;
			}
			p = end + 1;
		}
		have = buf + have - p;
		memmove(buf, p, have);
	}
out:
	close(fd);
	return n < 0 ? -EIO : 0;
}

int proc_maps_all(const struct work *w)
{
	uint64_t nr = 0, sum = 0;
	int ret;

	(void)w;
	ret = maps_lean(&nr, &sum, 0, NULL);
	return ret ? ret : crowd_check(nr, sum);
}

int proc_maps_at(const struct work *w)
{
	uint64_t nr = 0, sum = 0, found = 0;
	int ret;

	(void)w;
	ret = maps_lean(&nr, &sum, crowd.addr, &found);
	if (ret)
		return ret;
	return found == crowd.start ? 0 : -EBADMSG;
}
