// SPDX-License-Identifier: GPL-2.0
/* The dbgmem tool: verb maps. */
#include "tool.h"

#include "region_maps.h"
#include <kselftest_harness.h>

#define FILE_NAME	"/tmp/odd \033[31m\xff name\n"

FIXTURE(maps) {
	struct target t;
	char pid[16];
	struct maps *maps;
	char *file;		/* a page of FILE_NAME, from its second on */
};

FIXTURE_SETUP(maps)
{
	int fd;

	fd = open(FILE_NAME, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, 4 * PAGE));
	self->file = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE);
	ASSERT_NE(MAP_FAILED, self->file);
	close(fd);
	self->maps = malloc(sizeof(*self->maps));
	ASSERT_NE(NULL, self->maps);
	ASSERT_EQ(0, tool_begin(&self->t, self->pid));
	ASSERT_EQ(0, maps_of(self->t.pid, self->maps));
}

FIXTURE_TEARDOWN(maps)
{
	tool_end(&self->t);
	unlink(FILE_NAME);
	free(self->maps);
}

/* The row of the region at @start, without its newline, or NULL. */
static char *row_of(uint64_t start)
{
	static char row[4096];
	char words[32], *p, *end;

	snprintf(words, sizeof(words), "0x%016llx 0x",
		 (unsigned long long)start);
	p = r.out;
	while (p && strncmp(p, words, strlen(words))) {
		p = strchr(p, '\n');
		p = p ? p + 1 : NULL;
	}
	end = p ? strchr(p, '\n') : NULL;
	if (!end || end - p >= (long)sizeof(row))
		return NULL;
	memcpy(row, p, end - p);
	row[end - p] = 0;
	return row;
}

TEST_F(maps, every_region_has_a_row_like_that_of_maps)
{
	struct line *l;
	char *row, want[64];
	uint32_t i;

	RUN("maps", self->pid);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_STREQ("", r.err);
	EXPECT_EQ(0, strncmp(r.out, "START ", 6));
	EXPECT_EQ(self->maps->nr + 1, lines());
	for (i = 0; i < self->maps->nr; i++) {
		l = &self->maps->line[i];
		row = row_of(l->start);
		ASSERT_NE(NULL, row);
		snprintf(want, sizeof(want), "0x%016llx 0x%016llx ",
			 (unsigned long long)l->start,
			 (unsigned long long)l->end);
		EXPECT_EQ(0, strncmp(row, want, strlen(want)));
		snprintf(want, sizeof(want), " %s ", l->prot);
		EXPECT_HAS(want, row);
		if (l->inode) {
			snprintf(want, sizeof(want), " 0x%llx ",
				 (unsigned long long)l->offset);
			EXPECT_HAS(want, row);
		}
		/* that of the odd name is another test's */
		if (!strchr(l->name, '\n'))
			EXPECT_STREQ(l->name, row + strlen(row) -
				     strlen(l->name));
	}
}

TEST_F(maps, layout_of_a_row)
{
	unsigned long a = (unsigned long)mem;
	char want[256];
	struct line *l = self->maps->line;

	while (l->start != (uintptr_t)self->file)
		l++;
	RUN("maps", "--long", self->pid, at(0, 0));
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	snprintf(want, sizeof(want),
"START              END                    SIZE PROT  PAGE DEVICE       INODE     OFFSET NAME\n"
"0x%016lx 0x%016lx      16K rw-p    4K 00:00            0          -\n",
		 a, a + HOLE * PAGE);
	EXPECT_STREQ(want, r.out);
	snprintf(want, sizeof(want), "0x%lx", (unsigned long)self->file);
	RUN("maps", self->pid, want);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	snprintf(want, sizeof(want),
"START              END                    SIZE PROT     OFFSET NAME\n"
"0x%016lx 0x%016lx       4K r--s     0x1000 /tmp/odd \\033[31m\\377 name\\012\n",
		 (unsigned long)self->file, (unsigned long)self->file + PAGE);
	EXPECT_STREQ(want, r.out);
	snprintf(want, sizeof(want), "0x%lx", (unsigned long)self->file);
	RUN("maps", "-l", self->pid, want);
	snprintf(want, sizeof(want), " %02x:%02x   %10llu ", l->major, l->minor,
		 (unsigned long long)l->inode);
	EXPECT_HAS(want, r.out);
}

TEST_F(maps, sizes_are_exact)
{
	static const struct { size_t size; const char *text; } sizes[] = {
		{ PAGE, "       4K r--p" },
		{ 513 * PAGE, "    2052K r--p" },
		{ 512 * PAGE, "       2M r--p" },
		{ 1UL << 30, "       1G r--p" },
		{ 3UL << 30, "       3G r--p" },
		{ 1UL << 40, "    1024G r--p" },
	};
	char *p[ARRAY_SIZE(sizes)], addr[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		p[i] = mmap(NULL, sizes[i].size + 2 * PAGE, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		ASSERT_NE(MAP_FAILED, p[i]);
		p[i] += PAGE;
		ASSERT_EQ(0, mprotect(p[i], sizes[i].size, PROT_READ));
	}
	ASSERT_EQ(0, retarget(&self->t, self->pid));
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		snprintf(addr, sizeof(addr), "0x%lx", (unsigned long)p[i]);
		RUN("maps", self->pid, addr);
		EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
		EXPECT_HAS(sizes[i].text, r.out);
	}
}

