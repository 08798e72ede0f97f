/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libdbgmem: a thin library over /dev/dbgmem, see <dbgmem/uapi.h> for the ABI
 * beneath and libdbgmem(3) for the manual.
 *
 * Conventions
 * -----------
 * Functions that can fail return a negative errno value, never -1 with errno
 * (but for dbgmem_read_whole() and dbgmem_write_whole(), whose contract is another).
 * What failed, and which gate refused, is kept for the calling thread:
 * dbgmem_errstr() says it in a sentence, dbgmem_last_error() gives the parts.
 * Addresses are uint64_t, in the target's address space, in bytes.
 *
 * A handle may be used by several threads at once; only dbgmem_close() must not
 * overlap another call on the same handle.
 *
 * struct dbgmem_info, dbgmem_region, dbgmem_bp, dbgmem_vector_options and the
 * *_stats may get more fields in later versions. The functions for these have a
 * second form, NAME_sized(), that takes the size of the caller's structure; a
 * macro NAME() passes it. So a program never gets more than it has room for, and
 * fields that the library does not have are zero. All other structures stay as
 * they are. Behind the macro is a function NAME() for those who do not use this
 * header: it knows the fields of version 0.1.
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

/* One target, opened. Owned by the caller of dbgmem_open(). */
struct dbgmem;

/* Who said no. */
enum dbgmem_gate {
	DBGMEM_GATE_NONE,	/* nobody: no error */
	DBGMEM_GATE_USAGE,	/* the arguments of the call */
	DBGMEM_GATE_MODULE,	/* the module is not loaded: no /dev/dbgmem */
	DBGMEM_GATE_NODE,	/* access rights of /dev/dbgmem, or a device cgroup */
	DBGMEM_GATE_KERNEL,	/* the kernel's ptrace check: credentials, Yama, LSM */
	DBGMEM_GATE_MEM_FD,	/* the module did not accept the mem_fd */
	DBGMEM_GATE_SESSION,	/* the session was opened without that access */
	DBGMEM_GATE_POLICY,	/* the module's force= policy */
	DBGMEM_GATE_TARGET,	/* the target is gone, or runs another program */
	DBGMEM_GATE_MEMORY,	/* the memory at fault_addr, see reason */
	DBGMEM_GATE_SYSTEM,	/* anything else: out of memory, of descriptors, ... */
	DBGMEM_GATE_BREAKPOINT,	/* an existing breakpoint */
	DBGMEM_GATE_EXPECTATION, /* an expectation of the vector does not hold */
	DBGMEM_GATE_TRACER,	/* the thread is not stopped by the calling one */
};

/* The parts of the calling thread's last failure. */
struct dbgmem_error {
	int code;		/* errno value, positive; 0 if none */
	enum dbgmem_gate gate;
	pid_t pid;		/* target, 0 if the call had none */
	uint32_t reason;	/* DBGMEM_REASON_*, with DBGMEM_GATE_MEMORY */
	uint64_t fault_addr;	/* first inaccessible address; the breakpoint's, or
				 * the expectation's, with these gates
				 */
	uint64_t done;		/* bytes that moved all the same */
};

/* How one transfer went. */
struct dbgmem_result {
	uint64_t done;		/* bytes that really moved */
	uint64_t fault_addr;	/* first inaccessible address, 0 if none */
	uint32_t reason;	/* DBGMEM_REASON_* */
};

/* How a vector of segments went, over all of them. */
struct dbgmem_vector_result {
	uint64_t done;		/* bytes that really moved */
	size_t nr_complete;	/* segments whose done equals their len */
	size_t first_incomplete; /* index of the first other, or their number */
	uint64_t fault_addr;	/* what was inaccessible there, 0 if nothing */
	uint32_t reason;	/* and why: DBGMEM_REASON_* */
};

/* --- errors (error.c) --- */

/*
 * The calling thread's last failure as one sentence without a newline: what
 * failed, where, which gate said no and what to do about it. A call that succeeded
 * with less than was asked for counts: why it was not more. Valid until the
 * thread's next call into the library; "" if nothing failed yet.
 */
const char *dbgmem_errstr(void);

/* The same in parts; valid as long. Never NULL. */
const struct dbgmem_error *dbgmem_last_error(void);

/* A few words for a DBGMEM_REASON_* or a gate; never NULL. */
const char *dbgmem_reason_str(uint32_t reason);
const char *dbgmem_gate_str(enum dbgmem_gate gate);

/* --- session (session.c) --- */

#define DBGMEM_OPEN_RDONLY	(1U << 0)	/* for reading only: the default */
#define DBGMEM_OPEN_MIRROR	(1U << 1)	/* with a mirror: faster, and windows */
#define DBGMEM_OPEN_WRITE	(1U << 2)	/* for reading and writing */

/*
 * Open process @pid: opens /dev/dbgmem, opens the mem_fd (/proc/PID/mem, or
 * that of a live thread when the first one is gone), attaches, and closes the
 * mem_fd. It can only be read, unless @flags have DBGMEM_OPEN_WRITE. With
 * DBGMEM_OPEN_MIRROR the session keeps a mirror of the target's page tables, see
 * DBGMEM_ATTACH_MIRROR; -EOPNOTSUPP where the module keeps none.
 * 0 and *@out, or a negative errno and *@out = NULL: -ETIMEDOUT if the first thread is
 * gone and no live one is found among 256 others, or within a second.
 */
int dbgmem_open(pid_t pid, unsigned int flags, struct dbgmem **out);

/*
 * The same with a mem_fd that somebody else opened (a privileged broker, for
 * example). @mem_fd stays the caller's.
 */
int dbgmem_open_mem_fd(pid_t pid, int mem_fd, unsigned int flags,
		       struct dbgmem **out);

/*
 * Detach, and take out the breakpoints of the handle: also if a child, or whoever it
 * was sent to, has the descriptor still. In a child it closes the child's descriptor,
 * and no more. With breakpoints it may wait a second for pages that do not come. NULL
 * is allowed.
 */
void dbgmem_close(struct dbgmem *m);

/* The descriptor (for poll(2), pread(2), ...), still owned by the handle. */
int dbgmem_fd(const struct dbgmem *m);

/* The pid that the handle was opened with. */
pid_t dbgmem_pid(const struct dbgmem *m);

/* DBGMEM_ACCESS_* of the session. */
uint32_t dbgmem_access(const struct dbgmem *m);

/*
 * What the module can do, see DBGMEM_IOC_INFO. @m may be NULL: this opens and closes
 * the device.
 */
