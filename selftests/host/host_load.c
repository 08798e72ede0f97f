// SPDX-License-Identifier: GPL-2.0
/* dbgmem load, its manuals and the completions know each parameter of the module. */
#include "help.h"
#include <kselftest_harness.h>

#include <glob.h>

/* The module that was built with this program, for whichever kernel; or NULL. */
static const char *module_path(void)
{
	static char path[4096];
	const char *found = NULL;
	size_t i;
	glob_t g;
	char *p;

	snprintf(path, sizeof(path), "%s", tool_built());
	p = strstr(path, "/user/dbgmem");
	strcpy(p, "/module/*/kmod/dbgmem.ko");
	if (glob(path, 0, NULL, &g))
		return NULL;
	for (i = 0; i < g.gl_pathc && !found; i++) {
		/* The variants for tests have more. */
		if (strstr(g.gl_pathv[i], "-inject/") ||
		    strstr(g.gl_pathv[i], "-amplify/") ||
		    strstr(g.gl_pathv[i], "-gcov"))
			continue;
		snprintf(path, sizeof(path), "%s", g.gl_pathv[i]);
		found = path;
	}
	globfree(&g);
	return found;
}

/* The names in lines of "name:description". */
static void parameters_of_module(const char *path, struct words *w)
{
	const char *const argv[] = { "modinfo", "-F", "parm", path, NULL };
	const char *p;

	w->nr = 0;
	for (p = program_output(argv); *p; p = strchr(p, '\n') + 1)
		words_add(w, p, strcspn(p, ":"));
}

static const char *file(const char *path)
{
	static char text[1 << 17];
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	if (f)
		fclose(f);
	text[n] = 0;
	return text;
}

static const char *load_in_manual(void)
{
	const char *p = strstr(file("user/man/dbgmem.1"), "\n.Ss load\n");

	if (!p)
		return "";
	*strstr((char *)p + 1, "\n.Ss ") = 0;
	return p;
}

/* As a word of its own: not as a part of another one. */
static bool has_word(const char *text, const char *word, const char *behind)
{
	const char *p;
	char c;

	for (p = text; (p = strstr(p, word)); p++) {
		c = p[strlen(word)];
		if (c && strchr(behind, c) &&
		    (p == text || !(isalnum((unsigned char)p[-1]) ||
				    p[-1] == '_')))
			return true;
	}
	return false;
}

static void expect_all(struct __test_metadata *_metadata, const struct words *w,
		       const char *where, const char *text, const char *behind)
{
	size_t i;

	for (i = 0; i < w->nr; i++)
		EXPECT_TRUE(has_word(text, w->word[i], behind))
			TH_LOG("%s: no %s", where, w->word[i]);
}

TEST(knows_each_parameter_of_the_module)
{
	const char *path = module_path();
	struct words w;

	ASSERT_NE(NULL, path);
	parameters_of_module(path, &w);
	ASSERT_LE(6, w.nr);
	expect_all(_metadata, &w, "load --help", help_of("load"), "=");
	expect_all(_metadata, &w, "dbgmem(1)", load_in_manual(), " \n");
	expect_all(_metadata, &w, "dbgmem(4)", file("user/man/dbgmem.4"), "=");
	expect_all(_metadata, &w, "bash", file("user/completion/dbgmem.bash"),
		   "=");
	expect_all(_metadata, &w, "zsh", file("user/completion/_dbgmem"), "=");
}

TEST_HARNESS_MAIN
