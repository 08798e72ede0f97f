/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_SIZES_H
#define SELFTESTS_SIZES_H

#define PAGE		4096UL
#define KIB		(1UL << 10)
#define MIB		(1UL << 20)
#define GIB		(1UL << 30)
#define HUGE_SIZE	(2 * MIB)

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif

#endif /* SELFTESTS_SIZES_H */