int dbgmem_get_info(const struct dbgmem *m, struct dbgmem_info *info);
int dbgmem_get_info_sized(const struct dbgmem *m, struct dbgmem_info *info,
			  size_t size);
#define dbgmem_get_info(m, info) \
	dbgmem_get_info_sized(m, info, sizeof(struct dbgmem_info))

/*
 * What the session of @m is, see DBGMEM_IOC_SESSION_INFO. The caller has set
 * @info->size to the size of the structure.
 */
int dbgmem_get_session_info(const struct dbgmem *m,
			    struct dbgmem_session_info *info);

/* --- transfers (transfer.c) --- */

/*
 * PARTIAL: as far as possible. Bytes transferred (fewer than @len when an
 * inaccessible byte was met; 0 only if @len is 0), or a negative errno when it
 * was the first one.
 */
ssize_t dbgmem_read(struct dbgmem *m, uint64_t addr, void *buf, size_t len);
ssize_t dbgmem_write(struct dbgmem *m, uint64_t addr, const void *buf,
		     size_t len);

/* EXACT: 0 when all of it was transferred, else a negative errno and not one
 * byte was. At most dbgmem_info.max_exact bytes.
 */
int dbgmem_read_exact(struct dbgmem *m, uint64_t addr, void *buf, size_t len);
int dbgmem_write_exact(struct dbgmem *m, uint64_t addr, const void *buf,
		       size_t len);

/*
 * The general form: @flags are DBGMEM_EXACT, DBGMEM_FORCE, DBGMEM_RAW,
 * DBGMEM_ZEROFILL, DBGMEM_NOFAULT. 0 if at least one byte moved, or none was asked for, or
 * ZEROFILL; else a negative errno. *@res, if not NULL, is filled either way.
 */
int dbgmem_read_flags(struct dbgmem *m, uint64_t addr, void *buf, size_t len,
		      uint32_t flags, struct dbgmem_result *res);
int dbgmem_write_flags(struct dbgmem *m, uint64_t addr, const void *buf,
		       size_t len, uint32_t flags, struct dbgmem_result *res);

/*
 * READ with ZEROFILL and/or NOFAULT and a validity bitmap, one bit per page of
 * the target from the one that holds @addr (bit i % 8 of byte i / 8), of
 * dbgmem_valid_size() bytes.
 */
int dbgmem_read_valid(struct dbgmem *m, uint64_t addr, void *buf, size_t len,
		      uint32_t flags, uint8_t *valid, size_t valid_size,
		      struct dbgmem_result *res);

/* Bytes that the bitmap for @len bytes at @addr needs. */
size_t dbgmem_valid_size(const struct dbgmem *m, uint64_t addr, size_t len);

/*
 * One contiguous range of the target to or from @iovcnt buffers, PARTIAL.
 * Total bytes, or a negative errno when the first byte was inaccessible.
 */
ssize_t dbgmem_preadv(struct dbgmem *m, const struct iovec *iov, int iovcnt,
		      uint64_t addr);
ssize_t dbgmem_pwritev(struct dbgmem *m, const struct iovec *iov, int iovcnt,
		       uint64_t addr);

/* --- many pieces in one call (vector.c) --- */

/*
 * Read or write @nr segments, each {addr in the target, buf in the caller, len
 * in bytes, reserved = 0}; each gets its done, in bytes from its start, and if
 * that is less than its len, its reason. They are carried out in the order of
 * the array; of pieces that overlap the later wins. @flags are DBGMEM_EXACT,
 * DBGMEM_FORCE, DBGMEM_RAW and, for reading, DBGMEM_NOFAULT and DBGMEM_STABLE
 * (see dbgmem_readv_options()).
 *
 * Without DBGMEM_EXACT each goes as far as it can and a bad one does not stop
 * the others: the result is the sum of all done, also when that is 0. Any @nr is
 * taken; more than dbgmem_info.max_segments need several calls of the kernel. If
 * the target ends between these, the rest gets the reason, as within one. A
 * negative errno is for what concerns the whole (no access, a target that is
 * gone, flags) or cannot be a segment (-EOVERFLOW; -EINVAL: the lengths exceed
 * SSIZE_MAX together), before anything has moved; should it be later,
 * @res->done and dbgmem_last_error()->done are what had moved.
 *
 * With DBGMEM_EXACT it is all of the vector, or a negative errno and nothing of
 * it: -EFAULT, and @res tells which segment, which address and why; -E2BIG for
 * more than max_segments; -EMSGSIZE for more than max_exact_pages pages.
 *
 * The array and the buffers stay the caller's; none of the buffers may lie in
 * the array. *@res, if not NULL, is filled whatever the outcome.
 */
ssize_t dbgmem_readv(struct dbgmem *m, struct dbgmem_segment *segs, size_t nr,
		     uint32_t flags, struct dbgmem_vector_result *res);
ssize_t dbgmem_writev(struct dbgmem *m, struct dbgmem_segment *segs, size_t nr,
		      uint32_t flags, struct dbgmem_vector_result *res);

/* What a vector may ask for beside its segments. Zero what is not used. */
struct dbgmem_vector_options {
	uint32_t flags;		/* as above */
	uint32_t retries;	/* with DBGMEM_STABLE: read so often once more */
	struct dbgmem_expect *expects; /* or NULL */
	size_t nr_expects;
	size_t first_unmet;	/* (out) index of one that did not hold, or nr */
	size_t nr_changed;	/* (out) with DBGMEM_STABLE: segments that changed */
	uint32_t passes;	/* (out) with DBGMEM_STABLE: times it was read */
};

/*
 * The same with more to ask for, in one call of the kernel: -E2BIG for more than
 * max_segments with DBGMEM_STABLE or expectations.
 *
 * DBGMEM_STABLE reads everything twice, and then up to @opt->retries times more
 * (at most dbgmem_info.max_retries), until two passes in a row agree. A segment
 * that was not the same in the last two has the later data and
 * DBGMEM_REASON_CHANGED. It detects; it is no atomic read.
 *
 * Expectations are {addr, a multiple of 8, and the value that the 64-bit word
 * there must have}, at most dbgmem_info.max_expects. If one does not hold,
 * nothing is moved and the result is -ECANCELED: @opt->first_unmet says which,
 * and each one's observed (or reason) what was found. A vector too large for
 * one batch looks again before each further one: then @res->done says what had
 * moved. It is a look, no lock; see dbgmem(4).
 *
 * @opt->expects stays the caller's; the (out) fields of *@opt are filled whatever
 * the outcome.
 */
ssize_t dbgmem_readv_options(struct dbgmem *m, struct dbgmem_segment *segs,
			     size_t nr, struct dbgmem_vector_options *opt,
			     struct dbgmem_vector_result *res);
