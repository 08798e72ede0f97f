/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * dbgmem: the memory of another process, for debuggers and monitoring agents.
 *
 * This is the whole ABI of /dev/dbgmem. An open file is a session; ATTACH
 * binds it, once, to the address space of one target; READ, WRITE, VECTOR, and
 * pread(2), pwrite(2) and their relatives with file offset = target address,
 * then work on it; BP_SET plants breakpoints that they do not see; REGION_LIST tells
 * what is mapped; poll(2) reports EPOLLHUP once the target has exited or executed
 * another program; close(2) is detach, and takes the breakpoints out.
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
 *               or @size exceeds one page; VECTOR: too many segments or
 *               expectations
 * EACCES        the session has no such access, because the mem_fd or the
 *               session itself was opened without that mode; CMPXCHG: the
 *               target's mapping is read-only (@reason says so)
 * EBADF         ATTACH: the mem_fd is not an open descriptor.
 *               pread, pwrite: the session was opened without that mode
 * EBADFD        ATTACH: the mem_fd is not a file of procfs at all
 * EBUSY         BP_SET: another session has a breakpoint there
 * ECANCELED     VECTOR: an expectation does not hold
 * EEXIST        BP_SET: this session has a breakpoint there
 * EFAULT        the request structure, or an array of it, is not accessible; or
 *               not one byte could be transferred, and @reason and @fault_addr
 *               say why
 * EINTR         the caller is being killed
 * EINVAL        @size below the first published version, a value out of range,
 *               or flags that exclude each other
 * EISCONN       ATTACH: the session is attached already
 * EKEYREJECTED  ATTACH: the mem_fd is a procfs file, but not /proc/PID/mem: it
 *               passed a weaker check than the one that is needed
 * ELOOP         WINDOW, mmap: the target is the caller
 * EMSGSIZE      EXACT: longer than dbgmem_info.max_exact; EXACT VECTOR: more
 *               pages than dbgmem_info.max_exact_pages
 * ENODEV        mmap: there was no WINDOW on this session
 * ENOENT        BP_CLEAR: this session has no breakpoint at that address
 * ENOMEM        no memory for the kernel's own bookkeeping, or for the target's
 *               page
 * ENOSPC        BP_SET: the session has dbgmem_info.max_breakpoints already
 * ENOTCONN      the session is not attached
 * ENOTTY        no such ioctl
 * ENXIO         ATTACH: the target is a kernel thread, it has no user memory
 * EOPNOTSUPP    a flag that this kernel does not know or cannot do, or a
 *               reserved field that is not zero
 * EOVERFLOW     address + length, on either side, exceeds 64 bits
 * EPERM         FORCE, or a BP_SET that needs it: refused by the module's
 *               force= policy
 * ESRCH         the target does not exist, or has exited
 * ESTALE        the target has executed another program since the session was
 *               attached (ATTACH: the mem_fd's address space is gone, by an
 *               execve or exit since it was opened, while @pid runs)
 * EXDEV         ATTACH: the mem_fd is /proc/PID/mem, of another process than
 *               the one that @pid names
 * ============  ==============================================================
 */
#ifndef _UAPI_DBGMEM_H
#define _UAPI_DBGMEM_H

#include <linux/ioctl.h>
#include <linux/types.h>

