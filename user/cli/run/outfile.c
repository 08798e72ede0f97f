// SPDX-License-Identifier: GPL-2.0
/*
 * A file that appears when it is complete. Until then it has no name, or a random one
 * on file systems without O_TMPFILE (NFS, FAT, FUSE).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "run/interrupt.h"
#include "run/outfile.h"
#include "text/message.h"

#define TRIES		100
#define MAKING_MS	1000

enum {
	NONE,
	MAKING,		/* the file may exist or not */
	THERE,
};

/* The name until the file is complete. A signal that ends the tool removes it. */
static struct {
	atomic_int state;
	char name[32];
	int dir;
} temporary;

/* The thread of interrupt.c takes the other signals. */
static const int fatal[] = {
	SIGQUIT, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU,
};

static void temporary_remove(void)
{
	if (temporary.state == THERE)
		unlinkat(temporary.dir, temporary.name, 0);
	temporary.state = NONE;
}

/* Runs in another thread. A file in state MAKING exists soon, or never. */
static void on_end(void)
{
	const struct timespec ms = { .tv_nsec = 1000000 };
	int i;

	for (i = 0; temporary.state == MAKING && i < MAKING_MS; i++)
		nanosleep(&ms, NULL);
	temporary_remove();
}

static void on_fatal(int signo)
{
	temporary_remove();
	signal(signo, SIG_DFL);
	raise(signo);
}

static void signals_block(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, before);
}

static void signals_restore(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* Only signals that would end the tool. */
static void signals_catch(void)
{
	const struct sigaction act = { .sa_handler = on_fatal };
	struct sigaction now;
	size_t i;

	for (i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		if (!sigaction(fatal[i], NULL, &now) &&
		    now.sa_handler == SIG_DFL)
			sigaction(fatal[i], &act, NULL);
}

/*
 * Make a name in @dir by @make, which fails if the name exists. The name is recorded
 * before a signal can be handled. Returns the result of @make.
 */
static int temporary_make(int dir, int (*make)(int dir, const char *name, int fd),
			  int fd)
{
	sigset_t before;
	uint64_t number;
	int ret = -1, i;

	signals_catch();
	interrupt_before_end(on_end);
	interrupt_watch();
	signals_block(&before);
	temporary.state = MAKING;
	for (i = 0; i < TRIES; i++) {
		if (getrandom(&number, sizeof(number), 0) < 0)
			break;
		snprintf(temporary.name, sizeof(temporary.name),
			 ".dbgmem.%016llx", (unsigned long long)number);
		temporary.dir = dir;
		ret = make(dir, temporary.name, fd);
		if (ret >= 0 || errno != EEXIST)
			break;
	}
	temporary.state = ret < 0 ? NONE : THERE;
	signals_restore(&before);
	return ret;
}

static int create(int dir, const char *name, int unused)
{
	(void)unused;
	return openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW |
		      O_CLOEXEC, 0600);
}

/* Name the file @fd, which has no name. */
static int name_it(int dir, const char *name, int fd)
{
	char self[32];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, self, dir, name, AT_SYMLINK_FOLLOW);
}

/* Returns a descriptor, or -1 and errno. */
static int file_open(int dir)
{
	char self[32];
	int fd;

	fd = openat(dir, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	if (fd >= 0) {
		/* Without /proc it cannot be named later. */
		snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
		if (!access(self, F_OK))
			return fd;
		close(fd);
	} else if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) {
		return -1;
	}
	return temporary_make(dir, create, -1);
}

static int fail(const struct outfile *o, const char *why)
{
	msg("cannot write to %s: %s", o->path, why);
	return STATUS_FAILED;
}

static int fail_there(const struct outfile *o)
{
	msg("cannot write to %s: it exists already; --replace replaces it",
	    o->path);
	return STATUS_FAILED;
}

/* May the file get its name? */
static int check(const struct outfile *o)
{
	struct stat st;

	if (fstatat(o->dir, o->name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? STATUS_OK : fail(o, strerror(errno));
	if (S_ISLNK(st.st_mode))
		return fail(o, "it is a symbolic link, which is not followed");
	if (!S_ISREG(st.st_mode))
		return fail(o, "it exists and is not a regular file; redirect standard output to it");
	return o->replace ? STATUS_OK : fail_there(o);
}

/* Open the directory of the file, so that its path is followed only once. */
static int dir_open(struct outfile *o)
{
	const char *slash = strrchr(o->path, '/');
	char *path;
	int err;

	o->name = strdup(slash ? slash + 1 : o->path);
	path = slash ? strndup(o->path, (size_t)(slash - o->path) + 1) :
		       strdup(".");
	if (!o->name || !path)
		errno = ENOMEM;
	else if (!*o->name)
		errno = *o->path ? EISDIR : ENOENT;
	else
		o->dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	err = errno;
	free(path);
	errno = err;
	return o->dir < 0 ? -1 : 0;
}

static void release(struct outfile *o)
{
	if (o->fd >= 0)
		close(o->fd);
	if (o->dir >= 0)
		close(o->dir);
	free(o->name);
	*o = (struct outfile){ .dir = -1, .fd = -1 };
}

int outfile_open(struct outfile *o, const char *path, bool replace)
{
	int status;

	*o = (struct outfile){
		.path = path,
		.replace = replace,
		.dir = -1,
		.fd = -1,
	};
	signal(SIGXFSZ, SIG_IGN);
	status = dir_open(o) ? fail(o, strerror(errno)) : check(o);
	if (!status) {
		o->fd = file_open(o->dir);
		if (o->fd < 0)
			status = fail(o, strerror(errno));
	}
	if (status)
		release(o);
	return status;
}

/* Replace a file: rename(2) needs a temporary name. */
static int publish_over(const struct outfile *o)
{
	if (temporary.state == NONE && temporary_make(o->dir, name_it, o->fd))
		return -1;
	return renameat(o->dir, temporary.name, o->dir, o->name);
}

static int publish_new(const struct outfile *o)
{
	if (temporary.state == NONE)
		return name_it(o->dir, o->name, o->fd);
	if (!renameat2(o->dir, temporary.name, o->dir, o->name,
		       RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL)
		return -1;
	/* The file system does not support RENAME_NOREPLACE. Try linkat(2). */
	if (linkat(o->dir, temporary.name, o->dir, o->name, 0))
		return -1;
	unlinkat(o->dir, temporary.name, 0);
	return 0;
}

/* Returns 0 or a positive errno. */
static int publish(const struct outfile *o)
{
	sigset_t before;
	int ret;

	signals_block(&before);
	ret = (o->replace ? publish_over(o) : publish_new(o)) ? errno : 0;
	if (!ret)
		temporary.state = NONE;
	signals_restore(&before);
	return ret;
}

int outfile_commit(struct outfile *o)
{
	int status, ret;

	ret = fsync(o->fd) ? errno : 0;
	/* Check again: a file of that name may exist by now. */
	status = ret ? fail(o, strerror(ret)) : check(o);
	if (!status) {
		ret = publish(o);
		if (ret)
			status = ret == EEXIST ? fail_there(o) :
						 fail(o, strerror(ret));
	}
	outfile_discard(o);
	return status;
}

void outfile_discard(struct outfile *o)
{
	temporary_remove();
	release(o);
}