ssize_t dbgmem_writev_options(struct dbgmem *m, struct dbgmem_segment *segs,
			      size_t nr, struct dbgmem_vector_options *opt,
			      struct dbgmem_vector_result *res);
ssize_t dbgmem_readv_options_sized(struct dbgmem *m,
				   struct dbgmem_segment *segs, size_t nr,
				   struct dbgmem_vector_options *opt,
				   size_t size,
				   struct dbgmem_vector_result *res);
ssize_t dbgmem_writev_options_sized(struct dbgmem *m,
				    struct dbgmem_segment *segs, size_t nr,
				    struct dbgmem_vector_options *opt,
				    size_t size,
				    struct dbgmem_vector_result *res);
#define dbgmem_readv_options(m, segs, nr, opt, res) \
	dbgmem_readv_options_sized(m, segs, nr, opt, \
				   sizeof(struct dbgmem_vector_options), res)
#define dbgmem_writev_options(m, segs, nr, opt, res) \
	dbgmem_writev_options_sized(m, segs, nr, opt, \
				    sizeof(struct dbgmem_vector_options), res)

/* --- a vector built piece by piece (scatter.c) --- */

/*
 * Prepare many pieces, execute once, look at the results, clear, prepare the
 * next. Not for several threads at once; several of these on one struct dbgmem
 * are. Owned by the caller of dbgmem_scatter_new().
 */
struct dbgmem_scatter;

/*
 * @op is DBGMEM_OP_READ or DBGMEM_OP_WRITE, for all pieces, @flags as for
 * dbgmem_readv() and dbgmem_writev(). @m must outlive it. 0 and *@out, or a
 * negative errno (-EINVAL, -ENOMEM) and *@out = NULL.
 */
int dbgmem_scatter_new(struct dbgmem *m, uint32_t op, uint32_t flags,
		       struct dbgmem_scatter **out);

/* With all memory that it owns. NULL is allowed. */
void dbgmem_scatter_free(struct dbgmem_scatter *s);

/*
 * One more piece: @len bytes at @addr of the target, to or from @buf, which
 * stays the caller's and must stay where it is (it is only read if this
 * writes). NULL: memory of the handle's, zeroed, see dbgmem_scatter_data().
 * Its index, counted from 0 in the order of the calls, or a negative errno and
 * no piece was added: -EOVERFLOW (address plus length exceeds 64 bits), -EINVAL
 * (the sum of the lengths exceeds SSIZE_MAX), -ENOMEM.
 */
ssize_t dbgmem_scatter_add(struct dbgmem_scatter *s, uint64_t addr, void *buf,
			   size_t len);

/* The same with memory of the handle's that begins as a copy of @data. */
ssize_t dbgmem_scatter_add_copy(struct dbgmem_scatter *s, uint64_t addr,
				const void *data, size_t len);

/* How many there are. */
size_t dbgmem_scatter_count(const struct dbgmem_scatter *s);

/*
 * The buffer of piece @index, the caller's or the handle's; the latter is
 * aligned for any type and stays where it is until _clear() or _free(). Bytes
 * behind the piece's done are what they were before. NULL if there is no such
 * piece.
 */
void *dbgmem_scatter_data(const struct dbgmem_scatter *s, size_t index);

/*
 * Carry out all pieces, with the result of dbgmem_readv() or dbgmem_writev().
 * May be repeated: the same pieces once more, with those added since.
 */
ssize_t dbgmem_scatter_execute(struct dbgmem_scatter *s,
			       struct dbgmem_vector_result *res);

/*
 * How piece @index went: 0 if it is complete. Else a negative errno, for
 * dbgmem_errstr() with address and reason: -EFAULT, or -ESRCH, -ESTALE, -ENOMEM,
 * -EINTR for what was met at that piece; that of _execute() if it failed as a
 * whole; -EINVAL if there is no such piece or it has not been executed. @done
 * and @reason may be NULL; with DBGMEM_STABLE a complete one may have the reason
 * DBGMEM_REASON_CHANGED.
 */
int dbgmem_scatter_result(const struct dbgmem_scatter *s, size_t index,
			  uint64_t *done, uint32_t *reason);

/* Forget all pieces, and keep the memory for the next. */
void dbgmem_scatter_clear(struct dbgmem_scatter *s);

/* --- breakpoints (breakpoint.c, trap.c) --- */

/*
 * The trap instruction of the architecture that the library was built for, in the
 * order of memory, and its bytes in *@len. On 32-bit ARM that of ARM state, not
 * Thumb. NULL, with -EOPNOTSUPP recorded, where the library knows none.
 */
const uint8_t *dbgmem_bp_trap(size_t *len);

/*
 * Plant a breakpoint: keep the @len bytes (1 to DBGMEM_BP_MAX_LEN) at @addr and
 * write @trap there; NULL and 0 are dbgmem_bp_trap(). @original, if not NULL, is
 * room for as many bytes as the trap has, and gets what was there. Until it is
 * cleared, or the handle is closed, or the last process that has its descriptor
 * dies, this handle's transfers see the original and write behind the trap, unless
 * they have DBGMEM_RAW.
 *
 * 0, or a negative errno and nothing is planted: -EEXIST (a breakpoint of this
 * handle is there), -EBUSY (another session's), -ENOSPC (max_breakpoints of
 * struct dbgmem_info are set), -EPERM (the target itself may not write there, and
 * the force= policy), -EFAULT, -EINVAL (@len), -EACCES, -EOPNOTSUPP.
 */
int dbgmem_bp_set(struct dbgmem *m, uint64_t addr, const void *trap, size_t len,
		  uint8_t *original);

/*
 * Take out the breakpoint of this handle at @addr. 0: what was behind the trap is
 * back. 1: the trap did not stand any more, it is lost, and memory was left
 * alone. A negative errno: -ENOENT if there is none; -EFAULT if it could not be
 * taken out and stays.
 */
int dbgmem_bp_clear(struct dbgmem *m, uint64_t addr);

/*
 * Take out all of this handle's. 0, or a negative errno, -EFAULT if one could not
 * be, which does not stop the others. *@cleared and *@lost, if not NULL, are
 * filled either way: how many are out, and how many of these were lost.
 */
int dbgmem_bp_clear_all(struct dbgmem *m, uint32_t *cleared, uint32_t *lost);

/*
 * The breakpoints of this handle, or with DBGMEM_BP_ALL in @flags those of all
 * sessions on the target, by address. Their number, and in *@list an array that
 * is the caller's to free(), NULL if there are none; or a negative errno and NULL.
 * Others may come and go meanwhile.
 */
