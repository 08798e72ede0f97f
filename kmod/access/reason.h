/* SPDX-License-Identifier: GPL-2.0 */
/* Why an address of the target could not be accessed. */
#ifndef KMOD_ACCESS_REASON_H
#define KMOD_ACCESS_REASON_H

#include "access.h"

int dbgmem_reason_explain(struct dbgmem_access *a, int err, unsigned long *end);
bool dbgmem_reason_special(struct dbgmem_access *a);
int dbgmem_reason_errno(u32 reason);

#endif /* KMOD_ACCESS_REASON_H */
