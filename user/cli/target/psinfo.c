// SPDX-License-Identifier: GPL-2.0
/* Information of /proc about a process or a thread. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/interrupt.h"
#include "target/psinfo.h"

/* The kernel has fewer thread ids: threads appear faster than they are read. */
#define THREADS_MAX	(1U << 22)

/* Read until @size bytes or the end. Returns how many, or a negative errno. */
static ssize_t fill(int fd, char *buf, size_t size)
{
	size_t done = 0;
	ssize_t n = 1;

	for (; n > 0 && done < size; done += n > 0 ? (size_t)n : 0)
		n = read(fd, buf + done, size - done);
	return n < 0 ? -errno : (ssize_t)done;
}

static int open_file(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

ssize_t ps_read_begin(int dir, const char *name, char *buf, size_t size)
{
	int fd = open_file(dir, name);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = fill(fd, buf, size);
	close(fd);
	return n;
}

/* Read all of @fd. Returns NULL and errno if it fails. */
static char *read_all(int fd, size_t *len)
{
	size_t room = 4096, done = 0;
	char *buf = NULL, *more;
	ssize_t n;

	for (;;) {
		more = realloc(buf, room + 1);
		if (!more)
			n = -ENOMEM;
		else
			n = fill(fd, more + done, room - done);
		if (more)
			buf = more;
		if (n < 0)
			break;
		done += (size_t)n;
		if (done < room) {
			buf[done] = '\0';
			*len = done;
			return buf;
		}
		n = -EFBIG;
		if (room > PS_MAX)
			break;
		room *= 2;
	}
	free(buf);
	errno = (int)-n;
	return NULL;
}

char *ps_read(int dir, const char *name, size_t *len)
{
	int fd = open_file(dir, name), err;
	size_t unused;
	char *text;

	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	text = read_all(fd, len ? len : &unused);
	err = errno;
	close(fd);
	errno = err;
	return text;
}

static int parse_stat(const char *text, struct psinfo *info)
{
	const char *open = strchr(text, '('), *close = strrchr(text, ')');
	size_t len;

	/* The name may have parentheses in it. */
	if (!open || !close || close < open)
		return -EINVAL;
	len = (size_t)(close - open - 1);
	if (len > sizeof(info->name) - 1)
		len = sizeof(info->name) - 1;
	memcpy(info->name, open + 1, len);
	info->name[len] = '\0';
	info->pid = (pid_t)atoi(text);
	if (sscanf(close + 1,
		   " %c %d %d %d %*d %*d %" SCNu64 " %*u %*u %*u %*u %" SCNu64
		   " %" SCNu64 " %" SCNu64 " %" SCNu64 " %*d %ld",
		   &info->state, &info->ppid, &info->pgrp, &info->sid,
		   &info->flags, &info->time[0], &info->time[1],
		   &info->time[2], &info->time[3], &info->nice) != 10)
		return -EINVAL;
	return 0;
}

/* Returns the number after @key, or 0 if there is none. */
static uint64_t number(const char *text, const char *key, int base)
{
	const char *p = strstr(text, key);

	return p ? strtoull(p + strlen(key), NULL, base) : 0;
}

/*
 * Returns the last number after @key, which is of the innermost pid namespace, and in
 * *@levels how many there are. Returns -1 if there is none: the kernel has no such
 * namespaces.
 */
static pid_t inner_number(const char *text, const char *key, unsigned int *levels)
{
	const char *p = strstr(text, key);
	long last = -1;
	char *end;

	*levels = 0;
	if (!p)
		return -1;
	for (p += strlen(key); *p == ' ' || *p == '\t'; p = end) {
		last = strtol(p, &end, 10);
		if (end == p)
			break;
		(*levels)++;
	}
	return (pid_t)last;
}

static void inner_set(const char *text, const char *key, pid_t *number)
{
	unsigned int levels;
	pid_t inner = inner_number(text, key, &levels);

	if (inner >= 0)
		*number = inner;
}

/* Returns the parent's number, 0 if the parent is in another namespace. */
static pid_t inner_parent(int dir, pid_t parent, unsigned int levels)
{
	unsigned int its;
	char name[32], *text;
	pid_t inner;

	snprintf(name, sizeof(name), "../%d/status", (int)parent);
	text = parent ? ps_read(dir, name, NULL) : NULL;
	if (!text)
		return 0;
	inner = inner_number(text, "\nNSpid:", &its);
	free(text);
	return its == levels ? inner : 0;
}

static void parse_numbers(int dir, const char *text, struct psinfo *info)
{
	unsigned int levels;
	pid_t inner;

	info->tgid = (pid_t)number(text, "\nTgid:", 10);
	inner_set(text, "\nNStgid:", &info->tgid);
	inner_set(text, "\nNSpgid:", &info->pgrp);
	inner_set(text, "\nNSsid:", &info->sid);
	inner = inner_number(text, "\nNSpid:", &levels);
	if (inner >= 0)
		info->pid = inner;
	if (levels > 1)
		info->ppid = inner_parent(dir, info->ppid, levels);
}

int psinfo_read(int dir, pid_t thread, struct psinfo *info)
{
	char path[32] = "";
	char name[48], *text;
	int ret;

	memset(info, 0, sizeof(*info));
	if (thread)
		snprintf(path, sizeof(path), "task/%d/", (int)thread);
	snprintf(name, sizeof(name), "%sstat", path);
	text = ps_read(dir, name, NULL);
	if (!text)
		return -errno;
	ret = parse_stat(text, info);
	free(text);
	if (ret)
		return ret;
	snprintf(name, sizeof(name), "%sstatus", path);
	text = ps_read(dir, name, NULL);
	if (!text)
		return -errno;
	info->uid = (uid_t)number(text, "\nUid:", 10);
	info->gid = (gid_t)number(text, "\nGid:", 10);
	info->sigpend = number(text, "\nSigPnd:", 16);
	info->sighold = number(text, "\nSigBlk:", 16);
	parse_numbers(dir, text, info);
	free(text);
	return 0;
}

bool psinfo_ended(const struct psinfo *info)
{
	return strchr("ZXx", info->state);
}

static int compare(const void *a, const void *b, void *first)
{
	const pid_t *x = a, *y = b, *pid = first;

	if (*x == *y)
		return 0;
	if (*x == *pid || *y == *pid)
		return *x == *pid ? -1 : 1;
	return *x < *y ? -1 : 1;
}

bool ps_has_thread(int dir, pid_t tid)
{
	char name[32];

	snprintf(name, sizeof(name), "task/%d", (int)tid);
	return !faccessat(dir, name, F_OK, 0);
}

ssize_t ps_threads(int dir, pid_t first, pid_t **tids)
{
	size_t nr = 0, room = 0;
	struct dirent *e;
	pid_t *more;
	DIR *d = NULL;
	int fd, ret;

	*tids = NULL;
	fd = openat(dir, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		d = fdopendir(fd);
	if (!d) {
		ret = -errno;
		if (fd >= 0)
			close(fd);
		return ret == -ENOENT ? -ESRCH : ret;
	}
	while ((e = readdir(d)) && nr < THREADS_MAX && !interrupt_seen()) {
		if (!isdigit((unsigned char)*e->d_name))
			continue;
		if (nr == room) {
			room = room ? 2 * room : 64;
			more = reallocarray(*tids, room, sizeof(*more));
			if (!more)
				break;
			*tids = more;
		}
		(*tids)[nr++] = (pid_t)atoi(e->d_name);
	}
	closedir(d);
	if (e) {
		free(*tids);
		*tids = NULL;
		if (interrupt_seen())
			return -EINTR;
		return nr == THREADS_MAX ? -E2BIG : -ENOMEM;
	}
	if (nr)
		qsort_r(*tids, nr, sizeof(**tids), compare, &first);
	return (ssize_t)nr;
}

static int open_dir(pid_t pid)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int ps_open(pid_t pid)
{
	struct psinfo info;
	pid_t *tids = NULL;
	ssize_t nr = 0, i;
	int fd, other;

	fd = open_dir(pid);
	if (fd < 0)
		return fd;
	if (!psinfo_read(fd, 0, &info) && psinfo_ended(&info))
		nr = ps_threads(fd, pid, &tids);
	for (i = 0; tids && i < nr; i++) {
		if (psinfo_read(fd, tids[i], &info) || psinfo_ended(&info))
			continue;
		other = open_dir(tids[i]);
		if (other >= 0 && !ps_has_thread(fd, tids[i])) {
			close(other);
			other = -1;
		}
		if (other < 0)
			continue;
		close(fd);
		fd = other;
		break;
	}
	free(tids);
	return fd;
}
