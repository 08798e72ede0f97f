// SPDX-License-Identifier: GPL-2.0
/* Foreign text on its way to a terminal: names, messages, JSON. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <dbgmem.h>

#include "kselftest_harness.h"
#include "text/json.h"
#include "text/message.h"
#include "text/text.h"
#include "random.h"

/* What a terminal acts on, and how text_print() writes it. */
static const struct {
	const char *raw, *printed;
} hostile[] = {
	{ "\033[31mred", "\\033[31mred" },
	{ "a\nb\tc\rd", "a\\012b\\011c\\015d" },
	{ "\a\b\177", "\\007\\010\\177" },
	{ "\302\200\302\2332J", "\\302\\200\\302\\2332J" },
	{ "\2332J", "\\2332J" },
	{ "\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f",
	  "\\330\\234\\342\\200\\216\\342\\200\\217" },
	{ "\342\200\250\342\200\256cod.txt",
	  "\\342\\200\\250\\342\\200\\256cod.txt" },
	{ "\xe2\x81\xa6\xe2\x81\xa9", "\\342\\201\\246\\342\\201\\251" },
	{ "\xff\xc0\xaf\xed\xa0\x80", "\\377\\300\\257\\355\\240\\200" },
	{ "\xe2\x80", "\\342\\200" },
	{ "a\\012b", "a\\134012b" },
};

/* What is no harm. */
static const char *const plain[] = {
	"", "libc.so.6", "/tmp/caf\xc3\xa9 \xe2\x82\xac", "\xf0\x9f\x98\x80",
	"\xc2\xa0", "\xe2\x80\x8d", "~",
};

#define NR(a)	(sizeof(a) / sizeof((a)[0]))

/* No byte of @s does anything but show a character. */
static bool is_safe(const char *s)
{
	return text_span(s, strlen(s)) == strlen(s);
}

TEST(what_a_terminal_acts_on_is_written_as_digits)
{
	char *text;
	size_t i;

	for (i = 0; i < NR(hostile); i++) {
		text = text_escape(hostile[i].raw, strlen(hostile[i].raw));
		ASSERT_NE(NULL, text);
		EXPECT_STREQ(hostile[i].printed, text);
		EXPECT_TRUE(is_safe(text));
		free(text);
	}
	for (i = 0; i < NR(plain); i++) {
		text = text_escape(plain[i], strlen(plain[i]));
		ASSERT_NE(NULL, text);
		EXPECT_STREQ(plain[i], text);
		free(text);
	}
}

TEST(what_was_written_can_be_typed)
{
	char copy[64];
	size_t i;

	for (i = 0; i < NR(hostile); i++) {
		strcpy(copy, hostile[i].printed);
		text_unescape(copy);
		EXPECT_STREQ(hostile[i].raw, copy);
	}
}

TEST(digits_that_are_no_byte_stay)
{
	static const char *const as_they_are[] = {
		"\\", "\\1", "\\12", "\\000", "\\400", "\\018", "\\n", "\\\\",
	};
	char copy[64];
	size_t i;

	for (i = 0; i < NR(as_they_are); i++) {
		strcpy(copy, as_they_are[i]);
		text_unescape(copy);
		EXPECT_STREQ(as_they_are[i], copy);
	}
}

/* Random names, all the same: printed they are safe, and typed the same again. */
TEST(any_name_there_and_back)
{
	char name[16], *text;
	uint64_t random = 16;
	unsigned int i, k;

	for (i = 0; i < 200000; i++) {
		for (k = 0; k < sizeof(name) - 1; k++)
			name[k] = (char)(random_below(&random, 255) + 1);
		name[random_below(&random, sizeof(name))] = 0;
		name[sizeof(name) - 1] = 0;
		text = text_escape(name, strlen(name));
		ASSERT_NE(NULL, text);
		ASSERT_TRUE(is_safe(text));
		text_unescape(text);
		ASSERT_STREQ(name, text);
		free(text);
	}
}

