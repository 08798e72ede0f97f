// SPDX-License-Identifier: GPL-2.0
/*
 * The completions of bash and zsh know the verbs and options of the tool: those
 * that its --help tells of, and no others.
 */
#include <sys/mman.h>

#include "help.h"
#include <kselftest_harness.h>

#define BASH	"user/completion/dbgmem.bash"
#define ZSH	"user/completion/_dbgmem"

/* What bash would offer; the words end with NULL, the last is at the cursor. */
static void bash_offers(struct words *w, const char *const *args)
{
	static const char script[] =
		"source " BASH " || exit; COMP_WORDS=(\"$@\");"
		"COMP_CWORD=$(($# - 1)); _dbgmem; printf '%s\\n' \"${COMPREPLY[@]}\"";
	const char *argv[16] = { "bash", "--norc", "-c", script, "bash",
				 "dbgmem" };
	const char *text, *end;
	int i;

	for (i = 0; args[i] && i < 9; i++)
		argv[6 + i] = args[i];
	text = program_output(argv);
	w->nr = 0;
	for (; (end = strchr(text, '\n')); text = end + 1)
		/* Processes may be many, and names long. */
		if (end > text && end - text < 32 && w->nr < MAX_WORDS)
			words_add(w, text, end - text);
}

#define OFFERS(w, ...) \
	bash_offers(w, (const char *const []){ __VA_ARGS__, NULL })

TEST(bash_has_the_verbs)
{
	struct words help, offers;

	verbs_of_help(&help);
	ASSERT_LT(10, help.nr);
	OFFERS(&offers, "");
	EXPECT_ALL(&help, &offers, BASH);
	EXPECT_ALL(&offers, &help, "--help");
	OFFERS(&offers, "un");
	ASSERT_EQ(1, offers.nr);
	EXPECT_STREQ("unload", offers.word[0]);
	OFFERS(&offers, "bp", "");
	ASSERT_EQ(2, offers.nr);
	EXPECT_TRUE(words_has(&offers, "list"));
}

TEST(bash_has_the_options)
{
	struct words verbs, help, offers;
	char copy[64], *second;
	size_t i;

	all_verbs(&verbs);
	for (i = 0; i < verbs.nr; i++) {
		options_of_help(verbs.word[i], &help);
		EXPECT_LE(2, help.nr) TH_LOG("%s", verbs.word[i]);
		strcpy(copy, verbs.word[i]);
		second = strchr(copy, ' ');
		if (second) {
			*second++ = 0;
			OFFERS(&offers, copy, second, "-");
		} else {
			OFFERS(&offers, copy, "-");
		}
		EXPECT_ALL(&help, &offers, verbs.word[i]);
		EXPECT_ALL(&offers, &help, verbs.word[i]);
	}
	options_of_help("", &help);
	OFFERS(&offers, "-");
	EXPECT_ALL(&help, &offers, "dbgmem");
	EXPECT_ALL(&offers, &help, "dbgmem");
}

TEST(bash_knows_what_stands_where)
{
	char self[16], one[16];
	struct words w;

	sprintf(self, "%d", (int)getpid());
	sprintf(one, "%d", (int)getpid());
	one[strlen(one) - 1] = 0;
	OFFERS(&w, "read", self);
	EXPECT_TRUE(words_has(&w, self));
	/* behind options, with what belongs to them */
	OFFERS(&w, "search", "-x", "de ad", "--int", "7", self);
	EXPECT_TRUE(words_has(&w, self));
	OFFERS(&w, "read", "--output", "=", "file", self);
	EXPECT_TRUE(words_has(&w, self));
	OFFERS(&w, "bp", "set", "--yes", self);
	EXPECT_TRUE(words_has(&w, self));
	OFFERS(&w, "compare", "--with", self);
	EXPECT_TRUE(words_has(&w, self));
	/* an address: the names of mappings, as the shell takes them */
	OFFERS(&w, "read", self, "\\[s");
	ASSERT_EQ(1, w.nr);
	EXPECT_STREQ("\\[stack\\]", w.word[0]);
	OFFERS(&w, "watch", "-i", "2", self, "host_comp");
	EXPECT_TRUE(words_has(&w, "host_completion"));
	OFFERS(&w, "read", self, "0", "5", "host_comp");
	EXPECT_TRUE(words_has(&w, "host_completion"));
	OFFERS(&w, "read", self, "0", "");
	EXPECT_EQ(0, w.nr);
	OFFERS(&w, "watch", self, "0", "u");
	EXPECT_EQ(4, w.nr);
	EXPECT_TRUE(words_has(&w, "u64"));
	OFFERS(&w, "write", "--utf16", "x", "--file", "Makef");
	EXPECT_TRUE(words_has(&w, "Makefile"));
	OFFERS(&w, "cmpxchg", self, "0", "");
	EXPECT_EQ(4, w.nr);
	OFFERS(&w, "search", "--width", "=", "");
	EXPECT_EQ(4, w.nr);
	OFFERS(&w, "search", "--width", "=");
	EXPECT_EQ(4, w.nr);
	OFFERS(&w, "load", "e");
	EXPECT_TRUE(words_has(&w, "engine="));
	OFFERS(&w, "write", "-i", "Makef");
	EXPECT_TRUE(words_has(&w, "Makefile"));
	/* no options behind --, or as the word of an option */
	OFFERS(&w, "read", "--", "-");
	EXPECT_EQ(0, w.nr);
	OFFERS(&w, "read", "-o", "--f");
	EXPECT_EQ(0, w.nr);
	OFFERS(&w, "no-such-verb", "");
	EXPECT_EQ(0, w.nr);
}