/** DBGMEM_ABI_VERSION - incremented when something is added; never broken. */
#define DBGMEM_ABI_VERSION	3

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
 * %DBGMEM_FEATURE_BREAKPOINT: DBGMEM_IOC_BP_SET, BP_CLEAR, BP_LIST, and
 * %DBGMEM_RAW.
 * %DBGMEM_FEATURE_CMPXCHG: DBGMEM_IOC_CMPXCHG.
 * %DBGMEM_FEATURE_EXPECT: expectations of VECTOR.
 * %DBGMEM_FEATURE_REGION: DBGMEM_IOC_REGION_LIST.
 * %DBGMEM_FEATURE_MIRROR: %DBGMEM_ATTACH_MIRROR (kernels with CONFIG_HMM_MIRROR,
 * and only as long as the module's mirror_pages= is not 0).
 * %DBGMEM_FEATURE_WINDOW: DBGMEM_IOC_WINDOW, DBGMEM_IOC_WINDOW_SYNC and mmap(2)
 * (kernels with CONFIG_HMM_MIRROR, where the module's window_pages= is not 0).
 * %DBGMEM_FEATURE_TABLES: %DBGMEM_REGION_LIST_TABLES.
 */
#define DBGMEM_FEATURE_EXACT	(1ULL << 0)
#define DBGMEM_FEATURE_FORCE	(1ULL << 1)
#define DBGMEM_FEATURE_ZEROFILL	(1ULL << 2)
#define DBGMEM_FEATURE_NOFAULT	(1ULL << 3)
#define DBGMEM_FEATURE_RW	(1ULL << 4)
#define DBGMEM_FEATURE_POLL	(1ULL << 5)
#define DBGMEM_FEATURE_VECTOR	(1ULL << 6)
#define DBGMEM_FEATURE_BREAKPOINT	(1ULL << 7)
#define DBGMEM_FEATURE_CMPXCHG	(1ULL << 8)
#define DBGMEM_FEATURE_EXPECT	(1ULL << 9)
#define DBGMEM_FEATURE_REGION	(1ULL << 10)
#define DBGMEM_FEATURE_MIRROR	(1ULL << 11)
#define DBGMEM_FEATURE_WINDOW	(1ULL << 12)
#define DBGMEM_FEATURE_TABLES	(1ULL << 13)

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

/*
 * dbgmem_info.force_policy: the module parameter force=. Its default is CAPABLE
 * where the kernel lets a process write to a read-only page of its own through
 * /proc/self/mem, and PTRACE where it does not (proc_mem.force_override).
 */
#define DBGMEM_FORCE_POLICY_NEVER	0	/* nobody */
#define DBGMEM_FORCE_POLICY_PTRACE	1	/* the target's tracer */
#define DBGMEM_FORCE_POLICY_CAPABLE	2	/* as above, or CAP_SYS_PTRACE over the target */
#define DBGMEM_FORCE_POLICY_ALWAYS	3	/* any session that may write */

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
 * @force_policy: (out) DBGMEM_FORCE_POLICY_*
 * @state: (out) DBGMEM_STATE_*
 * @access: (out) DBGMEM_ACCESS_* bits of this session, 0 when unbound
 * @pid: (out) the target's process id in the caller's pid namespace, 0 when
 *	unbound or not visible there
 * @max_segments: (out) the most segments that one VECTOR may have
 * @max_exact_pages: (out) the most pages that one EXACT VECTOR may touch on
 *	either side
 * @reserved: must be 0
 * @max_breakpoints: (out) the most breakpoints that one session may have
 * @breakpoints: (out) how many this session has
 * @breakpoints_lost: (out) traps of this session that BP_CLEAR found
 *	overwritten, and left alone
 * @max_expects: (out) the most expectations that one VECTOR may have
 * @max_retries: (out) the most retries of libdbgmem's stable reads
 * @reserved2: must be 0
 * @attach_flags: (out) the DBGMEM_ATTACH_* flags that ATTACH takes
 * @max_mirror_pages: (out) the most pages of its target that a mirror knows:
 *	of this session's, or of a new one's
 * @mirror_pages: (out) how many this session's knows at the moment; 0 if it has
 *	none
 * @max_window_pages: (out) the most pages that the windows of a session hold: of
 *	this one's, or of a new one's
 * @window_pages: (out) how many this session's hold at the moment; of a huge
 *	page, all of it is counted
 * @windows: (out) how many windows this session has mapped
 * @window_lease: (out) milliseconds that windows hold a page before they look it
 *	up again: the module parameter window_lease=; 0: as long as it is mapped
 * @reserved3: must be 0
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
	__u32 max_breakpoints;
	__u32 breakpoints;
	__u32 breakpoints_lost;
	__u32 max_expects;
	__u32 max_retries;
	__u32 reserved2;
	__u32 attach_flags;
	__u32 max_mirror_pages;
	__u32 mirror_pages;
	__u32 max_window_pages;
	__u32 window_pages;
	__u32 windows;
	__u32 window_lease;
	__u32 reserved3;
};

/**
 * DBGMEM_ATTACH_MIRROR - ATTACH: the session is to keep a mirror of the target's
 * page tables.
 *
 * It knows where the pages are that were read, and so reads them again without
 * asking the target: several times faster, and without its locks. What it knows
 * is always true: the target does not get on with taking a page away, moving,
 * copying or protecting it before the mirror has forgotten it, which takes no
 * longer than the copying of a few pages. The target pays for that with a call
 * into the module at each such change, and nobody pays when there is none.
 *
 * READ (without EXACT and FORCE), reading VECTOR (also without expectations) and
 * pread(2) make use of it, and promise the same as without. Memory that is never
 * mirrored goes the ordinary way: device, secret and hugetlbfs memory, and what is
 * not resident, until it is. What went that way while the target was changing its
 * mappings is read again, a few times: without a mirror it may come from a page
 * that has meanwhile got another address, and other contents. A mirror never makes
 * a page resident, and looking leaves no trace in the target.
 *
 * It knows dbgmem_info.max_mirror_pages at most, and forgets in groups of 64
 * neighbours what has not been read for long. The memory that it takes, 9 to 600
 * bytes for each, is charged to the caller's memory cgroup.
 */
#define DBGMEM_ATTACH_MIRROR	(1U << 0)

/**
 * struct dbgmem_attach - DBGMEM_IOC_ATTACH: bind the session to a target
 * @size: sizeof(struct dbgmem_attach)
 * @flags: 0 or DBGMEM_ATTACH_MIRROR
 * @pid: the target: a process (or thread) id in the caller's pid namespace
 * @mem_fd: descriptor of the target's /proc/PID/mem, or of
 *	/proc/PID/task/TID/mem where the first thread is gone
 * @access: (out) DBGMEM_ACCESS_*: the modes in which both the mem_fd and the
 *	session were opened
 * @reserved: must be 0
 *
 * The mem_fd is the permission: opening it made the kernel run its full
 * PTRACE_MODE_ATTACH_FSCREDS check (credentials, dumpable, Yama and other
 * LSMs; see ptrace(2)) against exactly this address space. The descriptor is
 * not needed afterwards. Like any descriptor it may be passed on, and with it
 * the right that it stands for. A session attaches once; a refused ATTACH
 * leaves it unbound and may be tried again.
 *
 * Errors: EACCES (mem_fd and session have no mode in common, or a mirror is asked
 * for and it is not that of reading), EBADF, EBADFD, EINTR, EKEYREJECTED, ENOMEM,
 * EXDEV, ESTALE, ESRCH, ENXIO, EISCONN, EINVAL (@pid not positive), and those of
 * the structure.
 */
struct dbgmem_attach {
	__u32 size;
	__u32 flags;
	__s32 pid;
	__s32 mem_fd;
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
 * %DBGMEM_RAW: the memory as it is. Without it, transfers of a session do not
 * see its own breakpoints: see struct dbgmem_bp_set_args.
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
/* 12 is libdbgmem's own */
#define DBGMEM_REASON_SHARED_FILE	13	/* BP_SET: the trap would get into the file */
#define DBGMEM_REASON_CANCELED		14	/* VECTOR: an expectation no longer held */

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
 * struct dbgmem_expect - a condition of a vector
 * @addr: address in the target, a multiple of 8
 * @value: what the 64-bit word there must be
 * @observed: (out) what it was, with @reason DBGMEM_REASON_NONE
 * @reason: (out) why it could not be read: DBGMEM_REASON_*
 * @reserved: must be 0
 */
struct dbgmem_expect {
	__aligned_u64 addr;
	__aligned_u64 value;
	__aligned_u64 observed;
	__u32 reason;
	__u32 reserved;
};

/**
 * struct dbgmem_vector - DBGMEM_IOC_VECTOR: many pieces in one call
 * @size: sizeof(struct dbgmem_vector)
 * @flags: DBGMEM_EXACT, DBGMEM_FORCE, DBGMEM_RAW; reading: DBGMEM_NOFAULT
 * @segments: address of an array of struct dbgmem_segment
 * @expects: address of an array of struct dbgmem_expect, or 0
 * @nr_segments: how many, at most dbgmem_info.max_segments; may be 0
 * @segment_size: sizeof(struct dbgmem_segment)
 * @nr_expects: how many, at most dbgmem_info.max_expects; may be 0
 * @expect_size: sizeof(struct dbgmem_expect), or 0 without any
 * @op: DBGMEM_OP_READ or DBGMEM_OP_WRITE, for all of them
 * @reserved: must be 0
 * @done: (out) bytes that moved, over all segments
 * @fault_addr: (out) the address that was not accessible in the first segment that
 *	is not complete, the target's or the caller's as in struct dbgmem_transfer; 0
 *	if all are complete
 * @nr_complete: (out) segments whose done equals their len
 * @first_incomplete: (out) index of the first segment that is not complete,
 *	@nr_segments if all are
 * @first_unmet: (out) index of the first expectation that did not hold,
 *	@nr_expects if all did
 * @reserved2: must be 0
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
 * With expectations, which need read access, the vector is carried out only if
 * each of the words has the value that is expected of it; otherwise the ioctl
 * fails with ECANCELED, every @observed says what was found, and nothing was
 * moved. The words are read with one load each, from pages that are held
 * together with those of the segments, and after these: nothing is looked up or
 * waited for between the look and the copying. It is a look all the same, no
 * lock: the target may write in between.
 * A vector that does not fit into one batch (512 pages of the target, 2 MiB, a
 * segment of more than 16 pages, or one whose pages must be waited for) and is
 * not EXACT has the words looked at again before each further batch; if they do not
 * hold any more it stops there with ECANCELED, @done says what had moved, and the
 * rest has DBGMEM_REASON_CANCELED. A word that cannot be read does not hold. Where the
 * engine is remote, or the target is the caller, pages are looked up anew for
 * each segment.
 *
 * Errors: as for struct dbgmem_transfer; EOVERFLOW and EOPNOTSUPP also for any
 * segment (@first_incomplete says which), before anything moves; E2BIG for more
 * than dbgmem_info.max_segments or max_expects; EFAULT when an array is not
 * accessible: if it cannot be written back, what was asked for has been done;
 * EINVAL for an expectation that is not aligned; ECANCELED.
 */
struct dbgmem_vector {
	__u32 size;
	__u32 flags;
	__aligned_u64 segments;
	__aligned_u64 expects;
	__u32 nr_segments;
	__u32 segment_size;
	__u32 nr_expects;
	__u32 expect_size;
	__u32 op;
	__u32 reserved;
	__aligned_u64 done;
	__aligned_u64 fault_addr;
	__u32 nr_complete;
	__u32 first_incomplete;
	__u32 first_unmet;
	__u32 reserved2;
};

/* The longest trap of a breakpoint. */
#define DBGMEM_BP_MAX_LEN	16

/**
 * struct dbgmem_bp_set_args - DBGMEM_IOC_BP_SET: plant a breakpoint
 * @size: sizeof(struct dbgmem_bp_set_args)
 * @flags: must be 0
 * @addr: address in the target, any alignment
 * @len: bytes of @trap, 1 to DBGMEM_BP_MAX_LEN
 * @reserved: must be 0
 * @trap: what to write there, such as a trap instruction
 * @original: (out) what was there; bytes behind @len are 0
 * @fault_addr: (out) with EFAULT, the address that was not accessible
 * @reason: (out) and why: DBGMEM_REASON_*
 * @reserved2: must be 0
 *
 * Keeps the original bytes, the shadow, and writes the trap. From then on, as
 * long as the trap stands, transfers through this session see the original, and
 * what they write over it goes into the shadow, *behind* the trap, byte for byte
 * where they overlap in part. %DBGMEM_RAW shows and writes the truth. Where
 * somebody else has overwritten the trap, transfers see and write what is there;
 * of a trap across two pages, each page is judged by its own part. This is what
 * ICorDebugProcess::WriteMemory promises.
 *
 * BP_CLEAR and the end of the session, by close(2) or by death of the process
 * that had it open last, SIGKILL included, put the shadow back, but only where the
 * trap still stands: elsewhere memory is left alone, and the breakpoint is counted
 * in dbgmem_info.breakpoints_lost and in fdinfo. Nothing is touched once the
 * address space is gone, after exit or execve(2).
 *
 * A breakpoint belongs to the mapping that it was planted in. When the target
 * unmaps that, or maps or moves something else there, it is lost: transfers see
 * and write what is there, and its removal changes nothing.
 *
 * What was there when the trap was planted goes back whatever the protection of
 * the memory is by then. What was written behind the trap goes back where memory
 * is writable for the target at that time, or was written with %DBGMEM_FORCE;
 * else what was there at first goes back, and the breakpoint counts as lost.
 *
 * The target's own copy is written, as by ptrace(2): never the file that is
 * mapped. Protections are no obstacle where the force= policy lets the caller
 * have FORCE; EPERM if they are and it does not. A shared mapping of a file that
 * would be written back is refused with %DBGMEM_REASON_SHARED_FILE; shared memory
 * that is in no file system on disk (memfd, tmpfs, hugetlbfs) is not. Children
 * made by fork(2) inherit the traps in their own copies, and nobody takes those
 * out.
 *
 * A trap that lies within one naturally aligned 8-byte word (4 on 32-bit; always
 * so for a single byte) is planted and removed by one atomic compare-and-exchange
 * of (at most) that word: a CPU that executes there sees either the old or
 * the new bytes, and a concurrent store of the target's is not lost. A longer one
 * is planted word by word, the first word last, and removed first word first: stop
 * the threads that may run into its middle.
 *
 * Breakpoints do not overlap: EEXIST for one of this session, EBUSY for one of
 * another session on the same address space, whose transfers see this session's
 * traps as what they are, memory.
 *
 * If the answer cannot be written back, EFAULT, the breakpoint is set all the
 * same.
 *
 * Errors: EACCES (a session that may not both read and write), EBUSY, EEXIST,
 * EFAULT, EINTR, EINVAL, ENOMEM, ENOSPC, ENOTCONN, EOPNOTSUPP, EOVERFLOW, EPERM,
 * ESRCH, ESTALE, and those of the structure.
 */
struct dbgmem_bp_set_args {
	__u32 size;
	__u32 flags;
	__aligned_u64 addr;
	__u32 len;
	__u32 reserved;
	__u8 trap[DBGMEM_BP_MAX_LEN];
	__u8 original[DBGMEM_BP_MAX_LEN];
	__aligned_u64 fault_addr;
	__u32 reason;
	__u32 reserved2;
};

/**
 * DBGMEM_BP_ALL - BP_CLEAR: all of this session's breakpoints; BP_LIST: those of
 * other sessions on the same address space too.
 */
#define DBGMEM_BP_ALL		(1U << 0)

/**
 * struct dbgmem_bp_clear_args - DBGMEM_IOC_BP_CLEAR: take breakpoints out
 * @size: sizeof(struct dbgmem_bp_clear_args)
 * @flags: 0 or DBGMEM_BP_ALL
 * @addr: address of a breakpoint of this session's; 0 with DBGMEM_BP_ALL
 * @cleared: (out) breakpoints taken out, those that were lost included
 * @lost: (out) those of them whose trap did not stand any more, or behind which
 *	bytes were written that could not be put into memory
 * @fault_addr: (out) with EFAULT, the address of a breakpoint whose memory does not
 *	come, or cannot be written; it stays. With success, that of one behind which
 *	bytes were written that could not be put into memory; else 0
 * @reason: (out) and why: DBGMEM_REASON_*
 * @reserved: must be 0
 *
 * A trap that is not there any more, because it was overwritten or nothing is
 * mapped there, is lost: see struct dbgmem_bp_set_args. With DBGMEM_BP_ALL, one that
 * cannot be taken out does not stop the others.
 *
 * Errors: EFAULT, EINTR, EINVAL, ENOENT, ENOTCONN, EOPNOTSUPP, ESRCH, ESTALE, and
 * those of the structure.
 */
struct dbgmem_bp_clear_args {
	__u32 size;
	__u32 flags;
	__aligned_u64 addr;
	__u32 cleared;
	__u32 lost;
	__aligned_u64 fault_addr;
	__u32 reason;
	__u32 reserved;
};

/* dbgmem_bp.state */
#define DBGMEM_BP_STATE_STANDING	0	/* the trap is in memory */
#define DBGMEM_BP_STATE_LOST		1	/* something else is, or its mapping is gone */
#define DBGMEM_BP_STATE_UNKNOWN	2	/* not resident, or could not be read */

/**
 * struct dbgmem_bp - a breakpoint as BP_LIST tells of it
 * @addr: address in the target
 * @len: bytes
 * @state: DBGMEM_BP_STATE_STANDING, ...
 * @trap: the trap
 * @original: the shadow: what is behind it
 * @owner: process id of who set it, in the caller's pid namespace, or 0
 * @own: 1 if it is this session's, 0 if another's
 */
struct dbgmem_bp {
	__aligned_u64 addr;
	__u32 len;
	__u32 state;
	__u8 trap[DBGMEM_BP_MAX_LEN];
	__u8 original[DBGMEM_BP_MAX_LEN];
	__s32 owner;
	__u32 own;
};

/**
 * struct dbgmem_bp_list_args - DBGMEM_IOC_BP_LIST: what breakpoints there are
 * @size: sizeof(struct dbgmem_bp_list_args)
 * @flags: 0 for this session's, DBGMEM_BP_ALL for everybody's
 * @entries: address of an array of struct dbgmem_bp
 * @nr_entries: room in it, may be 0
 * @entry_size: sizeof(struct dbgmem_bp)
 * @from: list breakpoints from this address on
 * @nr: (out) entries filled, in the order of their addresses
 * @more: (out) 1 if there are further ones: ask again from @next
 * @next: (out) the address of the first of them
 * @total: (out) how many there are in all, whatever @from
 * @reserved: must be 0
 *
 * Others may set and clear meanwhile: @total, like the entries, is of one pass
 * over the addresses, so @nr is never more.
 *
 * Asks for read access. Errors: EACCES, EFAULT, EINTR, EINVAL, ENOMEM, ENOTCONN,
 * EOPNOTSUPP, ESRCH, ESTALE, and those of the structure.
 */
struct dbgmem_bp_list_args {
	__u32 size;
	__u32 flags;
	__aligned_u64 entries;
	__u32 nr_entries;
	__u32 entry_size;
	__aligned_u64 from;
	__u32 nr;
	__u32 more;
	__aligned_u64 next;
	__u32 total;
	__u32 reserved;
};

/**
 * struct dbgmem_cmpxchg_args - DBGMEM_IOC_CMPXCHG: compare and exchange one word
 * @size: sizeof(struct dbgmem_cmpxchg_args)
 * @flags: DBGMEM_FORCE, DBGMEM_RAW
 * @addr: address in the target, a multiple of @width
 * @expected: the value that must be there
 * @desired: the value to put there then
 * @width: bytes of the word: 1, 2, 4 or 8
 * @reserved: must be 0
 * @observed: (out) what was there
 * @fault_addr: (out) with EFAULT or EACCES, the address that was not accessible
 * @reason: (out) and why: DBGMEM_REASON_*
 * @exchanged: (out) 1 if it was @expected, and is @desired now; else 0
 *
 * Atomic with respect to the target's own CPUs, and a full memory barrier when it
 * exchanges, as atomic_compare_exchange_strong() would be there. Values are in the
 * machine's byte order, with nothing above @width. Returns 0 whether it
 * exchanged or not. Like the instruction, it needs the page writable, and has the
 * target's own copy of a private one made, even where it does not exchange. Over
 * a breakpoint of the session's it compares and exchanges what transfers see.
 * Memory that cannot be pinned (device mappings) is refused.
 *
 * Errors: EACCES (also a session that may not both read and write), EFAULT,
 * EINTR, EINVAL, ENOMEM, ENOTCONN, EOPNOTSUPP, EPERM, ESRCH, ESTALE, and those of
 * the structure.
 */
struct dbgmem_cmpxchg_args {
	__u32 size;
	__u32 flags;
	__aligned_u64 addr;
	__aligned_u64 expected;
	__aligned_u64 desired;
	__u32 width;
	__u32 reserved;
	__aligned_u64 observed;
	__aligned_u64 fault_addr;
	__u32 reason;
	__u32 exchanged;
};

/*
 * What a region is: dbgmem_region.flags, and what to look for in
 * dbgmem_region_list.filter. New bits may be added.
 */
#define DBGMEM_REGION_READ	(1U << 0)
#define DBGMEM_REGION_WRITE	(1U << 1)
#define DBGMEM_REGION_EXEC	(1U << 2)
#define DBGMEM_REGION_SHARED	(1U << 3)	/* not private: others see writes */
#define DBGMEM_REGION_FILE	(1U << 4)	/* a file is mapped, also one in memory */
#define DBGMEM_REGION_HEAP	(1U << 5)	/* that of brk(2) */
#define DBGMEM_REGION_STACK	(1U << 6)	/* the first thread's */
#define DBGMEM_REGION_KERNEL	(1U << 7)	/* the kernel's: vdso, vvar, ... */
#define DBGMEM_REGION_SPECIAL	(1U << 8)	/* DBGMEM_REASON_SPECIAL */
#define DBGMEM_REGION_HUGETLB	(1U << 9)	/* huge pages, of hugetlbfs */
#define DBGMEM_REGION_DELETED	(1U << 10)	/* no path leads to the file any more */
/* These are of the answer, not of the region, and nothing to look for. */
#define DBGMEM_REGION_CLIPPED	(1U << 16)	/* it is larger than was told */
#define DBGMEM_REGION_LONG_NAME	(1U << 17)	/* its name did not fit: not told */

/**
 * struct dbgmem_region - a range of the target's addresses that is alike
 * @start: its first address
 * @end: the address behind it
 * @offset: of @start in the file, in bytes; 0 where no file is mapped
 * @inode: of the file, or 0
 * @page_size: bytes in a page of it
 * @dev_major: of the file's device, or 0
 * @dev_minor: of the file's device, or 0
 * @flags: DBGMEM_REGION_READ, ...
 * @name: where in dbgmem_region_list.names its name begins, which ends with a
 *	NUL
 * @name_len: bytes of the name without the NUL; 0 if it has none, or none was
 *	asked for
 * @reserved: 0
 *
 * One mapping, as a line of /proc/PID/maps. The name is the one there: a path as
 * seen from the caller's root, with " (deleted)" behind it where it leads there
 * no more, or [heap], [stack], [vdso] and the like; but a newline is a newline.
 */
struct dbgmem_region {
	__aligned_u64 start;
	__aligned_u64 end;
	__aligned_u64 offset;
	__aligned_u64 inode;
	__aligned_u64 page_size;
	__u32 dev_major;
	__u32 dev_minor;
	__u32 flags;
	__u32 name;
	__u32 name_len;
	__u32 reserved;
};

/**
 * DBGMEM_REGION_LIST_AT - REGION_LIST: only the region that @addr is in, not one behind it.
 */
#define DBGMEM_REGION_LIST_AT		(1U << 0)
/**
 * DBGMEM_REGION_LIST_CLIP - REGION_LIST: cut what reaches out of @addr to @end, and set
 * %DBGMEM_REGION_CLIPPED. To go on from @next.
 */
#define DBGMEM_REGION_LIST_CLIP	(1U << 1)
/**
 * DBGMEM_REGION_LIST_TABLES - REGION_LIST: cut as %DBGMEM_REGION_LIST_CLIP does, and tell only of the
 * parts of mappings that have page tables. Not with %DBGMEM_REGION_LIST_AT.
 *
 * The rest has no page that the target has touched, in memory or in swap. A part may
 * have some: it begins and ends where a page table does (on x86-64 every 2 MiB, for
 * hugetlbfs every 1 GiB), or the mapping. Terabytes that the target has reserved and
 * never used take no time. Parts may touch each other.
 */
#define DBGMEM_REGION_LIST_TABLES	(1U << 2)

/** DBGMEM_REGION_NOT - REGION_LIST: in @filter, what a region must not be. */
#define DBGMEM_REGION_NOT(bits)	((__u64)(bits) << 32)

/**
 * struct dbgmem_region_list - DBGMEM_IOC_REGION_LIST: what is mapped
 * @size: sizeof(struct dbgmem_region_list)
 * @flags: DBGMEM_REGION_LIST_AT, DBGMEM_REGION_LIST_CLIP, DBGMEM_REGION_LIST_TABLES
 * @addr: where to begin: the first region is the one that this address is in, or
 *	the next one behind it
 * @end: tell of none that begins at this address or above; 0: the top of the
 *	address space
 * @filter: 0 for all regions; or only those that have all of the bits
 *	DBGMEM_REGION_READ, ..., and none that is in DBGMEM_REGION_NOT() of some
 * @entries: address of an array of struct dbgmem_region
 * @names: address of a buffer for their names; any if @names_size is 0
 * @nr_entries: room in the array, at least 1
 * @entry_size: sizeof(struct dbgmem_region)
 * @names_size: bytes of the buffer; 0: no names, which is faster
 * @nr: (out) entries filled, in the order of their addresses
 * @next: (out) where to go on, if there is @more
 * @more: (out) 1 if the array or the buffer is full, or the call has looked at
 *	enough page tables: there may be further regions
 * @reserved: must be 0
 *
 * Success also where nothing is mapped: @nr is 0 then; with DBGMEM_REGION_LIST_TABLES it
 * may be 0 where there is @more. To go through all regions call again with @addr =
 * @next and DBGMEM_REGION_LIST_CLIP while there is @more. Meanwhile the target may map and
 * unmap. Still @next is always above what it was before, so that this comes to an
 * end; and regions never overlap, neither those of one call nor those of such a
 * series: one that has grown downwards, or was merged with its predecessor, is told
 * of from @next on. A call sees some 200 of the target's mappings as they are at one
 * time, then looks again.
 *
 * A name that does not fit into what is left of @names ends the call before that
 * region. One that is too long for the empty buffer is left out, with
 * %DBGMEM_REGION_LONG_NAME, and @name_len is its length; or 0 if it is too long for
 * the kernel, which takes 16 KiB.
 *
 * Asks for read access. [vsyscall] is no mapping of the target's and not told of.
 * Errors: EACCES, EFAULT, EINTR, EINVAL, ENOMEM, ENOTCONN, EOPNOTSUPP, ESRCH,
 * ESTALE, and those of the structure; when it was met in the middle, @nr entries
 * are good.
 */
struct dbgmem_region_list {
	__u32 size;
	__u32 flags;
	__aligned_u64 addr;
	__aligned_u64 end;
	__aligned_u64 filter;
	__aligned_u64 entries;
	__aligned_u64 names;
	__u32 nr_entries;
	__u32 entry_size;
	__u32 names_size;
	__u32 nr;
	__aligned_u64 next;
	__u32 more;
	__u32 reserved;
};

/**
 * struct dbgmem_window_args - DBGMEM_IOC_WINDOW: prepare to see the target's memory
 * @size: sizeof(struct dbgmem_window_args)
 * @flags: must be 0
 * @addr: address in the target, of a page
 * @len: bytes, whole pages, > 0
 * @reserved: must be 0
 * @offset: (out) what to give mmap(2) for an offset
 *
 * A session can be mapped, with MAP_SHARED and PROT_READ: the range of the target
 * appears in the caller's address space and is read with no call at all. It is the
 * target's own memory: what the target writes is there at once. Nothing changes for
 * the target, and nothing has to be mapped there: where nothing is, where the
 * target may not read, in device and secret memory and that of hugetlbfs, and after
 * the target's exit or execve, reading the window raises SIGBUS. What is not
 * resident is fetched. A first access shows what is resident of the 64 pages
 * around it.
 *
 * A change of the target's mapping, by munmap, mremap, mprotect, copying after a
 * fork, being swapped out and the like, shows a moment later. Until then the
 * window shows the old page, which stays what it was: the window holds it, so it
 * has not become anybody else's. DBGMEM_IOC_WINDOW_SYNC waits for that.
 *
 * A page is held for dbgmem_info.window_lease milliseconds at most, then let go
 * of, and found again by the next access. So a window that nobody looks at costs
 * the target nothing. One that is looked at all the time holds the pages that it
 * shows most of the time, and while it does the kernel cannot move, split,
 * collapse or take them offline, nor recover from a memory failure in them. A
 * memfd can be sealed all the same: its pages are not held while that is tried.
 * Windows of a session together hold dbgmem_info.max_window_pages at most, or what
 * one group of 64 neighbours needs, a huge page counted whole; what was looked at
 * first gives way, and is found again.
 *
 * Breakpoints are not hidden. A window cannot be written to, is not inherited by
 * fork(2), is left out of core dumps, cannot grow by mremap(2), and what asks for
 * the pages behind it, as O_DIRECT, process_vm_readv(2) or a window of a window,
 * fails. Nor is there one of the caller's own memory. Of the ranges that were
 * prepared nothing is kept: any part of the target may be mapped once this has
 * succeeded on a session, any number of times.
 *
 * Asks for read access. Errors: EACCES, EINTR, EINVAL (not whole pages), ELOOP,
 * ENOMEM, ENOTCONN, EOPNOTSUPP (also where window_pages= is 0), EOVERFLOW, ESRCH,
 * ESTALE, and those of the structure. mmap: EACCES (PROT_WRITE, PROT_EXEC), EINVAL
 * (not MAP_SHARED), ELOOP, ENODEV, and those of mmap(2).
 */
struct dbgmem_window_args {
	__u32 size;
	__u32 flags;
	__aligned_u64 addr;
	__aligned_u64 len;
	__aligned_u64 reserved;
	__aligned_u64 offset;
};

/**
 * struct dbgmem_window_sync_args - DBGMEM_IOC_WINDOW_SYNC: wait for what has changed
 * @size: sizeof(struct dbgmem_window_sync_args)
 * @flags: must be 0
 * @pages: (out) how many pages the windows hold now
 * @reserved: must be 0
 *
 * When it returns, no window of the session shows a page that the target had taken
 * away, or moved, or copied before the call.
 *
 * Errors: EINTR, ENOTCONN, EOPNOTSUPP, and those of the structure.
 */
struct dbgmem_window_sync_args {
	__u32 size;
	__u32 flags;
	__u32 pages;
	__u32 reserved;
};

#define DBGMEM_IOC_INFO		_IO(DBGMEM_IOC_TYPE, 0x00)
#define DBGMEM_IOC_ATTACH	_IO(DBGMEM_IOC_TYPE, 0x01)
#define DBGMEM_IOC_READ		_IO(DBGMEM_IOC_TYPE, 0x02)
#define DBGMEM_IOC_WRITE	_IO(DBGMEM_IOC_TYPE, 0x03)
#define DBGMEM_IOC_VECTOR	_IO(DBGMEM_IOC_TYPE, 0x04)
#define DBGMEM_IOC_BP_SET	_IO(DBGMEM_IOC_TYPE, 0x05)
#define DBGMEM_IOC_BP_CLEAR	_IO(DBGMEM_IOC_TYPE, 0x06)
#define DBGMEM_IOC_BP_LIST	_IO(DBGMEM_IOC_TYPE, 0x07)
#define DBGMEM_IOC_CMPXCHG	_IO(DBGMEM_IOC_TYPE, 0x08)
#define DBGMEM_IOC_REGION_LIST	_IO(DBGMEM_IOC_TYPE, 0x09)
#define DBGMEM_IOC_WINDOW	_IO(DBGMEM_IOC_TYPE, 0x0a)
#define DBGMEM_IOC_WINDOW_SYNC	_IO(DBGMEM_IOC_TYPE, 0x0b)

#endif /* _UAPI_DBGMEM_H */
