/* SPDX-License-Identifier: GPL-2.0 */
/* Names for addresses of a process: "[heap]+0x2a0". */
#ifndef DBGMEM_SYMBOLIZE_H
#define DBGMEM_SYMBOLIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <dbgmem.h>

#include "text/json.h"

/* A region that has a name. */
struct named_region {
	uint64_t start, end;
	uint64_t dev, inode;	/* of its file, or 0 */
	uint64_t base;		/* start of the first region of that name and file */
	size_t name;		/* offset in symbolizer.names */
	bool ambiguous;		/* other files have that name, too */
};

/* The named regions of a process at one time, sorted by address. Begins as zeros. */
struct symbolizer {
	struct named_region *region;
	size_t nr, room;
	char *names;
	size_t names_len, names_room;
	bool cut;		/* too many: the list is not complete */
};

/*
 * Load all regions of the session's process. Returns STATUS_OK, or STATUS_FAILED after
 * a message.
 */
int symbolizer_load(struct symbolizer *p, struct dbgmem *m);

/* Add regions one by one, then call symbolizer_finish(). Returns 0 or -ENOMEM. */
int symbolizer_add(struct symbolizer *p, const struct dbgmem_region *region,
		   const char *name);
void symbolizer_finish(struct symbolizer *p);

void symbolizer_free(struct symbolizer *p);

/* Returns the raw name, which is not safe for a terminal. */
const char *symbolizer_name(const struct symbolizer *p,
			    const struct named_region *region);

/*
 * Print NAME+0xOFFSET as a command line accepts it, counted from the lowest mapping of
 * that name and file, or "-" if there is no name. An ambiguous name is printed after an
 * address: 0xSTART+0xOFFSET (NAME).
 */
void symbolizer_print(const struct symbolizer *p, uint64_t addr, FILE *out);

/*
 * Add the same to @obj as "region" and "offset", and as "region_bytes" if the name is
 * not UTF-8. Adds nothing if there is no name. Returns 0 or -1.
 */
int symbolizer_json(const struct symbolizer *p, uint64_t addr,
		    struct json_object *obj);

#endif /* DBGMEM_SYMBOLIZE_H */
