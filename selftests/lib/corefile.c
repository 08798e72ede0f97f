// SPDX-License-Identifier: GPL-2.0
#include "corefile.h"

void core_close(struct corefile *c)
{
	free(c->phdr);
	elf_end(c->elf);
	close(c->fd);
}

bool core_open(struct corefile *c, const char *path)
{
	size_t i;

	memset(c, 0, sizeof(*c));
	elf_version(EV_CURRENT);
	c->fd = open(path, O_RDONLY | O_CLOEXEC);
	c->elf = elf_begin(c->fd, ELF_C_READ, NULL);
	if (!c->elf || !gelf_getehdr(c->elf, &c->ehdr) ||
	    c->ehdr.e_type != ET_CORE || elf_getphdrnum(c->elf, &c->nr))
		return false;
	c->phdr = calloc(c->nr, sizeof(*c->phdr));
	for (i = 0; i < c->nr; i++)
		if (!gelf_getphdr(c->elf, (int)i, &c->phdr[i]))
			return false;
	return true;
}

const GElf_Phdr *core_segment(const struct corefile *c, uint64_t addr)
{
	size_t i;

	for (i = 0; i < c->nr; i++)
		if (c->phdr[i].p_type == PT_LOAD &&
		    addr - c->phdr[i].p_vaddr < c->phdr[i].p_memsz)
			return &c->phdr[i];
	return NULL;
}

bool core_memory(const struct corefile *c, uint64_t addr, void *buf,
		 size_t len)
{
	const GElf_Phdr *p = core_segment(c, addr);

	if (!p || addr - p->p_vaddr + len > p->p_filesz)
		return false;
	return pread(c->fd, buf, len, (off_t)(p->p_offset + addr - p->p_vaddr)) ==
		(ssize_t)len;
}

const void *core_note(const struct corefile *c, const char *owner,
		      uint32_t type, unsigned int i, size_t *len)
{
	size_t pos = 0, name, desc;
	Elf_Data *data = NULL;
	GElf_Nhdr nhdr;
	size_t k;

	for (k = 0; k < c->nr && !data; k++)
		if (c->phdr[k].p_type == PT_NOTE)
			data = elf_getdata_rawchunk(c->elf,
						    (int64_t)c->phdr[k].p_offset,
						    c->phdr[k].p_filesz,
						    ELF_T_NHDR);
	while (data && (pos = gelf_getnote(data, pos, &nhdr, &name, &desc))) {
		if (nhdr.n_type != type ||
		    strcmp((const char *)data->d_buf + name, owner) || i--)
			continue;
		*len = nhdr.n_descsz;
		return (const char *)data->d_buf + desc;
	}
	return NULL;
}
