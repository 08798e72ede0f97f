/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by exec_race.h, its agent helper_race, and helper_suid. */
#ifndef SELFTESTS_SECRET_H
#define SELFTESTS_SECRET_H

/* the linker is told the same: --section-start=.secret=0x10000000 */
#define SECRET_ADDR		0x10000000UL
#define SECRET_SIZE		4096
#define SECRET_BYTE		0xc7

#define SECRET_EXIT_INTACT	41
#define SECRET_EXIT_CHANGED	42
#define SECRET_EXIT_NOT_ROOT	43

#define SUID_PROGRAM		"/tmp/dbgmem-suid"

/* at once: while one's target starts or ends, the other's runs */
#define AGENTS			2

/* An agent's report to the test. */
struct report {
	int go;			/* the target may exec */
	long rounds;
	long alive;		/* transfers with the old program, after the go */
	long rounds_alive;	/* rounds in which there were any */
	long leaks;		/* reads with a byte of the secret in them */
	long hits;		/* secrets that were changed */
	long unprivileged;	/* runs of the program that were not root's */
	long odd;		/* any other result that should not be */
	long odd_value;		/* the last of them */
};

#endif /* SELFTESTS_SECRET_H */
