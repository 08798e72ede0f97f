/* SPDX-License-Identifier: GPL-2.0 */
/* The ioctls of the device itself. */
#ifndef KMOD_IOCTL_H
#define KMOD_IOCTL_H

#include <linux/fs.h>
#include <linux/seq_file.h>

struct dbgmem_ucmd;

/* ioctl.c */
long dbgmem_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

/* attach.c */
int dbgmem_ioc_attach(struct dbgmem_ucmd *ucmd);

/* info.c */
int dbgmem_ioc_info(struct dbgmem_ucmd *ucmd);
int dbgmem_ioc_session_info(struct dbgmem_ucmd *ucmd);
void dbgmem_show_fdinfo(struct seq_file *m, struct file *file);

#endif /* KMOD_IOCTL_H */
