/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * dbgmem: the memory of another process, for debuggers and monitoring agents.
 *
 * This is the whole ABI of /dev/dbgmem; dbgmem(4) is its manual. An open file is a
 * session. ATTACH binds it, once, to the address space of one target. After that
 * READ, WRITE, VECTOR and CMPXCHG, and pread(2), pwrite(2) and similar calls with
 * file offset = target address, transfer memory. BP_SET plants breakpoints, which
 * these calls do not see. REGION_LIST lists what is mapped. WINDOW and mmap(2) map
 * the target's memory. poll(2) reports EPOLLHUP when the target has exited or
 * executed another program. The last close(2) detaches and clears the breakpoints.
 *
 * Rules for all ioctls
 * --------------------
 * The argument points to a structure. Its first field, @size, is the size of the
 * structure that the caller was built with. The kernel takes a smaller one, down to
 * the first published version, and reads the missing fields as zero. It takes a
 * larger one if the fields that it does not know are zero. So an ioctl keeps its
 * number when its structure grows. A structure has the same layout for callers of
 * 32 and 64 bits.
 *
 * Inputs come first, then outputs, marked (out). The kernel ignores outputs on entry.
 * If it could read the structure, it writes the outputs back, on failure too. Fields
 * named reserved must be zero. Addresses and lengths are in bytes.
 *
 * Errors, by call
 * ---------------
 * Every ioctl:
 *
 * E2BIG         @size exceeds what the kernel knows and the excess is not zero, or
 *               @size exceeds one page
 * EFAULT        the structure is not accessible
 * EINVAL        @size is below the first published version
 * ENOTTY        there is no such ioctl
 * EOPNOTSUPP    this kernel does not know a flag, or cannot do it; or a reserved
 *               field is not zero
 *
 * Every call but INFO, SESSION_INFO, ATTACH, BP_CLEAR and WINDOW_SYNC:
 *
 * EACCES        the session, or its mem_fd, was not opened for this direction;
 *               BP_SET and CMPXCHG need both, BP_LIST, REGION_LIST and WINDOW need
 *               reading
 *
 * Every call but INFO, SESSION_INFO and ATTACH:
 *
 * EINTR         the caller is being killed
 * ENOTCONN      the session is not attached
 * ESRCH         the target has exited (not WINDOW_SYNC)
 * ESTALE        the target has executed another program since ATTACH (not
 *               WINDOW_SYNC)
 *
 * ATTACH:
 *
 * EACCES        the mem_fd and the session have no access mode in common, or a
 *               mirror is asked for and that mode is not reading
 * EBADF         the mem_fd is not an open descriptor
 * EBADFD        the mem_fd is not a file of procfs
 * EINTR         the caller is being killed
 * EINVAL        @pid is not positive
 * EISCONN       the session is attached already
 * EKEYREJECTED  the mem_fd is a file of procfs, but not /proc/PID/mem: it passed a
 *               weaker check
 * ENOMEM        no memory for the kernel's own data
 * ENXIO         the target is a kernel thread: it has no user memory
 * ESRCH         the target does not exist, or has exited
 * ESTALE        the target has executed another program since the mem_fd was opened
 * EXDEV         the mem_fd is /proc/PID/mem of another process than @pid
 *
 * READ, WRITE, VECTOR:
 *
 * EFAULT        not one byte could be transferred: @reason and @fault_addr say why;
 *               VECTOR: the same with EXACT, or an array is not accessible
 * EINVAL        a value is out of range, or flags exclude each other; VECTOR: an
 *               expectation is not aligned
 * EMSGSIZE      EXACT: more than dbgmem_info.max_exact bytes; VECTOR: more than
 *               dbgmem_info.max_exact_pages pages
 * ENOMEM        no memory for the kernel's own data, or for the target's page
 * EOVERFLOW     address + length, on either side, exceeds 64 bits
 * EPERM         FORCE: refused by the module's force= policy
 *
 * VECTOR:
 *
 * E2BIG         more than dbgmem_info.max_segments or max_expects
 * ECANCELED     an expectation does not hold
 *
 * BP_SET:
 *
 * EBUSY         another session has a breakpoint there
 * EEXIST        this session has a breakpoint there
 * EFAULT        the memory is not accessible: @reason and @fault_addr say why
 * EINVAL        @len is out of range
 * ENOMEM        no memory for the kernel's own data, or for the target's page
 * ENOSPC        the session has dbgmem_info.max_breakpoints already
 * EOVERFLOW     @addr + @len exceeds 64 bits
 * EPERM         needs FORCE: refused by the module's force= policy
 *
 * BP_CLEAR:
 *
 * EFAULT        the memory is not accessible: @reason and @fault_addr say why
 * EINVAL        DBGMEM_BP_ALL with an address
 * ENOENT        this session has no breakpoint at @addr
 *
 * BP_LIST, REGION_LIST:
 *
 * EFAULT        an array is not accessible
 * EINVAL        a value is out of range, or flags exclude each other
 * ENOMEM        no memory for the kernel's own data
 *
 * CMPXCHG:
 *
 * EACCES        the mapping may not be written: @reason says so
 * EFAULT        the word is not accessible: @reason and @fault_addr say why
 * EINVAL        @width or a value is out of range, or @addr is not aligned
 * ENOMEM        no memory for the kernel's own data, or for the target's page
 * EPERM         FORCE: refused by the module's force= policy
 *
 * WINDOW, mmap:
 *
 * EACCES        mmap: PROT_WRITE or PROT_EXEC
 * EINVAL        WINDOW: not whole pages; mmap: not MAP_SHARED
 * ELOOP         the target is the caller
 * ENODEV        mmap: the session has not called WINDOW
 * ENOMEM        no memory for the kernel's own data
 * EOPNOTSUPP    WINDOW: the module's window_pages= is 0, or this kernel has none
 * EOVERFLOW     WINDOW: @addr + @len exceeds 64 bits
 *
 * pread, pwrite and similar calls:
 *
 * EBADF         the session was opened without that mode
 * EFAULT        not one byte could be transferred
 * ENOMEM        no memory for the kernel's own data, or for the target's page
 * EOVERFLOW     address + length exceeds 64 bits
 */
