/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: who attached to what, and every transfer. Nothing of this goes
 * to the kernel log; tracefs is for root.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM dbgmem

#if !defined(KMOD_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define KMOD_TRACE_H

#include <linux/tracepoint.h>

#include <dbgmem/uapi.h>

TRACE_EVENT(dbgmem_attach,
	TP_PROTO(pid_t target, u32 access, int ret),
	TP_ARGS(target, access, ret),
	TP_STRUCT__entry(
		__field(pid_t,	target)
		__field(u32,	access)
		__field(int,	ret)
	),
	TP_fast_assign(
		__entry->target = target;
		__entry->access = access;
		__entry->ret = ret;
	),
	TP_printk("target=%d access=%s%s ret=%d", __entry->target,
		  __entry->access & DBGMEM_ACCESS_READ ? "r" : "-",
		  __entry->access & DBGMEM_ACCESS_WRITE ? "w" : "-",
		  __entry->ret)
);

TRACE_EVENT(dbgmem_transfer,
	TP_PROTO(pid_t target, bool write, u64 addr, u64 len, u32 flags,
		 u64 done, u32 reason),
	TP_ARGS(target, write, addr, len, flags, done, reason),
	TP_STRUCT__entry(
		__field(u64,	addr)
		__field(u64,	len)
		__field(u64,	done)
		__field(pid_t,	target)
		__field(u32,	flags)
		__field(u32,	reason)
		__field(bool,	write)
	),
	TP_fast_assign(
		__entry->target = target;
		__entry->write = write;
		__entry->addr = addr;
		__entry->len = len;
		__entry->flags = flags;
		__entry->done = done;
		__entry->reason = reason;
	),
	TP_printk("target=%d %s addr=0x%llx len=%llu flags=0x%x done=%llu reason=%u",
		  __entry->target, __entry->write ? "write" : "read",
		  __entry->addr, __entry->len, __entry->flags, __entry->done,
		  __entry->reason)
);

TRACE_EVENT(dbgmem_vector,
	TP_PROTO(pid_t target, bool write, u32 segments, u32 flags, u64 done,
		 u32 first_incomplete),
	TP_ARGS(target, write, segments, flags, done, first_incomplete),
	TP_STRUCT__entry(
		__field(u64,	done)
		__field(pid_t,	target)
		__field(u32,	segments)
		__field(u32,	flags)
		__field(u32,	first_incomplete)
		__field(bool,	write)
	),
	TP_fast_assign(
		__entry->target = target;
		__entry->write = write;
		__entry->segments = segments;
		__entry->flags = flags;
		__entry->done = done;
		__entry->first_incomplete = first_incomplete;
	),
	TP_printk("target=%d %s segments=%u flags=0x%x done=%llu first_incomplete=%u",
		  __entry->target, __entry->write ? "write" : "read",
		  __entry->segments, __entry->flags, __entry->done,
		  __entry->first_incomplete)
);

TRACE_EVENT(dbgmem_breakpoint,
	TP_PROTO(pid_t target, bool set, u64 addr, u32 len, int ret),
	TP_ARGS(target, set, addr, len, ret),
	TP_STRUCT__entry(
		__field(u64,	addr)
		__field(pid_t,	target)
		__field(u32,	len)
		__field(int,	ret)
		__field(bool,	set)
	),
	TP_fast_assign(
		__entry->target = target;
		__entry->set = set;
		__entry->addr = addr;
		__entry->len = len;
		__entry->ret = ret;
	),
	TP_printk("target=%d %s addr=0x%llx len=%u ret=%d",
		  __entry->target, __entry->set ? "set" : "clear",
		  __entry->addr, __entry->len, __entry->ret)
);

/* The end of a session could not take it out. */
TRACE_EVENT(dbgmem_breakpoint_left,
	TP_PROTO(pid_t target, u64 addr, u32 len, int ret),
	TP_ARGS(target, addr, len, ret),
	TP_STRUCT__entry(
		__field(u64,	addr)
		__field(pid_t,	target)
		__field(u32,	len)
		__field(int,	ret)
	),
	TP_fast_assign(
		__entry->target = target;
		__entry->addr = addr;
		__entry->len = len;
		__entry->ret = ret;
	),
	TP_printk("target=%d addr=0x%llx len=%u ret=%d", __entry->target,
		  __entry->addr, __entry->len, __entry->ret)
);

TRACE_EVENT(dbgmem_window,
	TP_PROTO(pid_t target, u64 addr, u64 len, int ret),
	TP_ARGS(target, addr, len, ret),
	TP_STRUCT__entry(
		__field(u64,	addr)
		__field(u64,	len)
		__field(pid_t,	target)
		__field(int,	ret)
	),
	TP_fast_assign(
		__entry->target = target;
		__entry->addr = addr;
		__entry->len = len;
		__entry->ret = ret;
	),
	TP_printk("target=%d addr=0x%llx len=%llu ret=%d", __entry->target,
		  __entry->addr, __entry->len, __entry->ret)
);

#endif /* KMOD_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
