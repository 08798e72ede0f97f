/* SPDX-License-Identifier: GPL-2.0 */
/* Where in a process to look: in regions of some kind, or in ranges. */
#ifndef DBGMEM_AREA_H
#define DBGMEM_AREA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <dbgmem.h>

#include "target/target.h"

/* Values of options, for struct option; beyond all characters. */
enum {
	AREA_WRITABLE = 512,
	AREA_EXECUTABLE,
	AREA_FILE,
	AREA_ANONYMOUS,
	AREA_PRIVATE,
	AREA_SHARED,
};

/* For an array of struct option. */
#define AREA_OPTIONS	\
	{ "writable", no_argument, NULL, AREA_WRITABLE },	\
	{ "executable", no_argument, NULL, AREA_EXECUTABLE },	\
	{ "file-backed", no_argument, NULL, AREA_FILE },	\
	{ "anonymous", no_argument, NULL, AREA_ANONYMOUS },	\
	{ "private", no_argument, NULL, AREA_PRIVATE },	\
	{ "shared", no_argument, NULL, AREA_SHARED }

/* Their lines of a help text, with --force, --no-fault and --fault-in. */
#define AREA_HELP	\
	"      --writable, --executable, --private, --shared\n"	\
	"      --file-backed, --anonymous   only in such memory\n"	\
	"  -f, --force        also in memory that the process may not read\n"	\
	"      --no-fault     only in resident pages, bring no page in\n"	\
	"      --fault-in     read unused pages too, which allocates them\n"

/* Begins as zeros. */
struct area {
	uint64_t filter;	/* what the options ask for */
	struct target_range *given; /* ranges of the command line, or none */
	size_t nr_given;
	/* area_find(): */
	struct dbgmem_range *range;
	size_t nr;
	uint64_t found;		/* bytes in these */
	uint64_t unmapped;	/* bytes that were given and are in none */
};

/* Is @c one of the options above? Then it is taken. */
bool area_option(struct area *a, int c);

/*
 * @args are PID, and any number of ADDR LEN; an ADDR that another one follows, or
 * nothing, is up to the end of its mapping. STATUS_OK, or another status, and the
 * message is out. Either way area_free() is to be called.
 */
int area_parse(struct area *a, const char *verb, char **args, int nr,
	       pid_t *pid);

/*
 * What of it is mapped and can be read, with the flags @flags, as ranges in
 * a->range. Of all memory, no device's: to read that may have effects. STATUS_OK,
 * or STATUS_FAILED and the message is out.
 */
int area_find(struct area *a, struct dbgmem *m, uint32_t flags);

/* How much of the ranges was gone through. */
struct coverage {
	uint64_t done;		/* bytes, with those that were */
	uint64_t skipped;	/* not readable */
	bool cut;		/* it came to an end before the end */
};

/*
 * Say what was not looked at in process @pid, with the flags @flags, if there is
 * such: STATUS_OK, STATUS_PARTIAL, or, if that is all, STATUS_FAILED.
 */
int area_verdict(const struct area *a, pid_t pid, uint32_t flags,
		 const struct coverage *c);

void area_free(struct area *a);

#endif /* DBGMEM_AREA_H */
