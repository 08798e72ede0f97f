/* SPDX-License-Identifier: GPL-2.0 */
/* What addresses of a process are called: "[heap]+0x2a0". */
#ifndef DBGMEM_PLACES_H
#define DBGMEM_PLACES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <dbgmem.h>

#include "json.h"

struct place;

/* What was mapped at some time. Begins as zeros. */
struct places {
	struct place *place;
	size_t nr;
	char *names;
};

/* STATUS_OK, or STATUS_FAILED and the message is out. */
int places_get(struct places *p, struct dbgmem *m);
void places_free(struct places *p);

/*
 * NAME+0xOFFSET, as ADDR of a command line has it: from the lowest mapping of that
 * name; "-" where there is no name.
 */
void places_print(const struct places *p, uint64_t addr, FILE *out);

/* The same as "region" and "offset" of @obj, if there is a name: 0 or -1. */
int places_json(const struct places *p, uint64_t addr, struct json_object *obj);

#endif /* DBGMEM_PLACES_H */