#ifndef _UAPI_DBGMEM_H
#define _UAPI_DBGMEM_H

#include <linux/ioctl.h>
#include <linux/types.h>

/** DBGMEM_ABI_VERSION - incremented when something is added. */
#define DBGMEM_ABI_VERSION	3

#define DBGMEM_IOC_TYPE		0xDE

/* Numbers of the ioctls: never changed, never used again. */
enum {
	DBGMEM_CMD_INFO		= 0x00,
	DBGMEM_CMD_ATTACH	= 0x01,
	DBGMEM_CMD_READ		= 0x02,
	DBGMEM_CMD_WRITE	= 0x03,
	DBGMEM_CMD_VECTOR	= 0x04,
	DBGMEM_CMD_BP_SET	= 0x05,
	DBGMEM_CMD_BP_CLEAR	= 0x06,
	DBGMEM_CMD_BP_LIST	= 0x07,
	DBGMEM_CMD_CMPXCHG	= 0x08,
	DBGMEM_CMD_REGION_LIST	= 0x09,
	DBGMEM_CMD_WINDOW	= 0x0a,
	DBGMEM_CMD_WINDOW_SYNC	= 0x0b,
	DBGMEM_CMD_SESSION_INFO	= 0x0c,
};

/* --- what the module can do --- */

/* dbgmem_info.features: what this module can do on this kernel */
#define DBGMEM_FEATURE_EXACT	(1ULL << 0)	/* DBGMEM_EXACT */
#define DBGMEM_FEATURE_FORCE	(1ULL << 1)	/* DBGMEM_FORCE, see force_policy */
#define DBGMEM_FEATURE_ZEROFILL	(1ULL << 2)	/* DBGMEM_ZEROFILL and @valid */
#define DBGMEM_FEATURE_NOFAULT	(1ULL << 3)	/* DBGMEM_NOFAULT: from Linux 5.16 on */
#define DBGMEM_FEATURE_RW	(1ULL << 4)	/* pread(2), pwrite(2), ... */
#define DBGMEM_FEATURE_POLL	(1ULL << 5)	/* poll(2) */
#define DBGMEM_FEATURE_VECTOR	(1ULL << 6)	/* VECTOR */
#define DBGMEM_FEATURE_BREAKPOINT	(1ULL << 7)	/* BP_*, DBGMEM_RAW */
#define DBGMEM_FEATURE_CMPXCHG	(1ULL << 8)	/* CMPXCHG */
#define DBGMEM_FEATURE_EXPECT	(1ULL << 9)	/* expectations of VECTOR */
#define DBGMEM_FEATURE_REGION	(1ULL << 10)	/* REGION_LIST */
#define DBGMEM_FEATURE_MIRROR	(1ULL << 11)	/* DBGMEM_ATTACH_MIRROR */
#define DBGMEM_FEATURE_WINDOW	(1ULL << 12)	/* WINDOW, WINDOW_SYNC, mmap(2) */
#define DBGMEM_FEATURE_TABLES	(1ULL << 13)	/* DBGMEM_REGION_LIST_TABLES */

/* dbgmem_info.engine: the module parameter engine= */
#define DBGMEM_ENGINE_AUTO	0	/* pinned; remote for what only it can reach */
#define DBGMEM_ENGINE_REMOTE	1	/* access_process_vm() */
#define DBGMEM_ENGINE_PINNED	2	/* holds the target's pages in place */

