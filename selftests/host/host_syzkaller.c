// SPDX-License-Identifier: GPL-2.0
/*
 * The description for syzkaller says what the ABI is: every ioctl, flag and
 * value, every structure with its fields in their order and of their size; and
 * nothing that is not there. The layout of every structure is asserted.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#define HEADER		"uapi/dbgmem/uapi.h"
#define DESCRIPTION	"selftests/dbgmem.syzkaller.txt"
#define MAX_NAME	64
#define MAX_FIELDS	40

struct field {
	char name[MAX_NAME];
	char type[MAX_NAME];
};

static char *read_file(const char *path)
{
	char *text = calloc(1, 1 << 17);
	FILE *f = fopen(path, "re");
	size_t n = 0;

	if (f && text) {
		n = fread(text, 1, (1 << 17) - 1, f);
		fclose(f);
	}
	if (!n) {
		fprintf(stderr, "# %s: cannot be read\n", path);
		exit(1);
	}
	return text;
}

static void blank(char *from, const char *to)
{
	for (; from < to; from++)
		if (*from != '\n')
			*from = ' ';
}

/* Without the comments. */
static char *read_header(void)
{
	char *text = read_file(HEADER), *p = text, *end;

	while ((p = strstr(p, "/*"))) {
		end = strstr(p, "*/") + 2;
		blank(p, end);
		p = end;
	}
	return text;
}

static char *read_description(void)
{
	char *text = read_file(DESCRIPTION), *p;

	for (p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (*p == '#')
			blank(p, strchrnul(p, '\n'));
		if (!*p)
			break;
	}
	return text;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);
	const char *p;

	for (p = text; (p = strstr(p, word)); p += len)
		if ((p == text || !is_word(p[-1])) && !is_word(p[len]))
			return true;
	return false;
}

/* How many of the names that begin with @prefix in @from are not in @in. */
static int missing(const char *from, const char *prefix, const char *in,
		   int *total)
{
	char name[MAX_NAME];
	const char *p;
	int nr = 0;

	*total = 0;
	for (p = from; (p = strstr(p, prefix)); p += strlen(name)) {
		if (sscanf(p, "%63[A-Za-z0-9_]", name) != 1 ||
		    (p > from && is_word(p[-1])))
			continue;
		++*total;
		if (has_word(in, name))
			continue;
		fprintf(stderr, "# %s\n", name);
		nr++;
	}
	return nr;
}

/* The fields of header's structure at @p, which is behind its name. */
static int header_fields(const char *p, struct field *f)
{
	int nr = 0;

	for (p = strchr(p, '{') + 1; nr < MAX_FIELDS; nr++) {
		if (sscanf(p, " %63s %63[a-z0-9_]", f[nr].type,
			   f[nr].name) != 2 || f[nr].type[0] == '}')
			break;
		p = strchr(p, ';') + 1;
	}
	return nr;
}

/* Of "NAME {" in the description; -1 if there is none. */
static int described_fields(const char *text, const char *name,
			    struct field *f)
{
	char head[MAX_NAME + 4];
	const char *p;
	int nr = 0;

	snprintf(head, sizeof(head), "\n%s {\n", name);
	p = strstr(text, head);
	if (!p)
		return -1;
	for (p += strlen(head); nr < MAX_FIELDS && *p == '\t'; nr++) {
		if (sscanf(p, "\t%63s %63[^\t\n]", f[nr].name, f[nr].type) != 2)
			break;
		p = strchr(p, '\n') + 1;
	}
	return nr;
}

static int header_size(const char *type)
{
	if (!strcmp(type, "__aligned_u64"))
		return 8;
	return !strcmp(type, "__u8") ? 1 : 4;
}

static int described_size(const char *type)
{
	if (strstr(type, "int64") || strstr(type, "ptr64") ||
	    !strcmp(type, "dbgmem_target") || !strcmp(type, "dbgmem_filter"))
		return 8;
	return strstr(type, "array[int8") ? 1 : 4;
}

/* How many fields are not as they are in the header. */
static int differences(const char *name, const struct field *h, int nr_h,
		       const struct field *d, int nr_d)
{
	int nr = 0, i;

	if (nr_h != nr_d) {
		fprintf(stderr, "# %s: %d fields, described %d\n", name, nr_h, nr_d);
		return 1;
	}
	for (i = 0; i < nr_h; i++) {
		if (!strcmp(h[i].name, d[i].name) &&
		    header_size(h[i].type) == described_size(d[i].type))
			continue;
		fprintf(stderr, "# %s: %s %s, described %s %s\n", name, h[i].type,
		       h[i].name, d[i].name, d[i].type);
		nr++;
	}
	return nr;
}