/* A process chooses the names of its mappings, and they go to the terminal. */
TEST(bash_offers_plain_names_only)
{
	static const char *const names[] = {
		"plain_name.XXXXXX", "plain_\033[2J.XXXXXX",
		"plain_\302\233.XXXXXX", "plain_\342\200\256.XXXXXX",
	};
	char self[16], path[64];
	size_t i, nr = 0;
	struct words w;
	void *page;
	int fd;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "/tmp/%s", names[i]);
		fd = mkstemp(path);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, ftruncate(fd, 4096));
		page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
		ASSERT_NE(MAP_FAILED, page);
		close(fd);
		unlink(path);
	}
	sprintf(self, "%d", (int)getpid());
	/* Where the shell would take them for characters like others. */
	setenv("LC_ALL", "C.UTF-8", 1);
	OFFERS(&w, "read", self, "");
	for (i = 0; i < w.nr; i++)
		nr += !!strstr(w.word[i], "plain_");
	EXPECT_EQ(1, nr);
}

/* What _dbgmem has for @verb: from its pattern to ";;". */
static const char *zsh_block(const char *verb)
{
	static char text[1 << 16];
	char pattern[64], *p, *end;
	size_t n;
	FILE *f;

	f = fopen(ZSH, "re");
	if (!f)
		return NULL;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = 0;
	snprintf(pattern, sizeof(pattern), strchr(verb, ' ') ?
		 "\n\t('%s')\n" : "\n\t(%s)\n", verb);
	p = strstr(text, pattern);
	end = p ? strstr(p, "\n\t\t;;") : NULL;
	if (!end)
		return NULL;
	*end = 0;
	return p + strlen(pattern);
}

/* The options that stand at the begin of a description, or in {...}. */
static void zsh_options(const char *text, struct words *w)
{
	const char *p, *before;
	size_t n;

	for (p = text; (p = strchr(p, '-')); p += n) {
		for (n = 1; is_option(p[n]); n++)
			;
		before = p > text ? p - 1 : " ";
		/* Those in (...) are what it excludes. */
		if (n == 1 || !strchr("'{,)", *before))
			continue;
		if (strchr("[=+,}", p[n]))
			words_add(w, p, n);
	}
}

TEST(zsh_has_the_verbs)
{
	const char *const argv[] = { "sed", "-n",
		"/^_dbgmem_verbs/,/^}/s/^\t\t'\\([a-z]*\\):.*/\\1/p", ZSH, NULL };
	struct words help, zsh = { 0 };
	const char *text, *end;

	verbs_of_help(&help);
	for (text = program_output(argv); (end = strchr(text, '\n')); text = end + 1)
		words_add(&zsh, text, end - text);
	EXPECT_ALL(&help, &zsh, ZSH);
	EXPECT_ALL(&zsh, &help, "--help");
}

TEST(zsh_has_the_options)
{
	static const char *const where[] = {
		"--writable", "--executable", "--file-backed", "--anonymous",
		"--private", "--shared",
	};
	static const char *const value[] = {
		"-x", "--hex", "-s", "--string", "--utf16", "--int", "--width",
		"--u8", "--u16", "--u32", "--u64", "--i8", "--i16", "--i32",
		"--i64", "--f32", "--f64",
	};
	const size_t nr_values = ARRAY_SIZE(value);
	struct words verbs, help, zsh;
	const char *block;
	size_t i, k;

	all_verbs(&verbs);
	for (i = 0; i < verbs.nr; i++) {
		options_of_help(verbs.word[i], &help);
		block = zsh_block(verbs.word[i]);
		ASSERT_NE(NULL, block) TH_LOG("%s", verbs.word[i]);
		zsh.nr = 0;
		zsh_options(block, &zsh);
		/* these are variables there */
		if (strstr(block, "$help")) {
			words_add(&zsh, "-h", 2);
			words_add(&zsh, "--help", 6);
		}
		for (k = 0; strstr(block, "$where") && k < 6; k++)
			words_add(&zsh, where[k], strlen(where[k]));
		for (k = 0; strstr(block, "$value") && k < nr_values; k++)
			words_add(&zsh, value[k], strlen(value[k]));
		EXPECT_ALL(&help, &zsh, verbs.word[i]);
		EXPECT_ALL(&zsh, &help, verbs.word[i]);
	}
}

TEST(zsh_syntax)
{
	if (system("command -v zsh >/dev/null 2>&1"))
		SKIP(return, "zsh is not installed");
	EXPECT_EQ(0, system("zsh -n " ZSH));
}

TEST_HARNESS_MAIN
