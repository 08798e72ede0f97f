// SPDX-License-Identifier: LGPL-2.1-or-later
/* The device node: open it, explain why it would not open, and call it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

static int node_absent(int code)
{
	if (!access("/sys/module/dbgmem", F_OK))
		return dbgmem__fail_simple(code, DBGMEM_SOURCE_MODULE,
			"cannot open " DBGMEM_NODE ": %s, although the dbgmem module is loaded: mount devtmpfs on /dev, or make the node of the number that /sys/class/misc/dbgmem/dev gives",
			strerror(code));
	return dbgmem__fail_simple(code, DBGMEM_SOURCE_MODULE,
		"cannot open " DBGMEM_NODE ": the dbgmem module is not loaded: run 'dbgmem load' as root");
}

static int node_denied(int code, int oflags)
{
	const char *mode = oflags == O_RDONLY ? "reading" : "reading and writing";
	char label[DBGMEM__LABEL];
	struct stat st;

	/* Directory and file modes give EACCES, a device cgroup EPERM. */
	if (code == EPERM)
		return dbgmem__fail_simple(code, DBGMEM_SOURCE_NODE,
			"cannot open " DBGMEM_NODE " for %s: the device cgroup of this process does not allow it: allow the device in the container's or service's settings",
			mode);
	if (stat(DBGMEM_NODE, &st))
		return dbgmem__fail_simple(code, DBGMEM_SOURCE_NODE,
			"cannot open " DBGMEM_NODE ": permission denied on the way to it: run as root");
	if (!eaccess(DBGMEM_NODE, oflags == O_RDONLY ? R_OK : R_OK | W_OK) &&
	    dbgmem__confined(label, sizeof(label)))
		return dbgmem__fail_simple(code, DBGMEM_SOURCE_NODE,
			"cannot open " DBGMEM_NODE " for %s: its mode allows it, but a security module confines the caller as '%s', and there it is not allowed: allow it in the policy, or run outside of it; the audit log has the denial",
			mode, label);
	return dbgmem__fail_simple(code, DBGMEM_SOURCE_NODE,
		"cannot open " DBGMEM_NODE " for %s: permission denied, the node has mode %04o, uid %u, gid %u: join the group dbgmem (with the udev rule installed) or run as root",
		mode, (unsigned int)(st.st_mode & 07777),
		(unsigned int)st.st_uid, (unsigned int)st.st_gid);
}

/* A descriptor, or a negative errno and the failure recorded. */
int dbgmem__node_open(int oflags)
{
	int fd = open(DBGMEM_NODE, oflags | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	switch (errno) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		return node_absent(errno);
	case EACCES:
	case EPERM:
		return node_denied(errno, oflags);
	default:
		return dbgmem__fail_simple(errno, DBGMEM_SOURCE_SYSTEM,
					   "cannot open " DBGMEM_NODE ": %s",
					   strerror(errno));
	}
}

/* The only ioctl(2) of the library. 0 or a negative errno; records nothing. */
int dbgmem__node_ioctl(int fd, unsigned long cmd, void *arg)
{
	return ioctl(fd, cmd, arg) ? -errno : 0;
}
