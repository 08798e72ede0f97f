/* SPDX-License-Identifier: GPL-2.0 */
/* The ELF header, program headers and notes of a core, by libelf. */
#ifndef DBGMEM_CORE_H
#define DBGMEM_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <gelf.h>

/* The architecture of a program. */
struct core_kind {
	bool wide;		/* ELFCLASS64, with a long of 8 bytes */
	GElf_Half machine;
	GElf_Word flags;	/* e_flags */
};

/*
 * Find the architecture of a process, from the end @top of its mappings and its
 * auxiliary vector at @auxv. Its program file is not opened: the process may have
 * replaced it, or its open() may block.
 */
void core_kind_find(struct core_kind *kind, uint64_t top, const void *auxv,
		    size_t len);

/* Size of all headers with @nr program headers, which begin the file. */
uint64_t core_headers_size(const struct core_kind *kind, size_t nr);

/*
 * Write the headers to the beginning of @fd, as the last step: a core without them is
 * invalid. Returns 0 or a negative errno.
 */
int core_headers_write(int fd, const struct core_kind *kind,
		       const GElf_Phdr *phdrs, size_t nr);

/* The notes of a core, written one after the other. */
struct notes {
	int fd;
	bool wide;
	uint64_t pos;		/* where the next one goes */
};

/* Write all of @buf at @pos. Returns 0 or a negative errno. */
int core_pwrite(int fd, const void *buf, size_t len, uint64_t pos);

/* Returns 0 or a negative errno. */
int notes_add(struct notes *n, const char *owner, uint32_t type,
	      const void *desc, size_t len);

#endif /* DBGMEM_CORE_H */
