// SPDX-License-Identifier: GPL-2.0
/* The values that dbgmem watch shows: types, text, JSON. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "target/sample.h"
#include "random.h"

static struct sample s;
static struct sample_type type;

/* The value as text, to be freed. */
static char *print(void)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	sample_print(&s, &type, f);
	fclose(f);
	return text;
}

/* The member @key of the JSON as JSON, to be freed; or NULL. */
static char *json(const char *key)
{
	struct json_object *o = sample_json(&s, &type), *value, *again;
	char *text = NULL;

	/* What was written can be read. */
	again = o ? json_tokener_parse(json_object_to_json_string(o)) : NULL;
	if (!again)
		abort();
	if (json_object_object_get_ex(again, key, &value))
		text = strdup(json_object_to_json_string_ext(value, 0));
	json_object_put(again);
	json_object_put(o);
	return text;
}

/* @bytes is a variable of the type. */
#define SAMPLE(name, bytes_of) do {					\
	memset(&s, 0, sizeof(s));					\
	ASSERT_EQ(0, sample_type_parse(name, &type));			\
	s.valid = true;							\
	s.len = sizeof(bytes_of);					\
	memcpy(s.bytes, &(bytes_of), sizeof(bytes_of));			\
} while (0)

#define EXPECT_TEXT(want, text) do {					\
	char *_t = (text);						\
	ASSERT_NE(NULL, _t);						\
	EXPECT_STREQ(want, _t);						\
	free(_t);							\
} while (0)