ssize_t dbgmem_bp_list(struct dbgmem *m, uint32_t flags,
		       struct dbgmem_bp **list);
ssize_t dbgmem_bp_list_sized(struct dbgmem *m, uint32_t flags,
			     struct dbgmem_bp **list, size_t size);
#define dbgmem_bp_list(m, flags, list) \
	dbgmem_bp_list_sized(m, flags, list, sizeof(struct dbgmem_bp))

/* --- windows (window.c) --- */

/* A range of the target in this process's own memory. */
struct dbgmem_window;

#define DBGMEM_WINDOW_PREFAULT	(1U << 0)	/* show at once what is there */

/*
 * Map @len bytes at @addr of the target, > 0, to be read without a call: see
 * DBGMEM_IOC_WINDOW. @m was opened with DBGMEM_OPEN_MIRROR, and is closed after
 * its windows are unmapped. With DBGMEM_WINDOW_PREFAULT what can be shown is
 * fetched now, and not at the first look. What is not there yet, or no longer, is
 * no error: it may come. Breakpoints are not hidden. 0 and *@out, or a negative
 * errno and *@out = NULL: -ENOLINK (no mirror), -ELOOP (@m is of this process),
 * -EOVERFLOW, -EINVAL, -ESRCH, -ESTALE, -ENOMEM, -EOPNOTSUPP.
 */
int dbgmem_window_map(struct dbgmem *m, uint64_t addr, size_t len,
		      unsigned int flags, struct dbgmem_window **out);

/* NULL is allowed. Must not overlap another call on the same window. */
void dbgmem_window_unmap(struct dbgmem_window *w);

/*
 * Where @len bytes at @addr of the target are here, or NULL: they are not all in
 * the window. Valid until it is unmapped. The target writes there at any time;
 * where it has nothing, reading raises SIGBUS.
 */
const volatile void *dbgmem_window_at(const struct dbgmem_window *w,
				      uint64_t addr, size_t len);

/*
 * Wait until the window, and every other of the handle, shows nothing that the
 * target had unmapped, moved or copied before the call. 0, or a negative errno.
 */
int dbgmem_window_sync(struct dbgmem_window *w);

/*
 * As dbgmem_read(), of what is in the window (-EINVAL otherwise). Once
 * dbgmem_window_catch() was called it copies from there, naturally aligned words
 * up to a long in one piece, and only what raises SIGBUS is left to
 * dbgmem_read(), which says why. Before, dbgmem_read() does all of it.
 */
ssize_t dbgmem_window_read(struct dbgmem_window *w, uint64_t addr, void *buf,
			   size_t len);

#define DBGMEM_WINDOW_OWN_HANDLER (1U << 0)	/* it calls dbgmem_window_sigbus() */

/*
 * Let dbgmem_window_read() copy from windows, in all threads and for good. SIGBUS
 * gets a handler for that, which leaves whatever else raises it to what was there
 * before; or, with DBGMEM_WINDOW_OWN_HANDLER, has one already that calls
 * dbgmem_window_sigbus(). The library never does this by itself. Who sets another
 * handler later has that call it; a thread that blocks SIGBUS must not read
 * windows. 0 or a negative errno.
 */
int dbgmem_window_catch(unsigned int flags);

/*
 * For a handler of SIGBUS set with SA_SIGINFO, and its arguments (@info is a
 * siginfo_t): does not return if it was raised by dbgmem_window_read().
 */
void dbgmem_window_sigbus(int sig, void *info, void *context);

/* --- compare and exchange (cmpxchg.c) --- */

/*
 * If the word of @width bytes (1, 2, 4 or 8) at @addr, a multiple of @width, is
 * @expected, make it @desired, atomically for the target's CPUs. Both are in the
 * machine's byte order, with nothing above @width. @flags are DBGMEM_FORCE and
 * DBGMEM_RAW. 1: exchanged; 0: the word was another; or a negative errno and
 * nothing has changed: -EINVAL, -EFAULT, -EACCES (no access, or a mapping that
 * may not be written), -EPERM. *@observed, if not NULL, is what was there, where
 * the result is not negative.
 */
int dbgmem_cmpxchg(struct dbgmem *m, uint64_t addr, unsigned int width,
		   uint64_t expected, uint64_t desired, uint32_t flags,
		   uint64_t *observed);

/* --- what takes long: progress, and an end on request (progress.c) --- */

/*
 * Called between pieces of half a MiB or so, and at the end, by the thread that
 * made the call: @done of @total bytes are behind it. Anything but 0 ends the
 * call there with -ECANCELED, and its result says what was done; at the end it is
 * too late for that, and ignored. Where a pointer to this is taken, NULL will do;
 * it is needed as long as the call, or the object that got it.
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
 * These, and search and compare below, look at what is there and change nothing:
 * what is resident, in swap, or has data in the file that is mapped. Where a read
 * would make a page, of memory that was never touched or in a hole of a file, there
 * are zeros, and nothing is read. With DBGMEM_FAULT_IN all of it is read as the
 * target itself would, which allocates memory; with DBGMEM_NOFAULT only what is
 * resident. Without the right to see /proc/PID/pagemap, as with a mem_fd from
 * elsewhere, it is as with DBGMEM_NOFAULT. A flag of the library's, for those that
 * name it; not for the module.
 */
#define DBGMEM_FAULT_IN		(1U << 31)

/* Bytes in a row. */
struct dbgmem_run {
	uint64_t addr;
	uint64_t len;
	const void *bytes;	/* the library's, until the next call; NULL: zeros */
};

/* How far it has got. */
struct dbgmem_runs_stats {
	uint64_t total;		/* bytes in all ranges */
	uint64_t done;		/* of them behind it: read, zeros, or skipped */
	uint64_t skipped;	/* of these, bytes that could not be read */
};

/* One reading under way. Not for several threads at once. */
struct dbgmem_runs;

/*
 * Read @ranges, one after the other in the order of the array, upwards in each.
 * What cannot be read is skipped. @flags are DBGMEM_FORCE, DBGMEM_RAW, and
 * DBGMEM_NOFAULT or DBGMEM_FAULT_IN. @ranges are copied; @m must outlive it. 0 and
 * *@out, or a negative errno (-EINVAL, -EOVERFLOW: a range exceeds 64 bits;
 * -ENOMEM) and *@out = NULL.
 */
int dbgmem_runs_new(struct dbgmem *m, const struct dbgmem_range *ranges,
		    size_t nr, uint32_t flags,
		    const struct dbgmem_progress *progress,
		    struct dbgmem_runs **out);

/* NULL is allowed. */
void dbgmem_runs_free(struct dbgmem_runs *r);

