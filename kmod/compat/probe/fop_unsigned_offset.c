// SPDX-License-Identifier: GPL-2.0
/* 6.12 made the sign of offsets a property of the operations. */
#include <linux/fs.h>

#ifndef DBGMEM_PROBE_ABSENT
const struct file_operations probe = { .fop_flags = FOP_UNSIGNED_OFFSET };
#else
fmode_t probe(void);
fmode_t probe(void)
{
	return FMODE_UNSIGNED_OFFSET;
}
#endif
