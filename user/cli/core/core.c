// SPDX-License-Identifier: GPL-2.0
/* The ELF header, program headers and notes of a core, by libelf. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/core.h"

int core_pwrite(int fd, const void *buf, size_t len, uint64_t pos)
{
	const char *p = buf;
	ssize_t n;

	for (; len; p += n, pos += (uint64_t)n, len -= (size_t)n) {
		n = pwrite(fd, p, len, (off_t)pos);
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return -errno;
	}
	return 0;
}

/* The machines that this tool supports. */
#if defined(__x86_64__) || defined(__i386__)
#define MACHINE_WIDE	EM_X86_64
#define MACHINE_NARROW	EM_386
#elif defined(__aarch64__) || defined(__arm__)
#define MACHINE_WIDE	EM_AARCH64
#define MACHINE_NARROW	EM_ARM
#else
#define MACHINE_WIDE	EM_NONE
#define MACHINE_NARROW	EM_NONE
#endif

/* Is it of 32 bits? In a 64-bit vector, zeros follow the type AT_PAGESZ. */
static bool auxv_narrow(const void *auxv, size_t len)
{
	const char *p = auxv;
	Elf32_auxv_t a;
	size_t i;

	for (i = 0; i + sizeof(a) <= len; i += sizeof(a)) {
		memcpy(&a, p + i, sizeof(a));
		if (a.a_type == AT_PAGESZ && a.a_un.a_val)
			return true;
	}
	return false;
}

void core_kind_find(struct core_kind *kind, uint64_t top, const void *auxv,
		    size_t len)
{
	const bool wide = top > 1ULL << 32 || !auxv_narrow(auxv, len);

	*kind = (struct core_kind){
		.wide = wide,
		.machine = wide ? MACHINE_WIDE : MACHINE_NARROW,
	};
}

static int class_of(const struct core_kind *kind)
{
	return kind->wide ? ELFCLASS64 : ELFCLASS32;
}

/*
 * The first section header has the number of program headers if e_phnum is too small.
 * libelf writes none without a second section.
 */
#define SECTIONS	2

uint64_t core_headers_size(const struct core_kind *kind, size_t nr)
{
	uint64_t size;

	size = kind->wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	size += nr * (kind->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr));
	if (nr >= PN_XNUM)
		size += SECTIONS * (kind->wide ? sizeof(Elf64_Shdr) :
						 sizeof(Elf32_Shdr));
	return size;
}

/* libelf fills the space between the last section and the section headers. */
static int sections_fill(Elf *elf, uint64_t end)
{
	Elf_Scn *scn = elf_newscn(elf);
	GElf_Shdr shdr;

	if (!scn || !gelf_getshdr(scn, &shdr))
		return -1;
	shdr.sh_offset = end;
	return gelf_update_shdr(scn, &shdr) ? 0 : -1;
}

/* 0 or -1. */
static int headers_fill(Elf *elf, const struct core_kind *kind,
			const GElf_Phdr *phdrs, size_t nr)
{
	const size_t ehsize = core_headers_size(kind, 0);
	GElf_Phdr phdr;
	GElf_Ehdr ehdr;
	size_t i;

	elf_flagelf(elf, ELF_C_SET, ELF_F_LAYOUT);
	if (!gelf_newehdr(elf, class_of(kind)) || !gelf_getehdr(elf, &ehdr))
		return -1;
	ehdr.e_type = ET_CORE;
	ehdr.e_machine = kind->machine;
	ehdr.e_flags = kind->flags;
	ehdr.e_version = EV_CURRENT;
	ehdr.e_phoff = ehsize;
	if (nr >= PN_XNUM)
		ehdr.e_shoff = core_headers_size(kind, nr) -
			SECTIONS * gelf_fsize(elf, ELF_T_SHDR, 1, EV_CURRENT);
	if (!gelf_update_ehdr(elf, &ehdr) ||
	    (nr >= PN_XNUM && sections_fill(elf, ehdr.e_shoff)) ||
	    !gelf_newphdr(elf, nr))
		return -1;
	for (i = 0; i < nr; i++) {
		phdr = phdrs[i];
		if (!gelf_update_phdr(elf, (int)i, &phdr))
			return -1;
	}
	return 0;
}

/* Copy the headers from the file of libelf, which needs a file of its own. */
static int headers_copy(int from, int to, size_t size)
{
	void *buf = malloc(size);
	int ret;

	if (!buf)
		return -ENOMEM;
	if (pread(from, buf, size, 0) != (ssize_t)size)
		ret = -EIO;
	else
		ret = core_pwrite(to, buf, size, 0);
	free(buf);
	return ret;
}

int core_headers_write(int fd, const struct core_kind *kind,
		       const GElf_Phdr *phdrs, size_t nr)
{
	const uint64_t size = core_headers_size(kind, nr);
	int ret = -ENOMEM, tmp;
	Elf *elf;

	elf_version(EV_CURRENT);
	tmp = memfd_create("headers", MFD_CLOEXEC);
	if (tmp < 0)
		return -errno;
	elf = elf_begin(tmp, ELF_C_WRITE, NULL);
	/* Only missing memory makes this fail. */
	if (elf && !headers_fill(elf, kind, phdrs, nr) &&
	    elf_update(elf, ELF_C_WRITE) == (int64_t)size)
		ret = headers_copy(tmp, fd, (size_t)size);
	elf_end(elf);
	close(tmp);
	return ret;
}

int notes_add(struct notes *n, const char *owner, uint32_t type,
	      const void *desc, size_t len)
{
	static const char zeros[4];
	const size_t namesz = strlen(owner) + 1;
	const Elf32_Nhdr nhdr = {
		.n_namesz = (Elf32_Word)namesz,
		.n_descsz = (Elf32_Word)len,
		.n_type = type,
	};
	const struct {
		const void *data;
		size_t len;
	} part[] = {
		{ &nhdr, sizeof(nhdr) },
		{ owner, namesz },
		{ zeros, -namesz & 3 },
		{ desc, len },
		{ zeros, -len & 3 },
	};
	size_t i;
	int ret;

	for (i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		ret = core_pwrite(n->fd, part[i].data, part[i].len, n->pos);
		if (ret)
			return ret;
		n->pos += part[i].len;
	}
	return 0;
}
