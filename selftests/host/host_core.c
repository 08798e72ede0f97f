// SPDX-License-Identifier: GPL-2.0
/* The frame of a core as the tool writes it is what libelf, and others, read. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kselftest_harness.h"
#include "corefile.h"
#include "core/core.h"
#include "core/note.h"

static const struct core_kind wide = { true, EM_X86_64, 0 };
static const struct core_kind narrow = { false, EM_386, 5 };

FIXTURE(core) {
	struct corefile c;
	char path[64];
	int fd;
};

FIXTURE_SETUP(core)
{
	memset(&self->c, 0, sizeof(self->c));
	self->fd = memfd_create("core", 0);
	ASSERT_LE(0, self->fd);
	snprintf(self->path, sizeof(self->path), "/proc/self/fd/%d", self->fd);
}

FIXTURE_TEARDOWN(core)
{
	core_close(&self->c);
	close(self->fd);
}

/* Program headers with a number in each of their fields. */
static GElf_Phdr *headers(size_t nr)
{
	GElf_Phdr *p = calloc(nr, sizeof(*p));
	size_t i;

	for (i = 0; i < nr; i++)
		p[i] = (GElf_Phdr){
			.p_type = PT_LOAD,
			.p_flags = PF_R,
			.p_offset = 0x1000 * i,
			.p_vaddr = 0x2000 * i,
			.p_filesz = i,
			.p_memsz = 0x1000,
			.p_align = 0x1000,
		};
	return p;
}

/* As many as there are, e_phnum having 16 bits, in both classes. */
TEST_F(core, any_number_of_program_headers)
{
	static const size_t nrs[] = {
		1, 2, 1000, PN_XNUM - 1, PN_XNUM, PN_XNUM + 1, 200000,
	};
	const struct core_kind *const kinds[] = { &wide, &narrow };
	char byte = 0x5a;
	uint64_t size;
	GElf_Phdr *p;
	size_t i, k;

	for (i = 0; i < 2 * ARRAY_SIZE(nrs); i++) {
		const struct core_kind *kind = kinds[i % 2];
		const size_t nr = nrs[i / 2];

		p = headers(nr);
		size = core_headers_size(kind, nr);
		/* What is behind them is there already, and stays. */
		ASSERT_EQ(1, pwrite(self->fd, &byte, 1, (off_t)size));
		ASSERT_EQ(0, core_headers_write(self->fd, kind, p, nr));
		byte = 0;
		ASSERT_EQ(1, pread(self->fd, &byte, 1, (off_t)size));
		EXPECT_EQ(0x5a, byte);

		ASSERT_TRUE(core_open(&self->c, self->path))
			TH_LOG("%zu: %s", nr, elf_errmsg(-1));
		ASSERT_EQ(nr, self->c.nr);
		EXPECT_EQ(kind->machine, self->c.ehdr.e_machine);
		EXPECT_EQ(kind->flags, self->c.ehdr.e_flags);
		EXPECT_EQ(kind->wide ? ELFCLASS64 : ELFCLASS32,
			  gelf_getclass(self->c.elf));
		EXPECT_EQ(nr < PN_XNUM ? nr : PN_XNUM, self->c.ehdr.e_phnum);
		/* The headers end where it was said that they do. */
		EXPECT_GE(size, self->c.ehdr.e_phoff +
			  nr * self->c.ehdr.e_phentsize);
		for (k = 0; k < nr; k++)
			if (memcmp(&p[k], &self->c.phdr[k], sizeof(*p)))
				break;
		EXPECT_EQ(nr, k);
		core_close(&self->c);
		memset(&self->c, 0, sizeof(self->c));
		ASSERT_EQ(0, ftruncate(self->fd, 0));
		free(p);
	}
	self->c.fd = -1;
}

