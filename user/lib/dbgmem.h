/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libdbgmem: a thin library over /dev/dbgmem. libdbgmem(3) is its manual,
 * <dbgmem/uapi.h> the ABI of the device. <dbgmem_interfaces.h> has the page cache
 * and memory access with the contracts of other debuggers.
 *
 * Conventions
 * -----------
 * Errors. Functions that can fail return a negative errno value; errno itself is
 * undefined. The library keeps what failed for the calling thread: dbgmem_errstr()
 * describes it in a sentence, dbgmem_last_error() has the parts.
 *
 * A part and the whole. Transfers return the number of bytes that moved; it is
 * less than was asked for if a byte was not accessible. They return a negative
 * errno value only if nothing moved. The _exact functions return 0 for all of it,
 * or a negative errno value and nothing moved.
 *
 * Units. Addresses and lengths are in bytes; addresses are those of the target.
 *
 * Ownership. The caller frees what NAME_new() returns with NAME_free(), and closes
 * what NAME_open() returns with NAME_close(); both take NULL. A function that hands
 * over an array returns 0, the array and the number of its elements; NAME_free()
 * frees it. On failure, and for no elements, the array is NULL. Everything else
 * stays with its owner.
 *
 * Sizes. A structure whose first member is @size may get more members in later
 * versions. The caller sets @size to the size of the structure before the call:
 * struct dbgmem_search_stats stats = { .size = sizeof(stats) };
 * The library never writes more than that, and members that it does not know are
 * zero. -EINVAL: @size is smaller than in the first version, or above 4096.
 * -E2BIG: a member that the library does not know is not zero, in a structure that
 * it reads. All other structures never change.
 *
 * Threads. Several threads may use one handle at once; only dbgmem_close() must not
 * overlap another call on it.
 */
#ifndef DBGMEM_H
#define DBGMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <dbgmem/uapi.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One open session on one target, from dbgmem_open(). */
struct dbgmem;

/* --- errors (error.c) --- */

/* The error source: who refused. */
enum dbgmem_source {
	DBGMEM_SOURCE_NONE,	/* nobody: no error */
	DBGMEM_SOURCE_USAGE,	/* the arguments of the call */
	DBGMEM_SOURCE_MODULE,	/* the module is not loaded, or does not know the call */
	DBGMEM_SOURCE_NODE,	/* access rights of /dev/dbgmem, or a device cgroup */
	DBGMEM_SOURCE_KERNEL,	/* the kernel's ptrace check: credentials, Yama, LSM */
	DBGMEM_SOURCE_MEM_FD,	/* the module did not accept the mem_fd */
	DBGMEM_SOURCE_SESSION,	/* the session was opened without that access */
	DBGMEM_SOURCE_POLICY,	/* the module's force= policy */
	DBGMEM_SOURCE_TARGET,	/* the target is gone, or runs another program */
	DBGMEM_SOURCE_MEMORY,	/* the memory at fault_addr, see reason */
	DBGMEM_SOURCE_SYSTEM,	/* anything else: out of memory, of descriptors, ... */
	DBGMEM_SOURCE_BREAKPOINT, /* an existing breakpoint */
	DBGMEM_SOURCE_EXPECTATION, /* an expectation of the vector does not hold */
	DBGMEM_SOURCE_TRACER,	/* the calling thread has not stopped the thread */
};

/* How far a call got, and what stopped it. Other results begin with it. */
struct dbgmem_result {
	uint64_t done;		/* bytes that moved */
	uint64_t fault_addr;	/* first inaccessible address, 0 if none */
	uint32_t reason;	/* DBGMEM_REASON_* */
};

/* The calling thread's last failure. */
struct dbgmem_error {
	struct dbgmem_result result; /* reason: with DBGMEM_SOURCE_MEMORY; fault_addr:
				      * also the address of the breakpoint or of the
				      * expectation, with these sources
				      */
	int code;		/* errno value, positive; 0 if none */
	enum dbgmem_source source;
	pid_t pid;		/* target, 0 if the call had none */
};

/*
 * The calling thread's last failure as one sentence without a newline: what failed,
 * where, who refused and what to do about it. A transfer that returned less than
 * was asked for counts as a failure: it says why. Valid until the thread's next
 * call into the library; "" if nothing has failed yet.
 */
const char *dbgmem_errstr(void);

/* The same in parts, valid as long. Never NULL. */
const struct dbgmem_error *dbgmem_last_error(void);

/* A few words for a DBGMEM_REASON_* or an error source. Never NULL. */
const char *dbgmem_reason_str(uint32_t reason);
const char *dbgmem_source_str(enum dbgmem_source source);

/* --- session (session.c) --- */

#define DBGMEM_OPEN_RDONLY	(1U << 0)	/* for reading only: the default */
#define DBGMEM_OPEN_MIRROR	(1U << 1)	/* with a mirror: reads are faster */
#define DBGMEM_OPEN_WRITE	(1U << 2)	/* for reading and writing */

/*
 * Open process @pid: open /dev/dbgmem and the mem_fd, which is /proc/PID/mem or
 * that of a live thread if the first thread has exited, attach, and close the
 * mem_fd. The session can only read, unless @flags have DBGMEM_OPEN_WRITE. With
 * DBGMEM_OPEN_MIRROR it keeps a mirror of the target's page tables, see
 * DBGMEM_ATTACH_MIRROR; -EOPNOTSUPP if the module keeps none.
 *
 * 0 and *@out, or a negative errno and *@out = NULL. -ETIMEDOUT: the first thread
 * has exited, and no live one was found among 256 others or within a second.
 */
int dbgmem_open(pid_t pid, unsigned int flags, struct dbgmem **out);

/*
 * The same with a mem_fd that somebody else opened, for example a privileged
 * broker. @mem_fd stays open.
 */
int dbgmem_open_mem_fd(pid_t pid, int mem_fd, unsigned int flags,
		       struct dbgmem **out);

