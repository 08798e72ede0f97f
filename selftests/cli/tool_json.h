/* SPDX-License-Identifier: GPL-2.0 */
/* The tool's --json output, parsed. */
#ifndef SELFTESTS_TOOL_JSON_H
#define SELFTESTS_TOOL_JSON_H

#include "tool.h"

#include <json-c/json.h>

/* @len bytes that must be one value of JSON and white space; or NULL. */
struct json_object *json_parse(const char *text, size_t len);

/* All of the output, or NULL. */
struct json_object *json_out(void);

/* Element @i of an array, or NULL. */
struct json_object *json_at(struct json_object *array, size_t i);

/* Member @key as text: a string without its quotes; "" if there is none. */
const char *json_get(struct json_object *o, const char *key);

#endif /* SELFTESTS_TOOL_JSON_H */