TEST_F(core, notes_of_any_length)
{
	static const char *const owners[] = { "CORE", "LINUX", "x", "dbgmem" };
	struct notes n = { .fd = self->fd, .wide = true };
	GElf_Phdr phdr = { .p_type = PT_NOTE, .p_align = 4 };
	char desc[16], *p;
	const char *got;
	size_t len, i;

	n.pos = core_headers_size(&wide, 1);
	phdr.p_offset = n.pos;
	for (i = 0; i < sizeof(desc); i++) {
		memset(desc, 'a' + (int)i, sizeof(desc));
		ASSERT_EQ(0, notes_add(&n, owners[i % 4], (uint32_t)i, desc, i));
		EXPECT_EQ(0, n.pos % 4);
	}
	phdr.p_filesz = n.pos - phdr.p_offset;
	ASSERT_EQ(0, core_headers_write(self->fd, &wide, &phdr, 1));
	ASSERT_TRUE(core_open(&self->c, self->path));
	for (i = 0; i < sizeof(desc); i++) {
		got = core_note(&self->c, owners[i % 4], (uint32_t)i, 0, &len);
		ASSERT_NE(NULL, got);
		ASSERT_EQ(i, len);
		for (p = desc; p < desc + len; p++)
			EXPECT_EQ('a' + (int)i, got[p - desc]);
	}
	EXPECT_EQ(NULL, core_note(&self->c, "CORE", 100, 0, &len));
}

/*
 * The kernel's structures for programs of 32 bits, which no header of ours has: by
 * offset, as in include/linux/elfcore-compat.h.
 */
TEST_F(core, notes_of_32_bits)
{
	const struct psinfo info = {
		.name = "name", .state = 'S', .pid = 10, .tgid = 9, .ppid = 11,
		.pgrp = 12, .sid = 13,
		.nice = -5, .flags = 0x400000, .uid = 1000, .gid = 1001,
		.time = { 100, 150, 0, 0 },
		.sigpend = 0x10, .sighold = 0x20,
	};
	struct notes n = { .fd = self->fd, .wide = false };
	GElf_Phdr phdr = { .p_type = PT_NOTE, .p_align = 4 };
	const uint32_t regs[17] = { [12] = 0x8048000 };
	const uint32_t *p;
	const char *c;
	size_t len;

	n.pos = core_headers_size(&narrow, 1);
	phdr.p_offset = n.pos;
	ASSERT_EQ(0, note_prstatus(&n, &info, regs, sizeof(regs)));
	ASSERT_EQ(0, note_prpsinfo(&n, &info, "a\0b", 4));
	phdr.p_filesz = n.pos - phdr.p_offset;
	ASSERT_EQ(0, core_headers_write(self->fd, &narrow, &phdr, 1));
	ASSERT_TRUE(core_open(&self->c, self->path));

	p = core_note(&self->c, "CORE", NT_PRSTATUS, 0, &len);
	ASSERT_NE(NULL, p);
	ASSERT_EQ(144, len);
	EXPECT_EQ(0x10, p[16 / 4]);
	EXPECT_EQ(0x20, p[20 / 4]);
	EXPECT_EQ(10, p[24 / 4]);
	EXPECT_EQ(11, p[28 / 4]);
	EXPECT_EQ(12, p[32 / 4]);
	EXPECT_EQ(13, p[36 / 4]);
	/* a second of user time, one and a half in the system */
	EXPECT_EQ(1, p[40 / 4]);
	EXPECT_EQ(0, p[44 / 4]);
	EXPECT_EQ(1, p[48 / 4]);
	EXPECT_EQ(500000, p[52 / 4]);
	EXPECT_EQ(0, memcmp(regs, p + 72 / 4, sizeof(regs)));

	c = core_note(&self->c, "CORE", NT_PRPSINFO, 0, &len);
	ASSERT_NE(NULL, c);
	ASSERT_EQ(124, len);
	EXPECT_EQ(1, c[0]);
	EXPECT_EQ('S', c[1]);
	EXPECT_EQ(-5, c[3]);
	EXPECT_EQ(0x400000, *(const uint32_t *)(c + 4));
	EXPECT_EQ(1000, *(const uint16_t *)(c + 8));
	EXPECT_EQ(1001, *(const uint16_t *)(c + 10));
	/* the process's, not the thread's */
	EXPECT_EQ(9, *(const uint32_t *)(c + 12));
	EXPECT_STREQ("name", c + 28);
	EXPECT_STREQ("a b ", c + 44);
}

