/* SPDX-License-Identifier: GPL-2.0 */
/* Module parameters that are one of some names. */
#ifndef KMOD_PARAM_H
#define KMOD_PARAM_H

#include <linux/types.h>

void dbgmem_param_init(u32 force_default);
u32 dbgmem_engine(void);
u32 dbgmem_force_policy(void);

#endif /* KMOD_PARAM_H */
