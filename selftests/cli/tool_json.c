// SPDX-License-Identifier: GPL-2.0
#include "tool_json.h"

struct json_object *json_parse(const char *text, size_t len)
{
	struct json_tokener *tok = json_tokener_new();
	struct json_object *o;
	size_t end;

	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	o = json_tokener_parse_ex(tok, text, (int)len);
	end = json_tokener_get_parse_end(tok);
	/* It stops behind the value. */
	if (json_tokener_get_error(tok) != json_tokener_success ||
	    strspn(text + end, " \n") != len - end) {
		json_object_put(o);
		o = NULL;
	}
	json_tokener_free(tok);
	return o;
}

struct json_object *json_out(void)
{
	return json_parse(r.out, r.out_len);
}

struct json_object *json_at(struct json_object *array, size_t i)
{
	return json_object_is_type(array, json_type_array) ?
		json_object_array_get_idx(array, i) : NULL;
}

const char *json_get(struct json_object *o, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, key, &value))
		return "";
	return json_object_get_string(value);
}
