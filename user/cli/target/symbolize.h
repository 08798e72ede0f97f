/* SPDX-License-Identifier: GPL-2.0 */
/* What addresses of a process are called: "[heap]+0x2a0". */
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
	uint64_t base;		/* where the first of that name and file begins */
	size_t name;		/* where in places.names that is */
	bool ambiguous;		/* other files have that name, too: it means none */
};

/* What was mapped at some time, by address. Begins as zeros. */
struct symbolizer {
	struct named_region *region;
	size_t nr, room;
	char *names;
	size_t names_len, names_room;
	bool cut;		/* there are more than anybody needs: not all */
};

/*
 * All regions of the session's process. STATUS_OK, or STATUS_FAILED and the
 * message is out.
 */
int symbolizer_load(struct symbolizer *p, struct dbgmem *m);

/* Or one by one, and then the end. 0 or -ENOMEM. */
int symbolizer_add(struct symbolizer *p, const struct dbgmem_region *region,
		   const char *name);
void symbolizer_finish(struct symbolizer *p);

void symbolizer_free(struct symbolizer *p);

/* The name as it is, not for a terminal. */
const char *symbolizer_name(const struct symbolizer *p,
			    const struct named_region *region);

/*
 * NAME+0xOFFSET, as ADDR of a command line has it: from the lowest mapping of that
 * name and file; "-" where there is no name. An ambiguous name comes behind a number
 * that stands in for it: 0xSTART+0xOFFSET (NAME).
 */
void symbolizer_print(const struct symbolizer *p, uint64_t addr, FILE *out);

/*
 * The same as "region" and "offset" of @obj, if there is a name, and
 * "region_bytes" if that is not UTF-8: 0 or -1.
 */
int symbolizer_json(const struct symbolizer *p, uint64_t addr,
		    struct json_object *obj);

#endif /* DBGMEM_SYMBOLIZE_H */