/*
 * Clear the breakpoints of the handle and close its descriptor. Breakpoints are
 * cleared even if another process has the descriptor too. They are not if the
 * caller is a child of the process that opened the handle. May wait a second for
 * pages that a breakpoint is in. NULL is allowed.
 */
void dbgmem_close(struct dbgmem *m);

/* The descriptor, for poll(2), pread(2) and so on. The handle still owns it. */
int dbgmem_fd(const struct dbgmem *m);

/* The process id that the handle was opened with. */
pid_t dbgmem_pid(const struct dbgmem *m);

/* DBGMEM_ACCESS_* of the session. */
uint32_t dbgmem_access(const struct dbgmem *m);

/*
 * What the module can do, see DBGMEM_IOC_INFO. @m may be NULL: this opens and closes
 * the device. @info->size is set.
 */
int dbgmem_get_info(const struct dbgmem *m, struct dbgmem_info *info);

/* What the session of @m is, see DBGMEM_IOC_SESSION_INFO. @info->size is set. */
int dbgmem_get_session_info(const struct dbgmem *m,
			    struct dbgmem_session_info *info);

/* --- transfers (transfer.c) --- */

/*
 * As far as possible: the number of bytes transferred, which is less than @len if
 * a byte was not accessible, and 0 only if @len is 0. A negative errno if the first
 * byte was not accessible. -EINVAL: @len exceeds SSIZE_MAX.
 */
ssize_t dbgmem_read(struct dbgmem *m, uint64_t addr, void *buf, size_t len);
ssize_t dbgmem_write(struct dbgmem *m, uint64_t addr, const void *buf,
		     size_t len);

/*
 * All or nothing: 0, or a negative errno and not one byte was transferred. At most
 * dbgmem_info.max_exact bytes.
 */
int dbgmem_read_exact(struct dbgmem *m, uint64_t addr, void *buf, size_t len);
int dbgmem_write_exact(struct dbgmem *m, uint64_t addr, const void *buf,
		       size_t len);

/*
 * The same as dbgmem_read() and dbgmem_write() with @flags: DBGMEM_EXACT,
 * DBGMEM_FORCE, DBGMEM_RAW, and for reading DBGMEM_ZEROFILL and DBGMEM_NOFAULT.
 * With DBGMEM_ZEROFILL the result counts the bytes that came from the target, and
 * may be 0. *@res, if not NULL, is filled in all cases.
 */
ssize_t dbgmem_read_flags(struct dbgmem *m, uint64_t addr, void *buf,
			  size_t len, uint32_t flags,
			  struct dbgmem_result *res);
ssize_t dbgmem_write_flags(struct dbgmem *m, uint64_t addr, const void *buf,
			   size_t len, uint32_t flags,
			   struct dbgmem_result *res);

/*
 * dbgmem_read_flags() with DBGMEM_ZEROFILL or DBGMEM_NOFAULT in @flags and a
 * bitmap of valid pages: bit i % 8 of byte i / 8 is set if all bytes asked for of
 * page i were read, counted from the page of @addr. @valid has @valid_size bytes,
 * at least dbgmem_valid_size(); -EINVAL otherwise.
 */
ssize_t dbgmem_read_valid(struct dbgmem *m, uint64_t addr, void *buf,
			  size_t len, uint32_t flags, uint8_t *valid,
			  size_t valid_size, struct dbgmem_result *res);

/* Bytes that the bitmap for @len bytes at @addr needs. */
size_t dbgmem_valid_size(const struct dbgmem *m, uint64_t addr, size_t len);

/*
 * One contiguous range of the target to or from @iovcnt buffers, with the result
 * of dbgmem_read() or dbgmem_write(). Any number of buffers.
 */
ssize_t dbgmem_preadv(struct dbgmem *m, const struct iovec *iov, int iovcnt,
		      uint64_t addr);
ssize_t dbgmem_pwritev(struct dbgmem *m, const struct iovec *iov, int iovcnt,
		       uint64_t addr);

/* --- many segments in one call (vector.c, stable.c) --- */

/* A transfer flag of read_segments, which the library carries out. */
#define DBGMEM_STABLE		(1U << 31)

#define DBGMEM_MAX_RETRIES	1000	/* of DBGMEM_STABLE */

/* A further reason: with DBGMEM_STABLE, complete, but not the same twice. */
#define DBGMEM_REASON_CHANGED	12

/* How a vector of segments went. */
struct dbgmem_vector_result {
	struct dbgmem_result result; /* done: of all segments; the rest: of the first
				      * one that is incomplete
				      */
	size_t nr_complete;	/* segments whose done equals their len */
	size_t first_incomplete; /* index of the first other segment, or nr */
};

/*
 * Read or write @nr segments, each {addr in the target, buf in the caller, len in
 * bytes, reserved = 0}, in the order of the array; where segments overlap the later
 * one wins. Each segment gets its done, in bytes from its start, and if that is less
 * than its len, its reason. @flags are DBGMEM_EXACT, DBGMEM_FORCE, DBGMEM_RAW and,
 * for reading, DBGMEM_NOFAULT and DBGMEM_STABLE, see below.
 *
 * Without DBGMEM_EXACT each segment goes as far as possible, and a bad one does not
 * stop the others. The result is the sum of all done, even if that is 0. Any @nr is
 * allowed; more than dbgmem_info.max_segments take several calls of the kernel. If
 * the target ends between two of these, the remaining segments get that as their
 * reason.
 *
 * A negative errno concerns the vector as a whole: no access, the target is gone,
 * flags, an impossible segment (-EOVERFLOW; -EINVAL: the sum of the lengths exceeds
 * SSIZE_MAX). Nothing has moved then, except as @res->result.done says: where the
 * vector needed several calls of the kernel, and a later one failed.
 *
 * With DBGMEM_EXACT: all of the vector, or a negative errno and nothing of it.
 * -EFAULT: *@res says which segment, which address and why. -E2BIG: more than
 * max_segments. -EMSGSIZE: more than dbgmem_info.max_exact_pages pages.
 *
 * The buffers must not lie in the array. *@res, if not NULL, is filled in all
 * cases.
 */