/*
 * dbgmem_info.force_policy: who may use FORCE, the module parameter force=. The
 * default is CAPABLE if the kernel lets a process write to a read-only page of its
 * own through /proc/self/mem, and PTRACE if not (proc_mem.force_override).
 */
#define DBGMEM_FORCE_POLICY_NEVER	0	/* nobody */
#define DBGMEM_FORCE_POLICY_PTRACE	1	/* the target's tracer */
#define DBGMEM_FORCE_POLICY_CAPABLE	2	/* also CAP_SYS_PTRACE over the target */
#define DBGMEM_FORCE_POLICY_ALWAYS	3	/* any session that may write */

/**
 * struct dbgmem_info - DBGMEM_IOC_INFO: what the module can do
 * @size: sizeof(struct dbgmem_info)
 * @flags: must be 0
 * @abi_version: (out) DBGMEM_ABI_VERSION of the module
 * @page_size: (out) bytes in a page of the target
 * @features: (out) DBGMEM_FEATURE_* bits
 * @transfer_flags: (out) the DBGMEM_* transfer flags that READ or WRITE take
 * @max_exact: (out) the most bytes of one EXACT transfer; others have no limit
 * @attach_flags: (out) the DBGMEM_ATTACH_* flags that ATTACH takes
 * @engine: (out) DBGMEM_ENGINE_*
 * @force_policy: (out) DBGMEM_FORCE_POLICY_*
 * @max_segments: (out) the most segments of one VECTOR
 * @max_exact_pages: (out) the most pages, on either side, of one EXACT VECTOR
 * @max_expects: (out) the most expectations of one VECTOR
 * @max_breakpoints: (out) the most breakpoints of one session
 * @max_mirror_pages: (out) the most pages that the mirror of a new session holds:
 *	the module parameter mirror_pages=, rounded up to blocks of 64
 * @max_window_pages: (out) the most pages that all windows of a new session hold:
 *	the module parameter window_pages=, rounded up to blocks of 64
 * @window_lease: (out) milliseconds that windows hold a page before they look it up
 *	again, the module parameter window_lease=; 0: as long as it is mapped
 *
 * Works on every session, attached or not.
 */
struct dbgmem_info {
	__u32 size;
	__u32 flags;
	__u32 abi_version;
	__u32 page_size;
	__aligned_u64 features;
	__aligned_u64 transfer_flags;
	__aligned_u64 max_exact;
	__u32 attach_flags;
	__u32 engine;
	__u32 force_policy;
	__u32 max_segments;
	__u32 max_exact_pages;
	__u32 max_expects;
	__u32 max_breakpoints;
	__u32 max_mirror_pages;
	__u32 max_window_pages;
	__u32 window_lease;
};

#define DBGMEM_IOC_INFO		_IO(DBGMEM_IOC_TYPE, DBGMEM_CMD_INFO)

/* --- what this session is --- */

/* dbgmem_session_info.access, dbgmem_attach.access */
#define DBGMEM_ACCESS_READ	(1U << 0)	/* the session may read the target */
#define DBGMEM_ACCESS_WRITE	(1U << 1)	/* it may write to it */

/* dbgmem_session_info.state */
#define DBGMEM_STATE_UNBOUND	0	/* not attached yet */
#define DBGMEM_STATE_ATTACHED	1	/* the target runs the same program */
#define DBGMEM_STATE_EXITED	2	/* transfers fail with ESRCH */
#define DBGMEM_STATE_EXECED	3	/* transfers fail with ESTALE */

/**
 * struct dbgmem_session_info - DBGMEM_IOC_SESSION_INFO: what this session is
 * @size: sizeof(struct dbgmem_session_info)
 * @flags: must be 0
 * @state: (out) DBGMEM_STATE_*
 * @access: (out) DBGMEM_ACCESS_* bits; 0 before ATTACH
 * @pid: (out) the target's process id in the caller's pid namespace; 0 before ATTACH,
 *	or if it is not visible there
 * @breakpoints: (out) breakpoints that are set
 * @breakpoints_lost: (out) breakpoints that were lost, see struct dbgmem_bp_set_args
 * @max_mirror_pages: (out) the most pages that the mirror holds; 0: there is none
 * @mirror_pages: (out) pages that it holds now
 * @max_window_pages: (out) the most pages that the windows hold together; 0: there
 *	was no WINDOW yet
 * @window_pages: (out) pages that they hold now; a huge page counts whole
 * @windows: (out) windows that are mapped
 *
 * Works on every session, attached or not.
 */
struct dbgmem_session_info {
	__u32 size;
	__u32 flags;
	__u32 state;
	__u32 access;
	__s32 pid;
	__u32 breakpoints;
	__u32 breakpoints_lost;
	__u32 max_mirror_pages;
	__u32 mirror_pages;
	__u32 max_window_pages;
	__u32 window_pages;
	__u32 windows;
};

