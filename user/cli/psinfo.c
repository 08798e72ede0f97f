// SPDX-License-Identifier: GPL-2.0
/* What /proc says of a process or of a thread of it. */
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

#include "psinfo.h"

char *ps_read(int dir, const char *name, size_t *len)
{
	size_t room = 4096, done = 0;
	char *buf = NULL, *more;
	ssize_t n = -1;
	int fd, err;

	fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	do {
		if (!buf || done + 1 == room) {
			room *= 2;
			more = realloc(buf, room);
			if (!more)
				break;
			buf = more;
		}
		n = read(fd, buf + done, room - done - 1);
		if (n > 0)
			done += (size_t)n;
	} while (n > 0);
	err = errno;
	close(fd);
	if (n) {
		free(buf);
		errno = err;
		return NULL;
	}
	buf[done] = '\0';
	if (len)
		*len = done;
	return buf;
}

static int parse_stat(const char *text, struct psinfo *info)
{
	const char *open = strchr(text, '('), *close = strrchr(text, ')');
	size_t len;

	/* The name may have any of these characters in it. */
	if (!open || !close || close < open)
		return -EINVAL;
	len = (size_t)(close - open - 1);
	if (len > sizeof(info->name) - 1)
		len = sizeof(info->name) - 1;
	memcpy(info->name, open + 1, len);
	info->name[len] = '\0';
	if (sscanf(close + 1,
		   " %c %d %d %d %*d %*d %" SCNu64 " %*u %*u %*u %*u %" SCNu64
		   " %" SCNu64 " %" SCNu64 " %" SCNu64 " %*d %ld",
		   &info->state, &info->ppid, &info->pgrp, &info->sid,
		   &info->flags, &info->time[0], &info->time[1],
		   &info->time[2], &info->time[3], &info->nice) != 10)
		return -EINVAL;
	return 0;
}

/* The number behind @key; 0 if there is none. */
static uint64_t number(const char *text, const char *key, int base)
{
	const char *p = strstr(text, key);

	return p ? strtoull(p + strlen(key), NULL, base) : 0;
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
	while ((e = readdir(d))) {
		if (!isdigit((unsigned char)*e->d_name))
			continue;
		if (nr == room) {
			room = room ? 2 * room : 64;
			more = reallocarray(*tids, room, sizeof(*more));
			if (!more) {
				closedir(d);
				free(*tids);
				return -ENOMEM;
			}
			*tids = more;
		}
		(*tids)[nr++] = (pid_t)atoi(e->d_name);
	}
	closedir(d);
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
		if (other < 0)
			continue;
		close(fd);
		fd = other;
		break;
	}
	free(tids);
	return fd;
}
