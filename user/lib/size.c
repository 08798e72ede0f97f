// SPDX-License-Identifier: LGPL-2.1-or-later
/* Structures that grow: their first member is their size. */
#include <errno.h>

#include "internal.h"

/* The limit of the kernel for its own structures, too. */
#define STRUCT_MAX	4096

int dbgmem__size_check(size_t size, size_t first, const char *type)
{
	if (size >= first && size <= STRUCT_MAX)
		return 0;
	return dbgmem__fail_simple(EINVAL, DBGMEM_SOURCE_USAGE,
		"the size in struct %s is %zu: set it to sizeof(struct %s)",
		type, size, type);
}

int dbgmem__give(void *to, size_t first, const void *from, size_t have,
		 const char *type)
{
	size_t size, known;
	int ret;

	memcpy(&size, to, sizeof(size));
	ret = dbgmem__size_check(size, first, type);
	if (ret)
		return ret;
	known = size < have ? size : have;
	memcpy(to, from, known);
	memset((char *)to + known, 0, size - known);
	memcpy(to, &size, sizeof(size));
	return 0;
}