#define DBGMEM_IOC_SESSION_INFO	_IO(DBGMEM_IOC_TYPE, DBGMEM_CMD_SESSION_INFO)

/* --- attaching --- */

/**
 * DBGMEM_ATTACH_MIRROR - the session keeps a mirror: a cache of where the target's
 * pages are.
 *
 * It reads cached pages again without the target's locks, several times faster. A
 * cached entry is always true: an MMU notifier drops entries before a mapping
 * changes. The target waits until the mirror has dropped the page, which takes no
 * longer than copying a few pages, and pays with a call into the module at each
 * change of its mappings.
 *
 * READ, reading VECTOR and pread(2) use the mirror, with the same guarantees as
 * without it. EXACT, FORCE and expectations bypass it. Device, secret and hugetlbfs
 * memory is not mirrored, nor is memory that is not resident: these are read the
 * ordinary way. If the target changed its mappings during such a read, the read is
 * repeated, a few times. A mirror never makes a page resident, and leaves no trace in
 * the target.
 *
 * It holds at most dbgmem_info.max_mirror_pages, in blocks of 64 neighbours, and
 * drops the blocks that were not read for the longest time. Its memory, 9 to 600
 * bytes for each page, is charged to the caller's memory cgroup.
 */
#define DBGMEM_ATTACH_MIRROR	(1U << 0)

/**
 * struct dbgmem_attach - DBGMEM_IOC_ATTACH: bind the session to a target
 * @size: sizeof(struct dbgmem_attach)
 * @flags: 0 or DBGMEM_ATTACH_MIRROR
 * @pid: the target: a process or thread id in the caller's pid namespace, > 0
 * @mem_fd: descriptor of the target's /proc/PID/mem, or of /proc/PID/task/TID/mem if
 *	its first thread has exited
 * @access: (out) DBGMEM_ACCESS_*: the modes in which both the mem_fd and the session
 *	were opened
 * @reserved: must be 0
 *
 * The mem_fd is the permission: when it was opened, the kernel made its full
 * PTRACE_MODE_ATTACH_FSCREDS check (credentials, dumpable, Yama and other LSMs; see
 * ptrace(2)) against this address space. After ATTACH it is not needed any more. Like
 * any descriptor it can be passed on, with the right that it stands for. A session
 * attaches once. A refused ATTACH leaves it unbound, and can be repeated.
 */
struct dbgmem_attach {
	__u32 size;
	__u32 flags;
	__s32 pid;
	__s32 mem_fd;
	__u32 access;
	__u32 reserved;
};

#define DBGMEM_IOC_ATTACH	_IO(DBGMEM_IOC_TYPE, DBGMEM_CMD_ATTACH)

/* --- transfers --- */

/**
 * DOC: transfer flags
 *
 * Without a flag a transfer is PARTIAL: from the start, as far as possible, up to the
 * first inaccessible byte.
 *
 * %DBGMEM_EXACT: all or nothing. Both sides are pinned before the first byte moves.
 * On failure nothing has changed on either side, and @fault_addr is the first address
 * that was not accessible. At most dbgmem_info.max_exact bytes. Memory that cannot be
 * pinned (device mappings) is refused. Not with ZEROFILL.
 *
 * %DBGMEM_FORCE: ignore the target's page protections, as ptrace(2) does for a
 * breakpoint. A write to a private mapping goes to the target's own copy, never to
 * the file. Shared mappings that may not be written are refused. The module's force=
 * policy decides, at the time of the call, who may.
 *
 * %DBGMEM_ZEROFILL (READ): inaccessible memory reads as zeros, and the transfer goes
 * on behind it. @done counts the bytes that came from the target, and may be 0.
 * @fault_addr and @reason are those of the first hole; if the transfer did not reach
 * the end, they say why, as without the flag.
 *
 * %DBGMEM_NOFAULT (READ, VECTOR): never fault a page in. Memory that is not resident
 * is inaccessible, with %DBGMEM_REASON_NOT_RESIDENT. Reading leaves no trace in the
 * target. Pages of hugetlbfs always count as not resident, because the kernel would
 * fault them in.
 *
 * %DBGMEM_RAW: access the bytes that are in memory, traps included. Without it the
 * transfers of a session do not see its own breakpoints, see struct
 * dbgmem_bp_set_args.
 */
#define DBGMEM_EXACT		(1U << 0)
#define DBGMEM_FORCE		(1U << 1)
#define DBGMEM_ZEROFILL		(1U << 2)
#define DBGMEM_NOFAULT		(1U << 3)
#define DBGMEM_RAW		(1U << 4)

/*
 * Why a transfer stopped at @fault_addr, or met its first hole there. New values may
 * be added: treat an unknown one as "not accessible".
 */