ssize_t dbgmem_read_segments(struct dbgmem *m, struct dbgmem_segment *segs,
			     size_t nr, uint32_t flags,
			     struct dbgmem_vector_result *res);
ssize_t dbgmem_write_segments(struct dbgmem *m, struct dbgmem_segment *segs,
			      size_t nr, uint32_t flags,
			      struct dbgmem_vector_result *res);

struct dbgmem_vector_options {
	size_t size;		/* sizeof(struct dbgmem_vector_options) */
	uint32_t flags;		/* as above */
	uint32_t retries;	/* with DBGMEM_STABLE: further passes, at most 1000 */
	struct dbgmem_expect *expects; /* or NULL */
	size_t nr_expects;
	size_t first_unmet;	/* (out) first expectation that does not hold, or nr */
	size_t nr_changed;	/* (out) with DBGMEM_STABLE: segments that changed */
	uint32_t passes;	/* (out) with DBGMEM_STABLE: times it was read */
};

/*
 * The same with options. -E2BIG: more than max_segments, with DBGMEM_STABLE or
 * expectations.
 *
 * DBGMEM_STABLE reads everything twice, and then up to @opt->retries times more,
 * until two passes in a row agree. A segment in which the last two passes differ
 * has the later data and DBGMEM_REASON_CHANGED. If a later pass fails as a whole,
 * the answer is that of the pass before, with DBGMEM_REASON_CHANGED for each complete
 * segment; @opt->passes does not count the failed one, and the result is its error
 * only if that is -ECANCELED or -EINTR. -ENOMEM: no memory for a copy of the data.
 * Buffers that overlap count as changed. This detects changes, and is not an atomic
 * read.
 *
 * An expectation is {addr, a multiple of 8, and the value that the 64-bit word
 * there must have}; at most dbgmem_info.max_expects. If one does not hold, nothing
 * is moved and the result is -ECANCELED: @opt->first_unmet says which, and observed
 * or reason of each expectation what was found. A vector too large for one batch
 * checks again before each further one; then @res->result.done says what had moved.
 * It is a check, not a lock; see dbgmem(4).
 *
 * The (out) fields of *@opt are filled in all cases.
 */
ssize_t dbgmem_read_segments_options(struct dbgmem *m,
				     struct dbgmem_segment *segs, size_t nr,
				     struct dbgmem_vector_options *opt,
				     struct dbgmem_vector_result *res);
ssize_t dbgmem_write_segments_options(struct dbgmem *m,
				      struct dbgmem_segment *segs, size_t nr,
				      struct dbgmem_vector_options *opt,
				      struct dbgmem_vector_result *res);

/* --- a vector built segment by segment (scatter.c) --- */

/*
 * Add segments, execute them in one call, look at the results, clear, add the next
 * ones. For one thread at a time; several of these may use one struct dbgmem.
 */
struct dbgmem_scatter;

/*
 * @op is DBGMEM_OP_READ or DBGMEM_OP_WRITE, for all segments; @flags as for
 * dbgmem_read_segments() and dbgmem_write_segments(). @m must outlive it. 0 and
 * *@out, or a negative errno (-EINVAL, -ENOMEM) and *@out = NULL.
 */
int dbgmem_scatter_new(struct dbgmem *m, uint32_t op, uint32_t flags,
		       struct dbgmem_scatter **out);

/* Frees the memory of its segments too. NULL is allowed. */
void dbgmem_scatter_free(struct dbgmem_scatter *s);

/*
 * Add @len bytes at @addr of the target, to or from @buf, which the caller must
 * keep in place; a write only reads it. NULL: memory of the vector, zeroed, see
 * dbgmem_scatter_data(). The index of the segment, from 0 in the order of the calls,
 * or a negative errno and nothing was added: -EOVERFLOW (address plus length exceeds
 * 64 bits), -EINVAL (the sum of the lengths exceeds SSIZE_MAX), -ENOMEM.
 */
ssize_t dbgmem_scatter_add(struct dbgmem_scatter *s, uint64_t addr, void *buf,
			   size_t len);

/* The same with memory of the vector that starts as a copy of @data. */
ssize_t dbgmem_scatter_add_copy(struct dbgmem_scatter *s, uint64_t addr,
				const void *data, size_t len);

/* The number of segments. */
size_t dbgmem_scatter_count(const struct dbgmem_scatter *s);

/*
 * The buffer of segment @index. Memory of the vector is aligned for any type and
 * stays in place until _clear() or _free(). Bytes behind the segment's done keep
 * their values. NULL if there is no such segment.
 */
void *dbgmem_scatter_data(const struct dbgmem_scatter *s, size_t index);

/*
 * Carry out all segments, with the result of dbgmem_read_segments() or
 * dbgmem_write_segments(). May be repeated, also after more segments were added.
 */
ssize_t dbgmem_scatter_execute(struct dbgmem_scatter *s,
			       struct dbgmem_vector_result *res);

/*
 * How segment @index went: 0 if it is complete, else a negative errno, and
 * dbgmem_errstr() has its address and reason. -EFAULT, or -ESRCH, -ESTALE, -ENOMEM,
 * -EINTR: what stopped this segment; the error of _execute() if that failed as a
 * whole; -EINVAL: there is no such segment or it has not been executed. *@res, if
 * not NULL, is filled in all cases; with DBGMEM_STABLE a complete segment may have
 * the reason DBGMEM_REASON_CHANGED.
 */
int dbgmem_scatter_result(const struct dbgmem_scatter *s, size_t index,
			  struct dbgmem_result *res);

/* Remove all segments, and keep the memory for new ones. */
void dbgmem_scatter_clear(struct dbgmem_scatter *s);

