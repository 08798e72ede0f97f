/* SPDX-License-Identifier: GPL-2.0 */
/* The contents of an ELF core, read by libelf. */
#ifndef SELFTESTS_COREFILE_H
#define SELFTESTS_COREFILE_H

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gelf.h>

struct corefile {
	int fd;
	Elf *elf;
	GElf_Ehdr ehdr;
	size_t nr;
	GElf_Phdr *phdr;
};

void core_close(struct corefile *c);

/* False: it is no core. */
bool core_open(struct corefile *c, const char *path);

/* The segment that @addr is in, or NULL. */
const GElf_Phdr *core_segment(const struct corefile *c, uint64_t addr);

/* @len bytes of memory at @addr; false if the core does not have all of them. */
bool core_memory(const struct corefile *c, uint64_t addr, void *buf,
		 size_t len);

/* The note number @i of this kind, *@len bytes, or NULL. It stays the core's. */
const void *core_note(const struct corefile *c, const char *owner,
		      uint32_t type, unsigned int i, size_t *len);

#endif /* SELFTESTS_COREFILE_H */
