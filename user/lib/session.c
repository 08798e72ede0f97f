// SPDX-License-Identifier: LGPL-2.1-or-later
/* A handle: one open session on one target. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define KNOWN_FLAGS \
	(DBGMEM_OPEN_RDONLY | DBGMEM_OPEN_WRITE | DBGMEM_OPEN_MIRROR)

/* An exec between the two steps of an attach is rare; in a row it is a loop. */
#define ATTACH_TRIES	4

/* How many threads of a process whose first one is gone are tried, and how long. */
#define THREAD_TRIES	256
#define THREAD_MS	1000

static int attach_fail(pid_t pid, int code)
{
	struct dbgmem_error e = {
		.code = code,
		.source = DBGMEM_SOURCE_SYSTEM,
		.pid = pid,
	};

	/* A number of /proc is not what the module takes it for. */
	if ((code == EXDEV || code == ESRCH) && dbgmem__proc_fail(pid, code))
		return -code;
#define ATTACH	"cannot attach to process %d: "
	switch (code) {
	case EBADF:
		e.source = DBGMEM_SOURCE_MEM_FD;
		return dbgmem__fail(&e, ATTACH "the mem_fd is not an open descriptor: open /proc/%d/mem and pass that",
				    (int)pid, (int)pid);
	case EBADFD:
		e.source = DBGMEM_SOURCE_MEM_FD;
		return dbgmem__fail(&e, ATTACH "the mem_fd is not a file of procfs: open /proc/%d/mem and pass that",
				    (int)pid, (int)pid);
	case EKEYREJECTED:
		e.source = DBGMEM_SOURCE_MEM_FD;
		return dbgmem__fail(&e, ATTACH "the mem_fd is a file of procfs that stands for a weaker check: open /proc/%d/mem and pass that",
				    (int)pid, (int)pid);
	case EXDEV:
		e.source = DBGMEM_SOURCE_MEM_FD;
		return dbgmem__fail(&e, ATTACH "the mem_fd belongs to another process: open /proc/%d/mem and pass that",
				    (int)pid, (int)pid);
	case EACCES:
		e.source = DBGMEM_SOURCE_MEM_FD;
		return dbgmem__fail(&e, ATTACH "the mem_fd and the session have no access mode in common: open /proc/%d/mem for reading, or for both",
				    (int)pid, (int)pid);
	case ESTALE:
		e.source = DBGMEM_SOURCE_TARGET;
		return dbgmem__fail(&e, ATTACH "it has executed another program since the mem_fd was opened: open it again",
				    (int)pid);
	case ESRCH:
		e.source = DBGMEM_SOURCE_TARGET;
		return dbgmem__fail(&e, ATTACH "it has exited", (int)pid);
	case ETIMEDOUT:
		e.source = DBGMEM_SOURCE_TARGET;
		return dbgmem__fail(&e, ATTACH "its first thread has exited, and none of the others that were tried (%d at most, for a second at most) is alive: give the number of one that is, from /proc/%d/task",
				    (int)pid, THREAD_TRIES, (int)pid);
	case ENXIO:
		e.source = DBGMEM_SOURCE_TARGET;
		return dbgmem__fail(&e, ATTACH "it is a kernel thread and has no memory of its own",
				    (int)pid);
	case EISCONN:
		e.source = DBGMEM_SOURCE_USAGE;
		return dbgmem__fail(&e, ATTACH "the session is attached already",
				    (int)pid);
	case EINVAL:
		e.source = DBGMEM_SOURCE_USAGE;
		return dbgmem__fail(&e, ATTACH "not a process id", (int)pid);
	case ENOTTY:
	case EOPNOTSUPP:
	case E2BIG:
		e.source = DBGMEM_SOURCE_MODULE;
		return dbgmem__fail(&e, ATTACH "the loaded dbgmem module does not speak this library's ABI: install both from the same release",
				    (int)pid);
	default:
		return dbgmem__fail(&e, ATTACH "%s", (int)pid, strerror(code));
	}
#undef ATTACH
}

/* 0 or a negative errno; records nothing. */
static int attach_try(struct dbgmem *m, int mem_fd)
{
	struct dbgmem_attach a = {
		.size = sizeof(a),
		.flags = m->attach_flags,
		.pid = m->pid,
		.mem_fd = mem_fd,
	};
	int ret;

	ret = dbgmem__node_ioctl(m->fd, DBGMEM_IOC_ATTACH, &a);
	if (!ret)
		m->access = a.access;
	return ret;
}

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/*
 * The first thread is gone, and with it what /proc/PID/mem stood for; any other
 * thread's mem is as good. -ESRCH if there is none, -ETIMEDOUT if there are too many
 * that are gone as well: a target can have as many of those as it likes.
 */
