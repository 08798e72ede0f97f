// SPDX-License-Identifier: GPL-2.0
/* The datagrams between 'dbgmem bp clear' and who holds the breakpoints. */
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"
#include "../user/cli/request.h"

TEST(a_request_arrives_as_it_was)
{
	static const struct request requests[] = {
		{ .pid = 1, .all = true },
		{ .pid = 2147483647, .all = true },
		{ .pid = 7, .addr = 0 },
		{ .pid = 2147483647, .addr = UINT64_MAX },
	};
	char buf[REQUEST_MAX];
	struct request r;
	size_t i, len;

	for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		len = request_format(&requests[i], buf);
		ASSERT_LT(len, sizeof(buf));
		memset(&r, 0x5a, sizeof(r));
		ASSERT_EQ(0, request_parse(buf, len, &r)) TH_LOG("%s", buf);
		EXPECT_EQ(requests[i].pid, r.pid);
		EXPECT_EQ(requests[i].all, r.all);
		EXPECT_EQ(requests[i].addr, r.addr);
	}
}

TEST(an_answer_arrives_as_it_was)
{
	static const struct answer answers[] = {
		{ .status = ANSWER_OK, .cleared = 3, .lost = 1 },
		{ .status = ANSWER_NONE },
		{ .status = ANSWER_FAILED, .cleared = UINT32_MAX,
		  .lost = UINT32_MAX, .text = "at 0x10: no, not that" },
		{ .status = ANSWER_FAILED },
	};
	char buf[ANSWER_MAX];
	struct answer a;
	size_t i, len;

	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		len = answer_format(&answers[i], buf);
		memset(&a, 0x5a, sizeof(a));
		ASSERT_EQ(0, answer_parse(buf, len, &a)) TH_LOG("%s", buf);
		EXPECT_EQ(answers[i].status, a.status);
		EXPECT_EQ(answers[i].cleared, a.cleared);
		EXPECT_EQ(answers[i].lost, a.lost);
		EXPECT_STREQ(answers[i].text, a.text);
	}
}

TEST(a_long_answer_is_cut)
{
	struct answer a = { .status = ANSWER_FAILED }, b;
	char buf[ANSWER_MAX];
	size_t len;

	memset(a.text, 'x', sizeof(a.text) - 1);
	len = answer_format(&a, buf);
	EXPECT_EQ(ANSWER_MAX - 1, len);
	ASSERT_EQ(0, answer_parse(buf, len, &b));
	EXPECT_EQ(len - strlen("failed 0 0 "), strlen(b.text));
}

TEST(what_is_no_request)
{
	static const char *const bad[] = {
		"", " ", "clear", "clear 1", "clear 1 ", "clear  all", "clear 1 al",
		"clear 0 all", "clear -1 all", "clear 2147483648 all",
		"clear x all", "clear 1 0x", "clear 1 -1", "clear 1 all ",
		"clear 1 0x1 0x2", " clear 1 all", "clear 1  all", "set 1 all",
		"clear 1 0x10000000000000000", "clear 1 all\n",
	};
	const char *const *s;
	char buf[REQUEST_MAX + 1];
	struct request r;

	for (s = bad; s < bad + sizeof(bad) / sizeof(bad[0]); s++) {
		EXPECT_EQ(-EINVAL, request_parse(*s, strlen(*s), &r))
			TH_LOG("'%s'", *s);
	}
	/* A NUL within or behind; and more than there may be. */
	EXPECT_EQ(-EINVAL, request_parse("clear 1 all\0x", 13, &r));
	EXPECT_EQ(-EINVAL, request_parse("clear 1 all", 12, &r));
	EXPECT_EQ(0, request_parse("clear 1 all", 11, &r));
	memset(buf, '1', sizeof(buf));
	memcpy(buf, "clear 1 ", 8);
	EXPECT_EQ(-EINVAL, request_parse(buf, sizeof(buf), &r));
	EXPECT_EQ(-EINVAL, request_parse(buf, REQUEST_MAX, &r));
}

TEST(what_is_no_answer)
{
	static const char *const bad[] = {
		"", "ok", "ok 1", "ok 1 2", "ok x 2 ", "ok 1 4294967296 ",
		"OK 1 2 ", "good 1 2 ", "ok  1 2 ", "HTTP/1.1 400 Bad Request",
	};
	const char *const *s;
	struct answer a;

	for (s = bad; s < bad + sizeof(bad) / sizeof(bad[0]); s++) {
		EXPECT_EQ(-EINVAL, answer_parse(*s, strlen(*s), &a))
			TH_LOG("'%s'", *s);
	}
}

TEST(an_answer_does_not_reach_the_terminal)
{
	static const char in[] = "failed 0 0 a\033[2Jb\nc\xff";
	struct answer a;

	ASSERT_EQ(0, answer_parse(in, sizeof(in) - 1, &a));
	EXPECT_STREQ("a?[2Jb?c?", a.text);
}

TEST(holders_have_names_of_their_own)
{
	struct sockaddr_un a, b;
	socklen_t len = request_address(1, &a);

	EXPECT_EQ('\0', a.sun_path[0]);
	EXPECT_GT(len, offsetof(struct sockaddr_un, sun_path) + 2);
	EXPECT_LE(request_address(2147483647, &b), sizeof(b));
	EXPECT_EQ(len, request_address(2, &b));
	EXPECT_NE(0, memcmp(&a, &b, len));
}

TEST_HARNESS_MAIN