#define DBGMEM_REASON_NONE		0	/* everything was transferred */
#define DBGMEM_REASON_UNMAPPED		1	/* nothing is mapped there */
#define DBGMEM_REASON_PROTECTION	2	/* the mapping does not allow it */
#define DBGMEM_REASON_NOT_RESIDENT	3	/* NOFAULT: no page is there now */
#define DBGMEM_REASON_SPECIAL		4	/* device or secret memory */
#define DBGMEM_REASON_HWPOISON		5	/* the page is broken hardware */
#define DBGMEM_REASON_BACKING		6	/* beyond the end of the file, or I/O error */
#define DBGMEM_REASON_BUFFER		7	/* the caller's own buffer or bitmap */
#define DBGMEM_REASON_EXITED		8	/* the target exited during the call */
#define DBGMEM_REASON_EXECED		9	/* it executed another program */
#define DBGMEM_REASON_NOMEM		10	/* out of memory */
#define DBGMEM_REASON_INTERRUPTED	11	/* the caller is being killed */
/* 12 is libdbgmem's own */
#define DBGMEM_REASON_SHARED_FILE	13	/* BP_SET: the trap would get into the file */
#define DBGMEM_REASON_CANCELED		14	/* VECTOR: an expectation no longer holds */

/**
 * struct dbgmem_transfer - DBGMEM_IOC_READ, DBGMEM_IOC_WRITE
 * @size: sizeof(struct dbgmem_transfer)
 * @flags: DBGMEM_EXACT, ...
 * @addr: address in the target, any alignment
 * @buf: address of the caller's buffer
 * @len: bytes to transfer, may be 0
 * @valid: READ with ZEROFILL or NOFAULT: address of a bitmap, or 0. Bit i % 8 of byte
 *	i / 8 is for page addr / page_size + i of the target: 1 if all bytes asked for
 *	of that page were read. Bits behind the last page, in the last byte, are 0
 * @valid_size: bytes at @valid: at least one bit for each page of the range; 0
 *	without @valid
 * @done: (out) bytes transferred, counted from the start; ZEROFILL: all that were
 *	read
 * @fault_addr: (out) the first address that was not accessible: the target's, or the
 *	caller's with DBGMEM_REASON_BUFFER; 0 if none
 * @reason: (out) DBGMEM_REASON_*
 * @reserved: must be 0
 *
 * READ copies from the target to the caller, WRITE the other way. The result is 0 if
 * at least one byte was transferred, @len was 0, or a ZEROFILL reached the end;
 * compare @done with @len. If the first byte is not accessible, the call fails with
 * EFAULT. Reading never un-shares copy-on-write memory of the target. A naturally
 * aligned transfer of 1, 2, 4 or 8 bytes is one load and one store on the target's
 * side, except where only access_process_vm() reaches the memory.
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

#define DBGMEM_IOC_READ		_IO(DBGMEM_IOC_TYPE, DBGMEM_CMD_READ)
#define DBGMEM_IOC_WRITE	_IO(DBGMEM_IOC_TYPE, DBGMEM_CMD_WRITE)

/* --- many pieces in one call --- */

/* dbgmem_vector.op */
#define DBGMEM_OP_READ		0	/* from the target to the caller */
#define DBGMEM_OP_WRITE		1	/* from the caller to the target */

/**
 * struct dbgmem_segment - one piece of a vector
 * @addr: address in the target, any alignment
 * @buf: address of the caller's buffer
 * @len: bytes, may be 0
 * @done: (out) bytes transferred, counted from the start
 * @reason: (out) why @done is less than @len: DBGMEM_REASON_*, at @addr + @done, or at
 *	@buf + @done with DBGMEM_REASON_BUFFER. DBGMEM_REASON_NONE if it is not less
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
 * @observed: (out) what it was, with DBGMEM_REASON_NONE
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
 * @done: (out) bytes transferred, over all segments
 * @fault_addr: (out) the address that stopped the first incomplete segment, as in
 *	struct dbgmem_transfer; 0 if all are complete
 * @nr_complete: (out) segments whose done equals their len
 * @first_incomplete: (out) index of the first other segment; @nr_segments if none
 * @first_unmet: (out) index of the first expectation that does not hold; @nr_expects
 *	if all hold
 * @reserved2: must be 0
 *
 * Segments are carried out in the order of the array: where writes overlap in the
 * target, or reads in the caller, the later one wins. Each is a PARTIAL transfer with
 * an answer of its own. One that fails does not stop the others, and the result is 0
 * even if all fail. The array is read once, at the start, and written back once, at
 * the end. During the call the array and the buffers belong to the kernel; no buffer
 * may lie in the array.
 *
 * EXACT: the whole vector or nothing. The pages of all segments, on both sides, are
 * held before the first byte moves. If one is not accessible, the call fails with
 * EFAULT, every @done is 0, and @first_incomplete, @fault_addr and that segment's
 * @reason say which, where and why. At most dbgmem_info.max_exact_pages pages on
 * either side; a page counts once for consecutive segments that touch it.
 *
 * Expectations need read access. If a word does not have its value, or cannot be
 * read, the call fails with ECANCELED, nothing was transferred, and every @observed
 * has the value found. The words are read last, with one load each, from pages that
 * are held together with those of the segments: nothing is looked up or waited for
 * between that check and the copying. It is a check, not a lock: the target may write
 * in between.
 *
 * A vector that is not EXACT may not fit into one batch: 512 pages of the target, 2
 * MiB, a segment of more than 16 pages, or pages that must be waited for. Then the
 * words are checked again before each further batch. If they no longer hold, the call
 * stops there with ECANCELED, @done says what was transferred, and the other segments
 * have DBGMEM_REASON_CANCELED. With the remote engine, or if the target is the caller,
 * pages are looked up for each segment.
 *
 * EOVERFLOW and EOPNOTSUPP are also for a segment, before anything moves;
 * @first_incomplete says which. If an array cannot be written back, EFAULT, the
 * transfers have taken place.
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

#define DBGMEM_IOC_VECTOR	_IO(DBGMEM_IOC_TYPE, DBGMEM_CMD_VECTOR)

/* --- breakpoints --- */

