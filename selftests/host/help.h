/* SPDX-License-Identifier: GPL-2.0 */
/* The verbs and options in the tool's --help. */
#ifndef SELFTESTS_HELP_H
#define SELFTESTS_HELP_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_WORDS	64

struct words {
	size_t nr;
	char word[MAX_WORDS][32];
};

void words_add(struct words *w, const char *s, size_t len);
bool words_has(const struct words *w, const char *s);

/* The output of a program; @argv ends with NULL. */
const char *program_output(const char *const *argv);

/* The tool that was built with this program. */
const char *tool_built(void);

/* "bp set" are two words. */
const char *help_of(const char *verb);

/* The verbs are indented by two, and followed by what they do. */
void verbs_of_help(struct words *w);
bool is_option(char c);

/* Wherever --long stands, and -x where it stands before ", --". */
void options_of_help(const char *verb, struct words *w);

/* Expect that all words of @of are in @in; the message names the one that is not. */
#define EXPECT_ALL(of, in, where) do {					\
	size_t _n;							\
	for (_n = 0; _n < (of)->nr; _n++)				\
		EXPECT_TRUE(words_has(in, (of)->word[_n]))			\
			TH_LOG("%s: no %s", where, (of)->word[_n]);	\
} while (0)

/* All verbs; "bp" is replaced by its own verbs. */
void all_verbs(struct words *w);

#endif /* SELFTESTS_HELP_H */