static int attach_thread(struct dbgmem *m, int oflags)
{
	const long limit = now_ms() + THREAD_MS;
	int mem_fd, ret = -ESRCH, tries = 0;
	struct dirent *d;
	char path[32], *end;
	long tid;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)m->pid);
	dir = opendir(path);
	if (!dir)
		return -ESRCH;
	while (ret == -ESRCH && (d = readdir(dir))) {
		tid = strtol(d->d_name, &end, 10);
		if (*end || tid <= 0)
			continue;
		if (tries++ == THREAD_TRIES || now_ms() > limit) {
			ret = -ETIMEDOUT;
			break;
		}
		mem_fd = dbgmem__mem_fd_open(m->pid, (pid_t)tid, oflags);
		if (mem_fd < 0)
			continue;
		ret = attach_try(m, mem_fd);
		close(mem_fd);
	}
	closedir(dir);
	return ret;
}

/*
 * Nothing of it opens. The module knows a kernel thread from what has exited, and
 * says so before it looks at whose mem_fd it is given: our own will do.
 */
static int attach_without(struct dbgmem *m, int oflags)
{
	int mem_fd = dbgmem__mem_fd_open(getpid(), 0, oflags);
	int ret = -ESRCH;

	if (mem_fd >= 0) {
		ret = attach_try(m, mem_fd);
		close(mem_fd);
	}
	return ret && ret != -ENXIO ? -ESRCH : ret;
}

static int attach_pid(struct dbgmem *m, int oflags)
{
	int mem_fd, ret, tries = ATTACH_TRIES;

	do {
		mem_fd = dbgmem__mem_fd_open(m->pid, 0, oflags);
		/* Newer kernels refuse the open where there is no memory. */
		if (mem_fd == -ESRCH) {
			ret = attach_thread(m, oflags);
			if (ret == -ESRCH)
				ret = attach_without(m, oflags);
			continue;
		}
		if (mem_fd < 0)
			return dbgmem__mem_fd_fail(m->pid, -mem_fd);
		ret = attach_try(m, mem_fd);
		close(mem_fd);
		if (ret == -ESRCH)
			ret = attach_thread(m, oflags);
	} while (ret == -ESTALE && --tries);
	return ret ? attach_fail(m->pid, -ret) : 0;
}

static int limits_get(struct dbgmem *m)
{
	struct dbgmem_info info = { .size = sizeof(info) };
	int ret;

	ret = dbgmem_get_info(m, &info);
	if (ret)
		return ret;
	m->page_size = info.page_size;
	m->max_segments = info.max_segments;
	m->max_breakpoints = info.max_breakpoints;
	m->max_expects = info.max_expects;
	m->features = info.features;
	return 0;
}

int dbgmem__feature(const struct dbgmem *m, uint64_t feature, const char *what)
{
	const struct dbgmem_error e = {
		.code = EOPNOTSUPP,
		.source = DBGMEM_SOURCE_MODULE,
		.pid = m->pid,
	};

	if (m->features & feature)
		return 0;
	return dbgmem__fail(&e, "the loaded dbgmem module does not know %s: install it and the library from the same release",
			    what);
}

static int mirror_check(struct dbgmem *m)
{
	const struct dbgmem_error e = {
		.code = EOPNOTSUPP,
		.source = DBGMEM_SOURCE_MODULE,
		.pid = m->pid,
	};

	if (m->features & DBGMEM_FEATURE_MIRROR)
		return 0;
	return dbgmem__fail(&e, "cannot open process %d with a mirror: the module keeps none, as the kernel lacks CONFIG_HMM_MIRROR, /sys/module/dbgmem/parameters/mirror_pages is 0, or it is older than this library: open it without",
			    (int)m->pid);
}

/* --- breakpoints --- */

/*
 * A session ends when the last process has closed it, and a child may have it still,
 * or whoever it was sent to. Breakpoints are not to stay for that.
 */
static void breakpoints_end(struct dbgmem *m)
{
	struct dbgmem_bp_clear_args c = { .size = sizeof(c), .flags = DBGMEM_BP_ALL };

	if (m->opener == getpid() &&
	    __atomic_load_n(&m->has_planted, __ATOMIC_RELAXED))
		dbgmem__node_ioctl(m->fd, DBGMEM_IOC_BP_CLEAR, &c);
}

