/* SPDX-License-Identifier: GPL-2.0 */
/* Options that mean the same in several verbs. */
#ifndef DBGMEM_OPTIONS_H
#define DBGMEM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* Values of options, for struct option. They are larger than those of a verb. */
enum {
	OPTION_NO_FAULT = 768,
	OPTION_FAULT_IN,
};

/* For an array of struct option: of verbs that transfer bytes, ... */
#define OPTIONS_TRANSFER	\
	{ "exact", no_argument, NULL, 'e' },	\
	{ "force", no_argument, NULL, 'f' },	\
	{ "help", no_argument, NULL, 'h' }

/* ... and of verbs that scan much memory. */
#define OPTIONS_SCAN	\
	{ "limit", required_argument, NULL, 'l' },	\
	{ "json", no_argument, NULL, 'j' },	\
	{ "force", no_argument, NULL, 'f' },	\
	{ "no-fault", no_argument, NULL, OPTION_NO_FAULT },	\
	{ "fault-in", no_argument, NULL, OPTION_FAULT_IN },	\
	{ "help", no_argument, NULL, 'h' }

/* Begins as zeros. */
struct options {
	uint32_t flags;		/* DBGMEM_EXACT, ... */
	bool brief, json;
};

/*
 * Take the option @c: --exact, --force, --no-fault, --fault-in, --brief or --json.
 * Returns false if it is another one.
 */
bool options_take(struct options *o, int c);

/*
 * Parse @text, the value of option @name of @verb, as a number from @least to @most.
 * Returns STATUS_OK, or STATUS_USAGE after a message.
 */
int options_number(const char *verb, const char *name, const char *text,
		   uint64_t least, uint64_t most, uint64_t *value);

#endif /* DBGMEM_OPTIONS_H */