/* The longest trap of a breakpoint, in bytes. */
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
 * Saves the original bytes, the shadow, and writes the trap. While the trap is in
 * memory, the transfers of this session see the original bytes, and their writes go
 * into the shadow, behind the trap, byte by byte where they overlap in part.
 * %DBGMEM_RAW accesses the bytes that are in memory, traps included. If somebody else
 * has overwritten the trap, transfers see and write what is there; of a trap across
 * two pages, each page is judged by its own part.
 *
 * BP_CLEAR, and the end of the session by close(2) or by the death of the last process
 * that had it open, SIGKILL included, put the shadow back if the trap is still in
 * memory, in the mapping where it was planted. If it was overwritten, or the target
 * has unmapped, moved or replaced that memory, memory is left alone and the
 * breakpoint counts as lost: in dbgmem_session_info.breakpoints_lost and in fdinfo.
 * After exit or execve(2) of the target nothing is touched.
 *
 * The original bytes go back whatever the protection of the memory is now. Bytes
 * written behind the trap go back if the memory is writable for the target, or if they
 * were written with %DBGMEM_FORCE. Otherwise the original bytes go back, and the
 * breakpoint counts as lost.
 *
 * As with ptrace(2), the trap goes into the target's own copy, never into the mapped
 * file. If the page is protected, the force= policy must let the caller use FORCE, or
 * the call fails with EPERM. A shared mapping of a file that would be written back is
 * refused with %DBGMEM_REASON_SHARED_FILE; shared memory that is in no file system on
 * disk (memfd, tmpfs, hugetlbfs) is not. Children made by fork(2) inherit the traps in
 * their own copies, and nobody removes those.
 *
 * A trap within one naturally aligned word of 8 bytes (4 on 32-bit machines) is set
 * and cleared by one atomic compare-and-exchange: a CPU that executes there sees the
 * old bytes or the new ones, and no store of the target beside the trap is lost. A
 * longer trap is planted word by word, the first word last, and removed first word
 * first: stop the threads that may run into its middle.
 *
 * Breakpoints must not overlap, neither within a session (EEXIST) nor among sessions on
 * the same address space (EBUSY). Other sessions see the trap, as ordinary memory. If
 * the answer cannot be written back, EFAULT, the breakpoint is set.
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

#define DBGMEM_IOC_BP_SET	_IO(DBGMEM_IOC_TYPE, DBGMEM_CMD_BP_SET)

/**
 * DBGMEM_BP_ALL - BP_CLEAR: all breakpoints of this session; BP_LIST: those of other
 * sessions on the same address space too.
 */
#define DBGMEM_BP_ALL		(1U << 0)

/**
 * struct dbgmem_bp_clear_args - DBGMEM_IOC_BP_CLEAR: remove breakpoints
 * @size: sizeof(struct dbgmem_bp_clear_args)
 * @flags: 0 or DBGMEM_BP_ALL
 * @addr: address of a breakpoint of this session; 0 with DBGMEM_BP_ALL
 * @cleared: (out) breakpoints removed, lost ones included
 * @lost: (out) those of them that were lost, see struct dbgmem_bp_set_args
 * @fault_addr: (out) with EFAULT, the address of a breakpoint whose memory does not
 *	come, or cannot be written; it stays. With success, the address of one whose
 *	shadow could not be put back; 0 if none
 * @reason: (out) and why: DBGMEM_REASON_*
 * @reserved: must be 0
 *
 * With DBGMEM_BP_ALL, a breakpoint that cannot be removed does not stop the others.
 * The call waits up to a second for memory that does not come.
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

#define DBGMEM_IOC_BP_CLEAR	_IO(DBGMEM_IOC_TYPE, DBGMEM_CMD_BP_CLEAR)

/* dbgmem_bp.state */
#define DBGMEM_BP_STATE_STANDING	0	/* the trap is in memory */
#define DBGMEM_BP_STATE_LOST	1	/* other bytes are, or its mapping is gone */
#define DBGMEM_BP_STATE_UNKNOWN	2	/* not resident, or could not be read */