/*
 * The next run, of half a MiB or so at most unless it is zeros: 1 and *@run, 0 if
 * there are no more, or a negative errno as of dbgmem_search_next(). Those that
 * touch may be one in the target. To go on after -ECANCELED call it again.
 */
int dbgmem_runs_next(struct dbgmem_runs *r, struct dbgmem_run *run);

/* How far it has got; at any time, after a failure too. */
void dbgmem_runs_get_stats(const struct dbgmem_runs *r,
			   struct dbgmem_runs_stats *stats);

/* --- search (search.c) --- */

/*
 * What to look for: @len bytes, 1 or more. Where @mask is not NULL only those
 * bits count that are set in it, one byte of it for each of @bytes, so that 0 is
 * a wildcard and 0xdf takes letters in either case; at least one bit must count.
 * A match is at an address that exceeds @align_from by a multiple of @align,
 * or falls short of it by one; 0 and 1: anywhere.
 */
struct dbgmem_pattern {
	const void *bytes;
	const void *mask;
	size_t len;
	uint64_t align;
	uint64_t align_from;
};

/* How far a search has got. */
struct dbgmem_search_stats {
	uint64_t total;		/* bytes in all ranges */
	uint64_t done;		/* of them behind it: read, zeros, or skipped */
	uint64_t skipped;	/* of these, bytes that could not be read */
	uint64_t matches;	/* that dbgmem_search_next() has returned */
};

/* One search under way. Not for several threads at once. */
struct dbgmem_search;

/*
 * Search @ranges, one after the other in the order of the array, upwards in
 * each. What cannot be read is skipped, and nothing matches across it; a match
 * may lie across two ranges if the one begins where the one before it ends.
 * @flags are DBGMEM_FORCE, DBGMEM_RAW, and DBGMEM_NOFAULT or DBGMEM_FAULT_IN.
 * @pattern and @ranges are copied; @m must outlive it.
 * 0 and *@out, or a negative errno (-EINVAL, -EOVERFLOW: a range exceeds 64
 * bits; -ENOMEM) and *@out = NULL.
 */
int dbgmem_search_new(struct dbgmem *m, const struct dbgmem_range *ranges,
		      size_t nr, const struct dbgmem_pattern *pattern,
		      uint32_t flags, const struct dbgmem_progress *progress,
		      struct dbgmem_search **out);

/* NULL is allowed. */
void dbgmem_search_free(struct dbgmem_search *s);

/*
 * The next match: 1 and its address in *@addr, 0 if there are no more, or a
 * negative errno: -ESRCH, -ESTALE when the target is gone, -ECANCELED, -EACCES
 * and others of dbgmem_read(). Matches that overlap are all found. To go on after
 * -ECANCELED call it again.
 */
int dbgmem_search_next(struct dbgmem_search *s, uint64_t *addr);

/* How far it has got; at any time, after a failure too. */
void dbgmem_search_get_stats(const struct dbgmem_search *s,
			     struct dbgmem_search_stats *stats);
void dbgmem_search_get_stats_sized(const struct dbgmem_search *s,
				   struct dbgmem_search_stats *stats,
				   size_t size);
#define dbgmem_search_get_stats(s, stats) \
	dbgmem_search_get_stats_sized(s, stats, \
				      sizeof(struct dbgmem_search_stats))

/* --- compare (compare.c) --- */

/* What is not the same, or cannot be said to be. */
enum dbgmem_difference_kind {
	DBGMEM_DIFFERENT,	/* other bytes */
	DBGMEM_HOLE_A,		/* the first side could not be read */
	DBGMEM_HOLE_B,		/* the second side could not be read */
	DBGMEM_HOLE_BOTH,	/* neither could */
};

/* A stretch of one kind, as long as it goes: the next byte is of another. */
struct dbgmem_difference {
	uint64_t offset;	/* from the begin of both sides */
	uint64_t len;
	enum dbgmem_difference_kind kind;
};

/* How far a comparison has got. */
struct dbgmem_compare_stats {
	uint64_t total;		/* bytes of either side */
	uint64_t done;		/* of them behind it, which are: */
	uint64_t equal;
	uint64_t different;
	uint64_t holes;		/* one side or both could not be read */
};

/* One comparison under way. Not for several threads at once. */
struct dbgmem_compare;

/*
 * Compare @len bytes of @a and of @b, which may be the same handle, or of @m
 * with @buf, which is the second side and must stay as it is. @flags are
 * DBGMEM_FORCE, DBGMEM_RAW, and DBGMEM_NOFAULT or DBGMEM_FAULT_IN. Zeros where no
 * page is are compared as such. What cannot be read is reported and does not end
 * it. The handles must outlive it. 0 and *@out, or a negative errno
 * (-EINVAL, -EOVERFLOW, -ENOMEM) and *@out = NULL.
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
 * The next difference, in ascending order: 1 and *@d, 0 if there are no more, or
 * a negative errno as of dbgmem_search_next().
 */
int dbgmem_compare_next(struct dbgmem_compare *c, struct dbgmem_difference *d);

/* How far it has got; at any time, after a failure too. */
void dbgmem_compare_get_stats(const struct dbgmem_compare *c,
			      struct dbgmem_compare_stats *stats);
void dbgmem_compare_get_stats_sized(const struct dbgmem_compare *c,
				    struct dbgmem_compare_stats *stats,
				    size_t size);
#define dbgmem_compare_get_stats(c, stats) \
	dbgmem_compare_get_stats_sized(c, stats, \
				       sizeof(struct dbgmem_compare_stats))

/* --- fill and move (fill.c, move.c) --- */

/*
 * Write @pattern, of @pattern_len bytes, over and over, the last time perhaps in
 * part, to @len bytes at @addr. @flags are DBGMEM_FORCE, DBGMEM_RAW, and
 * DBGMEM_EXACT: all of it or nothing, at most dbgmem_info.max_exact bytes. 0
 * when all was written; else a negative errno, and *@res, which is filled either
 * way unless it is NULL, says how far it got. -EINVAL: the pattern is empty.
 */
int dbgmem_fill(struct dbgmem *m, uint64_t addr, uint64_t len,
		const void *pattern, size_t pattern_len, uint32_t flags,
		const struct dbgmem_progress *progress,
		struct dbgmem_result *res);

/* How a move went. */
struct dbgmem_move_result {
	uint64_t done;		/* bytes that really moved */
	uint64_t fault_addr;	/* what was not accessible, 0 if nothing */
	uint32_t reason;	/* DBGMEM_REASON_* */
	uint32_t op;		/* there: DBGMEM_OP_READ or DBGMEM_OP_WRITE */
};