/* --- breakpoints (breakpoint.c, trap.c) --- */

/*
 * The trap instruction of the architecture that the library was built for, in the
 * order of memory, and its length in *@len. On 32-bit ARM it is that of ARM state,
 * not of Thumb. NULL and an error of EOPNOTSUPP if the library knows none.
 */
const uint8_t *dbgmem_bp_trap(size_t *len);

/*
 * Plant a breakpoint: write the @len bytes (1 to DBGMEM_BP_MAX_LEN) of @trap at
 * @addr. NULL and 0 stand for dbgmem_bp_trap(). @original, if not NULL, has room for
 * as many bytes as the trap and gets the original bytes. Until the breakpoint is
 * cleared, transfers of the handle read the original bytes and write behind the
 * trap, unless they have DBGMEM_RAW. It is cleared by dbgmem_bp_clear(), by
 * dbgmem_close(), and when the last process that has the descriptor dies.
 *
 * 0, or a negative errno and nothing is planted: -EEXIST (this handle has a
 * breakpoint there), -EBUSY (another session has), -ENOSPC (the session has
 * dbgmem_info.max_breakpoints), -EPERM (the target itself may not write there, and
 * the force= policy refuses), -EFAULT, -EINVAL (@len), -EACCES, -EOPNOTSUPP.
 */
int dbgmem_bp_set(struct dbgmem *m, uint64_t addr, const void *trap, size_t len,
		  uint8_t *original);

/*
 * Clear the breakpoint of this handle at @addr. 0: the bytes behind the trap are
 * back. 1: the breakpoint is lost, as something had overwritten the trap, and memory
 * was left alone. A negative errno: -ENOENT if there is none; -EFAULT if it could not
 * be cleared and stays.
 */
int dbgmem_bp_clear(struct dbgmem *m, uint64_t addr);

/*
 * Clear all breakpoints of this handle. 0, or a negative errno: -EFAULT if one could
 * not be cleared, which does not stop the others. *@cleared and *@lost, if not NULL,
 * are filled in all cases: how many were cleared, and how many of these were lost.
 */
int dbgmem_bp_clear_all(struct dbgmem *m, uint32_t *cleared, uint32_t *lost);

/*
 * The breakpoints of this handle, or with DBGMEM_BP_ALL in @flags those of all
 * sessions on the target, by address. 0, *@list for dbgmem_bp_list_free() and *@nr;
 * or a negative errno. Other sessions may set and clear breakpoints meanwhile.
 */
int dbgmem_bp_list(struct dbgmem *m, uint32_t flags, struct dbgmem_bp **list,
		   size_t *nr);
void dbgmem_bp_list_free(struct dbgmem_bp *list);

/* --- windows (window.c) --- */

/* A range of the target in this process's own memory. */
struct dbgmem_window;

#define DBGMEM_WINDOW_PREFAULT	(1U << 0)	/* map resident pages at once */

/*
 * Map @len bytes at @addr of the target, > 0, to be read without a call: see
 * DBGMEM_IOC_WINDOW. Unmap it before @m is closed. With DBGMEM_WINDOW_PREFAULT
 * resident pages are mapped now, and not when they are first read. Memory that is
 * not mapped in the target is no error. Breakpoints are not hidden. 0 and *@out, or
 * a negative errno and *@out = NULL: -ELOOP (@m is of this process), -EOVERFLOW,
 * -EINVAL, -ESRCH, -ESTALE, -ENOMEM, -EOPNOTSUPP.
 */
int dbgmem_window_map(struct dbgmem *m, uint64_t addr, size_t len,
		      unsigned int flags, struct dbgmem_window **out);

/* NULL is allowed. Must not overlap another call on the same window. */
void dbgmem_window_unmap(struct dbgmem_window *w);

/*
 * Where @len bytes at @addr of the target are in this process, or NULL if the window
 * does not have all of them. Valid until it is unmapped. The target may write there
 * at any time. Reading raises SIGBUS where the target has nothing.
 */
const volatile void *dbgmem_window_at(const struct dbgmem_window *w,
				      uint64_t addr, size_t len);

/*
 * Wait until no window of the handle shows a page that the target had unmapped,
 * moved or copied before the call. 0, or a negative errno.
 */
int dbgmem_window_sync(struct dbgmem_window *w);

/*
 * dbgmem_read() of bytes that are in the window (-EINVAL otherwise). After
 * dbgmem_window_catch() it copies from the window, aligned words up to a long in one
 * piece, and calls dbgmem_read() only for bytes that raise SIGBUS, to learn why.
 * Before, it calls dbgmem_read() for all of them.
 */
ssize_t dbgmem_window_read(struct dbgmem_window *w, uint64_t addr, void *buf,
			   size_t len);

#define DBGMEM_WINDOW_OWN_HANDLER (1U << 0)	/* it calls dbgmem_window_sigbus() */

/*
 * Let dbgmem_window_read() copy from windows, in all threads, until the process
 * ends. This sets a handler for SIGBUS, which passes every other SIGBUS to the
 * handler that was there before. With DBGMEM_WINDOW_OWN_HANDLER it does not, and the
 * program's own handler calls dbgmem_window_sigbus(); so must any handler that is
 * set later. A thread that blocks SIGBUS must not read windows. 0, or a negative
 * errno.
 */
int dbgmem_window_catch(unsigned int flags);

/*
 * For a handler of SIGBUS that was set with SA_SIGINFO, with its arguments; @info is
 * a siginfo_t. Does not return if dbgmem_window_read() raised the signal.
 */
void dbgmem_window_sigbus(int sig, void *info, void *context);

/* --- compare and exchange (cmpxchg.c) --- */