/* What @print writes to descriptor @fd. */
static const char *output(int fd, void (*print)(const char *raw),
			  const char *raw)
{
	static char text[512];
	int file = memfd_create("output", MFD_CLOEXEC), kept = dup(fd);
	ssize_t n;

	fflush(stdout);
	dup2(file, fd);
	print(raw);
	fflush(stdout);
	dup2(kept, fd);
	close(kept);
	n = pread(file, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = 0;
	close(file);
	return text;
}

static void print_message(const char *raw)
{
	msg("no mapping is named '%s'", raw);
}

static void print_usage(const char *raw)
{
	msg_usage("read", "'%s' is not a process id", raw);
}

static void print_json(const char *raw)
{
	struct json_object *o = json_object_new_object();

	json_put(o, "name", json_text(raw, strlen(raw)));
	json_print(o);
}

static void print_json_line(const char *raw)
{
	struct json_object *o = json_object_new_object();

	json_put(o, "name", json_text(raw, strlen(raw)));
	json_line(o);
}

/* The lines of @text, all of them. */
static bool lines_are_safe(const char *text)
{
	const char *end;

	for (; (end = strchr(text, '\n')); text = end + 1)
		if (text_span(text, (size_t)(end - text)) !=
		    (size_t)(end - text))
			return false;
	return is_safe(text);
}

TEST(messages_and_json_are_safe_whatever_is_in_them)
{
	static const struct {
		int fd;
		void (*print)(const char *raw);
	} ways[] = {
		{ STDERR_FILENO, print_message },
		{ STDERR_FILENO, print_usage },
		{ STDOUT_FILENO, print_json },
		{ STDOUT_FILENO, print_json_line },
	};
	const char *text;
	size_t i, k;

	for (k = 0; k < NR(ways); k++) {
		for (i = 0; i < NR(hostile); i++) {
			text = output(ways[k].fd, ways[k].print,
				      hostile[i].raw);
			EXPECT_LT(strlen(hostile[i].raw), strlen(text));
			EXPECT_TRUE(lines_are_safe(text))
				TH_LOG("way %zu: %s", k, hostile[i].printed);
		}
	}
}

/* Where the terminal has another character set, a byte of UTF-8 may control it. */
TEST(only_ascii_where_the_locale_is_not_utf8)
{
	static const char raw[] = "\303\2332J\360\237\230\200";
	const char *text;

	setenv("LC_ALL", "C", 1);
	text_use_locale();
	text = output(STDERR_FILENO, print_message, raw);
	EXPECT_STREQ("dbgmem: no mapping is named '\\303\\2332J\\360\\237\\230\\200'\n",
		     text);
	text = output(STDOUT_FILENO, print_json_line, raw);
	EXPECT_NE(NULL, strstr(text, "\"\\u00db2J\\ud83d\\ude00\""))
		TH_LOG("%s", text);
	unsetenv("LC_ALL");
	setenv("LC_CTYPE", "", 1);
	setenv("LANG", "de_DE.utf8", 1);
	text_use_locale();
	text = output(STDERR_FILENO, print_message, raw);
	EXPECT_NE(NULL, strstr(text, raw)) TH_LOG("%s", text);
}

TEST(a_message_has_one_line)
{
	const char *text = output(STDERR_FILENO, print_message, "a\nb");

	EXPECT_STREQ("dbgmem: no mapping is named 'a\\012b'\n", text);
}

TEST(json_means_the_same_string)
{
	struct json_object *o, *value;
	const char *text;
	size_t i;

	for (i = 0; i < NR(hostile); i++) {
		if (dbgmem_utf8_valid(hostile[i].raw,
				      strlen(hostile[i].raw)) <
		    strlen(hostile[i].raw))
			continue;
		text = output(STDOUT_FILENO, print_json, hostile[i].raw);
		o = json_tokener_parse(text);
		ASSERT_NE(NULL, o);
		ASSERT_TRUE(json_object_object_get_ex(o, "name", &value));
		EXPECT_STREQ(hostile[i].raw, json_object_get_string(value));
		json_object_put(o);
	}
}

TEST_HARNESS_MAIN
