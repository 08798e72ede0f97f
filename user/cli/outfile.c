// SPDX-License-Identifier: GPL-2.0
/* A file that is there when it is complete, and not before. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "outfile.h"

/* May there be a file of this name afterwards? */
static int check(const struct outfile *o)
{
	struct stat st;

	if (lstat(o->path, &st)) {
		if (errno == ENOENT)
			return STATUS_OK;
		msg("cannot write to %s: %s", o->path, strerror(errno));
		return STATUS_FAILED;
	}
	if (!S_ISREG(st.st_mode)) {
		msg("cannot write to %s: it is there, and no regular file",
		    o->path);
		return STATUS_FAILED;
	}
	if (!o->replace) {
		msg("cannot write to %s: it is there already; --force replaces it",
		    o->path);
		return STATUS_FAILED;
	}
	return STATUS_OK;
}

int outfile_open(struct outfile *o, const char *path, bool replace)
{
	int status;

	*o = (struct outfile){ .path = path, .fd = -1, .replace = replace };
	status = check(o);
	if (status)
		return status;
	if (asprintf(&o->tmp, "%s.XXXXXX", path) < 0) {
		msg("out of memory");
		return STATUS_FAILED;
	}
	/* Mode 0600: another process's memory is nobody else's to read. */
	o->fd = mkostemp(o->tmp, O_CLOEXEC);
	if (o->fd < 0) {
		msg("cannot write to %s: %s: %s", path, o->tmp,
		    strerror(errno));
		free(o->tmp);
		return STATUS_FAILED;
	}
	return STATUS_OK;
}

static int publish(const struct outfile *o)
{
	if (o->replace)
		return rename(o->tmp, o->path);
	if (!renameat2(AT_FDCWD, o->tmp, AT_FDCWD, o->path, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL)
		return -1;
	/* The file system does not know that, but perhaps this: */
	if (link(o->tmp, o->path))
		return -1;
	unlink(o->tmp);
	return 0;
}

int outfile_commit(struct outfile *o)
{
	int fd = o->fd, ret;

	ret = fsync(fd) ? errno : 0;
	o->fd = -1;
	if (close(fd) && !ret)
		ret = errno;
	/* It may have changed meanwhile. */
	if (!ret && check(o)) {
		outfile_discard(o);
		return STATUS_FAILED;
	}
	if (!ret && publish(o))
		ret = errno;
	if (ret) {
		msg("cannot write to %s: %s", o->path, strerror(ret));
		outfile_discard(o);
		return STATUS_FAILED;
	}
	free(o->tmp);
	return STATUS_OK;
}

void outfile_discard(struct outfile *o)
{
	if (o->fd >= 0)
		close(o->fd);
	unlink(o->tmp);
	free(o->tmp);
}