/*
 * If the word of @width bytes (1, 2, 4 or 8) at @addr, a multiple of @width, is
 * @expected, replace it by @desired, atomically for the target's CPUs. Both are in
 * the machine's byte order, with no bits above @width. @flags are DBGMEM_FORCE and
 * DBGMEM_RAW. 1: exchanged; 0: the word differs; or a negative errno and nothing has
 * changed: -EINVAL, -EFAULT, -EACCES (no access, or a read-only mapping), -EPERM.
 * *@observed, if not NULL, is the previous value, unless the call fails.
 */
int dbgmem_cmpxchg(struct dbgmem *m, uint64_t addr, unsigned int width,
		   uint64_t expected, uint64_t desired, uint32_t flags,
		   uint64_t *observed);

/* --- progress and cancellation (progress.c) --- */

/*
 * The library calls @fn after pieces of about half a MiB and at the end, from the
 * thread that made the call, when @done of @total bytes are finished. If it returns
 * anything but 0, the call ends there with -ECANCELED; at the end that is ignored. A
 * pointer to this may be NULL; otherwise it must stay valid as long as the call, or
 * the object that got it.
 */
struct dbgmem_progress {
	int (*fn)(void *arg, uint64_t done, uint64_t total);
	void *arg;
};

/* --- ranges, run by run (runs.c) --- */

/* @len bytes of the target from @addr on. */
struct dbgmem_range {
	uint64_t addr;
	uint64_t len;
};

/*
 * Runs, search and compare read what exists and change nothing in the target: what
 * is resident, in swap, or has data in the mapped file. Memory that was never
 * touched and holes of files are zeros, and are not read. With DBGMEM_FAULT_IN they
 * read everything as the target itself would, which allocates memory; with
 * DBGMEM_NOFAULT only what is resident. Without the right to read
 * /proc/PID/pagemap, as with a mem_fd from elsewhere, they behave as with
 * DBGMEM_NOFAULT. DBGMEM_FAULT_IN is a flag of the library, and the module does not
 * know it.
 */
#define DBGMEM_FAULT_IN		(1U << 31)

/* Consecutive bytes. */
struct dbgmem_run {
	uint64_t addr;
	uint64_t len;
	const void *bytes;	/* the library's, until the next call; NULL: zeros */
};

/* How far a reading has got, in bytes. */
struct dbgmem_runs_stats {
	size_t size;		/* sizeof(struct dbgmem_runs_stats) */
	uint64_t total;		/* of all ranges */
	uint64_t done;		/* finished: read, zeros, or skipped */
	uint64_t skipped;	/* finished, but could not be read */
};

/* One reading under way. For one thread at a time. */
struct dbgmem_runs;

/*
 * Read @ranges in the order of the array, each one upwards. What cannot be read is
 * skipped. @flags are DBGMEM_FORCE, DBGMEM_RAW, and DBGMEM_NOFAULT or
 * DBGMEM_FAULT_IN. @ranges are copied; @m must outlive it. 0 and *@out, or a negative
 * errno (-EINVAL, -EOVERFLOW: a range exceeds 64 bits; -ENOMEM) and *@out = NULL.
 */
int dbgmem_runs_new(struct dbgmem *m, const struct dbgmem_range *ranges,
		    size_t nr, uint32_t flags,
		    const struct dbgmem_progress *progress,
		    struct dbgmem_runs **out);

/* NULL is allowed. */
void dbgmem_runs_free(struct dbgmem_runs *r);

/*
 * The next run, at most about half a MiB unless it is zeros: 1 and *@run, 0 if there
 * are no more, or a negative errno as of dbgmem_search_next(). Runs that touch may
 * be one in the target. Call it again to go on after -ECANCELED.
 */
int dbgmem_runs_next(struct dbgmem_runs *r, struct dbgmem_run *run);

/* At any time, after a failure too. 0, or -EINVAL for @stats->size. */
int dbgmem_runs_get_stats(const struct dbgmem_runs *r,
			  struct dbgmem_runs_stats *stats);

/* --- search (search.c) --- */

/*
 * What to look for: @len bytes, 1 or more. @mask, if not NULL, has one byte for each
 * of @bytes, and only bits that are set in it are compared: 0 is a wildcard, and 0xdf
 * matches letters in either case; at least one bit must be set. @align, unless it is
 * 0 or 1, accepts only matches whose distance from address @align_from is a multiple
 * of it.
 */
struct dbgmem_pattern {
	const void *bytes;
	const void *mask;
	size_t len;
	uint64_t align;
	uint64_t align_from;
};

/* How far a search has got, in bytes. */
struct dbgmem_search_stats {
	size_t size;		/* sizeof(struct dbgmem_search_stats) */
	uint64_t total;		/* of all ranges */
	uint64_t done;		/* finished: read, zeros, or skipped */
	uint64_t skipped;	/* finished, but could not be read */
	uint64_t matches;	/* number that dbgmem_search_next() has returned */
};

/* One search under way. For one thread at a time. */
struct dbgmem_search;

/*
 * Search @ranges in the order of the array, each one upwards. What cannot be read is
 * skipped, and nothing matches across it. A match may lie across two ranges if the
 * second begins where the first ends. @flags are DBGMEM_FORCE, DBGMEM_RAW, and
 * DBGMEM_NOFAULT or DBGMEM_FAULT_IN. @pattern and @ranges are copied; @m must outlive
 * it. 0 and *@out, or a negative errno (-EINVAL, -EOVERFLOW: a range exceeds 64 bits;
 * -ENOMEM) and *@out = NULL.
 */
int dbgmem_search_new(struct dbgmem *m, const struct dbgmem_range *ranges,
		      size_t nr, const struct dbgmem_pattern *pattern,
		      uint32_t flags, const struct dbgmem_progress *progress,
		      struct dbgmem_search **out);

/* NULL is allowed. */
void dbgmem_search_free(struct dbgmem_search *s);

/*
 * The next match: 1 and its address in *@addr, 0 if there are no more, or a negative
 * errno: -ESRCH or -ESTALE if the target has ended, -ECANCELED, and those of
 * dbgmem_read(). Finds matches that overlap, too. Call it again to go on after
 * -ECANCELED.
 */
