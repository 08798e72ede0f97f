// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The mem_fd: opening /proc/PID/mem makes the kernel run its ptrace check.
 * The kernel answers EACCES whatever it was that refused, so after a refusal
 * the same facts that it looked at are looked at here, to name the likely one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "internal.h"

/* What /proc/PID/status says about who a process is. */
struct creds {
	unsigned int uid[4], gid[4];	/* real, effective, saved, filesystem */
	unsigned long long permitted, effective;
};

static bool creds_read(const char *path, struct creds *c)
{
	unsigned int found = 0;
	char line[256];
	FILE *f;

	f = fopen(path, "re");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Uid: %u %u %u %u", &c->uid[0], &c->uid[1],
			   &c->uid[2], &c->uid[3]) == 4)
			found |= 1;
		else if (sscanf(line, "Gid: %u %u %u %u", &c->gid[0],
				&c->gid[1], &c->gid[2], &c->gid[3]) == 4)
			found |= 2;
		else if (sscanf(line, "CapPrm: %llx", &c->permitted) == 1)
			found |= 4;
		else if (sscanf(line, "CapEff: %llx", &c->effective) == 1)
			found |= 8;
	}
	fclose(f);
	return found == 15;
}

static int yama_scope(void)
{
	int scope = -1;
	FILE *f;

	f = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	if (!f)
		return -1;
	if (fscanf(f, "%d", &scope) != 1)
		scope = -1;
	fclose(f);
	return scope;
}

/* The caller's filesystem ids are what PTRACE_MODE_FSCREDS compares. */
static bool same_owner(const struct creds *me, const struct creds *target)
{
	int i;

	for (i = 0; i < 3; i++)
		if (target->uid[i] != me->uid[3] || target->gid[i] != me->gid[3])
			return false;
	return true;
}

/* procfs gives the files of a process that may not be dumped to root. */
static bool not_dumpable(pid_t pid, const struct creds *target)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	return !stat(path, &st) && st.st_uid != target->uid[1];
}

/* Is there nothing but a security module with labels that may have refused? */
static bool may_else(const struct creds *me, const struct creds *target,
		     pid_t pid, int scope)
{
	if (me->effective & (1ULL << CAP_SYS_PTRACE))
		return true;
	return same_owner(me, target) && !not_dumpable(pid, target) &&
	       !(target->permitted & ~me->effective) && scope < 1;
}

static int denied(pid_t pid, int code)
{
	const struct dbgmem_error e = {
		.code = code,
		.source = DBGMEM_SOURCE_KERNEL,
		.pid = pid,
	};
	struct creds me, target;
	char path[64], label[DBGMEM__LABEL];
	int scope = yama_scope();

#define REFUSED	"cannot open process %d: the kernel's ptrace check refuses it: "
	if (scope == 3)
		return dbgmem__fail(&e, REFUSED
			"kernel.yama.ptrace_scope is 3, nobody may attach to anything until the next boot without it",
			(int)pid);
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (!creds_read("/proc/self/status", &me) || !creds_read(path, &target))
		return dbgmem__fail(&e, REFUSED
			"it has other credentials or a security module protects it (kernel.yama.ptrace_scope is %d): CAP_SYS_PTRACE is needed",
			(int)pid, scope);
	if (may_else(&me, &target, pid, scope) &&
	    dbgmem__confined(label, sizeof(label)))
		return dbgmem__fail(&e, REFUSED
			"a security module confines the caller as '%s', and there this is not allowed: allow it in the policy (AppArmor: a rule 'ptrace'; SELinux: 'process ptrace'), or run outside of it; the audit log has the denial",
			(int)pid, label);
	if (me.effective & (1ULL << CAP_SYS_PTRACE))
		return dbgmem__fail(&e, REFUSED
			"CAP_SYS_PTRACE is there, but not over the user namespace of the target, or a security module (SELinux, AppArmor, ...) refuses: run in the namespace of the target or an outer one",
			(int)pid);
	if (!same_owner(&me, &target))
		return dbgmem__fail(&e, REFUSED
			"it runs as uid %u, gid %u, the caller as uid %u, gid %u: run as root (CAP_SYS_PTRACE)",
			(int)pid, target.uid[1], target.gid[1], me.uid[3],
			me.gid[3]);
	if (not_dumpable(pid, &target))
		return dbgmem__fail(&e, REFUSED
			"it is not dumpable (set-id program, or prctl(PR_SET_DUMPABLE)): run as root (CAP_SYS_PTRACE)",
			(int)pid);
	if (target.permitted & ~me.effective)
		return dbgmem__fail(&e, REFUSED
			"it has capabilities that the caller does not have: run as root (CAP_SYS_PTRACE)",
			(int)pid);
	if (scope == 2)
		return dbgmem__fail(&e, REFUSED
			"kernel.yama.ptrace_scope is 2, only administrators may attach: run as root (CAP_SYS_PTRACE)",
			(int)pid);
	if (scope == 1)
		return dbgmem__fail(&e, REFUSED
			"kernel.yama.ptrace_scope is 1, only a parent may attach to its descendants, or whom the target named with prctl(PR_SET_PTRACER): run as root (CAP_SYS_PTRACE)",
			(int)pid);
	return dbgmem__fail(&e, REFUSED
		"a security module (SELinux, AppArmor, ...) or a user namespace, kernel.yama.ptrace_scope is %d: see the audit log, or run as root (CAP_SYS_PTRACE)",
		(int)pid, scope);
#undef REFUSED
}