TEST(every_structure_is_described_field_by_field)
{
	struct field h[MAX_FIELDS], d[MAX_FIELDS];
	char *header = read_header(), *description = read_description();
	const char *p;
	char name[MAX_NAME];
	int nr = 0, nr_h, read;

	for (p = header; (p = strstr(p, "\nstruct dbgmem_")); p++) {
		read = sscanf(p, "\nstruct %63[a-z0-9_] {", name);
		ASSERT_EQ(1, read);
		nr_h = header_fields(p, h);
		ASSERT_LT(0, nr_h);
		EXPECT_EQ(0, differences(name, h, nr_h, d,
					 described_fields(description, name,
							  d)));
		nr++;
	}
	EXPECT_LE(16, nr);
	free(header);
	free(description);
}

/* A line of @text begins with @begin, @name and @end. */
static bool has_line(const char *text, const char *begin, const char *name,
		     const char *end)
{
	char line[4 * MAX_NAME];

	snprintf(line, sizeof(line), "\n%s%s%s", begin, name, end);
	if (strstr(text, line))
		return true;
	fprintf(stderr, "# no line begins with %s\n", line + 1);
	return false;
}

TEST(every_structure_has_its_size_and_its_layout_asserted)
{
	char *header = read_header(), *kernel = read_file("kmod/ioctl.c");
	char *test = read_file("selftests/abi/test_main.c");
	char name[MAX_NAME], layout[2 * MAX_NAME];
	struct field f[MAX_FIELDS];
	const char *p;
	int nr = 0, i, read;

	for (p = header; (p = strstr(p, "\nstruct dbgmem_")); p++, nr++) {
		read = sscanf(p, "\nstruct %63[a-z0-9_] {", name);
		ASSERT_EQ(1, read);
		EXPECT_TRUE(has_line(kernel, "static_assert(sizeof(struct ",
				     name, ") == "));
		EXPECT_TRUE(has_line(test, "_Static_assert(sizeof(struct ",
				     name, ") == "));
		for (i = header_fields(p, f); i--; ) {
			snprintf(layout, sizeof(layout), "%s, %s", name,
				 f[i].name);
			EXPECT_TRUE(has_line(test, "LAYOUT(", layout, ", "));
		}
	}
	EXPECT_LE(16, nr);
	free(header);
	free(kernel);
	free(test);
}

TEST(every_ioctl_flag_and_value_is_described)
{
	/* a number that is in the ioctls' own, a version, a macro of a macro */
	static const char *const others[] = {
		"DBGMEM_IOC_TYPE", "DBGMEM_ABI_VERSION", "DBGMEM_REGION_NOT",
	};
	char *header = read_header(), *description = read_description();
	char name[MAX_NAME];
	const char *p;
	int nr = 0, read;
	size_t i;

	for (p = header; (p = strstr(p, "\n#define DBGMEM_")); p++) {
		read = sscanf(p, "\n#define %63[A-Z0-9_]", name);
		ASSERT_EQ(1, read);
		nr++;
		for (i = 0; i < 3; i++)
			if (!strcmp(name, others[i]))
				break;
		if (i < 3)
			continue;
		EXPECT_TRUE(has_word(description, name)) {
			fprintf(stderr, "# %s is not described\n", name);
		}
	}
	EXPECT_LE(80, nr);
	free(header);
	free(description);
}

TEST(nothing_is_described_that_is_not_there)
{
	char *header = read_header(), *description = read_description();
	int total;

	EXPECT_EQ(0, missing(description, "DBGMEM_", header, &total));
	EXPECT_LE(80, total);
	free(header);
	free(description);
}

TEST(every_ioctl_is_a_call_on_a_session)
{
	char *header = read_header(), *description = read_description();
	char name[MAX_NAME], call[3 * MAX_NAME];
	const char *p;
	int nr = 0, read;

	for (p = header; (p = strstr(p, "\n#define DBGMEM_IOC_")); p++) {
		read = sscanf(p, "\n#define %63[A-Z0-9_]", name);
		ASSERT_EQ(1, read);
		if (!strcmp(name, "DBGMEM_IOC_TYPE"))
			continue;
		snprintf(call, sizeof(call),
			 "\nioctl$%s(fd fd_dbgmem, cmd const[%s], arg ptr[",
			 name, name);
		EXPECT_NE(NULL, strstr(description, call)) {
			fprintf(stderr, "# %s\n", name);
		}
		nr++;
	}
	EXPECT_LE(13, nr);
	free(header);
	free(description);
}

TEST_HARNESS_MAIN
