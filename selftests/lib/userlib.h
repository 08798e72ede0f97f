/* SPDX-License-Identifier: GPL-2.0 */
/* For tests of libdbgmem: memory of a target, and failures. */
#ifndef SELFTESTS_USERLIB_H
#define SELFTESTS_USERLIB_H

#include "page.h"

#include <poll.h>

#include <dbgmem_interfaces.h>

#define PAGES	8

const char *missing_words(const char *const *words, size_t nr);

/*
 * Expect that the last call of this thread failed with this code, this error
 * source, and these words in its message.
 */
#define EXPECT_ERROR(_code, _source, ...) do {				\
	static const char *const _words[] = { __VA_ARGS__ };		\
	EXPECT_EQ(_code, dbgmem_last_error()->code)			\
		TH_LOG("%s", dbgmem_errstr());				\
	EXPECT_EQ(_source, dbgmem_last_error()->source)			\
		TH_LOG("%s: %s", dbgmem_source_str(dbgmem_last_error()->source), \
		       dbgmem_errstr());				\
	EXPECT_STREQ("", missing_words(_words, sizeof(_words) /		\
					       sizeof(_words[0])))	\
		TH_LOG("%s", dbgmem_errstr());				\
	EXPECT_EQ(NULL, strchr(dbgmem_errstr(), '\n'));			\
} while (0)

/* The message of the last failure names @addr. */
#define EXPECT_ADDRESS(addr) do {					\
	char _text[32];							\
									\
	snprintf(_text, sizeof(_text), "at 0x%llx",			\
		 (unsigned long long)(addr));				\
	EXPECT_NE(NULL, strstr(dbgmem_errstr(), _text))			\
		TH_LOG("no '%s' in: %s", _text, dbgmem_errstr());	\
} while (0)

/* A segment whose answer must be written. */
struct dbgmem_segment user_segment(uint64_t addr, void *buf, uint64_t len);

/*
 * The number of bytes that are not the pattern's, without those of the hole, if
 * any.
 */
long bytes_changed(void *hole);
long other_program(void *unused);

#endif /* SELFTESTS_USERLIB_H */