/* --- opening and closing --- */

/* @mem_fd of -1: open it here. */
static int session_open(pid_t pid, int mem_fd, unsigned int flags,
			struct dbgmem **out)
{
	int oflags = flags & DBGMEM_OPEN_WRITE ? O_RDWR : O_RDONLY;
	struct dbgmem *m;
	int ret;

	*out = NULL;
	if (flags & ~KNOWN_FLAGS)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot open process %d: unknown open flags 0x%x",
			(int)pid, flags & ~KNOWN_FLAGS);
	if (flags & DBGMEM_OPEN_RDONLY && flags & DBGMEM_OPEN_WRITE)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot open process %d: DBGMEM_OPEN_RDONLY and DBGMEM_OPEN_WRITE exclude each other",
			(int)pid);
	if (pid <= 0)
		return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
			"cannot open process %d: a process id is a positive number",
			(int)pid);
	m = calloc(1, sizeof(*m));
	if (!m)
		return dbgmem__fail_simple(ENOMEM, DBGMEM_SOURCE_SYSTEM,
			"cannot open process %d: out of memory", (int)pid);
	m->pid = pid;
	m->opener = getpid();
	if (flags & DBGMEM_OPEN_MIRROR)
		m->attach_flags = DBGMEM_ATTACH_MIRROR;
	m->fd = dbgmem__node_open(oflags);
	if (m->fd < 0) {
		ret = m->fd;
		goto err_free;
	}
	ret = limits_get(m);
	if (!ret && m->attach_flags)
		ret = mirror_check(m);
	if (ret)
		goto err_close;
	if (mem_fd < 0) {
		ret = attach_pid(m, oflags);
	} else {
		ret = attach_try(m, mem_fd);
		if (ret)
			attach_fail(pid, -ret);
	}
	if (ret)
		goto err_close;
	*out = m;
	return 0;

err_close:
	close(m->fd);
err_free:
	free(m);
	return ret;
}

DBGMEM_EXPORT int dbgmem_open(pid_t pid, unsigned int flags,
			      struct dbgmem **out)
{
	return session_open(pid, -1, flags, out);
}

DBGMEM_EXPORT int dbgmem_open_mem_fd(pid_t pid, int mem_fd,
				     unsigned int flags, struct dbgmem **out)
{
	if (mem_fd < 0) {
		*out = NULL;
		return attach_fail(pid, EBADF);
	}
	return session_open(pid, mem_fd, flags, out);
}

DBGMEM_EXPORT void dbgmem_close(struct dbgmem *m)
{
	if (!m)
		return;
	breakpoints_end(m);
	close(m->fd);
	free(m);
}

DBGMEM_EXPORT int dbgmem_fd(const struct dbgmem *m)
{
	return m->fd;
}

DBGMEM_EXPORT pid_t dbgmem_pid(const struct dbgmem *m)
{
	return m->pid;
}

DBGMEM_EXPORT uint32_t dbgmem_access(const struct dbgmem *m)
{
	return m->access;
}

/* @type is that of the structure. */
static int info_fail(int ret, const char *type)
{
	if (ret == -EINVAL || ret == -E2BIG || ret == -EOPNOTSUPP)
		return dbgmem__fail_simple(-ret, DBGMEM_SOURCE_USAGE,
			"cannot ask " DBGMEM_NODE " for information: %s: initialize the structure with { .size = sizeof(struct %s) }",
			strerror(-ret), type);
	return dbgmem__fail_simple(-ret, DBGMEM_SOURCE_MODULE,
		"cannot ask " DBGMEM_NODE " for information: %s: install the module and the library from the same release",
		strerror(-ret));
}

DBGMEM_EXPORT int dbgmem_get_info(const struct dbgmem *m,
				  struct dbgmem_info *info)
{
	int fd, ret;

	fd = m ? m->fd : dbgmem__node_open(O_RDONLY);
	if (fd < 0)
		return fd;
	ret = dbgmem__node_ioctl(fd, DBGMEM_IOC_INFO, info);
	if (!m)
		close(fd);
	return ret ? info_fail(ret, "dbgmem_info") : 0;
}

DBGMEM_EXPORT int dbgmem_get_session_info(const struct dbgmem *m,
					  struct dbgmem_session_info *info)
{
	int ret = dbgmem__node_ioctl(m->fd, DBGMEM_IOC_SESSION_INFO, info);

	return ret ? info_fail(ret, "dbgmem_session_info") : 0;
}
