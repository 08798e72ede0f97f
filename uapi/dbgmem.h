/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * dbgmem: the memory of another process, for debuggers and monitoring agents.
 *
 * This is the whole ABI of /dev/dbgmem. An open file is a session; ATTACH
 * binds it, once, to the address space of one target; READ, WRITE, and
 * pread(2), pwrite(2) and their relatives with file offset = target address,
 * then work on it; poll(2) reports EPOLLHUP once the target has exited or
 * executed another program; close(2) is detach.
 *
 * Rules common to all ioctls
 * --------------------------
 * The argument points to a structure whose first field, @size, is the size of
 * the structure that the caller was built with. The kernel takes a smaller one
 * (down to the first published version) with the missing tail read as zero,
 * and a larger one if what it does not know is zero (E2BIG otherwise). An ioctl
 * number therefore never changes when its structure grows. All addresses and
 * lengths are 64-bit and in bytes for callers of every word size. Fields named
 * reserved must be zero. Output fields are ignored on entry, and written back
 * whenever the structure itself could be read, on failure too.
 *
 * Errors
 * ------
 * ============  ==============================================================
 * E2BIG         @size exceeds what the kernel knows and the excess is not zero,
 *               or @size exceeds one page; VECTOR: too many segments
 * EACCES        READ, WRITE: the session has no such access, because the
 *               receipt or the session itself was opened without that mode
 * EBADF         ATTACH: the receipt is not an open descriptor.
 *               pread, pwrite: the session was opened without that mode
 * EBADFD        ATTACH: the receipt is not a file of procfs at all
 * EFAULT        the request structure is not accessible; or not one byte could
 *               be transferred, and @reason and @fault_addr say why
 * EINTR         the caller is being killed
 * EINVAL        @size below the first published version, a value out of range,
 *               or flags that exclude each other
 * EISCONN       ATTACH: the session is attached already
 * EKEYREJECTED  ATTACH: the receipt is a procfs file, but not /proc/PID/mem: it
 *               passed a weaker check than the one that is needed
 * EMSGSIZE      EXACT: longer than dbgmem_info.max_exact; EXACT VECTOR: more
 *               pages than dbgmem_info.max_exact_pages
 * ENOMEM        no memory for the kernel's own bookkeeping, or for the target's
 *               page
 * ENOTCONN      the session is not attached
 * ENOTTY        no such ioctl
 * ENXIO         ATTACH: the target is a kernel thread, it has no user memory
 * EOPNOTSUPP    a flag that this kernel does not know or cannot do, or a
 *               reserved field that is not zero
 * EOVERFLOW     address + length, on either side, exceeds 64 bits
 * EPERM         FORCE: refused by the module's force= policy
 * ESRCH         the target does not exist, or has exited
 * ESTALE        the target has executed another program since the session was
 *               attached (ATTACH: the receipt's address space is gone, by an
 *               execve or exit since it was opened, while @pid runs)
 * EXDEV         ATTACH: the receipt is /proc/PID/mem, of another process than
 *               the one that @pid names
 * ============  ==============================================================
 */
#ifndef _UAPI_LINUX_DBGMEM_H
#define _UAPI_LINUX_DBGMEM_H

#include <linux/ioctl.h>
#include <linux/types.h>

/** DBGMEM_ABI_VERSION - incremented when something is added; never broken. */
#define DBGMEM_ABI_VERSION	1

#define DBGMEM_IOC_TYPE		0xDE

/**
 * DOC: features
 *
 * Bits of dbgmem_info.features. A set bit means that this module on this
 * kernel does it; a caller that needs one tests for it once.
 *
 * %DBGMEM_FEATURE_EXACT: %DBGMEM_EXACT transfers.
 * %DBGMEM_FEATURE_FORCE: %DBGMEM_FORCE is understood (who may use it is
 * dbgmem_info.force_policy).
 * %DBGMEM_FEATURE_ZEROFILL: %DBGMEM_ZEROFILL reads and the validity bitmap.
 * %DBGMEM_FEATURE_NOFAULT: %DBGMEM_NOFAULT reads (kernels with FOLL_NOFAULT).
 * %DBGMEM_FEATURE_RW: read(2), pread(2), preadv(2) and the writing ones.
 * %DBGMEM_FEATURE_POLL: poll(2) reports the end of the target.
 * %DBGMEM_FEATURE_VECTOR: DBGMEM_IOC_VECTOR.
 */
#define DBGMEM_FEATURE_EXACT	(1ULL << 0)
#define DBGMEM_FEATURE_FORCE	(1ULL << 1)
#define DBGMEM_FEATURE_ZEROFILL	(1ULL << 2)
#define DBGMEM_FEATURE_NOFAULT	(1ULL << 3)
#define DBGMEM_FEATURE_RW	(1ULL << 4)
#define DBGMEM_FEATURE_POLL	(1ULL << 5)
#define DBGMEM_FEATURE_VECTOR	(1ULL << 6)

