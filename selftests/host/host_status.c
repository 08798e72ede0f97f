// SPDX-License-Identifier: GPL-2.0
/* What the verbs exit with: as the manual and --help say, each of them. */
#include "help.h"
#include <kselftest_harness.h>

#include <fcntl.h>

#define MANUAL		"user/man/dbgmem.1"
#define NOBODY		"2147483647"	/* more than there are processes */

static const struct {
	const char *verb;
	const char *digits;	/* all that its --help explains */
	int lost;		/* when nothing can be printed, */
	int failed;		/* and with these arguments, module or not */
	const char *args[5];
} verbs[] = {
	{ "info", "012", 1, 1, { NOBODY } },
	{ "read", "0123", 1, 1, { NOBODY, "0x1000", "1" } },
	{ "write", "0123", 1, 1, { NOBODY, "0x1000", "--hex", "00" } },
	{ "cmpxchg", "0123", 1, 1, { NOBODY, "0x1000", "4", "0", "1" } },
	{ "bp", "0123", 1, 2, { "no-verb" } },
	{ "bp set", "0123", 1, 1, { "--yes", NOBODY, "0x1000" } },
	{ "bp list", "012", 1, 1, { NOBODY } },
	{ "maps", "0123", 1, 1, { NOBODY } },
	{ "search", "0123", 2, 2, { "--hex", "00", NOBODY } },
	{ "strings", "0123", 2, 2, { NOBODY } },
	{ "compare", "0123", 2, 2, { NOBODY, "0x1000", "0x2000", "1" } },
	{ "fill", "0123", 1, 1, { NOBODY, "0x1000", "1", "00" } },
	{ "watch", "0123", 1, 1, { NOBODY, "0x1000", "u32" } },
	{ "dump", "0123", 1, 1, { NOBODY, "/tmp/host_status.core" } },
	{ "regs", "012", 1, 1, { NOBODY } },
	{ "load", "012", 1, 1, { "no_such_parameter=1" } },
	/* The module may be needed. */
	{ "unload", "012", 1, 0, { "--help" } },
};

#define NR_VERBS	ARRAY_SIZE(verbs)

/* The exit status, or -1. @args are five at most, or end with NULL. */
static int status_of(const char *verb, const char *const *args, const char *out)
{
	char words[64], *word, *rest = words;
	const char *argv[10] = { tool_built() };
	int status, i = 1, k, fd;
	pid_t pid;

	snprintf(words, sizeof(words), "%s", verb);
	while ((word = strsep(&rest, " ")))
		argv[i++] = word;
	for (k = 0; k < 5 && args[k]; k++)
		argv[i++] = args[k];
	pid = fork();
	if (!pid) {
		fd = open(out, O_WRONLY | O_CLOEXEC);
		dup2(fd, 1);
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		dup2(fd, 0);
		dup2(fd, 2);
		execv(argv[0], (char *const *)argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(every_verb_is_in_the_table)
{
	struct words all;
	size_t i, k;

	all_verbs(&all);
	for (i = 0; i < all.nr; i++) {
		for (k = 0; k < NR_VERBS; k++)
			if (!strcmp(verbs[k].verb, all.word[i]))
				break;
		EXPECT_GT(NR_VERBS, k) TH_LOG("%s", all.word[i]);
	}
}

TEST(wrong_command_lines)
{
	static const char *const args[5] = { "--no-such-option" };
	size_t i;

	for (i = 0; i < NR_VERBS; i++) {
		EXPECT_EQ(2, status_of(verbs[i].verb, args, "/dev/null"))
			TH_LOG("%s", verbs[i].verb);
	}
}

TEST(verbs_that_fail)
{
	size_t i;

	for (i = 0; i < NR_VERBS; i++) {
		EXPECT_EQ(verbs[i].failed,
			  status_of(verbs[i].verb, verbs[i].args, "/dev/null"))
			TH_LOG("%s", verbs[i].verb);
	}
}

/* To fail is not the answer no, whatever it fails at. */
TEST(output_that_gets_lost)
{
	static const char *const args[5] = { "--help" };
	size_t i;

	for (i = 0; i < NR_VERBS; i++) {
		EXPECT_EQ(0, status_of(verbs[i].verb, args, "/dev/null"))
			TH_LOG("%s", verbs[i].verb);
		EXPECT_EQ(verbs[i].lost,
			  status_of(verbs[i].verb, args, "/dev/full"))
			TH_LOG("%s", verbs[i].verb);
	}
}

/* The digits that stand alone in what --help says of the exit status. */
static const char *digits_of(const char *verb)
{
	const char *text = strstr(help_of(verb), "Exit status:"), *p;
	static char digits[16];
	size_t nr = 0;

	for (p = text; p && *p && nr < sizeof(digits) - 1; p++)
		if (isdigit((unsigned char)*p) && p[1] == ' ' &&
		    (p[-1] == ' ' || p[-1] == '\n'))
			digits[nr++] = *p;
	digits[nr] = 0;
	return digits;
}

TEST(help_explains_each_status)
{
	size_t i;

	for (i = 0; i < NR_VERBS; i++) {
		EXPECT_STREQ(verbs[i].digits, digits_of(verbs[i].verb))
			TH_LOG("%s", verbs[i].verb);
	}
}

/* What is special about a verb: 3 without a word of its own is "a part". */
TEST(the_manual_has_what_is_special)
{
	static const char *const special[] = {
		"search , strings :", "compare :", "search , strings , compare :",
		"cmpxchg :", "dump :", "watch :", "maps :", "bp set :", "read :",
	};
	static char text[1 << 17];
	char words[64];
	size_t i, n;
	char *p;
	FILE *f;

	f = fopen(MANUAL, "re");
	ASSERT_NE(NULL, f);
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = 0;
	p = strstr(text, "\n.Sh EXIT STATUS\n");
	ASSERT_NE(NULL, p);
	*strstr(p, "\n.Sh EXAMPLES\n") = 0;
	for (i = 0; i < ARRAY_SIZE(special); i++) {
		snprintf(words, sizeof(words), "\n.Cm %s\n", special[i]);
		EXPECT_NE(NULL, strstr(p, words)) TH_LOG("%s", special[i]);
	}
}

TEST_HARNESS_MAIN
