/* SPDX-License-Identifier: GPL-2.0 */
/* The frame of an ELF core: header, program headers, notes; over libelf. */
#ifndef DBGMEM_CORE_H
#define DBGMEM_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <gelf.h>

/* What kind of program it is of. */
struct core_kind {
	bool wide;		/* ELFCLASS64: its long has 8 bytes, not 4 */
	GElf_Half machine;
	GElf_Word flags;	/* of the machine */
};

/*
 * That of a process whose mappings end at @top, and whose auxiliary vector has the
 * @len bytes at @auxv. Its program is not looked at: the process may have put another
 * one there, or one whose open() takes for ever.
 */
void core_kind_find(struct core_kind *kind, uint64_t top, const void *auxv,
		    size_t len);

/* Bytes of all headers with @nr program headers, which begin the file. */
uint64_t core_headers_size(const struct core_kind *kind, size_t nr);

/*
 * Write the headers to the begin of @fd, the last thing to do: a core without
 * them is none. 0 or a negative errno.
 */
int core_headers_write(int fd, const struct core_kind *kind,
		       const GElf_Phdr *phdrs, size_t nr);

/* Notes that are being written, one behind the other. */
struct notes {
	int fd;
	bool wide;
	uint64_t pos;		/* where the next one goes */
};

/* All of it at @pos: 0 or a negative errno. */
int core_pwrite(int fd, const void *buf, size_t len, uint64_t pos);

/* 0 or a negative errno. */
int notes_add(struct notes *n, const char *owner, uint32_t type,
	      const void *desc, size_t len);

#endif /* DBGMEM_CORE_H */
