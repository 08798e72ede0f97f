// SPDX-License-Identifier: GPL-2.0
/* --json of all verbs that print lists. */
#include "tool_json.h"
#include "tool_fixture.h"

TOOL_FIXTURE(json)

TEST_F(json, of_every_verb_that_lists)
{
	const struct {
		const char *args[8];
		enum json_type type;
	} cases[] = {
		{ { "info", "--json" }, json_type_object },
		{ { "info", "--json", self->pid }, json_type_object },
		{ { "maps", "--json", self->pid }, json_type_array },
		{ { "bp", "list", "--json", self->pid }, json_type_array },
		{ { "search", "--json", "-l9", "-s", "a", self->pid },
		  json_type_array },
		{ { "strings", "--json", "-l99", self->pid }, json_type_array },
		{ { "compare", "--json", self->pid, at(0, 0), at(1, 0), "4K" },
		  json_type_array },
		{ { "regs", "--json", self->pid }, json_type_object },
		{ { "watch", "--json", "-c1", self->pid, at(0, 0), "u8" },
		  json_type_object },
	};
	struct json_object *o;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *const *a = cases[i].args;

		RUN(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
		EXPECT_LE(0, r.status);
		EXPECT_STREQ("", r.err) TH_LOG("%s", a[0]);
		o = json_out();
		ASSERT_NE(NULL, o) TH_LOG("%s: %s", a[0], r.out);
		EXPECT_EQ(cases[i].type, json_object_get_type(o))
			TH_LOG("%s", a[0]);
		json_object_put(o);
	}
}

static bool has_word(struct json_object *o, const char *key, const char *word)
{
	struct json_object *array;
	size_t i;

	if (!json_object_object_get_ex(o, key, &array) ||
	    !json_object_is_type(array, json_type_array))
		return false;
	for (i = 0; i < json_object_array_length(array); i++)
		if (!strcmp(word, json_object_get_string(json_at(array, i))))
			return true;
	return false;
}

TEST_F(json, info_has_what_the_text_has)
{
	struct dbgmem_info info;
	struct json_object *o;
	char text[32];
	int fd;

	fd = session_open(self->t.pid, O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, module_info(fd, &info));
	RUN("info", "-j", self->pid);
	close(fd);
	EXPECT_EQ(0, r.status) TH_LOG("%s", r.err);
	o = json_out();
	ASSERT_NE(NULL, o) TH_LOG("%s", r.out);
	EXPECT_STREQ(self->pid, json_get(o, "process"));
	EXPECT_STREQ("test_tool_json", json_get(o, "command"));
	EXPECT_STREQ("attached", json_get(o, "state"));
	EXPECT_TRUE(has_word(o, "access", "read"));
	EXPECT_TRUE(has_word(o, "access", "write"));
	EXPECT_STREQ("0", json_get(o, "planted"));
	EXPECT_STREQ("4096", json_get(o, "page_size"));
	snprintf(text, sizeof(text), "%llu", (unsigned long long)info.max_exact);
	EXPECT_STREQ(text, json_get(o, "max_exact"));
	EXPECT_TRUE(has_word(o, "features", "vector"));
	EXPECT_TRUE(has_word(o, "transfer_flags", "EXACT"));
	EXPECT_STREQ("auto", json_get(o, "engine"));
	/* without the words that explain it */
	EXPECT_STREQ("capable", json_get(o, "force_policy"));
	json_object_put(o);
	RUN("info", "-j");
	o = json_out();
	ASSERT_NE(NULL, o) TH_LOG("%s", r.out);
	EXPECT_STREQ("loaded", json_get(o, "module"));
	json_object_put(o);
	RUN("info", "-j", "2147483647");
	EXPECT_EQ(1, r.status);
	EXPECT_EQ(0, r.out_len);
	EXPECT_HAS("no such process", r.err);
}

TEST_F(json, output_that_cannot_be_written)
{
	static const struct {
		const char *name;
		int failed;
	} verbs[] = { { "info", 1 }, { "maps", 1 }, { "strings", 2 } };
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		const char *argv[5] = { "dbgmem", verbs[i].name, "--json", self->pid,
				       NULL };
		int status;
		pid_t pid = fork();

		if (!pid) {
			fd = open("/dev/full", O_WRONLY);
			dup2(fd, 1);
			fd = open("/dev/null", O_WRONLY);
			dup2(fd, 2);
			execv(tool_path(), (char *const *)argv);
			_exit(127);
		}
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_EQ(verbs[i].failed, WEXITSTATUS(status))
			TH_LOG("%s", verbs[i].name);
	}
}

TEST_HARNESS_MAIN