/* gdb's $_siginfo: of each thread, as no signal has ended it. */
TEST_F(core, each_thread_has_a_siginfo)
{
	struct notes n = { .fd = self->fd, .wide = true };
	GElf_Phdr phdr = { .p_type = PT_NOTE, .p_align = 4 };
	struct psinfo info = { .pid = 1 };
	const char regs[27 * 8] = "", zeros[128] = "";
	const void *p;
	size_t len, i;

	n.pos = core_headers_size(&wide, 1);
	phdr.p_offset = n.pos;
	for (i = 0; i < 3; i++, info.pid++)
		ASSERT_EQ(0, note_prstatus(&n, &info, regs, sizeof(regs)));
	phdr.p_filesz = n.pos - phdr.p_offset;
	ASSERT_EQ(0, core_headers_write(self->fd, &wide, &phdr, 1));
	ASSERT_TRUE(core_open(&self->c, self->path));
	for (i = 0; i < 3; i++) {
		p = core_note(&self->c, "CORE", NT_SIGINFO, (unsigned int)i, &len);
		ASSERT_NE(NULL, p);
		ASSERT_EQ(sizeof(zeros), len);
		EXPECT_EQ(0, memcmp(zeros, p, len));
	}
}

/*
 * Readers that take the type before the owner must not know it: those of the kernel's
 * notes go up to three digits in hexadecimal, but for these.
 */
TEST(the_tool_s_own_note_has_a_type_of_its_own)
{
	EXPECT_LT(0xffff, NOTE_THREADS);
	EXPECT_NE(NT_FILE, NOTE_THREADS);
	EXPECT_NE(NT_SIGINFO, NOTE_THREADS);
	EXPECT_NE(NT_PRXFPREG, NOTE_THREADS);
	EXPECT_STREQ("dbgmem", NOTE_OWNER);
}

/* --- which kind of program --- */

#define LOW	(1ULL << 32)

TEST(the_kind_is_that_of_the_process_not_of_a_file)
{
	const Elf64_auxv_t aux64[] = {
		{ 33, { 0x7ffd00006000 } }, { 16, { 0x178bfbff } },
		{ AT_FLAGS, { 0 } }, { AT_PAGESZ, { 4096 } }, { AT_NULL, { 0 } },
	};
	const Elf32_auxv_t aux32[] = {
		{ 32, { 0xf7f00000 } }, { 16, { 0x178bfbff } },
		{ AT_FLAGS, { 0 } }, { AT_PAGESZ, { 4096 } }, { AT_NULL, { 0 } },
	};
	struct core_kind kind;

	core_kind_find(&kind, 0x7ffffffff000, aux64, sizeof(aux64));
	EXPECT_TRUE(kind.wide);
	core_kind_find(&kind, LOW, aux32, sizeof(aux32));
	EXPECT_FALSE(kind.wide);
	/* All of it is low, as a process may arrange it. */
	core_kind_find(&kind, LOW, aux64, sizeof(aux64));
	EXPECT_TRUE(kind.wide);
	/* The vector is the process's to change; where memory is, is not. */
	core_kind_find(&kind, LOW + 4096, aux32, sizeof(aux32));
	EXPECT_TRUE(kind.wide);
	core_kind_find(&kind, LOW, aux32, 7);
	EXPECT_TRUE(kind.wide);
	core_kind_find(&kind, LOW, "", 0);
	EXPECT_TRUE(kind.wide);
}

TEST_HARNESS_MAIN
