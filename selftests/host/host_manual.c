// SPDX-License-Identifier: GPL-2.0
/*
 * The manual of the tool has every verb, every option, and an example of each;
 * that of the device has all that the module gives.
 */
#include "help.h"
#include <kselftest_harness.h>

#define MANUAL	"user/man/dbgmem.1"

/* From behind @begin up to @end, or ""; a copy. */
static const char *between(const char *begin, const char *end)
{
	static char text[1 << 17];
	char *p, *stop;
	size_t n;
	FILE *f;

	f = fopen(MANUAL, "re");
	n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	if (f)
		fclose(f);
	text[n] = 0;
	p = strstr(text, begin);
	if (!p)
		return "";
	p += strlen(begin);
	stop = strstr(p, end);
	if (stop)
		*stop = 0;
	return p;
}

static const char *section(const char *verb)
{
	char title[64], *text, *next;

	snprintf(title, sizeof(title), "\n.Ss %s\n", verb);
	text = (char *)between(title, "\n.Sh ");
	next = strstr(text, "\n.Ss ");
	if (next)
		*next = 0;
	return text;
}

/* "Fl -long" or "Fl x" of option @word. */
static bool has_option(const char *text, const char *word)
{
	char fl[64];
	const char *p;

	snprintf(fl, sizeof(fl), "Fl %s", word + 1);
	for (p = text; (p = strstr(p, fl)); p++)
		if (!is_option(p[strlen(fl)]))
			return true;
	return false;
}

TEST(a_section_for_each_verb_with_its_options)
{
	struct words verbs, help;
	size_t i, k;

	all_verbs(&verbs);
	ASSERT_LT(10, verbs.nr);
	for (i = 0; i < verbs.nr; i++) {
		EXPECT_LT(40, strlen(section(verbs.word[i])))
			TH_LOG("%s", verbs.word[i]);
		options_of_help(verbs.word[i], &help);
		for (k = 0; k < help.nr; k++) {
			/* These are described once for all. */
			if (!strcmp(help.word[k], "-h") ||
			    !strcmp(help.word[k], "--help"))
				continue;
			if (has_option(section(verbs.word[i]), help.word[k]))
				continue;
			/* It says that it has these. */
			if (strstr(section(verbs.word[i]), ".Sx Values") &&
			    has_option(section("Values"), help.word[k]))
				continue;
			/* It says that it has those of search. */
			EXPECT_TRUE(!strcmp(verbs.word[i], "strings") &&
				    has_option(section("search"),
					       help.word[k]))
				TH_LOG("%s: no %s", verbs.word[i],
				       help.word[k]);
		}
	}
}

TEST(an_example_of_each_verb)
{
	const char *examples = between("\n.Sh EXAMPLES\n", "\n.Sh");
	struct words verbs;
	char words[64];
	size_t i;

	all_verbs(&verbs);
	for (i = 0; i < verbs.nr; i++) {
		snprintf(words, sizeof(words), "dbgmem %s", verbs.word[i]);
		EXPECT_NE(NULL, strstr(examples, words)) TH_LOG("%s", words);
	}
}

/* The lines of the synopsis for @verb; a copy. */
static const char *synopsis_of(const char *verb)
{
	static char lines[4096];
	const char *p = between("\n.Sh SYNOPSIS\n", "\n.Sh"), *end;
	char begin[64];
	size_t len = 0;

	snprintf(begin, sizeof(begin), "\n.Cm %s\n", verb);
	while ((p = strstr(p, begin))) {
		end = strstr(p, "\n.Nm\n");
		len += (size_t)snprintf(lines + len, sizeof(lines) - len,
					"%.*s", end ? (int)(end - p) :
					(int)strlen(p), p);
		p++;
	}
	lines[len] = 0;
	return lines;
}

/* "-x" is "Fl x", or one of several letters behind an Fl. */
static bool has_letter(const char *text, char letter)
{
	const char *p;

	for (p = text; (p = strstr(p, "Fl ")); p++) {
		size_t n = strcspn(p + 3, " \n");

		if (p[3] != '-' && memchr(p + 3, letter, n))
			return true;
	}
	return false;
}

/* What -x and -s take is a "value" there, like that of the longer ones. */
static bool of_value(const char *text, char letter)
{
	return (letter == 'x' || letter == 's') && strstr(text, "value");
}

TEST(every_letter_of_the_options_in_the_synopsis)
{
	struct words verbs, help;
	size_t i, k;

	all_verbs(&verbs);
	for (i = 0; i < verbs.nr; i++) {
		options_of_help(verbs.word[i], &help);
		for (k = 0; k < help.nr; k++) {
			const char letter = help.word[k][1];
			const char *text = synopsis_of(verbs.word[i]);

			if (letter == '-' || letter == 'h' ||
			    of_value(text, letter))
				continue;
			EXPECT_TRUE(has_letter(text, letter))
				TH_LOG("%s: no -%c", verbs.word[i], letter);
		}
	}
}

