// SPDX-License-Identifier: LGPL-2.1-or-later
/* The calling thread's last failure, in parts and as a sentence. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "internal.h"

static __thread struct dbgmem_error last;
static __thread char sentence[768];

int dbgmem__fail(const struct dbgmem_error *e, const char *fmt, ...)
{
	va_list ap;

	last = *e;
	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	return -last.code;
}

void dbgmem__fail_done(uint64_t done)
{
	last.result.done = done;
}

DBGMEM_EXPORT const char *dbgmem_errstr(void)
{
	return sentence;
}

DBGMEM_EXPORT const struct dbgmem_error *dbgmem_last_error(void)
{
	return &last;
}

static const char *const reasons[] = {
	[DBGMEM_REASON_NONE] = "no reason",
	[DBGMEM_REASON_UNMAPPED] = "nothing is mapped there",
	[DBGMEM_REASON_PROTECTION] = "the mapping's protection does not allow it",
	[DBGMEM_REASON_NOT_RESIDENT] = "the page is not resident",
	[DBGMEM_REASON_SPECIAL] = "it is device or secret memory",
	[DBGMEM_REASON_HWPOISON] = "the page is broken hardware",
	[DBGMEM_REASON_BACKING] = "it is beyond the end of the mapped file, or reading the file failed",
	[DBGMEM_REASON_BUFFER] = "the caller's own buffer is not accessible",
	[DBGMEM_REASON_EXITED] = "the target has exited",
	[DBGMEM_REASON_EXECED] = "the target has executed another program",
	[DBGMEM_REASON_NOMEM] = "the kernel is out of memory",
	[DBGMEM_REASON_INTERRUPTED] = "the caller is being killed",
	[DBGMEM_REASON_CHANGED] = "it changed while it was read",
	[DBGMEM_REASON_SHARED_FILE] = "it is a shared mapping of a file, and the trap would get into the file",
	[DBGMEM_REASON_CANCELED] = "an expectation no longer held",
};

DBGMEM_EXPORT const char *dbgmem_reason_str(uint32_t reason)
{
	if (reason >= sizeof(reasons) / sizeof(reasons[0]))
		return "it is not accessible";
	return reasons[reason];
}

int dbgmem__reason_errno(uint32_t reason)
{
	switch (reason) {
	case DBGMEM_REASON_EXITED:
		return -ESRCH;
	case DBGMEM_REASON_EXECED:
		return -ESTALE;
	case DBGMEM_REASON_NOMEM:
		return -ENOMEM;
	case DBGMEM_REASON_INTERRUPTED:
		return -EINTR;
	default:
		return -EFAULT;
	}
}

static const char *const sources[] = {
	[DBGMEM_SOURCE_NONE] = "nobody",
	[DBGMEM_SOURCE_USAGE] = "the arguments of the call",
	[DBGMEM_SOURCE_MODULE] = "the dbgmem module",
	[DBGMEM_SOURCE_NODE] = "the access rights of /dev/dbgmem",
	[DBGMEM_SOURCE_KERNEL] = "the kernel's ptrace check",
	[DBGMEM_SOURCE_MEM_FD] = "the check of the mem_fd",
	[DBGMEM_SOURCE_SESSION] = "the access that the session was opened with",
	[DBGMEM_SOURCE_POLICY] = "the module's force= policy",
	[DBGMEM_SOURCE_TARGET] = "the target is gone or runs another program",
	[DBGMEM_SOURCE_MEMORY] = "the memory itself",
	[DBGMEM_SOURCE_SYSTEM] = "the system",
	[DBGMEM_SOURCE_BREAKPOINT] = "an existing breakpoint",
	[DBGMEM_SOURCE_EXPECTATION] = "an expectation of the vector",
	[DBGMEM_SOURCE_TRACER] = "who traces the thread",
};

DBGMEM_EXPORT const char *dbgmem_source_str(enum dbgmem_source source)
{
	if ((unsigned int)source >= sizeof(sources) / sizeof(sources[0]))
		return "unknown";
	return sources[source];
}
