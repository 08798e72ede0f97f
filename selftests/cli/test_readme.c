// SPDX-License-Identifier: GPL-2.0
/*
 * README's session in a terminal: its commands are run, and what they print must
 * be what README shows. What differs is printed, to be put there.
 */
#include "common.h"
#include "readme.h"

#include <pty.h>

#include "kselftest_harness.h"

#define PID		"1234"	/* of the server, in README */

FIXTURE(readme)
{
	pid_t server;
	char pid[16];
};

FIXTURE_SETUP(readme)
{
	int out[2];
	char c;

	ASSERT_EQ(0, pipe2(out, O_CLOEXEC));
	ASSERT_TRUE(!symlink("/tests/helper_server", "/tmp/server") ||
		    errno == EEXIST);
	self->server = fork();
	ASSERT_LE(0, self->server);
	if (!self->server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(out[1], 1);
		execl("/tmp/server", "server", NULL);
		_exit(127);
	}
	close(out[1]);
	ASSERT_EQ(1, read(out[0], &c, 1));
	close(out[0]);
	snprintf(self->pid, sizeof(self->pid), "%d", self->server);
}

FIXTURE_TEARDOWN(readme)
{
	kill(self->server, SIGKILL);
	waitpid(self->server, NULL, 0);
	unlink("/tmp/server");
}

/* @text with @from replaced by @to; to be freed. */
static char *replace(const char *text, const char *from, const char *to)
{
	size_t len = strlen(from), size;
	const char *p;
	char *ret;
	FILE *f;

	f = open_memstream(&ret, &size);
	for (; (p = strstr(text, from)); text = p + len)
		fprintf(f, "%.*s%s", (int)(p - text), text, to);
	fputs(text, f);
	fclose(f);
	return ret;
}

/* What @command prints on a terminal; to be freed. */
static char *run_on_terminal(const char *command)
{
	char *out, *ret, buf[4096];
	size_t size;
	ssize_t n;
	pid_t pid;
	FILE *f;
	int pty;

	pid = forkpty(&pty, NULL, NULL, NULL);
	if (pid < 0)
		abort();
	if (!pid) {
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	f = open_memstream(&out, &size);
	while ((n = read(pty, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, (size_t)n, f);
	fclose(f);
	close(pty);
	waitpid(pid, NULL, 0);
	ret = replace(out, "\r\n", "\n");
	free(out);
	return ret;
}

/* What README's @session prints today, in README's words; to be freed. */
static char *run_session(const char *session, const char *pid)
{
	char *lines = strdup(session), *next = lines, *line, *all;
	char *command, *out, *shown;
	size_t size;
	FILE *f;

	f = open_memstream(&all, &size);
	while ((line = strsep(&next, "\n"))) {
		if (strncmp(line, "# ", 2) != 0)
			continue;
		command = replace(line + 2, PID, pid);
		out = run_on_terminal(command);
		shown = replace(out, pid, PID);
		fprintf(f, "%s\n%s", line, shown);
		free(shown);
		free(out);
		free(command);
	}
	fclose(f);
	free(lines);
	return all;
}

TEST_F(readme, session_prints_what_it_shows)
{
	static const char begin[] = "\n```console\n";
	const char *from = strstr(readme, begin), *end;
	char *session, *today;

	ASSERT_NE(NULL, from);
	from += strlen(begin);
	end = strstr(from, "```\n");
	ASSERT_NE(NULL, end);
	session = strndup(from, (size_t)(end - from));
	today = run_session(session, self->pid);
	EXPECT_STREQ(session, today)
		TH_LOG("README's session is today:\n%s", today);
	free(session);
	free(today);
}

TEST_HARNESS_MAIN