/** DBGMEM_ACCESS_READ - the session may read the target. */
#define DBGMEM_ACCESS_READ	(1U << 0)
/** DBGMEM_ACCESS_WRITE - the session may write to the target. */
#define DBGMEM_ACCESS_WRITE	(1U << 1)

/* dbgmem_info.state */
#define DBGMEM_STATE_UNBOUND	0	/* ATTACH has not happened yet */
#define DBGMEM_STATE_ATTACHED	1	/* the target runs the same program */
#define DBGMEM_STATE_EXITED	2	/* transfers fail with ESRCH */
#define DBGMEM_STATE_EXECED	3	/* transfers fail with ESTALE */

/* dbgmem_info.engine: the module parameter engine= */
#define DBGMEM_ENGINE_AUTO	0	/* pinned; remote for what only it can do */
#define DBGMEM_ENGINE_REMOTE	1	/* access_process_vm() */
#define DBGMEM_ENGINE_PINNED	2	/* the target's pages held in place */

/* dbgmem_info.force_policy: the module parameter force= */
#define DBGMEM_FORCE_NEVER	0	/* nobody */
#define DBGMEM_FORCE_PTRACE	1	/* the target's tracer */
#define DBGMEM_FORCE_CAPABLE	2	/* as above, or CAP_SYS_PTRACE over the target */
#define DBGMEM_FORCE_ALWAYS	3	/* any session that may write */

/**
 * struct dbgmem_info - DBGMEM_IOC_INFO: what the module can do, and what this
 * session is attached to
 * @size: sizeof(struct dbgmem_info)
 * @flags: must be 0
 * @abi_version: (out) DBGMEM_ABI_VERSION of the module
 * @page_size: (out) bytes in a page of the target, the unit of the validity
 *	bitmap
 * @features: (out) DBGMEM_FEATURE_* bits
 * @transfer_flags: (out) the DBGMEM_* transfer flags that READ or WRITE take
 * @max_exact: (out) the most bytes that one EXACT transfer may have; other
 *	transfers are bounded by the address space only
 * @engine: (out) DBGMEM_ENGINE_*
 * @force_policy: (out) DBGMEM_FORCE_*
 * @state: (out) DBGMEM_STATE_*
 * @access: (out) DBGMEM_ACCESS_* bits of this session, 0 when unbound
 * @pid: (out) the target's process id in the caller's pid namespace, 0 when
 *	unbound or not visible there
 * @max_segments: (out) the most segments that one VECTOR may have
 * @max_exact_pages: (out) the most pages that one EXACT VECTOR may touch on
 *	either side
 * @reserved: must be 0
 *
 * Works on an unbound session too. Errors: EFAULT, EINVAL, E2BIG, EOPNOTSUPP.
 */
struct dbgmem_info {
	__u32 size;
	__u32 flags;
	__u32 abi_version;
	__u32 page_size;
	__aligned_u64 features;
	__aligned_u64 transfer_flags;
	__aligned_u64 max_exact;
	__u32 engine;
	__u32 force_policy;
	__u32 state;
	__u32 access;
	__s32 pid;
	__u32 max_segments;
	__u32 max_exact_pages;
	__u32 reserved;
};

/**
 * struct dbgmem_attach - DBGMEM_IOC_ATTACH: bind the session to a target
 * @size: sizeof(struct dbgmem_attach)
 * @flags: must be 0
 * @pid: the target: a process (or thread) id in the caller's pid namespace
 * @receipt: descriptor of the target's /proc/PID/mem, or of
 *	/proc/PID/task/TID/mem where the first thread is gone
 * @access: (out) DBGMEM_ACCESS_*: the modes in which both the receipt and the
 *	session were opened
 * @reserved: must be 0
 *
 * The receipt is the permission: opening it made the kernel run its full
 * PTRACE_MODE_ATTACH_FSCREDS check (credentials, dumpable, Yama and other
 * LSMs; see ptrace(2)) against exactly this address space. The descriptor is
 * not needed afterwards. Like any descriptor it may be passed on, and with it
 * the right that it stands for. A session attaches once; a refused ATTACH
 * leaves it unbound and may be tried again.
 *
 * Errors: EACCES (receipt and session have no mode in common), EBADF, EBADFD,
 * EKEYREJECTED, EXDEV, ESTALE, ESRCH, ENXIO, EISCONN, EINVAL (@pid not
 * positive), and those of the structure.
 */
struct dbgmem_attach {
	__u32 size;
	__u32 flags;
	__s32 pid;
	__s32 receipt;
	__u32 access;
	__u32 reserved;
};