/*
 * Copy @len bytes from one place to another of the same target, or of two. As
 * memmove(3) does: the places may overlap. If they do (as numbers; the targets do
 * not count) and @to_addr is the higher one, it goes from the end downwards, and
 * @res->done are the last bytes; otherwise the first. It ends at the first byte
 * on its way that cannot be read or written. @flags are DBGMEM_FORCE and
 * DBGMEM_RAW, for both sides, and DBGMEM_EXACT as for dbgmem_fill(). 0 when all
 * was copied, else a negative errno; *@res, if not NULL, is filled either way.
 */
int dbgmem_move(struct dbgmem *to, uint64_t to_addr, struct dbgmem *from,
		uint64_t from_addr, uint64_t len, uint32_t flags,
		const struct dbgmem_progress *progress,
		struct dbgmem_move_result *res);

/* --- strings (string.c, utf.c) --- */

/* How the reading of a string ended. */
enum dbgmem_string_end {
	DBGMEM_STRING_TERMINATED,	/* the zero was found */
	DBGMEM_STRING_FULL,	/* not in as much as was asked for */
	DBGMEM_STRING_HOLE,	/* not before fault_addr, which is inaccessible */
};

/* A string that was read, or what could be read of it. */
struct dbgmem_string_result {
	size_t len;		/* units before the end, without the zero */
	enum dbgmem_string_end end;
	uint32_t reason;	/* DBGMEM_REASON_*, with DBGMEM_STRING_HOLE */
	uint64_t fault_addr;
};

/*
 * Read a string that ends in a zero of one unit, which is 8 bits (bytes in
 * whatever encoding the target has) or 16 (in the machine's byte order, at any
 * address), to @buf of @size units; what is found is terminated there too, so
 * that at most @size - 1 are read. No page is touched behind that which holds
 * the terminator. @flags are DBGMEM_FORCE, DBGMEM_NOFAULT, DBGMEM_RAW. 0 if
 * there is a string, perhaps empty, or a part of one: *@res, if not NULL, tells
 * which. A negative errno, and @buf holds an empty one, when not even the first
 * unit could be read. -EINVAL: @size is 0.
 */
int dbgmem_read_string(struct dbgmem *m, uint64_t addr, char *buf, size_t size,
		       uint32_t flags, struct dbgmem_string_result *res);
int dbgmem_read_string16(struct dbgmem *m, uint64_t addr, uint16_t *buf,
			 size_t size, uint32_t flags,
			 struct dbgmem_string_result *res);

/*
 * @len units of UTF-16 (zeros among them are characters) as UTF-8 in @buf of
 * @size bytes, with a zero behind. What is no character, a surrogate without
 * its other half, becomes U+FFFD, and is counted in *@invalid if that is not
 * NULL. Returns the bytes that all of it takes without the zero: if that
 * is @size or more, only the whole characters that fit were written. @buf may be
 * NULL if @size is 0. 3 * @len + 1 bytes are always enough.
 */
size_t dbgmem_utf16_to_utf8(const uint16_t *s, size_t len, char *buf,
			    size_t size, size_t *invalid);

/*
 * How many of the @len bytes at @s are UTF-8, counted from the start up to the
 * first that is not: no overlong forms, no surrogates, nothing above U+10FFFF.
 * A character that is cut off at the end does not count.
 */
size_t dbgmem_utf8_valid(const char *s, size_t len);

/* --- pointers (pointer.c) --- */

/*
 * Bytes in a pointer of the target, 4 or 8, by the ELF header of the program
 * that it runs; or a negative errno (-ENOEXEC: it has none; -EACCES, ...).
 */
int dbgmem_pointer_width(struct dbgmem *m);

/*
 * Read or write @nr pointers side by side at @addr. @width is their bytes, 4 or
 * 8, or 0 for the target's own. What is read of 4 bytes has zeros above, or,
 * with DBGMEM_POINTER_SIGNED added to @width, copies of bit 31, as
 * IDebugDataSpaces::ReadPointersVirtual extends them. Either form of a value may
 * be written to 4 bytes; one that is neither is -ERANGE, and nothing is written.
 * @flags are DBGMEM_EXACT, DBGMEM_FORCE, DBGMEM_RAW, and DBGMEM_NOFAULT for
 * reading. The number of whole pointers that were transferred, fewer than
 * @nr where an inaccessible byte was met, or a negative errno when not one was.
 */
#define DBGMEM_POINTER_SIGNED	0x100U

ssize_t dbgmem_read_pointers(struct dbgmem *m, uint64_t addr, uint64_t *ptrs,
			     size_t nr, unsigned int width, uint32_t flags);
ssize_t dbgmem_write_pointers(struct dbgmem *m, uint64_t addr,
			      const uint64_t *ptrs, size_t nr,
			      unsigned int width, uint32_t flags);

/* --- single values (value.c) --- */

/*
 * One value in the machine's byte order, at any address: 0, or a negative errno
 * and nothing was read or written. Where @addr is a multiple of its size it is
 * one load or store in the target, see DBGMEM_IOC_READ.
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
 * @filter in all of these: 0 for every region, or the DBGMEM_REGION_* bits that
 * it must have, or'ed with DBGMEM_REGION_NOT() of those that it must not have:
 * DBGMEM_REGION_WRITE | DBGMEM_REGION_NOT(DBGMEM_REGION_SHARED | DBGMEM_REGION_SPECIAL).
 * They all need read access and a module with DBGMEM_FEATURE_REGION
 * (-EOPNOTSUPP otherwise). -EINVAL: a bit that is both asked for and not.
 *
 * Names are strings as in /proc/PID/maps, but with newlines as they are; "" if
 * there is none. Of the fields of struct dbgmem_region for them, only name_len, a
 * length in bytes, is for callers of these.
 */

/*
 * The region that @addr is in. 1 and *@region; 0 if nothing is mapped there, or
 * what is does not pass @filter; or a negative errno. @name, of @size bytes, gets
 * its name, or "" and DBGMEM_REGION_LONG_NAME in its flags if that needs more,
 * name_len + 1 bytes; it may be NULL with 0.
 */
int dbgmem_region_query(struct dbgmem *m, uint64_t addr, uint64_t filter,
			struct dbgmem_region *region, char *name, size_t size);
int dbgmem_region_query_sized(struct dbgmem *m, uint64_t addr,
			      uint64_t filter, struct dbgmem_region *region,
			      size_t region_size, char *name, size_t size);
#define dbgmem_region_query(m, addr, filter, region, name, size) \
	dbgmem_region_query_sized(m, addr, filter, region, \
				  sizeof(struct dbgmem_region), name, size)

