/* SPDX-License-Identifier: GPL-2.0 */
/* Output of --json, by json-c. */
#ifndef DBGMEM_JSON_H
#define DBGMEM_JSON_H

#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

/*
 * A number of 64 bits as a string "0x...", as readers of JSON may keep only 53 bits of
 * a number. NULL when out of memory.
 */
struct json_object *json_hex(uint64_t value);

/* Bytes as pairs of hexadecimal digits in memory order. NULL when out of memory. */
struct json_object *json_bytes(const uint8_t *bytes, size_t nr);

/*
 * @len bytes of text as UTF-8, with U+FFFD for bytes that are not UTF-8. NULL when out
 * of memory.
 */
struct json_object *json_text(const char *s, size_t len);

/*
 * Add @value to @obj, which owns it then, also after a failure. Returns 0, or -1 if
 * either is NULL or memory is short. A JSON null is not supported.
 */
int json_put(struct json_object *obj, const char *key,
	     struct json_object *value);

/* The same for an array. */
int json_append(struct json_object *array, struct json_object *value);

/* Print @obj with a newline and free it. Returns the exit status. */
int json_print(struct json_object *obj);

/* The same in one line. Returns 0, or -1 if @obj is NULL (out of memory). */
int json_line(struct json_object *obj);

/* An array that is printed element by element. Begins as zeros. */
struct json_list {
	size_t nr;
};

/*
 * Print @value as the next element and free it. Returns 0, or -1 if it is NULL (out of
 * memory).
 */
int json_list_add(struct json_list *l, struct json_object *value);

/* Print the end of the array. Returns the exit status: @status if all was printed. */
int json_list_end(struct json_list *l, int status);

#endif /* DBGMEM_JSON_H */
