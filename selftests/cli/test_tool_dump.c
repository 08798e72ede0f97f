// SPDX-License-Identifier: GPL-2.0
/* dbgmem dump: memory in the core. */
#include "dump.h"

#include <sys/procfs.h>
#include <sys/user.h>

#include "corefile.h"
#include "region_maps.h"
#include <kselftest_harness.h>

FIXTURE(dump) {
	struct sleeper s;
	struct corefile core;
};

FIXTURE_SETUP(dump)
{
	ASSERT_EQ(0, sleeper_start(&self->s, "helper_sleep"));
	memset(&self->core, 0, sizeof(self->core));
}

FIXTURE_TEARDOWN(dump)
{
	core_close(&self->core);
	sleeper_stop(&self->s);
}

/* Dump with these options, and open what came of it. */
#define DUMP(...) do {							\
	RUN("dump", ##__VA_ARGS__, "--replace", self->s.text, CORE_PATH);	\
	ASSERT_EQ(0, r.status) TH_LOG("%s", r.err);			\
	if (self->core.elf)						\
		core_close(&self->core);				\
	ASSERT_TRUE(core_open(&self->core, CORE_PATH));			\
} while (0)

/* Does the core have SLEEP_TEXT at @addr? */
static bool has_text(const struct corefile *c, uint64_t addr)
{
	char text[sizeof(SLEEP_TEXT)];

	return core_memory(c, addr, text, sizeof(text)) &&
	       !memcmp(text, SLEEP_TEXT, sizeof(text));
}

/* Bytes that the core has of the segment at @addr, or -1. */
static long saved(const struct corefile *c, uint64_t addr)
{
	const GElf_Phdr *p = core_segment(c, addr);

	return p ? (long)p->p_filesz : -1;
}

static bool is_zeros(const struct corefile *c, uint64_t addr, size_t len)
{
	static char buf[SLEEP_SPARSE];

	return core_memory(c, addr, buf, len) && !buf[0] &&
	       !memcmp(buf, buf + 1, len - 1);
}

TEST_F(dump, is_a_core_of_that_program)
{
	struct corefile exe;
	char path[64];

	DUMP();
	EXPECT_EQ(ELFCLASS64, gelf_getclass(self->core.elf));
	EXPECT_EQ(ELFDATA2LSB, self->core.ehdr.e_ident[EI_DATA]);
	EXPECT_EQ(EV_CURRENT, self->core.ehdr.e_version);
	EXPECT_EQ(sizeof(Elf64_Phdr), self->core.ehdr.e_phentsize);
	EXPECT_EQ(0, self->core.ehdr.e_shnum);
	snprintf(path, sizeof(path), "/proc/%s/exe", self->s.text);
	/* It is none, but read that far. */
	EXPECT_FALSE(core_open(&exe, path));
	EXPECT_EQ(exe.ehdr.e_machine, self->core.ehdr.e_machine);
	core_close(&exe);
}

TEST_F(dump, has_a_segment_for_each_mapping)
{
	struct maps *maps = malloc(sizeof(*maps));
	const GElf_Phdr *p;
	size_t i;

	ASSERT_NE(NULL, maps);
	DUMP();
	ASSERT_EQ(0, maps_of(self->s.pid, maps));
	ASSERT_EQ(maps->nr + 1, self->core.nr);
	EXPECT_EQ(PT_NOTE, self->core.phdr[0].p_type);
	for (i = 0; i < maps->nr; i++) {
		p = &self->core.phdr[i + 1];
		EXPECT_EQ(PT_LOAD, p->p_type);
		EXPECT_EQ(maps->line[i].start, p->p_vaddr);
		EXPECT_EQ(maps->line[i].end, p->p_vaddr + p->p_memsz);
		EXPECT_EQ(PAGE, p->p_align);
		EXPECT_EQ(0, p->p_offset % PAGE);
	}
	free(maps);
}

/* --- memory --- */

TEST_F(dump, variables_and_memory_without_a_file)
{
	struct sleep_known known;

	DUMP();
	ASSERT_TRUE(core_memory(&self->core, self->s.at.known, &known,
				sizeof(known)));
	EXPECT_EQ(SLEEP_NUMBER, known.number);
	EXPECT_STREQ(SLEEP_TEXT, known.text);
	EXPECT_TRUE(has_text(&self->core, self->s.at.shared));
	EXPECT_TRUE(has_text(&self->core,
			     self->s.at.shared + SLEEP_SPARSE / 2));
	EXPECT_TRUE(is_zeros(&self->core,
			     self->s.at.shared + SLEEP_SPARSE - PAGE, PAGE));
}