/*
 * The same, or where there is none, the next one behind @addr. 0: there is no
 * further one.
 */
int dbgmem_region_next(struct dbgmem *m, uint64_t addr, uint64_t filter,
		       struct dbgmem_region *region, char *name, size_t size);
int dbgmem_region_next_sized(struct dbgmem *m, uint64_t addr,
			     uint64_t filter, struct dbgmem_region *region,
			     size_t region_size, char *name, size_t size);
#define dbgmem_region_next(m, addr, filter, region, name, size) \
	dbgmem_region_next_sized(m, addr, filter, region, \
				 sizeof(struct dbgmem_region), name, size)

/*
 * Where it changes what is mapped: the end of the region that @addr is in, or,
 * where there is none, the start of the next. 1 and *@next; 0 if there is nothing
 * from @addr on; or a negative errno.
 */
int dbgmem_region_change(struct dbgmem *m, uint64_t addr, uint64_t filter,
			 uint64_t *next);

/*
 * The first part of the @len bytes at @addr that is mapped without a gap, by one
 * region or by several that touch. 1, *@start and *@valid, its length in bytes; 0
 * if nothing of it is; or a negative errno (-EOVERFLOW: address plus length).
 */
int dbgmem_region_valid(struct dbgmem *m, uint64_t addr, uint64_t len,
			uint64_t filter, uint64_t *start, uint64_t *valid);

/*
 * All regions, in the order of their addresses, a few hundred for each call of
 * the kernel. While the target maps and unmaps they still never overlap, and come
 * to an end. Not for several threads at once; several of these on one struct
 * dbgmem are. Owned by the caller of dbgmem_regions_open().
 */
struct dbgmem_regions;

#define DBGMEM_REGIONS_NAMES	(1U << 0)	/* with names, which takes longer */

/*
 * From the region that @addr is in, or the next one, up to those that begin below
 * @end (0: the top of the address space). @m must outlive it. 0 and *@out, or a
 * negative errno and *@out = NULL.
 */
int dbgmem_regions_open(struct dbgmem *m, uint64_t addr, uint64_t end,
			uint64_t filter, unsigned int flags,
			struct dbgmem_regions **out);

/*
 * The next one: 1 and *@region, 0 behind the last, or a negative errno (-ESRCH,
 * -ESTALE, ...). *@name, unless @name is NULL, is its name until the next call; ""
 * also where DBGMEM_REGION_LONG_NAME says that it was too long (16 KiB).
 */
int dbgmem_regions_next(struct dbgmem_regions *r, struct dbgmem_region *region,
			const char **name);
int dbgmem_regions_next_sized(struct dbgmem_regions *r,
			      struct dbgmem_region *region, size_t size,
			      const char **name);
#define dbgmem_regions_next(r, region, name) \
	dbgmem_regions_next_sized(r, region, sizeof(struct dbgmem_region), \
				  name)

/* NULL is allowed. */
void dbgmem_regions_close(struct dbgmem_regions *r);

/* --- ranges of one kind, to be searched (ranges.c) --- */

/*
 * What of the @len bytes at @addr is mapped and passes @filter, as ranges in
 * ascending order, those that touch joined to one. 0, *@ranges, which is the
 * caller's to be given to free(3), or NULL if there are none, and their number; or
 * a negative errno as of dbgmem_regions_next() (-EOVERFLOW: address plus length;
 * -ENOMEM) and *@ranges = NULL.
 */
int dbgmem_ranges_find(struct dbgmem *m, uint64_t addr, uint64_t len,
		       uint64_t filter, struct dbgmem_range **ranges,
		       size_t *nr);

/* --- page cache (cache.c) --- */

/*
 * Pages of the target kept in this process, for those who read the same places
 * again and again while the target is stopped. What it holds is as old as the
 * reading of it: nothing tells it that the target ran, or that somebody else
 * wrote; dbgmem_cache_ran() does. Several threads may use one, except for
 * dbgmem_cache_free(); a read that finds all its pages takes no lock and makes no
 * system call. It is read and written by dbgmem_read_virtual() and
 * dbgmem_write_virtual().
 */
struct dbgmem_cache;

enum dbgmem_cache_mode {
	DBGMEM_CACHE_WRITE_THROUGH, /* the target gets it at once, and the cache */
	DBGMEM_CACHE_WRITE_BACK, /* the target gets it by dbgmem_cache_flush() */
};

/*
 * A cache of at most @pages pages of @m, which must outlive it. @flags are
 * DBGMEM_FORCE, DBGMEM_RAW and DBGMEM_NOFAULT (of which writes go without), for all
 * that it transfers. 0 and *@out, or a negative errno (-EINVAL, -ENOMEM) and
 * *@out = NULL.
 */
int dbgmem_cache_new(struct dbgmem *m, size_t pages,
		     enum dbgmem_cache_mode mode, uint32_t flags,
		     struct dbgmem_cache **out);

/* What was not flushed is lost. NULL is allowed. */
void dbgmem_cache_free(struct dbgmem_cache *c);

/* A page of which a flush could not write everything. */
struct dbgmem_cache_failure {
	uint64_t page;		/* its address */
	uint64_t fault_addr;	/* first byte of it that was not written */
	uint32_t reason;	/* DBGMEM_REASON_*; NONE: see the code */
	int code;		/* negative errno */
};

/*
 * Write to the target what it does not have yet, by address, byte for byte what
 * was written and nothing between. 0 if it has everything now. Else a negative
 * errno, that of the first page that failed; which does not stop the others, and
 * all that was not written is still there for the next flush. @failures, if not
 * NULL, gets the first @room pages that failed, by address, and *@nr, if not
 * NULL, how many there are.
 */
int dbgmem_cache_flush(struct dbgmem_cache *c,
		       struct dbgmem_cache_failure *failures, size_t room,
		       size_t *nr);

/*
 * Forget what was read from the pages that @len bytes at @addr touch. What was
 * written to them and not flushed stays, over what will be read next.
 */
void dbgmem_cache_invalidate(struct dbgmem_cache *c, uint64_t addr,
			     uint64_t len);

/* The same for all pages: to be called when the target ran. */
void dbgmem_cache_ran(struct dbgmem_cache *c);

/*
 * Forget what was written to these @len bytes and not flushed. The bytes that
 * this loses.
 */
uint64_t dbgmem_cache_discard(struct dbgmem_cache *c, uint64_t addr,
			      uint64_t len);

