/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of libdbgmem share and the public does not see. The prefix
 * dbgmem__ keeps these names out of the way in the static library, where hidden
 * visibility does not.
 */
#ifndef DBGMEM_INTERNAL_H
#define DBGMEM_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "dbgmem.h"

#define DBGMEM_EXPORT	__attribute__((visibility("default")))

#define DBGMEM_NODE	"/dev/dbgmem"

/* Never changed after the handle is made: threads share it without a lock. */
struct dbgmem {
	int fd;
	pid_t pid;
	uint32_t access;
	uint32_t attach_flags;
	uint32_t page_size;
	uint32_t max_segments;	/* 0: the module has no VECTOR */
	uint32_t max_breakpoints;
	uint32_t max_expects;
	uint64_t features;
	unsigned int pointer_width; /* 0: not known yet; then atomically */
	pid_t opener;		/* process id of who opened it */
	bool has_planted;	/* breakpoints, at some time; atomically */
};

/* size.c: structures that grow */

/*
 * The size of @type in version 0.1, when @last, of @last_type, was its last member.
 */
#define dbgmem__first_size(type, last, last_type) \
	(offsetof(type, last) + sizeof(last_type))

/* 0, or -EINVAL: the caller has not set the size of its struct @type. */
int dbgmem__size_check(size_t size, size_t first, const char *type)
	__attribute__((visibility("hidden")));

/*
 * Copy the @have bytes of @from to the caller's structure, which begins with its
 * size: as many as fit, and zeros behind them. 0 or -EINVAL.
 */
int dbgmem__give(void *to, size_t first, const void *from, size_t have,
		 const char *type)
	__attribute__((visibility("hidden")));

/* error.c */

/*
 * Record @e and the sentence as the calling thread's last failure. Returns
 * -e->code, so that a caller can return what this returns.
 */
int dbgmem__fail(const struct dbgmem_error *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), visibility("hidden")));

/* The same where there is no more to say than a code and an error source. */
#define dbgmem__fail_simple(_code, _source, ...) \
	dbgmem__fail(&(struct dbgmem_error){ .code = (_code), .source = (_source) }, \
		     __VA_ARGS__)

/* What had moved before the last failure, if that was one of several calls. */
void dbgmem__fail_done(uint64_t done) __attribute__((visibility("hidden")));

/* The negative errno of a call that ended for @reason, DBGMEM_REASON_*. */
int dbgmem__reason_errno(uint32_t reason)
	__attribute__((visibility("hidden")));

/* node.c */
int dbgmem__node_open(int oflags) __attribute__((visibility("hidden")));
int dbgmem__node_ioctl(int fd, unsigned long cmd, void *arg)
	__attribute__((visibility("hidden")));

/* label.c */

/* Bytes of a label that are of use in a sentence. */
#define DBGMEM__LABEL	128

bool dbgmem__confined(char *label, size_t size)
	__attribute__((visibility("hidden")));

/* mem_fd.c */
int dbgmem__mem_fd_open(pid_t pid, pid_t tid, int oflags)
	__attribute__((visibility("hidden")));
bool dbgmem__proc_fail(pid_t pid, int code)
	__attribute__((visibility("hidden")));
int dbgmem__mem_fd_fail(pid_t pid, int code)
	__attribute__((visibility("hidden")));

/* progress.c */

/*
 * What the kernel would refuse of @len bytes at @addr is refused before the first
 * of several calls: 0, -EINVAL for flags not in @known, -EOVERFLOW, or -EMSGSIZE.
 * @cmd is DBGMEM_IOC_READ or DBGMEM_IOC_WRITE.
 */
int dbgmem__long_check(struct dbgmem *m, uint32_t cmd, uint64_t addr,
		       uint64_t len, uint32_t flags, uint32_t known)
	__attribute__((visibility("hidden")));

/* Tell @p, which may be NULL. 0, or -ECANCELED with the sentence of @m's call. */
int dbgmem__progress(const struct dbgmem_progress *p, const struct dbgmem *m,
		     const char *what, uint64_t done, uint64_t total)
	__attribute__((visibility("hidden")));

/* session.c */

/* 0, or -EOPNOTSUPP: the module has no DBGMEM_FEATURE_* bit for @what. */
int dbgmem__feature(const struct dbgmem *m, uint64_t feature, const char *what)
	__attribute__((visibility("hidden")));

/* transfer.c */
int dbgmem__transfer_fail(struct dbgmem *m, uint32_t cmd,
			  const struct dbgmem_transfer *t, int code,
			  const char *what)
	__attribute__((visibility("hidden")));

/* stable.c: a vector with DBGMEM_STABLE, checked; *@res is clear. */
ssize_t dbgmem__stable(struct dbgmem *m, struct dbgmem_segment *segs, size_t nr,
		       struct dbgmem_vector_options *opt,
		       struct dbgmem_vector_result *res)
	__attribute__((visibility("hidden")));

/* vector.c */
ssize_t dbgmem__vector(struct dbgmem *m, uint32_t op,
		       struct dbgmem_segment *segs, size_t nr,
		       struct dbgmem_vector_options *opt,
		       struct dbgmem_vector_result *res)
	__attribute__((visibility("hidden")));
int dbgmem__segment_fail(struct dbgmem *m, uint32_t op,
			 const struct dbgmem_segment *seg, uint32_t flags,
			 uint64_t fault_addr, int code)
	__attribute__((visibility("hidden")));

#endif /* DBGMEM_INTERNAL_H */
