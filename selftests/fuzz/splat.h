/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel complains of while it runs on. */
#ifndef FUZZ_SPLAT_H
#define FUZZ_SPLAT_H

/* What was said before does not count; 0 or -errno. */
int splat_init(void);

/* The first line of a complaint since the last time, or NULL. */
const char *splat_look(void);

#endif /* FUZZ_SPLAT_H */