TEST_F(dump, pages_of_zeros_are_holes_of_the_file)
{
	const uint64_t at = self->s.at.sparse, half = SLEEP_SPARSE / 2;
	const uint64_t last = SLEEP_SPARSE - SLEEP_PAGE;
	struct stat st;

	DUMP();
	EXPECT_EQ(SLEEP_SPARSE, saved(&self->core, at));
	EXPECT_TRUE(has_text(&self->core, at));
	EXPECT_TRUE(has_text(&self->core, at + half));
	EXPECT_TRUE(has_text(&self->core, at + last));
	EXPECT_TRUE(is_zeros(&self->core, at + PAGE, half - PAGE));
	EXPECT_TRUE(is_zeros(&self->core, at + half + PAGE,
			     last - half - PAGE));
	ASSERT_EQ(0, stat(CORE_PATH, &st));
	EXPECT_LE((off_t)SLEEP_SPARSE, st.st_size);
	EXPECT_GE(2 << 20, st.st_blocks * 512);
	EXPECT_EQ(0600, st.st_mode & 0777);
}

static bool within(const GElf_Phdr *p, uint64_t addr)
{
	return addr - p->p_vaddr < p->p_filesz;
}

/*
 * Of all regions that are saved whole, byte for byte; but not of those that change
 * while the thread runs that never sleeps. Its stack is one: the kernel writes the
 * processor's number to its rseq area there whenever it comes to another one.
 */
TEST_F(dump, all_that_is_saved_is_what_is_there)
{
	const GElf_Phdr *p;
	char *core, *mem;
	size_t i, n = 0;
	int fd;

	DUMP();
	fd = proc_open(self->s.pid, "mem", O_RDONLY);
	ASSERT_LE(0, fd);
	for (i = 0; i < self->core.nr; i++) {
		p = &self->core.phdr[i];
		if (p->p_type != PT_LOAD || !p->p_filesz ||
		    within(p, self->s.at.ticks) || within(p, self->s.at.runner))
			continue;
		core = malloc(p->p_filesz);
		mem = malloc(p->p_filesz);
		ASSERT_EQ((ssize_t)p->p_filesz,
			  pread(fd, mem, p->p_filesz, (off_t)p->p_vaddr));
		ASSERT_TRUE(core_memory(&self->core, p->p_vaddr, core,
					p->p_filesz));
		EXPECT_EQ(0, memcmp(core, mem, p->p_filesz))
			TH_LOG("at 0x%lx", (unsigned long)p->p_vaddr);
		free(core);
		free(mem);
		n++;
	}
	close(fd);
	/* Data of the program and of two libraries, stacks, heap, vdso, ... */
	EXPECT_LT(10, n);
}

TEST_F(dump, of_files_only_what_was_changed_and_headers)
{
	struct maps *maps = malloc(sizeof(*maps));
	unsigned int headers = 0, code = 0;
	const struct line *l;
	char magic[SELFMAG];
	size_t i;

	ASSERT_NE(NULL, maps);
	DUMP();
	ASSERT_EQ(0, maps_of(self->s.pid, maps));
	for (i = 0; i < maps->nr; i++) {
		l = &maps->line[i];
		if (*l->name != '/' || l->prot[3] != 'p')
			continue;
		if (!l->offset) {
			EXPECT_EQ((long)PAGE, saved(&self->core, l->start));
			ASSERT_TRUE(core_memory(&self->core, l->start, magic,
						SELFMAG));
			EXPECT_EQ(0, memcmp(ELFMAG, magic, SELFMAG));
			headers++;
		} else if (l->prot[2] == 'x') {
			EXPECT_EQ(0, saved(&self->core, l->start));
		}
		/* arm64's linker puts it behind the headers */
		code += l->prot[2] == 'x';
	}
	/* program, libc, ld.so */
	EXPECT_LE(3, headers);
	EXPECT_LE(3, code);

	DUMP("--all");
	for (i = 0; i < maps->nr; i++) {
		l = &maps->line[i];
		if (*l->name == '/' && l->prot[0] == 'r')
			EXPECT_EQ((long)(l->end - l->start),
				  saved(&self->core, l->start))
				TH_LOG("%s", l->name);
	}
	free(maps);
}

