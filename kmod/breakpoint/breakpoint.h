/* SPDX-License-Identifier: GPL-2.0 */
/* Setting, clearing and listing breakpoints. */
#ifndef KMOD_BREAKPOINT_BREAKPOINT_H
#define KMOD_BREAKPOINT_BREAKPOINT_H

#include "session.h"

#define DBGMEM_MAX_BREAKPOINTS	16384

struct dbgmem_ucmd;

/* breakpoint.c */
int dbgmem_breakpoint_init(void);
void dbgmem_breakpoint_exit(void);
int dbgmem_ioc_bp_set(struct dbgmem_ucmd *ucmd);
int dbgmem_ioc_bp_clear(struct dbgmem_ucmd *ucmd);
void dbgmem_breakpoint_release(struct dbgmem_session *s);

/* list.c */
int dbgmem_ioc_bp_list(struct dbgmem_ucmd *ucmd);

#endif /* KMOD_BREAKPOINT_BREAKPOINT_H */
