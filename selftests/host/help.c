// SPDX-License-Identifier: GPL-2.0
#include "help.h"
#include "sizes.h"

void words_add(struct words *w, const char *s, size_t len)
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

bool words_has(const struct words *w, const char *s)
{
	size_t i;

	for (i = 0; i < w->nr; i++)
		if (!strcmp(w->word[i], s))
			return true;
	return false;
}

const char *program_output(const char *const *argv)
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

const char *tool_built(void)
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

const char *help_of(const char *verb)
{
	static char copy[64];
	const char *argv[5] = { tool_built() };
	char *word, *rest = copy;
	int i = 1;

	snprintf(copy, sizeof(copy), "%s", verb);
	while ((word = strsep(&rest, " ")))
		if (*word)
			argv[i++] = word;
	argv[i] = "--help";
	return program_output(argv);
}

void verbs_of_help(struct words *w)
{
	const char *p = strstr(help_of(""), "\nVerbs:\n");

	w->nr = 0;
	for (p = p ? p + 8 : ""; !strncmp(p, "  ", 2); p = strchr(p, '\n') + 1)
		words_add(w, p + 2, strcspn(p + 2, " \n"));
}

bool is_option(char c)
{
	return isalnum((unsigned char)c) || c == '-';
}

/* In a sentence there may be those of other verbs: the list is indented. */
static bool in_list(const char *text, const char *p)
{
	while (p > text && p[-1] != '\n')
		p--;
	return !strncmp(p, "  ", 2);
}

void options_of_help(const char *verb, struct words *w)
{
	const char *text = help_of(verb), *p;
	size_t n;

	w->nr = 0;
	for (p = text; (p = strstr(p, "--")); p += n) {
		for (n = 2; is_option(p[n]); n++)
			;
		if (n == 2 || !in_list(text, p) || is_option(p[-1]))
			continue;
		words_add(w, p, n);
		if (p - text > 4 && !strncmp(p - 2, ", ", 2) && p[-4] == '-')
			words_add(w, p - 4, 2);
	}
}

static const char *const sub_verbs[] = { "bp set", "bp list" };

void all_verbs(struct words *w)
{
	size_t i;

	verbs_of_help(w);
	for (i = 0; i < w->nr; i++)
		if (!strcmp(w->word[i], "bp"))
			strcpy(w->word[i], sub_verbs[0]);
	for (i = 1; i < ARRAY_SIZE(sub_verbs); i++)
		words_add(w, sub_verbs[i], strlen(sub_verbs[i]));
}