TEST(types)
{
	static const struct {
		const char *name;
		enum sample_kind kind;
		size_t size;
	} good[] = {
		{ "u8", SAMPLE_UNSIGNED, 1 }, { "u16", SAMPLE_UNSIGNED, 2 },
		{ "u32", SAMPLE_UNSIGNED, 4 }, { "u64", SAMPLE_UNSIGNED, 8 },
		{ "i8", SAMPLE_SIGNED, 1 }, { "i16", SAMPLE_SIGNED, 2 },
		{ "i32", SAMPLE_SIGNED, 4 }, { "i64", SAMPLE_SIGNED, 8 },
		{ "f32", SAMPLE_FLOAT, 4 }, { "f64", SAMPLE_FLOAT, 8 },
		{ "int", SAMPLE_SIGNED, 4 }, { "float", SAMPLE_FLOAT, 4 },
		{ "double", SAMPLE_FLOAT, 8 }, { "ptr", SAMPLE_POINTER, 0 },
		{ "bytes:1", SAMPLE_BYTES, 1 },
		{ "bytes:0x10", SAMPLE_BYTES, 16 },
		{ "bytes:64K", SAMPLE_BYTES, 65536 },
	};
	static const char *const bad[] = {
		"", "u", "u7", "u128", "U8", "ints", "bytes", "bytes:",
		"bytes:0", "bytes:65537", "bytes:-1", "bytes:x", "string:8",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		ASSERT_EQ(0, sample_type_parse(good[i].name, &type))
			TH_LOG("number %zu", i);
		EXPECT_EQ(good[i].kind, type.kind);
		EXPECT_EQ(good[i].size, type.size);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(-EINVAL, sample_type_parse(bad[i], &type))
			TH_LOG("number %zu", i);
}

TEST(integers)
{
	uint8_t v8 = 0x80;
	uint16_t v16 = 0xfffe;
	uint32_t v32 = 0x80000000;
	uint64_t v64 = 1ULL << 63;

	SAMPLE("u8", v8);
	EXPECT_TEXT("128", print());
	EXPECT_TEXT("128", json("value"));
	SAMPLE("i8", v8);
	EXPECT_TEXT("-128", print());
	EXPECT_TEXT("-128", json("value"));
	EXPECT_TEXT("\"80\"", json("bytes"));
	SAMPLE("u16", v16);
	EXPECT_TEXT("65534", print());
	SAMPLE("i16", v16);
	EXPECT_TEXT("-2", print());
	SAMPLE("u32", v32);
	EXPECT_TEXT("2147483648", print());
	EXPECT_TEXT("2147483648", json("value"));
	SAMPLE("i32", v32);
	EXPECT_TEXT("-2147483648", print());
	SAMPLE("u64", v64);
	EXPECT_TEXT("9223372036854775808", print());
	/* a string: not every reader has 64 bits */
	EXPECT_TEXT("\"9223372036854775808\"", json("value"));
	SAMPLE("i64", v64);
	EXPECT_TEXT("-9223372036854775808", print());
	EXPECT_TEXT("\"-9223372036854775808\"", json("value"));
}

TEST(hexadecimal_shows_every_digit)
{
	int16_t v16 = -2;
	uint32_t v32 = 0xabc;

	SAMPLE("i16", v16);
	type.hex = true;
	EXPECT_TEXT("0xfffe", print());
	EXPECT_TEXT("\"0xfffe\"", json("value"));
	SAMPLE("u32", v32);
	type.hex = true;
	EXPECT_TEXT("0x00000abc", print());
	SAMPLE("ptr", v32);
	type.size = 4;
	EXPECT_TEXT("0x00000abc", print());
}

TEST(floats_are_as_short_as_they_read_back)
{
	float f = 0.1f, inf = __builtin_inff();
	double d = 0.1, nan = __builtin_nan("");

	SAMPLE("f32", f);
	EXPECT_TEXT("0.1", print());
	EXPECT_TEXT("0.1", json("value"));
	f = __builtin_nextafterf(f, 1);
	SAMPLE("float", f);
	EXPECT_TEXT("0.10000001", print());
	f = 16777216;
	SAMPLE("f32", f);
	EXPECT_TEXT("16777216", print());
	SAMPLE("f64", d);
	EXPECT_TEXT("0.1", print());
	EXPECT_TEXT("0.1", json("value"));
	d = 0.1 + 0.2;
	SAMPLE("double", d);
	EXPECT_TEXT("0.30000000000000004", print());
	/* which JSON does not have */
	SAMPLE("f32", inf);
	EXPECT_TEXT("inf", print());
	EXPECT_TEXT("\"inf\"", json("value"));
	SAMPLE("f64", nan);
	EXPECT_TEXT("\"nan\"", json("value"));
}

TEST(any_float_reads_back)
{
	uint64_t random = 16;
	unsigned int i;
	uint32_t bits;
	uint64_t wide;
	double d, again;
	float f;
	char *text;

	for (i = 0; i < 20000; i++) {
		wide = random_next(&random);
		bits = (uint32_t)random_next(&random);
		memcpy(&f, &bits, sizeof(f));
		memcpy(&d, &wide, sizeof(d));
		if (!__builtin_isfinite(f) || !__builtin_isfinite(d))
			continue;
		SAMPLE("f32", f);
		text = print();
		f = strtof(text, NULL);
		EXPECT_EQ(0, memcmp(&f, &bits, sizeof(f))) TH_LOG("%s", text);
		free(text);
		SAMPLE("f64", d);
		text = print();
		again = strtod(text, NULL);
		EXPECT_EQ(0, memcmp(&again, &wide, sizeof(d)))
			TH_LOG("%s", text);
		free(text);
	}
}

TEST(bytes_and_strings)
{
	static const char text[] = { 'a', '\033', '"', '\xff', '\xc3', '\xa4' };

	SAMPLE("bytes:6", text);
	EXPECT_TEXT("611b22ffc3a4", print());
	EXPECT_TEXT("\"611b22ffc3a4\"", json("value"));
	SAMPLE("string", text);
	EXPECT_TEXT("\"a\\033\"\\377\xc3\xa4\"", print());
	EXPECT_TEXT("\"a\\u001b\\\"\xef\xbf\xbd\xc3\xa4\"", json("value"));
	s.cut = true;
	EXPECT_TEXT("\"a\\033\"\\377\xc3\xa4\"...", print());
}

TEST(what_cannot_be_read_says_why)
{
	uint8_t v = 0;

	SAMPLE("u8", v);
	s.valid = false;
	s.reason = DBGMEM_REASON_UNMAPPED;
	s.fault_addr = 0x1000;
	EXPECT_TEXT("? at 0x1000: nothing is mapped there", print());
	EXPECT_TEXT("\"nothing is mapped there\"", json("error"));
	EXPECT_TEXT("\"0x1000\"", json("error_address"));
	EXPECT_EQ(NULL, json("value"));
}

TEST(equal_is_what_shows_the_same)
{
	static struct sample a, b;

	a.valid = true;
	a.len = 2;
	a.bytes[1] = 1;
	b = a;
	b.when.tv_sec = 7;
	b.bytes[2] = 9;
	EXPECT_TRUE(sample_equal(&a, &b));
	b.bytes[1] = 2;
	EXPECT_FALSE(sample_equal(&a, &b));
	b = a;
	b.len = 1;
	EXPECT_FALSE(sample_equal(&a, &b));
	b = a;
	b.cut = true;
	EXPECT_FALSE(sample_equal(&a, &b));
	b = a;
	b.valid = false;
	EXPECT_FALSE(sample_equal(&a, &b));
	a = b;
	EXPECT_TRUE(sample_equal(&a, &b));
	b.reason = DBGMEM_REASON_PROTECTION;
	EXPECT_FALSE(sample_equal(&a, &b));
}

TEST(time_is_local_with_its_zone)
{
	char text[SAMPLE_TIME];

	s.when.tv_sec = 86400 + 3661;
	s.when.tv_nsec = 7999999;
	setenv("TZ", "XXX-05:30", 1);
	tzset();
	EXPECT_STREQ("1970-01-02T06:31:01.007+05:30",
		     sample_time(&s, true, text));
	EXPECT_STREQ("06:31:01.007", sample_time(&s, false, text));
}

TEST_HARNESS_MAIN
