// SPDX-License-Identifier: GPL-2.0
/* The library's words for reasons and sources: all have some, of their own. */
#include <string.h>

#include <dbgmem.h>

#include "kselftest_harness.h"

/* At least these; what comes behind has words too, or none has. */
#define LAST_REASON	DBGMEM_REASON_CANCELED
#define LAST_SOURCE	DBGMEM_SOURCE_TRACER

static const char *reason(int i)
{
	return dbgmem_reason_str((uint32_t)i);
}

static const char *source(int i)
{
	return dbgmem_source_str((enum dbgmem_source)i);
}

/* How many have words before the first that is unknown; -1: two are the same. */
static int count(const char *(*words)(int))
{
	int i, j;

	for (i = 0; !words(i) || strcmp(words(i), words(-1)); i++)
		for (j = 0; j <= i; j++)
			if (!words(i) ||
			    (j < i && !strcmp(words(i), words(j))))
				return -1;
	return i;
}

TEST(every_reason_has_words_of_its_own)
{
	ASSERT_NE(NULL, reason(-1));
	EXPECT_GT(count(reason), LAST_REASON);
}

TEST(every_source_has_words_of_its_own)
{
	ASSERT_NE(NULL, source(-1));
	EXPECT_GT(count(source), (int)LAST_SOURCE);
}

TEST_HARNESS_MAIN
