/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libdbgmem: a thin library over /dev/dbgmem, see <linux/dbgmem.h> for the ABI
 * beneath and libdbgmem(3) for the manual.
 *
 * Conventions
 * -----------
 * Functions that can fail return a negative errno value, never -1 with errno.
 * What failed, and which gate refused, is kept for the calling thread:
 * dbgmem_errstr() says it in a sentence, dbgmem_last_error() gives the parts.
 * Addresses are uint64_t, in the target's address space, in bytes.
 *
 * A handle may be used by several threads at once; only dbgmem_close() must not
 * overlap another call on the same handle.
 */
#ifndef DBGMEM_H
#define DBGMEM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <linux/dbgmem.h>

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
	DBGMEM_GATE_RECEIPT,	/* the module did not accept the receipt */
	DBGMEM_GATE_SESSION,	/* the session was opened without that access */
	DBGMEM_GATE_POLICY,	/* the module's force= policy */
	DBGMEM_GATE_TARGET,	/* the target is gone, or runs another program */
	DBGMEM_GATE_MEMORY,	/* the memory at fault_addr, see reason */
	DBGMEM_GATE_SYSTEM,	/* anything else: out of memory, of descriptors, ... */
};

/* The parts of the calling thread's last failure. */
struct dbgmem_error {
	int code;		/* errno value, positive; 0 if none */
	enum dbgmem_gate gate;
	pid_t pid;		/* target, 0 if the call had none */
	uint32_t reason;	/* DBGMEM_REASON_*, with DBGMEM_GATE_MEMORY */
	uint64_t fault_addr;	/* first inaccessible address */
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
 * failed, where, which gate said no and what to do about it. Valid until the
 * thread's next call into the library; "" if nothing failed yet.
 */
const char *dbgmem_errstr(void);

/* The same in parts; valid as long. Never NULL. */
const struct dbgmem_error *dbgmem_last_error(void);

/* A few words for a DBGMEM_REASON_* or a gate; never NULL. */
const char *dbgmem_reason_str(uint32_t reason);
const char *dbgmem_gate_str(enum dbgmem_gate gate);

/* --- session (session.c) --- */

#define DBGMEM_OPEN_RDONLY	(1U << 0)	/* ask for read access only */

/*
 * Open process @pid: opens /dev/dbgmem, opens the receipt (/proc/PID/mem, or
 * that of a live thread when the first one is gone), attaches, and closes the
 * receipt. Without DBGMEM_OPEN_RDONLY both directions are asked for.
 * 0 and *@out, or a negative errno and *@out = NULL.
 */
int dbgmem_open(pid_t pid, unsigned int flags, struct dbgmem **out);

/*
 * The same with a receipt that somebody else opened (a privileged broker, for
 * example). @receipt stays the caller's.
 */
int dbgmem_open_receipt(pid_t pid, int receipt, unsigned int flags,
			struct dbgmem **out);

/* Detach. NULL is allowed. */
void dbgmem_close(struct dbgmem *m);

/* The descriptor (for poll(2), pread(2), ...), still owned by the handle. */
int dbgmem_fd(const struct dbgmem *m);

/* The pid that the handle was opened with. */
pid_t dbgmem_pid(const struct dbgmem *m);

/* DBGMEM_ACCESS_* of the session. */
uint32_t dbgmem_access(const struct dbgmem *m);

/*
 * The module's answer to DBGMEM_IOC_INFO; @m may be NULL for an unbound
 * question (this opens and closes the device).
 */
int dbgmem_get_info(const struct dbgmem *m, struct dbgmem_info *info);

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
 * The general form: @flags are DBGMEM_EXACT, DBGMEM_FORCE, DBGMEM_ZEROFILL,
 * DBGMEM_NOFAULT. 0 if at least one byte moved, or none was asked for, or
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
 * DBGMEM_FORCE and, for reading, DBGMEM_NOFAULT.
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
 * (the lengths exceed SSIZE_MAX together), -ENOMEM.
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
 * and @reason may be NULL.
 */
int dbgmem_scatter_result(const struct dbgmem_scatter *s, size_t index,
			  uint64_t *done, uint32_t *reason);

/* Forget all pieces, and keep the memory for the next. */
void dbgmem_scatter_clear(struct dbgmem_scatter *s);

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
