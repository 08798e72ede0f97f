// SPDX-License-Identifier: GPL-2.0
/* What people type first, and what they are told; no module is needed for that. */
#include "help.h"
#include <kselftest_harness.h>

#include <signal.h>
#include <sys/prctl.h>

#define NAME	"dbgmem_words"

/* What the tool says of a command line, on both streams. */
static const char *said(const char *typed)
{
	char command[4608];
	const char *const argv[] = { "bash", "-c", command, NULL };

	snprintf(command, sizeof(command), "'%s' %s 2>&1 </dev/null", tool_built(),
		 typed);
	return program_output(argv);
}

static const struct {
	const char *typed, *said;
} first_words[] = {
	{ "version", "dbgmem " },
	{ "help read", "Usage: dbgmem read " },
	{ "help bp set", "Usage: dbgmem bp set " },
	{ "raed 1 0x1000 8", "did you mean 'read'?" },
	{ "serach --string x 1", "did you mean 'search'?" },
	{ "bp sett 1 0x1000", "did you mean 'set'?" },
	{ "bp clear 1 0x1000", "end the 'dbgmem bp set' that holds them" },
	{ "read", "PID is needed" },
	{ "read '145 146' '[heap]' 8", "more than one process id" },
	{ "read 1 0x1000 64q", "'64q' is not a length" },
	{ "read 1 0x1000 int", "'dbgmem watch -c 1 PID ADDR int' prints the value" },
	{ "read 1 0x1000 bytes:8", "'dbgmem watch -c 1 PID ADDR bytes:8'" },
	{ "fill 1 0x1000 int --int 0", "'int' is not a length" },
	{ "read 1 0x401000-0x402000 16", "write 0x401000 for ADDR and 0x1000 for LEN" },
	/* It had this letter once. */
	{ "read -n 1 0x1000 8", "invalid option -- 'n'" },
	{ "write 1 0x1000 42", "one of --hex, --string" },
	{ "write 1 0x1000 hello", "one of --hex, --string" },
	{ "write 1 0x1000 --int", "'--int' requires an argument" },
	{ "write 1 0x1000 --int", "a value is one of --hex, --string" },
	{ "search --float 1.5 1", "a value is one of --hex, --string" },
	{ "write 1 0x1000 --u64 -1", "'-1' is negative" },
	{ "write 1 0x1000 --u8 300", "does not fit in 1 byte\n" },
	{ "cmpxchg 1 0x1000 1 300 0", "does not fit in 1 byte\n" },
	{ "fill 1 0x1000 16", "one of --hex, --string" },
	{ "cmpxchg 1 0x1000", "two of --hex, --string" },
	{ "search 1", "one of --hex, --string" },
	{ "search 1 '[heap]'", "one of --hex, --string" },
	{ "watch 1 0x1000 long", "int, float, double" },
	{ "watch -i 100 ms 1 0x1000 int", "'ms' is not a process id" },
	{ "watch -i 0 1 0x1000 int", "from 0.001 to 1000000 seconds" },
	{ "dump 1", "- is standard output" },
};

TEST(what_is_typed_first_is_answered)
{
	const char *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(first_words); i++) {
		text = said(first_words[i].typed);
		EXPECT_NE(NULL, strstr(text, first_words[i].said))
			TH_LOG("%s: %s", first_words[i].typed, text);
	}
}

/* A process by a name that no other has; ended by SIGKILL. */
static pid_t named_process(void)
{
	char byte;
	int fd[2];
	pid_t pid;

	if (pipe(fd))
		abort();
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, NAME);
		close(fd[0]);
		close(fd[1]);
		pause();
		_exit(0);
	}
	close(fd[1]);
	/* Until it has its name. */
	if (read(fd[0], &byte, 1))
		abort();
	close(fd[0]);
	return pid;
}

static void end_process(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* A help text is "Usage:", two examples, and the rest, on one screen. */
static void check_help(struct __test_metadata *_metadata, const char *verb)
{
	const char *text = help_of(verb), *line, *end, *examples;
	char command[64];
	int nr = 0;

	EXPECT_EQ(text, strstr(text, "Usage: dbgmem ")) TH_LOG("%s", verb);
	for (line = text; (end = strchr(line, '\n')); line = end + 1, nr++)
		EXPECT_GE(80, end - line)
			TH_LOG("%s: %.*s", verb, (int)(end - line), line);
	EXPECT_GE(40, nr) TH_LOG("%s", verb);
	examples = strstr(text, "\n\nExamples:\n");
	ASSERT_NE(NULL, examples) TH_LOG("%s", verb);
	snprintf(command, sizeof(command), "\n  dbgmem %s", verb);
	for (nr = 0; (examples = strstr(examples + 1, command)); nr++)
		;
	EXPECT_EQ(2, nr) TH_LOG("%s", verb);
}

TEST(help_fits_a_screen_and_begins_with_two_examples)
{
	struct words verbs;
	size_t i;

	all_verbs(&verbs);
	ASSERT_LT(10, verbs.nr);
	for (i = 0; i < verbs.nr; i++)
		check_help(_metadata, verbs.word[i]);
	check_help(_metadata, "bp");
	check_help(_metadata, "");
}

TEST(name_in_place_of_a_pid_is_answered_with_the_pid)
{
	static const char *const verbs[] = {
		"info", "read", "write", "maps", "search --int 1", "strings",
		"watch", "dump", "regs", "bp set", "bp list", "fill", "cmpxchg",
		"compare",
	};
	const char *text;
	char typed[128], meant[64];
	pid_t pid;
	size_t i;

	pid = named_process();
	snprintf(meant, sizeof(meant), "did you mean %d (" NAME ")?", (int)pid);
	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		snprintf(typed, sizeof(typed), "%s " NAME, verbs[i]);
		text = said(typed);
		EXPECT_NE(NULL, strstr(text, meant))
			TH_LOG("%s: %s", typed, text);
	}
	end_process(pid);
}

TEST(two_pids_of_pidof_are_seen_to_be_two)
{
	const pid_t one = named_process(), two = named_process();
	char typed[128];
	const char *text;

	snprintf(typed, sizeof(typed), "read %d %d 8", (int)one, (int)two);
	text = said(typed);
	EXPECT_NE(NULL, strstr(text, "both process ids")) TH_LOG("%s", text);
	end_process(one);
	end_process(two);
}

TEST_HARNESS_MAIN