/**
 * struct dbgmem_bp - an entry of BP_LIST
 * @addr: address in the target
 * @len: bytes of the trap
 * @state: DBGMEM_BP_STATE_*
 * @trap: the trap
 * @original: the shadow: what is behind it
 * @owner: process id of the process that set it, in the caller's pid namespace; 0 if
 *	not visible there
 * @own: 1 if it belongs to this session, else 0
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
 * struct dbgmem_bp_list_args - DBGMEM_IOC_BP_LIST: list breakpoints
 * @size: sizeof(struct dbgmem_bp_list_args)
 * @flags: 0 for those of this session, DBGMEM_BP_ALL for those of all sessions
 * @entries: address of an array of struct dbgmem_bp
 * @nr_entries: room in it, may be 0
 * @entry_size: sizeof(struct dbgmem_bp)
 * @from: list breakpoints from this address on
 * @nr: (out) entries filled, in the order of their addresses
 * @more: (out) 1 if there are further ones: ask again from @next
 * @next: (out) address of the first of them
 * @total: (out) number of all, including those below @from; never less than @nr,
 *	whatever others set and clear during the call
 * @reserved: must be 0
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

#define DBGMEM_IOC_BP_LIST	_IO(DBGMEM_IOC_TYPE, DBGMEM_CMD_BP_LIST)

/* --- one word --- */

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
 * Atomic for the target's CPUs, and a full memory barrier when it exchanges. Values
 * are in the machine's byte order, and must fit into @width bytes. The result is 0
 * whether it exchanged or not. Like the instruction, it needs writable memory and
 * gives the target its own copy of a private page, even if it does not exchange. Over
 * a breakpoint of the session it works on what transfers see. Memory that cannot be
 * pinned (device mappings) is refused.
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

#define DBGMEM_IOC_CMPXCHG	_IO(DBGMEM_IOC_TYPE, DBGMEM_CMD_CMPXCHG)

/* --- what is mapped --- */

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
/* These are about the answer: not for a filter. */
#define DBGMEM_REGION_CLIPPED	(1U << 16)	/* the region is larger */
#define DBGMEM_REGION_LONG_NAME	(1U << 17)	/* the name did not fit: it is left out */

/** DBGMEM_REGION_NOT - in dbgmem_region_list.filter: what a region must not be. */
#define DBGMEM_REGION_NOT(bits)	((__u64)(bits) << 32)

/**
 * struct dbgmem_region - one mapping of the target, as a line of /proc/PID/maps
 * @start: its first address
 * @end: the address behind it
 * @offset: of @start in the file, in bytes; 0 without a file
 * @inode: of the file, or 0
 * @page_size: bytes in a page of it
 * @dev_major: of the file's device, or 0
 * @dev_minor: of the file's device, or 0
 * @flags: DBGMEM_REGION_*
 * @name: where its name, which ends with a NUL, begins in dbgmem_region_list.names
 * @name_len: bytes of the name without the NUL; 0 if there is none, or none was asked
 *	for
 * @reserved: 0
 *
 * The name is that of /proc/PID/maps: a path as seen from the caller's root, with
 * " (deleted)" behind it if it no longer leads there, or [heap], [stack], [vdso] and
 * the like. A newline is a newline.
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

/** DBGMEM_REGION_LIST_AT - only the region that contains @addr. */
#define DBGMEM_REGION_LIST_AT		(1U << 0)
/**
 * DBGMEM_REGION_LIST_CLIP - cut regions at @addr and @end, and set
 * %DBGMEM_REGION_CLIPPED in them. To continue from @next.
 */
#define DBGMEM_REGION_LIST_CLIP		(1U << 1)
/**
 * DBGMEM_REGION_LIST_TABLES - cut regions too, and list only the parts of mappings
 * that have page tables. Not with %DBGMEM_REGION_LIST_AT.
 *
 * The other parts have no page that the target has touched, in memory or in swap.
 * Parts begin and end where a page table does (on x86-64 every 2 MiB, for hugetlbfs
 * every 1 GiB), or the mapping. So terabytes that are reserved and never used take no
 * time. Parts may touch each other.
 */
#define DBGMEM_REGION_LIST_TABLES	(1U << 2)

