// SPDX-License-Identifier: LGPL-2.1-or-later
/* What takes long: is checked at first, tells how far it is, and can be ended. */
#include <errno.h>
#include <stdio.h>

#include "internal.h"

int dbgmem__long_check(struct dbgmem *m, uint32_t cmd, uint64_t addr,
		       uint64_t len, uint32_t flags, uint32_t known)
{
	const struct dbgmem_transfer t = { .flags = flags };
	struct dbgmem_info info = { .size = sizeof(info) };
	char what[128];
	int ret = 0;

	if (flags & DBGMEM_EXACT) {
		ret = dbgmem_get_info(m, &info);
		if (ret)
			return ret;
		if (len > info.max_exact)
			ret = EMSGSIZE;
	}
	if (len > UINT64_MAX - addr)
		ret = EOVERFLOW;
	if (flags & ~known)
		ret = EINVAL;
	if (!ret)
		return 0;
	snprintf(what, sizeof(what), "cannot %s%s %llu bytes at 0x%llx of process %d",
		 cmd == DBGMEM_IOC_READ ? "read" : "write",
		 flags & DBGMEM_EXACT ? " exactly" : "",
		 (unsigned long long)len, (unsigned long long)addr,
		 (int)m->pid);
	return dbgmem__transfer_fail(m, cmd, &t, ret, what);
}

int dbgmem__progress(const struct dbgmem_progress *p, const struct dbgmem *m,
		     const char *what, uint64_t done, uint64_t total)
{
	const struct dbgmem_error e = {
		.code = ECANCELED,
		.source = DBGMEM_SOURCE_USAGE,
		.pid = m->pid,
		.result.done = done,
	};

	if (!p || !p->fn || !p->fn(p->arg, done, total) || done == total)
		return 0;
	return dbgmem__fail(&e, "%s process %d was ended by the caller after %llu of %llu bytes",
			    what, (int)m->pid, (unsigned long long)done,
			    (unsigned long long)total);
}