/**
 * DOC: transfer flags
 *
 * No flag is a PARTIAL transfer: as far as possible from the start, up to the
 * first inaccessible byte.
 *
 * %DBGMEM_EXACT: all or nothing. Both sides are pinned before the first byte
 * moves; on failure not one byte has moved on either side, and @fault_addr
 * names the first address that was not accessible. At most
 * dbgmem_info.max_exact bytes. Memory that cannot be pinned (device mappings)
 * is refused. Not with ZEROFILL.
 *
 * %DBGMEM_FORCE: ignore the target's page protections, as ptrace(2) does when it
 * plants a breakpoint: a write to a private mapping goes to the target's own
 * copy, never to the file. Shared read-only mappings stay refused. Who may is
 * decided by the module's force= policy at the time of the call.
 *
 * %DBGMEM_ZEROFILL (READ): what is inaccessible in the target reads as zeros and
 * the walk goes on to the end. @done counts the bytes that really came from the
 * target, and the call succeeds even when there were none; @fault_addr and
 * @reason tell of the first hole. Where the walk did not reach the end, they
 * tell why instead, as without the flag.
 *
 * %DBGMEM_NOFAULT (READ): never fault a page in; only what the target's page
 * tables hold at the time is read, the rest is inaccessible with
 * %DBGMEM_REASON_NOT_RESIDENT. Looking leaves no trace in the target. Pages of
 * hugetlbfs always count as not resident, because the kernel's way to look at
 * them would fault them in all the same.
 *
 * %DBGMEM_RAW: reserved for sessions with breakpoints; refused with EOPNOTSUPP
 * where dbgmem_info.transfer_flags does not have it.
 */
#define DBGMEM_EXACT		(1U << 0)
#define DBGMEM_FORCE		(1U << 1)
#define DBGMEM_ZEROFILL		(1U << 2)
#define DBGMEM_NOFAULT		(1U << 3)
#define DBGMEM_RAW		(1U << 4)

/*
 * Why a transfer stopped (or met its first hole) at fault_addr. New values may
 * be added; treat an unknown one as "not accessible".
 */
#define DBGMEM_REASON_NONE		0	/* it did not: all was transferred */
#define DBGMEM_REASON_UNMAPPED		1	/* nothing is mapped there */
#define DBGMEM_REASON_PROTECTION	2	/* the mapping does not allow it */
#define DBGMEM_REASON_NOT_RESIDENT	3	/* NOFAULT: no page there now */
#define DBGMEM_REASON_SPECIAL		4	/* device or secret memory */
#define DBGMEM_REASON_HWPOISON		5	/* the page is broken hardware */
#define DBGMEM_REASON_BACKING		6	/* beyond end of file, I/O error */
#define DBGMEM_REASON_BUFFER		7	/* the caller's own buffer or bitmap */
#define DBGMEM_REASON_EXITED		8	/* the target exited meanwhile */
#define DBGMEM_REASON_EXECED		9	/* the target exec'ed meanwhile */
#define DBGMEM_REASON_NOMEM		10	/* out of memory */
#define DBGMEM_REASON_INTERRUPTED	11	/* the caller is being killed */

/**
 * struct dbgmem_transfer - DBGMEM_IOC_READ, DBGMEM_IOC_WRITE
 * @size: sizeof(struct dbgmem_transfer)
 * @flags: DBGMEM_EXACT, ...
 * @addr: address in the target, any alignment
 * @buf: address of the caller's buffer
 * @len: bytes to transfer, may be 0
 * @valid: READ with ZEROFILL or NOFAULT: address of a bitmap of the caller's, or
 *	0 and @valid_size 0. Bit i, which is bit i % 8 of byte i / 8, answers for the target's page
 *	number addr / page_size + i: 1 if all the bytes asked for from it were
 *	read. All bits for the range are written, and those behind them in the
 *	last byte are 0
 * @valid_size: bytes at @valid; at least one bit for each page that the range
 *	touches, EINVAL otherwise
 * @done: (out) bytes that really moved, counted from the start (ZEROFILL: all
 *	that were read)
 * @fault_addr: (out) the first address that was not accessible: the target's,
 *	or the caller's where @reason is DBGMEM_REASON_BUFFER; 0 if none
 * @reason: (out) DBGMEM_REASON_*
 * @reserved: must be 0
 *
 * READ copies from the target to the caller, WRITE the other way. The ioctl
 * returns 0 when at least one byte moved, or @len was 0, or a ZEROFILL reached
 * the end; compare @done with @len to see whether all of it did. When the first
 * byte is not accessible it fails with EFAULT; @done, @fault_addr and @reason
 * are valid then too. Reads never un-share the target's copy-on-write memory.
 * Naturally aligned transfers of 1, 2, 4 or 8 bytes are one load and one store
 * on the target's side, except where only access_process_vm() reaches it.
 *
 * Errors: EACCES, EFAULT, EINTR, EINVAL, EMSGSIZE, ENOMEM, ENOTCONN,
 * EOPNOTSUPP, EOVERFLOW, EPERM, ESRCH, ESTALE, and those of the structure.
 *
 * The contract is that of WdbgExts ReadMemory and WriteMemory and of
 * ICorDebugProcess::WriteMemory with EXACT, and of
 * IDebugDataSpaces4::ReadVirtual and WriteVirtual without.
 */