int dbgmem_search_next(struct dbgmem_search *s, uint64_t *addr);

/* At any time, after a failure too. 0, or -EINVAL for @stats->size. */
int dbgmem_search_get_stats(const struct dbgmem_search *s,
			    struct dbgmem_search_stats *stats);

/* --- compare (compare.c) --- */

enum dbgmem_difference_kind {
	DBGMEM_DIFFERENT,	/* the bytes differ */
	DBGMEM_HOLE_A,		/* the first side could not be read */
	DBGMEM_HOLE_B,		/* the second side could not be read */
	DBGMEM_HOLE_BOTH,	/* neither side could be read */
};

/* A stretch of one kind, as long as possible. */
struct dbgmem_difference {
	uint64_t offset;	/* from the start of both sides */
	uint64_t len;
	enum dbgmem_difference_kind kind;
};

/* How far a comparison has got, in bytes. */
struct dbgmem_compare_stats {
	size_t size;		/* sizeof(struct dbgmem_compare_stats) */
	uint64_t total;		/* of either side */
	uint64_t done;		/* finished: the sum of the following */
	uint64_t equal;
	uint64_t different;
	uint64_t holes;		/* one side or both could not be read */
};

/* One comparison under way. For one thread at a time. */
struct dbgmem_compare;

/*
 * Compare @len bytes of @a and of @b, which may be the same handle, or of @m with
 * @buf, which is the second side and must not change or move. @flags are
 * DBGMEM_FORCE, DBGMEM_RAW, and DBGMEM_NOFAULT or DBGMEM_FAULT_IN. What cannot be read
 * is reported and does not end the comparison. The handles must outlive it. 0 and
 * *@out, or a negative errno (-EINVAL, -EOVERFLOW, -ENOMEM) and *@out = NULL.
 */
int dbgmem_compare_new(struct dbgmem *a, uint64_t a_addr, struct dbgmem *b,
		       uint64_t b_addr, uint64_t len, uint32_t flags,
		       const struct dbgmem_progress *progress,
		       struct dbgmem_compare **out);
int dbgmem_compare_new_buffer(struct dbgmem *m, uint64_t addr, const void *buf,
			      size_t len, uint32_t flags,
			      const struct dbgmem_progress *progress,
			      struct dbgmem_compare **out);

/* NULL is allowed. */
void dbgmem_compare_free(struct dbgmem_compare *c);

/*
 * The next difference, in ascending order: 1 and *@d, 0 if there are no more, or a
 * negative errno as of dbgmem_search_next().
 */
int dbgmem_compare_next(struct dbgmem_compare *c, struct dbgmem_difference *d);

/* At any time, after a failure too. 0, or -EINVAL for @stats->size. */
int dbgmem_compare_get_stats(const struct dbgmem_compare *c,
			     struct dbgmem_compare_stats *stats);

/* --- fill and move (fill.c, move.c) --- */

/*
 * Write @pattern, of @pattern_len bytes, again and again to @len bytes at @addr; the
 * last copy may be cut. @flags are DBGMEM_FORCE, DBGMEM_RAW, and DBGMEM_EXACT: all of
 * it or nothing, at most dbgmem_info.max_exact bytes. The number of bytes written:
 * less than @len if a byte could not be written, or @progress ended it; a negative
 * errno if none was. -EINVAL: the pattern is empty. *@res, if not NULL, is filled in
 * all cases.
 */
int64_t dbgmem_fill(struct dbgmem *m, uint64_t addr, uint64_t len,
		    const void *pattern, size_t pattern_len, uint32_t flags,
		    const struct dbgmem_progress *progress,
		    struct dbgmem_result *res);

/* How a move went. */
struct dbgmem_move_result {
	struct dbgmem_result result;
	uint32_t op;		/* that failed: DBGMEM_OP_READ or DBGMEM_OP_WRITE */
};

/*
 * Copy @len bytes from one place to another, of one target or of two. As with
 * memmove(3) the places may overlap. If they do and @to_addr is the higher one, the
 * copy goes downwards from the end, and the bytes that moved are the last ones;
 * otherwise they are the first ones. Only the numbers count for that, even with two
 * targets. It ends at the first byte that cannot be read or written. @flags are
 * DBGMEM_FORCE and DBGMEM_RAW, for both sides, and DBGMEM_EXACT as for dbgmem_fill().
 * The number of bytes copied: less than @len if it ended early; a negative errno if
 * none was. *@res, if not NULL, is filled in all cases.
 */
int64_t dbgmem_move(struct dbgmem *to, uint64_t to_addr, struct dbgmem *from,
		    uint64_t from_addr, uint64_t len, uint32_t flags,
		    const struct dbgmem_progress *progress,
		    struct dbgmem_move_result *res);

/* --- strings (string.c, utf.c) --- */

/* How the reading of a string ended. */
enum dbgmem_string_end {
	DBGMEM_STRING_TERMINATED, /* at its zero */
	DBGMEM_STRING_FULL,	/* @buf is full, and there was no zero */
	DBGMEM_STRING_HOLE,	/* at fault_addr, which is inaccessible */
};

/* A string, or the part of it that could be read. */
struct dbgmem_string_result {
	struct dbgmem_result result; /* done: bytes of it, without the zero */
	size_t len;		/* units of it, without the zero */
	enum dbgmem_string_end end;
};

/*
 * Read a string that ends in a zero unit. A unit has 8 bits, in whatever encoding
 * the target uses, or 16 bits in the machine's byte order, at any address. @buf has
 * room for @size units and always gets a zero at the end of the string, so at most
 * @size - 1 units are read. No page behind the one with the zero is touched. @flags
 * are DBGMEM_FORCE, DBGMEM_NOFAULT, DBGMEM_RAW. The number of units read, without the
 * zero, which may be 0; @res->end says whether that is all of the string. A negative
 * errno, and an empty string in @buf, if the first unit could not be read.
 * -EINVAL: @size is 0. *@res, if not NULL, is filled in all cases.
 */
