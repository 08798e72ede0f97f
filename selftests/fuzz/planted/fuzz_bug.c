// SPDX-License-Identifier: GPL-2.0
/*
 * A bug that is only met by who does several things in a row: with two breakpoints
 * set, a CMPXCHG of a certain width writes to memory beyond what was allocated. In
 * the place of the module's function, by ld's --wrap.
 */
#include <linux/slab.h>

#include "request.h"

int __real_dbgmem_ioc_cmpxchg(struct dbgmem_ucmd *ucmd);
int __wrap_dbgmem_ioc_cmpxchg(struct dbgmem_ucmd *ucmd);

int __wrap_dbgmem_ioc_cmpxchg(struct dbgmem_ucmd *ucmd)
{
	struct dbgmem_cmpxchg_args *c = &ucmd->req.cmpxchg;
	volatile size_t at = 100;
	volatile char *p;

	if (READ_ONCE(ucmd->session->nr_breakpoints) >= 2) {
		if (c->width == 2) {
			p = kmalloc(at, GFP_KERNEL);
			if (p)
				p[at] = 1;
			kfree((void *)p);
		}
	}
	return __real_dbgmem_ioc_cmpxchg(ucmd);
}
