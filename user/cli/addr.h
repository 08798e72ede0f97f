/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses as people type them: numbers, or places in a mapping. */
#ifndef DBGMEM_ADDR_H
#define DBGMEM_ADDR_H

#include <stddef.h>
#include <stdint.h>

/* A named line of /proc/PID/maps. */
struct map {
	uint64_t start;
	char *name;	/* path, or [heap] and the like */
};

struct maps {
	struct map *map;
	size_t nr;
};

/* @text is changed, and must live as long as @maps. 0, -ENOMEM or -EINVAL. */
int maps_parse(char *text, struct maps *maps);
void maps_free(struct maps *maps);

/*
 * @expr is a number (decimal, or hexadecimal after 0x), or the name of a mapping
 * with an optional +NUMBER or -NUMBER: bytes from the lowest mapping of that
 * name. A name is what /proc/PID/maps shows, or the last component of a path
 * there. 0; -EAGAIN if it takes @maps to tell and that is NULL; another negative
 * errno and the reason, without a newline, in @err.
 */
int addr_parse(const char *expr, const struct maps *maps, uint64_t *addr,
	       char *err, size_t err_size);

#endif /* DBGMEM_ADDR_H */
