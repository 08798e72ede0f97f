// SPDX-License-Identifier: GPL-2.0
/* Output of --json, by json-c. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dbgmem.h>

#include "text/hex.h"
#include "text/json.h"
#include "text/message.h"
#include "text/text.h"

struct json_object *json_hex(uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)value);
	return json_object_new_string(text);
}

struct json_object *json_bytes(const uint8_t *bytes, size_t nr)
{
	char *text = malloc(2 * nr + 1);
	struct json_object *s = NULL;

	if (text)
		s = json_object_new_string(hex_format(bytes, nr, text));
	free(text);
	return s;
}

struct json_object *json_text(const char *s, size_t len)
{
	static const char bad[] = "\xef\xbf\xbd";
	struct json_object *text;
	char *copy, *to;
	size_t n;

	copy = malloc(len * (sizeof(bad) - 1) + 1);
	if (!copy)
		return NULL;
	for (to = copy; len; s += n, len -= n) {
		n = dbgmem_utf8_valid(s, len);
		to = mempcpy(to, s, n);
		if (n == len)
			break;
		to = stpcpy(to, bad);
		n++;
	}
	text = json_object_new_string_len(copy, (int)(to - copy));
	free(copy);
	return text;
}

int json_put(struct json_object *obj, const char *key,
	     struct json_object *value)
{
	if (obj && value && !json_object_object_add(obj, key, value))
		return 0;
	json_object_put(value);
	return -1;
}

int json_append(struct json_object *array, struct json_object *value)
{
	if (array && value && !json_object_array_add(array, value))
		return 0;
	json_object_put(value);
	return -1;
}

/*
 * Only strings can have characters that a terminal acts on. JSON can escape them, in
 * units of 16 bits.
 */
static void print_escape(uint32_t c)
{
	if (c < 0x10000)
		printf("\\u%04x", c);
	else
		printf("\\u%04x\\u%04x", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
}

static void print(const char *text)
{
	const char *end = text + strlen(text);
	uint32_t c;
	size_t n;

	for (; text < end; text += n) {
		n = text_span(text, (size_t)(end - text));
		if (n || *text == '\n') {
			n += !n;
			fwrite(text, 1, n, stdout);
			continue;
		}
		n = text_code_point(text, (size_t)(end - text), &c);
		if (!n) {
			n = 1;
			c = 0xfffd;
		}
		print_escape(c);
	}
}

int json_print(struct json_object *obj)
{
	const char *text;
	int status = STATUS_OK;

	text = json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PRETTY |
					      JSON_C_TO_STRING_SPACED |
					      JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text) {
		print(text);
		putchar('\n');
	} else {
		msg("out of memory");
		status = STATUS_FAILED;
	}
	json_object_put(obj);
	return finish(status);
}

static int print_line(const char *begin, struct json_object *obj,
		      const char *end)
{
	const char *text = NULL;

	if (obj)
		text = json_object_to_json_string_ext(obj,
						      JSON_C_TO_STRING_SPACED |
						      JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text) {
		fputs(begin, stdout);
		print(text);
		fputs(end, stdout);
	}
	json_object_put(obj);
	return text ? 0 : -1;
}

int json_line(struct json_object *obj)
{
	return print_line("", obj, "\n");
}

int json_list_add(struct json_list *l, struct json_object *value)
{
	if (print_line(l->nr ? ",\n  " : "[\n  ", value, ""))
		return -1;
	l->nr++;
	return 0;
}

int json_list_end(struct json_list *l, int status)
{
	puts(l->nr ? "\n]" : "[]");
	return finish(status);
}
