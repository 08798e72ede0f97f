// SPDX-License-Identifier: GPL-2.0
/* Words that are not known, and what was meant. */
#include "kselftest_harness.h"
#include "text/typo.h"

static const char *const words[] = {
	"info", "read", "write", "bp", "maps", "search", "strings", "dump",
};

static const char *meant(const char *word)
{
	const char *text = typo_meant(word, words,
				      ARRAY_SIZE(words));

	return text ? text : "";
}

TEST(letters_that_are_wrong_missing_too_many_or_exchanged)
{
	EXPECT_STREQ("read", meant("raed"));
	EXPECT_STREQ("read", meant("reed"));
	EXPECT_STREQ("read", meant("rea"));
	EXPECT_STREQ("search", meant("serch"));
	EXPECT_STREQ("search", meant("seaarch"));
	EXPECT_STREQ("strings", meant("string"));
	EXPECT_STREQ("write", meant("wriet"));
	EXPECT_STREQ("maps", meant("map"));
	EXPECT_STREQ("bp", meant("pb"));
}

TEST(the_beginning_of_a_word)
{
	EXPECT_STREQ("search", meant("sea"));
	EXPECT_STREQ("strings", meant("str"));
}

TEST(what_resembles_nothing)
{
	EXPECT_STREQ("", meant(""));
	EXPECT_STREQ("", meant("x"));
	EXPECT_STREQ("", meant("attach"));
	EXPECT_STREQ("", meant("a very long word that is no verb"));
}

TEST_HARNESS_MAIN