ssize_t dbgmem_read_string(struct dbgmem *m, uint64_t addr, char *buf,
			   size_t size, uint32_t flags,
			   struct dbgmem_string_result *res);
ssize_t dbgmem_read_string16(struct dbgmem *m, uint64_t addr, uint16_t *buf,
			     size_t size, uint32_t flags,
			     struct dbgmem_string_result *res);

/*
 * Convert @len units of UTF-16, zeros included, to UTF-8 in @buf of @size bytes, with
 * a zero at the end. A surrogate without its other half becomes U+FFFD and is counted
 * in *@invalid, if that is not NULL. Returns the bytes that all of it takes without
 * the zero; if that is @size or more, only the whole characters that fit were
 * written. @buf may be NULL if @size is 0. 3 * @len + 1 bytes are always enough.
 */
size_t dbgmem_utf16_to_utf8(const uint16_t *s, size_t len, char *buf,
			    size_t size, size_t *invalid);

/*
 * How many of the @len bytes at @s are valid UTF-8, up to the first that is not: no
 * overlong forms, no surrogates, nothing above U+10FFFF. A character that is cut off
 * at the end does not count.
 */
size_t dbgmem_utf8_valid(const char *s, size_t len);

/* --- pointers (pointer.c) --- */

/*
 * Bytes in a pointer of the target, 4 or 8, from the ELF header of its program; or a
 * negative errno (-ENOEXEC: it is not an ELF file; -EACCES, ...).
 */
int dbgmem_pointer_width(struct dbgmem *m);

/*
 * Read or write @nr consecutive pointers at @addr. @width is their size in bytes, 4
 * or 8, or 0 for dbgmem_pointer_width(). A pointer of 4 bytes is zero-extended, or,
 * with DBGMEM_POINTER_SIGNED added to @width, sign-extended, as
 * IDebugDataSpaces::ReadPointersVirtual does. Either form of a value may be written to
 * 4 bytes. -ERANGE: a value is neither, and nothing was written. @flags are
 * DBGMEM_EXACT, DBGMEM_FORCE, DBGMEM_RAW, and for reading DBGMEM_NOFAULT. The number
 * of whole pointers transferred, less than @nr if a byte was not accessible, or a
 * negative errno if none was transferred.
 */
#define DBGMEM_POINTER_SIGNED	0x100U

ssize_t dbgmem_read_pointers(struct dbgmem *m, uint64_t addr, uint64_t *ptrs,
			     size_t nr, unsigned int width, uint32_t flags);
ssize_t dbgmem_write_pointers(struct dbgmem *m, uint64_t addr,
			      const uint64_t *ptrs, size_t nr,
			      unsigned int width, uint32_t flags);

/* --- single values (value.c) --- */

/*
 * One value in the machine's byte order, at any address: 0, or a negative errno and
 * nothing was read or written. If @addr is a multiple of the value's size, it is one
 * load or store in the target, see DBGMEM_IOC_READ.
 */
int dbgmem_read_u8(struct dbgmem *m, uint64_t addr, uint8_t *value);
int dbgmem_read_u16(struct dbgmem *m, uint64_t addr, uint16_t *value);
int dbgmem_read_u32(struct dbgmem *m, uint64_t addr, uint32_t *value);
int dbgmem_read_u64(struct dbgmem *m, uint64_t addr, uint64_t *value);
int dbgmem_read_i8(struct dbgmem *m, uint64_t addr, int8_t *value);
int dbgmem_read_i16(struct dbgmem *m, uint64_t addr, int16_t *value);
int dbgmem_read_i32(struct dbgmem *m, uint64_t addr, int32_t *value);
int dbgmem_read_i64(struct dbgmem *m, uint64_t addr, int64_t *value);
int dbgmem_read_float(struct dbgmem *m, uint64_t addr, float *value);
int dbgmem_read_double(struct dbgmem *m, uint64_t addr, double *value);
int dbgmem_write_u8(struct dbgmem *m, uint64_t addr, uint8_t value);
int dbgmem_write_u16(struct dbgmem *m, uint64_t addr, uint16_t value);
int dbgmem_write_u32(struct dbgmem *m, uint64_t addr, uint32_t value);
int dbgmem_write_u64(struct dbgmem *m, uint64_t addr, uint64_t value);
int dbgmem_write_i8(struct dbgmem *m, uint64_t addr, int8_t value);
int dbgmem_write_i16(struct dbgmem *m, uint64_t addr, int16_t value);
int dbgmem_write_i32(struct dbgmem *m, uint64_t addr, int32_t value);
int dbgmem_write_i64(struct dbgmem *m, uint64_t addr, int64_t value);
int dbgmem_write_float(struct dbgmem *m, uint64_t addr, float value);
int dbgmem_write_double(struct dbgmem *m, uint64_t addr, double value);

/* --- what is mapped (region.c) --- */

/*
 * @filter of the following functions: 0 for every region, or DBGMEM_REGION_* bits
 * that a region must have, together with DBGMEM_REGION_NOT() of those that it must not
 * have: DBGMEM_REGION_WRITE | DBGMEM_REGION_NOT(DBGMEM_REGION_SHARED |
 * DBGMEM_REGION_SPECIAL). They need read access and a module with
 * DBGMEM_FEATURE_REGION (-EOPNOTSUPP otherwise). -EINVAL: a bit is asked for and
 * excluded.
 *
 * Names are those in /proc/PID/maps, but a newline is a newline; "" if there is
 * none. Of the fields of struct dbgmem_region for names only name_len, a length in
 * bytes, has a meaning here.
 */

