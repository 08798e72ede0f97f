// SPDX-License-Identifier: GPL-2.0
/* Messages: what failed, why, what to do; always on stderr. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/message.h"
#include "text/text.h"

/* The text may have names from the target or other users. */
static void put(const char *fmt, va_list ap)
{
	char *text;

	/* Keep the order of output and messages on a terminal. */
	fflush(stdout);
	fputs("dbgmem: ", stderr);
	if (vasprintf(&text, fmt, ap) >= 0) {
		text_print_message(stderr, text, strlen(text));
		free(text);
	} else {
		fputs("out of memory", stderr);
	}
	fputc('\n', stderr);
}

void msg(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(fmt, ap);
	va_end(ap);
}

int msg_hint(const char *verb)
{
	fprintf(stderr, "Try 'dbgmem %s%s--help'.\n", verb, *verb ? " " : "");
	return STATUS_USAGE;
}

int msg_usage(const char *verb, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(fmt, ap);
	va_end(ap);
	return msg_hint(verb);
}

int exit_answer(int status)
{
	switch (status) {
	case STATUS_NO:
		return 1;
	case STATUS_FAILED:
		return 2;
	default:
		return status;
	}
}

int finish(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	msg("cannot write to standard output: %s", strerror(errno));
	return status == STATUS_OK || status == STATUS_NO ? STATUS_FAILED : status;
}