TEST_F(maps, filters_show_only_those)
{
	static const struct {
		const char *option[2];
		char want[5];		/* of prot; . is anything */
		int file;		/* 1 yes, -1 no */
	} filters[] = {
		{ { "-r", "--readable" }, "r...", 0 },
		{ { "-w", "--writable" }, ".w..", 0 },
		{ { "-x", "--executable" }, "..x.", 0 },
		{ { "-f", "--file" }, "....", 1 },
		{ { "-a", "--anonymous" }, "....", -1 },
		{ { "-p", "--private" }, "...p", 0 },
		{ { "-s", "--shared" }, "...s", 0 },
		{ { "-rxf", "-rxf" }, "r.x.", 1 },
	};
	uint32_t i, n;
	size_t f, k;

	for (f = 0; f < 2 * ARRAY_SIZE(filters); f++) {
		RUN("maps", filters[f / 2].option[f % 2], self->pid);
		EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
		for (i = 0, n = 0; i < self->maps->nr; i++) {
			const struct line *l = &self->maps->line[i];
			bool want = true;

			for (k = 0; k < 4; k++)
				if (filters[f / 2].want[k] != '.' &&
				    filters[f / 2].want[k] != l->prot[k])
					want = false;
			if (filters[f / 2].file &&
			    filters[f / 2].file != (l->inode ? 1 : -1))
				want = false;
			n += want;
			EXPECT_EQ(want, row_of(l->start) != NULL)
				TH_LOG("%s: 0x%llx",
				       filters[f / 2].option[f % 2],
				       (unsigned long long)l->start);
		}
		EXPECT_EQ(n + 1, lines());
	}
	RUN("maps", "-fa", self->pid);
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("exclude each other", r.err);
}

TEST_F(maps, addr_and_len_are_one_region_or_those_that_they_touch)
{
	char words[128];

	RUN("maps", self->pid, at(1, 5));
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(2, lines());
	EXPECT_NE(NULL, row_of((uintptr_t)mem));
	RUN("maps", self->pid, "[stack]+1");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(2, lines());
	EXPECT_HAS("[stack]\n", r.out);
	/* from the last byte of one to the first of the other */
	RUN("maps", self->pid, at(HOLE - 1, PAGE - 1), "4098");
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_EQ(3, lines());
	RUN("maps", self->pid, at(HOLE - 1, PAGE - 1), "4097");
	EXPECT_EQ(2, lines());
	/* nothing there: the next is named */
	RUN("maps", self->pid, at(HOLE, 0));
	EXPECT_EQ(1, r.status);
	EXPECT_EQ(0, r.out_len);
	snprintf(words, sizeof(words),
		 "nothing is mapped at %s in process %s; the next begins at %s",
		 at(HOLE, 0), self->pid, at(HOLE + 1, 0));
	EXPECT_HAS(words, r.err);
	RUN("maps", "-x", self->pid, at(0, 0), "4K");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("nothing like that is mapped", r.err);
	RUN("maps", self->pid, "0xffffffffffff0000", "0x10000");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("or above", r.err);
}

TEST_F(maps, json_has_all_of_it)
{
	struct line *l = self->maps->line;
	char words[512];

	while (l->start != (uintptr_t)self->file)
		l++;
	RUN("maps", "--json", self->pid, at(0, 0));
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	snprintf(words, sizeof(words),
"[\n  { \"start\": \"%s\", \"end\": \"%s\", \"size\": 16384, \"protection\": \"rw-p\", \"page_size\": 4096, \"flags\": [ ] }\n]\n",
		 at(0, 0), at(HOLE, 0));
	EXPECT_STREQ(words, r.out);

	snprintf(words, sizeof(words), "0x%lx", (unsigned long)self->file);
	RUN("maps", "-j", self->pid, words);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	snprintf(words, sizeof(words),
"\"flags\": [ \"file\" ], \"offset\": \"0x1000\", \"device\": \"%02x:%02x\", \"inode\": \"%llu\", \"name\": \"/tmp/odd \\u001b[31m\xef\xbf\xbd name\\n\", \"name_bytes\": \"2f746d702f6f6464201b5b33316dff206e616d650a\" }\n]\n",
		 l->major, l->minor, (unsigned long long)l->inode);
	EXPECT_HAS(words, r.out);
	/* all of them are an array of that */
	RUN("maps", "-j", self->pid);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	EXPECT_HAS("\"name\": \"[stack]\"", r.out);
	EXPECT_HAS("[ \"stack\" ]", r.out);
	EXPECT_HAS("\"kernel\"", r.out);
}

TEST_F(maps, usage_and_failures)
{
	RUN("maps");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("PID is needed", r.err);
	RUN("maps", self->pid, "0", "1", "2");
	EXPECT_EQ(2, r.status);
	RUN("maps", "xyz");
	EXPECT_EQ(2, r.status);
	EXPECT_HAS("'xyz' is not a process id", r.err);
	RUN("maps", self->pid, "0x1000", "0");
	EXPECT_EQ(2, r.status);
	RUN("maps", "--nonsense", self->pid);
	EXPECT_EQ(2, r.status);
	RUN("maps", self->pid, "no-such-file.so");
	EXPECT_EQ(1, r.status);
	EXPECT_HAS("no mapping is named", r.err);
	RUN("maps", "--help");
	EXPECT_EQ(0, r.status);
	EXPECT_HAS("Usage: dbgmem maps", r.out);
	RUN("maps", "999999");
	EXPECT_EQ(1, r.status);
	EXPECT_EQ(0, r.out_len);
	RUN("info");
	EXPECT_HAS(" region", r.out);
}

TEST_HARNESS_MAIN