struct dbgmem_transfer {
	__u32 size;
	__u32 flags;
	__aligned_u64 addr;
	__aligned_u64 buf;
	__aligned_u64 len;
	__aligned_u64 valid;
	__aligned_u64 valid_size;
	__aligned_u64 done;
	__aligned_u64 fault_addr;
	__u32 reason;
	__u32 reserved;
};

/* dbgmem_vector.op */
#define DBGMEM_OP_READ		0	/* from the target to the caller */
#define DBGMEM_OP_WRITE		1	/* from the caller to the target */

/**
 * struct dbgmem_segment - one piece of a vector
 * @addr: address in the target, any alignment
 * @buf: address of the caller's buffer
 * @len: bytes, may be 0
 * @done: (out) bytes that really moved, counted from the start
 * @reason: (out) why @done is less than @len: DBGMEM_REASON_*, at @addr + @done,
 *	or at @buf + @done with DBGMEM_REASON_BUFFER; DBGMEM_REASON_NONE if it is
 *	not less
 * @reserved: must be 0
 */
struct dbgmem_segment {
	__aligned_u64 addr;
	__aligned_u64 buf;
	__aligned_u64 len;
	__aligned_u64 done;
	__u32 reason;
	__u32 reserved;
};

/**
 * struct dbgmem_vector - DBGMEM_IOC_VECTOR: many pieces in one call
 * @size: sizeof(struct dbgmem_vector)
 * @flags: DBGMEM_EXACT, DBGMEM_FORCE, DBGMEM_NOFAULT (READ)
 * @segments: address of an array of struct dbgmem_segment
 * @nr_segments: how many, at most dbgmem_info.max_segments; may be 0
 * @segment_size: sizeof(struct dbgmem_segment)
 * @op: DBGMEM_OP_READ or DBGMEM_OP_WRITE, for all of them
 * @reserved: must be 0
 * @done: (out) bytes that moved, over all segments
 * @nr_complete: (out) segments whose done equals their len
 * @first_incomplete: (out) index of the first segment that is not complete,
 *	@nr_segments if all are
 * @fault_addr: (out) the address that was not accessible there, the target's or
 *	the caller's as in struct dbgmem_transfer; 0 if all are complete
 *
 * The segments are carried out in the order of the array, so that of writes
 * that overlap in the target (or reads that overlap in the caller's memory) the
 * later wins. Each is a PARTIAL transfer with an answer of its own; one that
 * fails does not stop the others, and the ioctl returns 0 whatever became of
 * them. The array is written back once, at the end; while the call runs it and
 * the segments' buffers belong to the kernel, and none of the buffers may lie
 * in the array.
 *
 * With EXACT it is all or none of the whole vector: the pages of all segments, on
 * both sides, are held before the first byte moves. If one is not accessible
 * the ioctl fails with EFAULT, every @done is 0, and @first_incomplete, that
 * segment's @reason, and @fault_addr name the culprit. At most
 * dbgmem_info.max_exact_pages pages on either side, a page counted once for
 * consecutive segments that touch it: EMSGSIZE otherwise.
 *
 * Errors: as for struct dbgmem_transfer; EOVERFLOW and EOPNOTSUPP also for any
 * segment (@first_incomplete says which), before anything moves; E2BIG for more
 * than dbgmem_info.max_segments; EFAULT when the array is not accessible: if it
 * cannot be written back, what was asked for has been done.
 */
struct dbgmem_vector {
	__u32 size;
	__u32 flags;
	__aligned_u64 segments;
	__u32 nr_segments;
	__u32 segment_size;
	__u32 op;
	__u32 reserved;
	__aligned_u64 done;
	__u32 nr_complete;
	__u32 first_incomplete;
	__aligned_u64 fault_addr;
};

#define DBGMEM_IOC_INFO		_IO(DBGMEM_IOC_TYPE, 0x00)
#define DBGMEM_IOC_ATTACH	_IO(DBGMEM_IOC_TYPE, 0x01)
#define DBGMEM_IOC_READ		_IO(DBGMEM_IOC_TYPE, 0x02)
#define DBGMEM_IOC_WRITE	_IO(DBGMEM_IOC_TYPE, 0x03)
#define DBGMEM_IOC_VECTOR	_IO(DBGMEM_IOC_TYPE, 0x04)

#endif /* _UAPI_LINUX_DBGMEM_H */
