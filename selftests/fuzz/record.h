/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flight recorder: memory of the machine that outlives the guest. What is
 * about to be carried out is written there first, so that a program that takes
 * the kernel down can be repeated. It is a PCI device's, a file for the host:
 * lines "NUMBER PROGRAM", each in a place of its own, the oldest overwritten.
 */
#ifndef FUZZ_RECORD_H
#define FUZZ_RECORD_H

#include <stdbool.h>

/* false if there is none */
bool record_init(void);
void record(unsigned long number, const char *text);

#endif /* FUZZ_RECORD_H */
