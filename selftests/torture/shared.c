// SPDX-License-Identifier: GPL-2.0
/* What agents, targets and the controller share. */
#include "torture.h"

#include <stdarg.h>

struct torture *torture;

const char *const op_names[NR_OPS] = {
	[OP_READ] = "read", [OP_EXACT] = "exact", [OP_ZEROFILL] = "zerofill",
	[OP_NOFAULT] = "nofault", [OP_VECTOR] = "vector", [OP_PREAD] = "pread",
	[OP_WRITE] = "write", [OP_CMPXCHG] = "cmpxchg",
	[OP_BP_SET] = "bp_set", [OP_BP_CLEAR] = "bp_clear",
	[OP_BP_LIST] = "bp_list", [OP_REGION] = "region", [OP_POLL] = "poll",
	[OP_MIRROR] = "mirror", [OP_WINDOW] = "window", [OP_SYNC] = "sync",
	[OP_TOUCH] = "touch", [OP_UNMAP] = "unmap", [OP_PAGEOUT] = "pageout",
	[OP_FORK] = "fork", [OP_MOVE] = "move",
};

/* Something that must not be; anybody may say so. */
void complain(const char *format, ...)
{
	uint32_t i = __atomic_fetch_add(&torture->nr_complaints, 1,
					__ATOMIC_SEQ_CST);
	va_list ap;

	if (i >= MAX_COMPLAINTS)
		return;
	va_start(ap, format);
	vsnprintf(torture->complaint[i], sizeof(torture->complaint[i]), format,
		  ap);
	va_end(ap);
}