TEST_F(dump, nothing_of_what_the_process_keeps_out)
{
	DUMP();
	EXPECT_EQ(0, saved(&self->core, self->s.at.excluded));
	EXPECT_EQ(0, saved(&self->core, self->s.at.unreadable));
	DUMP("--all");
	EXPECT_TRUE(has_text(&self->core, self->s.at.excluded));
	EXPECT_EQ(0, saved(&self->core, self->s.at.unreadable));
}

static uint64_t vdso(pid_t pid)
{
	struct maps *maps = malloc(sizeof(*maps));
	uint64_t at = 0;
	size_t i;

	if (!maps || maps_of(pid, maps))
		abort();
	for (i = 0; i < maps->nr; i++)
		if (!strcmp(maps->line[i].name, "[vdso]"))
			at = maps->line[i].start;
	free(maps);
	return at;
}

TEST_F(dump, the_process_s_own_filter)
{
	char path[64], magic[SELFMAG];

	snprintf(path, sizeof(path), "/proc/%s/coredump_filter", self->s.text);
	ASSERT_EQ(0, file_write(path, "0"));
	DUMP();
	EXPECT_EQ(0, saved(&self->core, self->s.at.sparse));
	EXPECT_EQ(0, saved(&self->core, self->s.at.known));
	EXPECT_EQ(0, saved(&self->core, self->s.at.shared));
	/* What is nowhere else is always there. */
	ASSERT_TRUE(core_memory(&self->core, vdso(self->s.pid), magic, SELFMAG));
	EXPECT_EQ(0, memcmp(ELFMAG, magic, SELFMAG));
	ASSERT_EQ(0, file_write(path, "1"));
	DUMP();
	EXPECT_TRUE(has_text(&self->core, self->s.at.sparse));
	EXPECT_EQ(0, saved(&self->core, self->s.at.shared));
	ASSERT_EQ(0, file_write(path, "2"));
	DUMP();
	EXPECT_EQ(0, saved(&self->core, self->s.at.sparse));
	EXPECT_TRUE(has_text(&self->core, self->s.at.shared));
}

/* Is there a page at @addr, in memory or in swap? */
static bool has_page(pid_t pid, uint64_t addr)
{
	uint64_t entry = ~0ULL;
	int fd = proc_open(pid, "pagemap", O_RDONLY);

	if (pread(fd, &entry, sizeof(entry), (off_t)(addr / PAGE * 8)) !=
	    sizeof(entry))
		abort();
	close(fd);
	return entry >> 62;
}

TEST_F(dump, gives_the_process_no_pages)
{
	const uint64_t unused = self->s.at.sparse + 5 * PAGE;
	const uint64_t shared = self->s.at.shared + 5 * PAGE;

	ASSERT_FALSE(has_page(self->s.pid, self->s.at.untouched));
	DUMP();
	EXPECT_EQ(0, saved(&self->core, self->s.at.untouched));
	EXPECT_FALSE(has_page(self->s.pid, self->s.at.untouched));
	EXPECT_FALSE(has_page(self->s.pid, unused));
	EXPECT_FALSE(has_page(self->s.pid, shared));
	DUMP("--all");
	EXPECT_FALSE(has_page(self->s.pid, self->s.at.untouched));
	EXPECT_FALSE(has_page(self->s.pid, unused));
	EXPECT_FALSE(has_page(self->s.pid, shared));
	EXPECT_TRUE(has_page(self->s.pid, self->s.at.sparse));
}


/* To read one that is not there would take it from the pool. */
TEST_F(dump, gives_the_process_no_huge_pages)
{
	static const char *const free_pages =
		"/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages";
	char text[16], pid[16];
	struct target t;
	char *huge;

	ASSERT_EQ(0, file_write("/proc/sys/vm/nr_hugepages", "2"));
	huge = mmap(NULL, 2 * HUGE_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	ASSERT_NE(MAP_FAILED, huge);
	strcpy(huge, SLEEP_TEXT);
	ASSERT_EQ(0, target_start(&t));
	sprintf(pid, "%d", (int)t.pid);
	RUN("dump", pid, CORE_PATH);
	ASSERT_EQ(0, r.status) TH_LOG("%s", r.err);
	ASSERT_TRUE(core_open(&self->core, CORE_PATH));
	EXPECT_TRUE(has_text(&self->core, (uintptr_t)huge));
	EXPECT_TRUE(is_zeros(&self->core, (uintptr_t)huge + HUGE_SIZE, HUGE_SIZE));
	ASSERT_LT(0, file_read(free_pages, text, sizeof(text)));
	EXPECT_STREQ("1", text);
	target_stop(&t);
	munmap(huge, 2 * HUGE_SIZE);
}

TEST_HARNESS_MAIN
