/* SPDX-License-Identifier: GPL-2.0 */
/* The verbs and options that the tool's --help tells of. */
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

#include "kselftest_harness.h"

#define MAX_WORDS	64

struct words {
	size_t nr;
	char word[MAX_WORDS][32];
};

static inline void add(struct words *w, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < w->nr; i++)
		if (strlen(w->word[i]) == len && !strncmp(w->word[i], s, len))
			return;
	if (w->nr == MAX_WORDS || len >= sizeof(w->word[0]))
		abort();
	memcpy(w->word[w->nr], s, len);
	w->word[w->nr++][len] = 0;
}

static inline bool has(const struct words *w, const char *s)
{
	size_t i;

	for (i = 0; i < w->nr; i++)
		if (!strcmp(w->word[i], s))
			return true;
	return false;
}

/* What a program prints; @argv ends with NULL. */
static inline const char *output(const char *const *argv)
{
	static char text[1 << 20];
	size_t len = 0;
	int fd[2];
	ssize_t n;
	pid_t pid;

	if (pipe(fd))
		abort();
	pid = fork();
	if (!pid) {
		dup2(fd[1], 1);
		close(fd[0]);
		close(fd[1]);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	close(fd[1]);
	while ((n = read(fd[0], text + len, sizeof(text) - 1 - len)) > 0)
		len += n;
	close(fd[0]);
	waitpid(pid, NULL, 0);
	text[len] = 0;
	return text;
}

/* The tool that was built with this program. */
static inline const char *tool(void)
{
	static char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 32);
	char *p;

	if (n < 0)
		abort();
	path[n] = 0;
	p = strrchr(path, '/');
	*p = 0;
	p = strrchr(path, '/');
	strcpy(p, "/user/dbgmem");
	return path;
}

/* "bp set" are two words. */
static inline const char *help_of(const char *verb)
{
	static char copy[64];
	const char *argv[5] = { tool() };
	char *word, *rest = copy;
	int i = 1;

	snprintf(copy, sizeof(copy), "%s", verb);
	while ((word = strsep(&rest, " ")))
		if (*word)
			argv[i++] = word;
	argv[i] = "--help";
	return output(argv);
}

/* The verbs are indented by two, and followed by what they do. */
static inline void verbs_of_help(struct words *w)
{
	const char *p = strstr(help_of(""), "\nVerbs:\n");

	w->nr = 0;
	for (p = p ? p + 8 : ""; !strncmp(p, "  ", 2); p = strchr(p, '\n') + 1)
		add(w, p + 2, strcspn(p + 2, " \n"));
}

static inline bool is_option(char c)
{
	return isalnum((unsigned char)c) || c == '-';
}

/* In a sentence there may be those of other verbs: the list is indented. */
static inline bool in_list(const char *text, const char *p)
{
	while (p > text && p[-1] != '\n')
		p--;
	return !strncmp(p, "  ", 2);
}

/* Wherever --long stands, and -x where it stands before ", --". */
static inline void options_of_help(const char *verb, struct words *w)
{
	const char *text = help_of(verb), *p;
	size_t n;

	w->nr = 0;
	for (p = text; (p = strstr(p, "--")); p += n) {
		for (n = 2; is_option(p[n]); n++)
			;
		if (n == 2 || !in_list(text, p) || is_option(p[-1]))
			continue;
		add(w, p, n);
		if (p - text > 4 && !strncmp(p - 2, ", ", 2) && p[-4] == '-')
			add(w, p - 4, 2);
	}
}

/* Whether all of one are in the other; with a message that names it. */
#define EXPECT_ALL(of, in, where) do {					\
	size_t _n;							\
	for (_n = 0; _n < (of)->nr; _n++)				\
		EXPECT_TRUE(has(in, (of)->word[_n]))			\
			TH_LOG("%s: no %s", where, (of)->word[_n]);	\
} while (0)

static const char *const sub_verbs[] = { "bp set", "bp list" };

#define NR_SUB_VERBS	(sizeof(sub_verbs) / sizeof(sub_verbs[0]))

/* The verbs whose options are compared: "bp" has those of its own verbs. */
static inline void all_verbs(struct words *w)
{
	size_t i;

	verbs_of_help(w);
	for (i = 0; i < w->nr; i++)
		if (!strcmp(w->word[i], "bp"))
			strcpy(w->word[i], sub_verbs[0]);
	for (i = 1; i < NR_SUB_VERBS; i++)
		add(w, sub_verbs[i], strlen(sub_verbs[i]));
}

#endif /* SELFTESTS_HELP_H */