/*
 * The region that contains @addr. 1 and *@region; 0 if nothing is mapped there or
 * the region does not match @filter; or a negative errno. @name has room for @size
 * bytes and gets the region's name. If that needs more, name_len + 1 bytes, @name gets
 * "" and the region's flags have DBGMEM_REGION_LONG_NAME. @name may be NULL if @size
 * is 0.
 */
int dbgmem_region_query(struct dbgmem *m, uint64_t addr, uint64_t filter,
			struct dbgmem_region *region, char *name, size_t size);

/* The same, or the next region above @addr. 0: there is none. */
int dbgmem_region_next(struct dbgmem *m, uint64_t addr, uint64_t filter,
		       struct dbgmem_region *region, char *name, size_t size);

/*
 * The next boundary between regions: the end of the region that contains @addr, or
 * the start of the next region. 1 and *@next; 0 if there is no region from @addr on;
 * or a negative errno.
 */
int dbgmem_region_change(struct dbgmem *m, uint64_t addr, uint64_t filter,
			 uint64_t *next);

/*
 * The first part of the @len bytes at @addr that is mapped without a gap, by one
 * region or by several that touch. 1, *@start and its length *@valid; 0 if nothing is
 * mapped; or a negative errno (-EOVERFLOW: address plus length exceeds 64 bits).
 */
int dbgmem_region_valid(struct dbgmem *m, uint64_t addr, uint64_t len,
			uint64_t filter, uint64_t *start, uint64_t *valid);

/*
 * All regions, by address. If the target maps and unmaps meanwhile, they still never
 * overlap, and there is an end. For one thread at a time; several of these may use one
 * struct dbgmem.
 */
struct dbgmem_regions;

#define DBGMEM_REGIONS_NAMES	(1U << 0)	/* with names, which takes longer */

/*
 * From the region that contains @addr, or the next one, up to those that begin below
 * @end (0: the top of the address space). @m must outlive it. 0 and *@out, or a
 * negative errno and *@out = NULL.
 */
int dbgmem_regions_new(struct dbgmem *m, uint64_t addr, uint64_t end,
		       uint64_t filter, unsigned int flags,
		       struct dbgmem_regions **out);

/* NULL is allowed. */
void dbgmem_regions_free(struct dbgmem_regions *r);

/*
 * The next region: 1 and *@region, 0 after the last one, or a negative errno
 * (-ESRCH, -ESTALE, ...). *@name, if @name is not NULL, is its name until the next
 * call; "" also if DBGMEM_REGION_LONG_NAME says that it was too long (16 KiB).
 */
int dbgmem_regions_next(struct dbgmem_regions *r, struct dbgmem_region *region,
			const char **name);

/* --- ranges of one kind, to be searched (ranges.c) --- */

/*
 * The parts of the @len bytes at @addr that are mapped and match @filter, as ranges in
 * ascending order; ranges that touch are joined. 0, *@ranges for dbgmem_ranges_free()
 * and *@nr; or a negative errno as of dbgmem_regions_next(), -EOVERFLOW (address plus
 * length exceeds 64 bits) or -ENOMEM.
 */
int dbgmem_ranges_find(struct dbgmem *m, uint64_t addr, uint64_t len,
		       uint64_t filter, struct dbgmem_range **ranges,
		       size_t *nr);
void dbgmem_ranges_free(struct dbgmem_range *ranges);

/* --- registers (registers.c) --- */

enum dbgmem_register_kind {
	DBGMEM_REGISTER_GENERAL,
	DBGMEM_REGISTER_PC,	/* the program counter */
	DBGMEM_REGISTER_FLAGS,
	DBGMEM_REGISTER_SEGMENT, /* x86: selectors and bases */
	DBGMEM_REGISTER_FLOAT,	/* x87: 80 bits */
	DBGMEM_REGISTER_VECTOR,
	DBGMEM_REGISTER_CONTROL, /* of floating point, protection keys, ... */
};

/* A register of a thread. */
struct dbgmem_register {
	char name[16];		/* as in gdb: "rax", "xmm0" */
	enum dbgmem_register_kind kind;
	uint32_t size;		/* bytes */
	uint32_t id;		/* for struct dbgmem_location */
};

/*
 * The registers of thread @tid, one after the other: start with *@cursor = 0. The
 * calling thread must trace @tid (ptrace(2)) and have stopped it. 1 and *@reg, 0 if
 * there are no more, or a negative errno: -ESRCH (no such thread), -EBUSY (not
 * stopped, or not by the calling thread), -EOPNOTSUPP (the library does not know the
 * architecture). The set depends on the machine, and on whether the thread runs
 * 32-bit code.
 */
int dbgmem_register_next(pid_t tid, uint32_t *cursor,
			 struct dbgmem_register *reg);

/*
 * The register of that name; "pc", "sp", "fp" and "flags" work on every architecture.
 * 0, -ENOENT if there is none, or the errors of dbgmem_register_next().
 */
int dbgmem_register_find(pid_t tid, const char *name,
			 struct dbgmem_register *reg);

/* --- kernel module (module.c, through libkmod) --- */

enum dbgmem_module_state {
	DBGMEM_MODULE_ABSENT,	/* not loaded */
	DBGMEM_MODULE_LIVE,	/* loaded */
	DBGMEM_MODULE_BUILTIN,	/* part of the kernel image */
	DBGMEM_MODULE_COMING,	/* being loaded */
	DBGMEM_MODULE_GOING,	/* being unloaded */
};

/* enum dbgmem_module_state, or a negative errno. */
int dbgmem_module_state(void);

/*
 * Load the module from the file @path, or, if that is NULL, by name from the system's
 * module directory. @params are "engine=pinned force=never", for example, or NULL. 0
 * also if it is already loaded, and then nothing changes.
 */
int dbgmem_module_load(const char *path, const char *params);

/* Unload it. -EBUSY while a session is open; 0 also if it is not loaded. */
int dbgmem_module_unload(void);

#ifdef __cplusplus
}
#endif

#endif /* DBGMEM_H */
