// SPDX-License-Identifier: GPL-2.0
/* Messages: what failed, why, what to do; always on stderr. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

static void put(const char *fmt, va_list ap)
{
	/* What was printed before stands before it, in a shared terminal. */
	fflush(stdout);
	fputs("dbgmem: ", stderr);
	vfprintf(stderr, fmt, ap);
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

int finish(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	msg("cannot write to standard output: %s", strerror(errno));
	return status == STATUS_OK ? STATUS_FAILED : status;
}
