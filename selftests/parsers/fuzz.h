/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fuzzers of the parsers share. Each is a file that says which sources
 * it is of, and has one function; driver.c or libFuzzer calls it.
 */
#ifndef SELFTESTS_PARSERS_FUZZ_H
#define SELFTESTS_PARSERS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A promise of the parser's, beside those that the sanitizers look after. */
#define MUST(cond) do {							\
	if (!(cond)) {							\
		fprintf(stderr, "%s:%d: not so: %s\n", __FILE__,	\
			__LINE__, #cond);				\
		abort();						\
	}								\
} while (0)

/* A string of it, whose end the sanitizer knows; to be freed. */
static inline char *text_of(const uint8_t *data, size_t len)
{
	char *text = malloc(len + 1);

	if (!text)
		abort();
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	return text;
}

/* Reasons are one line, with an end. */
#define ERR_SIZE	64

static inline void check_reason(const char *err)
{
	MUST(*err && memchr(err, '\0', ERR_SIZE));
}

#endif /* SELFTESTS_PARSERS_FUZZ_H */