/*
 * Is /proc not the one of this process's pid namespace, or not there? Then the
 * error is recorded, with @code.
 */
bool dbgmem__proc_fail(pid_t pid, int code)
{
	const struct dbgmem_error e = {
		.code = code,
		.source = DBGMEM_SOURCE_SYSTEM,
		.pid = pid,
	};
	char self[16], link[16];
	struct statfs fs;
	ssize_t n;

	if (statfs("/proc", &fs) || fs.f_type != PROC_SUPER_MAGIC) {
		dbgmem__fail(&e, "cannot open process %d: /proc is not mounted: mount procfs there",
			     (int)pid);
		return true;
	}
	snprintf(self, sizeof(self), "%d", (int)getpid());
	n = readlink("/proc/self", link, sizeof(link) - 1);
	if (n >= 0) {
		link[n] = '\0';
		if (!strcmp(self, link))
			return false;
	}
	dbgmem__fail(&e, "cannot open process %d: /proc belongs to another pid namespace, where that number is another process or none: mount the procfs of this namespace there, or run in the other one",
		     (int)pid);
	return true;
}

/* Explain why the mem_fd of @pid did not open, with errno value @code. */
int dbgmem__mem_fd_fail(pid_t pid, int code)
{
	struct dbgmem_error e = {
		.code = code,
		.source = DBGMEM_SOURCE_SYSTEM,
		.pid = pid,
	};

	switch (code) {
	case EACCES:
	case EPERM:
		return denied(pid, code);
	case ENOENT:
	case ESRCH:
		e.code = ESRCH;
		if (dbgmem__proc_fail(pid, e.code))
			return -e.code;
		if (!kill(pid, 0) || errno == EPERM) {
			if (code == ESRCH) {
				e.source = DBGMEM_SOURCE_TARGET;
				return dbgmem__fail(&e,
					"cannot open process %d: it has no memory of its own: it has exited, or is a kernel thread",
					(int)pid);
			}
			e.source = DBGMEM_SOURCE_KERNEL;
			return dbgmem__fail(&e,
				"cannot open process %d: it exists, but /proc does not show it (mount option hidepid): run as root",
				(int)pid);
		}
		e.source = DBGMEM_SOURCE_TARGET;
		return dbgmem__fail(&e,
			"cannot open process %d: there is no such process in this pid namespace",
			(int)pid);
	default:
		return dbgmem__fail(&e,
			"cannot open process %d: opening /proc/%d/mem failed: %s",
			(int)pid, (int)pid, strerror(code));
	}
}

/*
 * Open the mem_fd of thread @tid of @pid, or of the process where @tid is 0.
 * A descriptor or a negative errno; records nothing.
 */
int dbgmem__mem_fd_open(pid_t pid, pid_t tid, int oflags)
{
	char path[64];
	int fd;

	if (tid)
		snprintf(path, sizeof(path), "/proc/%d/task/%d/mem", (int)pid,
			 (int)tid);
	else
		snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	fd = open(path, oflags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