struct dbgmem_cache_stats {
	uint64_t hits;		/* times that a page was found */
	uint64_t misses;	/* times that it had to be read */
	uint64_t evictions;	/* pages that made room for others */
	uint64_t invalidations;	/* pages that were forgotten on request */
	uint64_t through;	/* bytes that went to the target at once */
	uint64_t flushed;	/* bytes that went there later */
	uint64_t failed;	/* pages that could not be flushed, each time */
	uint64_t dirty;		/* bytes that the target does not have now */
	size_t dirty_pages;	/* pages that these are in */
	size_t pages;		/* pages held now */
	size_t capacity;	/* and at most */
};

void dbgmem_cache_get_stats(struct dbgmem_cache *c,
			    struct dbgmem_cache_stats *stats);
void dbgmem_cache_get_stats_sized(struct dbgmem_cache *c,
				  struct dbgmem_cache_stats *stats,
				  size_t size);
#define dbgmem_cache_get_stats(c, stats) \
	dbgmem_cache_get_stats_sized(c, stats, \
				     sizeof(struct dbgmem_cache_stats))

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
	char name[16];		/* "rax", "xmm0"; those that gdb has */
	enum dbgmem_register_kind kind;
	uint32_t size;		/* bytes */
	uint32_t id;		/* for struct dbgmem_location */
};

/*
 * Registers of thread @tid, which the calling thread must trace (ptrace(2)) and
 * must have stopped, one after the other: start with *@cursor = 0. 1 and *@reg, 0
 * if there are no more, or a negative errno: -ESRCH (no such thread), -EBUSY (it
 * is not stopped, or not by the calling thread), -EOPNOTSUPP (an architecture
 * that the library does not know). Which ones there are depends on the machine and on
 * whether the thread runs 32-bit code.
 */
int dbgmem_register_next(pid_t tid, uint32_t *cursor,
			 struct dbgmem_register *reg);

/*
 * That of name @name, or "pc", "sp", "fp" or "flags" for what the architecture calls
 * otherwise. -ENOENT if there is none; else as above, with 0 for success.
 */
int dbgmem_register_find(pid_t tid, const char *name,
			 struct dbgmem_register *reg);

/* --- locations (location.c) --- */

/* Where a location means something: either may be missing. */
struct dbgmem_context {
	struct dbgmem *m;	/* for addresses; NULL: none */
	pid_t tid;		/* for registers: a stopped thread; 0: none */
};

enum dbgmem_location_kind {
	DBGMEM_LOCATION_MEMORY,
	DBGMEM_LOCATION_REGISTER,
};

struct dbgmem_location {
	enum dbgmem_location_kind kind;
	uint32_t reg;		/* dbgmem_register.id, with _REGISTER */
	uint64_t offset;	/* an address; or a byte in the register, from 0 */
};

/* Two ways to succeed. */
#define DBGMEM_FULL	0
#define DBGMEM_PARTIAL	1

/*
 * IDebugHostMemory ReadBytes and WriteBytes: @len bytes at @loc. DBGMEM_FULL: all
 * of them were transferred; DBGMEM_PARTIAL: some, from the start, and *@done says how
 * many; else a negative errno, and nothing was. @done may be NULL. Memory is
 * transferred as by dbgmem_read() and dbgmem_write(), behind breakpoints; of a
 * register there are its bytes in the machine's order and none behind them. -EINVAL:
 * the context has no address space, or no thread, for such a location; the thread
 * has no such register; the offset is not in it. -EBUSY, -ESRCH as for
 * dbgmem_register_next(). Writing a part of a register leaves the rest as it is.
 */
int dbgmem_context_read(const struct dbgmem_context *ctx,
			const struct dbgmem_location *loc, void *buf,
			uint64_t len, uint64_t *done);
int dbgmem_context_write(const struct dbgmem_context *ctx,
			 const struct dbgmem_location *loc, const void *buf,
			 uint64_t len, uint64_t *done);

/* --- as other debuggers have it (interfaces.c): dbgmem_interfaces(3) --- */

/*
 * WdbgExts ReadMemory and WriteMemory: true only if the entire area was
 * transferred, otherwise dbgmem_last_error() says why. *@done, if not NULL, is what
 * was: 0 on failure, except beyond dbgmem_info.max_exact bytes and in memory
 * that cannot be pinned.
 */
bool dbgmem_read_whole(struct dbgmem *m, uint64_t addr, void *buf,
		       uint32_t len, uint32_t *done);
bool dbgmem_write_whole(struct dbgmem *m, uint64_t addr, const void *buf,
			uint32_t len, uint32_t *done);

/*
 * ICorDebugProcess ReadMemory and WriteMemory: the whole area is verified to be
 * accessible before the first byte moves, behind breakpoints. 0, or a negative
 * errno and nothing was transferred; -EMSGSIZE for more than
 * dbgmem_info.max_exact bytes. *@done, if not NULL, is @len or 0.
 */
int dbgmem_read_verified(struct dbgmem *m, uint64_t addr, void *buf,
			 uint32_t len, size_t *done);
int dbgmem_write_verified(struct dbgmem *m, uint64_t addr, const void *buf,
			  uint32_t len, size_t *done);

/*
 * IDebugDataSpaces4 ReadVirtual, WriteVirtual: 0 if at least one byte was
 * transferred, or none was asked for; *@done, if not NULL, is how many, from the
 * start. A negative errno if the first one could not be. Through @c, of which a
 * write keeps what it holds up to date; with DBGMEM_CACHE_WRITE_BACK it ends there.
 */
int dbgmem_read_virtual(struct dbgmem_cache *c, uint64_t addr, void *buf,
			uint32_t len, uint32_t *done);
int dbgmem_write_virtual(struct dbgmem_cache *c, uint64_t addr,
			 const void *buf, uint32_t len, uint32_t *done);

/*
 * ReadVirtualUncached, WriteVirtualUncached: the same with the target itself. What
 * the cache holds is neither used nor changed, nor, after a write, up to date
 * any more.
 */
int dbgmem_read_virtual_uncached(struct dbgmem_cache *c, uint64_t addr,
				 void *buf, uint32_t len, uint32_t *done);
int dbgmem_write_virtual_uncached(struct dbgmem_cache *c, uint64_t addr,
				  const void *buf, uint32_t len,
				  uint32_t *done);

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
 * Load the module: from file @path, or by name from the system's module
 * directory when NULL, with @params ("engine=pinned force=never") or NULL.
 * 0 also when it is loaded already.
 */
int dbgmem_module_load(const char *path, const char *params);

/* Unload it. -EBUSY while a session is open; 0 also when it is not loaded. */
int dbgmem_module_unload(void);

#ifdef __cplusplus
}
#endif

#endif /* DBGMEM_H */