TEST(a_line_of_the_synopsis_for_each_verb)
{
	const char *synopsis = between("\n.Sh SYNOPSIS\n", "\n.Sh");
	struct words verbs;
	char words[64];
	size_t i;

	all_verbs(&verbs);
	for (i = 0; i < verbs.nr; i++) {
		snprintf(words, sizeof(words), "\n.Cm %s\n", verbs.word[i]);
		EXPECT_NE(NULL, strstr(synopsis, words)) TH_LOG("%s", words);
	}
}

/* What stands behind "dbgmem" in one line of README, up to the next command. */
static void check_command(struct __test_metadata *_metadata, char *line)
{
	struct words verbs, options;
	char verb[64], *word;

	all_verbs(&verbs);
	line[strcspn(line, "#|&<>\n")] = 0;
	word = strtok(line, " ");
	snprintf(verb, sizeof(verb), "%s", word ? word : "");
	if (!strcmp(verb, "bp")) {
		word = strtok(NULL, " ");
		snprintf(verb, sizeof(verb), "bp %s", word ? word : "");
	}
	EXPECT_TRUE(words_has(&verbs, verb)) TH_LOG("no verb '%s'", verb);
	options_of_help(verb, &options);
	while ((word = strtok(NULL, " "))) {
		if (word[0] != '-' || !word[1])
			continue;
		word[strcspn(word, "=")] = 0;
		EXPECT_TRUE(words_has(&options, word))
			TH_LOG("%s has no %s", verb, word);
	}
}

TEST(commands_in_the_readme_are_those_that_there_are)
{
	static const char begin[] = "    dbgmem ";
	unsigned int nr = 0;
	char line[512];
	FILE *f;

	f = fopen("README.md", "re");
	ASSERT_NE(NULL, f);
	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, begin, strlen(begin)) != 0)
			continue;
		check_command(_metadata, line + strlen(begin));
		nr++;
	}
	fclose(f);
	EXPECT_LT(10, nr);
}

/*
 * Words that @list prints, $w, for which no line of dbgmem(4) matches @pattern; and
 * if there are fewer than @at_least of them, that.
 */
static const char *lacking(const char *list, const char *pattern, int at_least)
{
	static char script[1024];
	static const char *const argv[] = { "bash", "-c", script, NULL };

	snprintf(script, sizeof(script),
		 "n=0; for w in $(%s | sort -u); do n=$((n + 1)); grep -qE \"%s\" user/man/dbgmem.4 || echo \"$w\"; done; [ $n -ge %d ] || echo \"only $n words\"",
		 list, pattern, at_least);
	return program_output(argv);
}

#define IOCTLS	"grep -ohE 'DBGMEM_IOC_[A-Z_]+' uapi/dbgmem/uapi.h | grep -v _TYPE"

TEST(the_device_has_every_ioctl_in_synopsis_and_description)
{
	EXPECT_STREQ("", lacking(IOCTLS, "^[.]Fn ioctl fd $w ", 13));
	EXPECT_STREQ("", lacking(IOCTLS, "^[.]It Dv .*$w( |$)", 13));
}

TEST(the_device_has_every_tracepoint)
{
	EXPECT_STREQ("", lacking("grep -ohP '^(TRACE|DEFINE)_EVENT\\(\\K[a-z_]+' kmod/trace.h",
				 "^[.]It Li dbgmem:$w$", 6));
}

TEST(the_device_has_every_parameter)
{
	EXPECT_STREQ("", lacking("grep -rhoP '^module_param(_cb|_named)?\\(\\K[a-z_]+' kmod",
				 "^[.]It Cm $w=", 6));
}

/* "CALL: ERRNO" for each entry of the table in the header, and of the manual. */
#define HEADER_ERRORS \
	"awk '/^ [*] [A-Za-z].*:$/ { g = substr($0, 4) } /^ [*] E[A-Z0-9]+  / { print g, $2 } /^ [*][/]/ { exit }' uapi/dbgmem/uapi.h"
#define MANUAL_ERRORS \
	"awk '/^[.]Sh/ { on = $2 == \"ERRORS\" } on && /^[.]Ss/ { g = substr($0, 5) \":\" } on && /^[.]It Bq Er/ { print g, $4 }' user/man/dbgmem.4"

TEST(the_device_has_every_error_of_every_call)
{
	static const char *const differs[] = {
		"bash", "-c",
		"diff <(" HEADER_ERRORS ") <(" MANUAL_ERRORS ")", NULL
	};
	static const char *const count[] = {
		"bash", "-c", HEADER_ERRORS " | wc -l", NULL
	};

	EXPECT_STREQ("", program_output(differs));
	EXPECT_LT(40, atoi(program_output(count)));
}

TEST_HARNESS_MAIN
