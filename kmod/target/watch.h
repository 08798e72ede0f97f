/* SPDX-License-Identifier: GPL-2.0 */
/* Registering MMU notifiers with a target. */
#ifndef KMOD_TARGET_WATCH_H
#define KMOD_TARGET_WATCH_H

#include <linux/mmu_notifier.h>

int dbgmem_watch_try(struct mmu_notifier *n, struct mm_struct *mm);
int dbgmem_watch_register(struct mmu_notifier *n, struct mm_struct *mm);
void dbgmem_watch_put(struct mmu_notifier *n);
void dbgmem_watch_freed(void);
void dbgmem_watch_exit(void);

#endif /* KMOD_TARGET_WATCH_H */
