/* SPDX-License-Identifier: GPL-2.0 */
/* What --json prints, over json-c. */
#ifndef DBGMEM_JSON_H
#define DBGMEM_JSON_H

#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

/*
 * A number of 64 bits as a string, "0x...": readers of JSON may keep no more
 * than 53 bits of a number. NULL when out of memory.
 */
struct json_object *json_hex(uint64_t value);

/* Bytes as pairs of hexadecimal digits in the order of memory; the same. */
struct json_object *json_bytes(const uint8_t *bytes, size_t nr);

/* @len bytes of text: JSON is UTF-8, what is not becomes U+FFFD; the same. */
struct json_object *json_text(const char *s, size_t len);

/*
 * @value becomes @obj's, whatever the result: 0, or -1 if either is NULL or there
 * is no memory. Null is no value here.
 */
int json_put(struct json_object *obj, const char *key,
	     struct json_object *value);

/* The same for the end of an array. */
int json_append(struct json_object *array, struct json_object *value);

/* To standard output, with a newline. @obj is given up. The exit status. */
int json_print(struct json_object *obj);

/* The same in one line. 0, or -1 if @obj is NULL: out of memory. */
int json_line(struct json_object *obj);

/* An array whose elements are printed one by one. Begins as zeros. */
struct json_list {
	size_t nr;
};

/* One more, @value, which is given up: 0, or -1 if it is NULL: out of memory. */
int json_list_add(struct json_list *l, struct json_object *value);

/* The end of it. The exit status, which is @status if all could be printed. */
int json_list_end(struct json_list *l, int status);

#endif /* DBGMEM_JSON_H */
