/* SPDX-License-Identifier: GPL-2.0 */
/* The memory that a verb scans: regions of some kind, or ranges. */
#ifndef DBGMEM_AREA_H
#define DBGMEM_AREA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <dbgmem.h>

#include "target/target.h"

/* Values of options, for struct option. They are larger than any character. */
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
	uint64_t filter;	/* of the options */
	struct target_range *given; /* ranges of the command line, or NULL */
	size_t nr_given;
	/* set by area_find(): */
	struct dbgmem_range *range;
	size_t nr;
	uint64_t found;		/* bytes in @range */
	uint64_t unmapped;	/* bytes of @given that are not in @range */
};

/* Take the option @c if it is one of the above. Returns false if it is not. */
bool area_option(struct area *a, int c);

/*
 * Parse PID and any number of ADDR [LEN]. Without LEN an ADDR means the rest of its
 * mapping. Returns STATUS_OK, or another status after a message. area_free() must be
 * called in both cases.
 */
int area_parse(struct area *a, const char *verb, char **args, int nr,
	       pid_t *pid);

/*
 * Find what is mapped and readable with @flags, as ranges in a->range. Without given
 * ranges device memory is left out, as reading it may have effects. Returns STATUS_OK,
 * or STATUS_FAILED after a message.
 */
int area_find(struct area *a, struct dbgmem *m, uint32_t flags);

/* How much of the ranges was scanned. */
struct coverage {
	uint64_t done;		/* bytes, including the skipped ones */
	uint64_t skipped;	/* not readable */
	bool cut;		/* the scan ended early */
};

/*
 * Print what was not scanned in process @pid with @flags. Returns STATUS_OK if that is
 * nothing, STATUS_FAILED if it is everything, or STATUS_PARTIAL.
 */
int area_verdict(const struct area *a, pid_t pid, uint32_t flags,
		 const struct coverage *c);

void area_free(struct area *a);

#endif /* DBGMEM_AREA_H */