/**
 * struct dbgmem_region_list - DBGMEM_IOC_REGION_LIST: list what is mapped
 * @size: sizeof(struct dbgmem_region_list)
 * @flags: DBGMEM_REGION_LIST_*
 * @addr: the first region is the one that contains this address, or the next one
 * @end: the last region begins below this address; 0: the top of the address space
 * @filter: 0 for all regions; or only those that have all of these DBGMEM_REGION_*
 *	bits, and none of those in DBGMEM_REGION_NOT()
 * @entries: address of an array of struct dbgmem_region
 * @names: address of a buffer for their names; not used if @names_size is 0
 * @nr_entries: room in the array, at least 1
 * @entry_size: sizeof(struct dbgmem_region)
 * @names_size: bytes of the buffer; 0: no names, which is faster
 * @nr: (out) entries filled, in the order of their addresses
 * @next: (out) where to continue, if there is @more
 * @more: (out) 1 if the array or the buffer is full, or the call has looked at enough
 *	page tables: there may be further regions
 * @reserved: must be 0
 *
 * Where nothing is mapped the call succeeds and @nr is 0. With
 * DBGMEM_REGION_LIST_TABLES, @nr may be 0 while @more is set. To list all regions,
 * call again with @addr = @next and DBGMEM_REGION_LIST_CLIP while @more is set. The
 * target may map and unmap between the calls. @next always increases, so the series
 * ends, and no two regions of a call or a series overlap. A call sees some 200 mappings
 * as they are at one time, then looks again.
 *
 * If a name does not fit into the rest of @names, the call ends before that region. If
 * it does not fit into the empty buffer, it is left out, with
 * %DBGMEM_REGION_LONG_NAME, and @name_len is its length; or 0 if it is longer than 16
 * KiB.
 *
 * [vsyscall] is not a mapping of the target and not listed. If the call fails in the
 * middle, the first @nr entries are good.
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

#define DBGMEM_IOC_REGION_LIST	_IO(DBGMEM_IOC_TYPE, DBGMEM_CMD_REGION_LIST)

/* --- windows --- */

/**
 * struct dbgmem_window_args - DBGMEM_IOC_WINDOW: prepare a window
 * @size: sizeof(struct dbgmem_window_args)
 * @flags: must be 0
 * @addr: address in the target, of a page
 * @len: bytes, whole pages, > 0
 * @reserved: must be 0
 * @offset: (out) the offset for mmap(2)
 *
 * A window is a mapping of the session, MAP_SHARED and PROT_READ alone: the target's
 * memory appears in the caller's address space and is read without any call. What the
 * target writes is visible at once. Reading raises SIGBUS where nothing is mapped in
 * the target, where the target may not read, in device, secret and hugetlbfs memory,
 * and after exit or execve(2) of the target. A page that is not resident is fetched.
 * The first access maps all resident pages of the 64 pages around it.
 *
 * A change of the target's mappings, by munmap, mremap, mprotect, copy-on-write, swap
 * and the like, becomes visible a moment later. Until then the window shows the old
 * page. The window holds that page, so nobody else can get it. DBGMEM_IOC_WINDOW_SYNC
 * waits for the change.
 *
 * A page is held for at most dbgmem_info.window_lease milliseconds. Then it is
 * released, and the next access finds it again. A window that nobody reads holds
 * nothing. A window that is read all the time holds its pages most of the time;
 * meanwhile the kernel cannot move, split, collapse or offline them, nor recover from
 * a memory failure in them. A memfd can still be sealed. All windows of a session
 * together hold at most dbgmem_session_info.max_window_pages, or what one block of 64
 * pages needs; a huge page counts whole. The oldest pages give way.
 *
 * Windows do not hide breakpoints. They cannot be made writable, do not grow, are not
 * inherited by fork(2) and are left out of core dumps. Calls that need the pages
 * behind a window fail, such as O_DIRECT, process_vm_readv(2) and a window of a
 * window. After the first WINDOW of a session any part of the target can be mapped,
 * any number of times.
 */
struct dbgmem_window_args {
	__u32 size;
	__u32 flags;
	__aligned_u64 addr;
	__aligned_u64 len;
	__aligned_u64 reserved;
	__aligned_u64 offset;
};

#define DBGMEM_IOC_WINDOW	_IO(DBGMEM_IOC_TYPE, DBGMEM_CMD_WINDOW)

/**
 * struct dbgmem_window_sync_args - DBGMEM_IOC_WINDOW_SYNC: wait for the windows
 * @size: sizeof(struct dbgmem_window_sync_args)
 * @flags: must be 0
 * @pages: (out) how many pages the windows hold now
 * @reserved: must be 0
 *
 * When the call returns, no window of the session shows a page that the target had
 * unmapped, moved or copied before the call.
 */
struct dbgmem_window_sync_args {
	__u32 size;
	__u32 flags;
	__u32 pages;
	__u32 reserved;
};

#define DBGMEM_IOC_WINDOW_SYNC	_IO(DBGMEM_IOC_TYPE, DBGMEM_CMD_WINDOW_SYNC)

#endif /* _UAPI_DBGMEM_H */
