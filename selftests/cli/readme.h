/* SPDX-License-Identifier: GPL-2.0 */
/* README.md as it was when the test was built. */
#ifndef SELFTESTS_README_H
#define SELFTESTS_README_H

__asm__(".section .rodata\n"
	"readme: .incbin \"README.md\"\n"
	".byte 0\n"
	".previous\n");
extern const char readme[];

#endif /* SELFTESTS_README_H */
