// SPDX-License-Identifier: GPL-2.0
/* A value of the target at one time. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "target/sample.h"
#include "text/num.h"
#include "text/text.h"

static const struct {
	const char *name;
	struct sample_type type;
} types[] = {
	{ "u8", { SAMPLE_UNSIGNED, 1, false } },
	{ "u16", { SAMPLE_UNSIGNED, 2, false } },
	{ "u32", { SAMPLE_UNSIGNED, 4, false } },
	{ "u64", { SAMPLE_UNSIGNED, 8, false } },
	{ "i8", { SAMPLE_SIGNED, 1, false } },
	{ "i16", { SAMPLE_SIGNED, 2, false } },
	{ "i32", { SAMPLE_SIGNED, 4, false } },
	{ "i64", { SAMPLE_SIGNED, 8, false } },
	{ "f32", { SAMPLE_FLOAT, 4, false } },
	{ "f64", { SAMPLE_FLOAT, 8, false } },
	/* as in C on all supported machines */
	{ "int", { SAMPLE_SIGNED, 4, false } },
	{ "float", { SAMPLE_FLOAT, 4, false } },
	{ "double", { SAMPLE_FLOAT, 8, false } },
	{ "ptr", { SAMPLE_POINTER, 0, false } },
	/* including the NUL */
	{ "string", { SAMPLE_STRING, 4096, false } },
};

int sample_type_parse(const char *s, struct sample_type *type)
{
	static const char prefix[] = "bytes:";
	uint64_t n;
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(s, types[i].name)) {
			*type = types[i].type;
			return 0;
		}
	if (strncmp(s, prefix, strlen(prefix)) != 0 ||
	    num_parse_len(s + strlen(prefix), &n) || !n || n > SAMPLE_MAX)
		return -EINVAL;
	*type = (struct sample_type){ SAMPLE_BYTES, (size_t)n, false };
	return 0;
}

/* Read a number at once, where the machine can. */
static int number_read(struct dbgmem *m, uint64_t addr, size_t size,
		       uint8_t *bytes)
{
	uint16_t v16;
	uint32_t v32;
	uint64_t v64;
	int ret;

	switch (size) {
	case 1:
		return dbgmem_read_u8(m, addr, bytes);
	case 2:
		ret = dbgmem_read_u16(m, addr, &v16);
		memcpy(bytes, &v16, sizeof(v16));
		return ret;
	case 4:
		ret = dbgmem_read_u32(m, addr, &v32);
		memcpy(bytes, &v32, sizeof(v32));
		return ret;
	default:
		ret = dbgmem_read_u64(m, addr, &v64);
		memcpy(bytes, &v64, sizeof(v64));
		return ret;
	}
}

static int bytes_read(struct dbgmem *m, uint64_t addr, struct sample *s,
		      size_t size)
{
	ssize_t n;

	/* Read again at a fault, to get its reason. */
	for (s->len = 0; s->len < size; s->len += (size_t)n) {
		n = dbgmem_read_flags(m, addr + s->len, s->bytes + s->len,
				      size - s->len, 0, NULL);
		if (n < 0)
			return (int)n;
	}
	return 0;
}

static int string_read(struct dbgmem *m, uint64_t addr, struct sample *s,
		       size_t size)
{
	struct dbgmem_string_result res;
	ssize_t n;

	n = dbgmem_read_string(m, addr, (char *)s->bytes, size, 0, &res);
	s->len = res.len;
	s->cut = res.end != DBGMEM_STRING_TERMINATED;
	return n < 0 ? (int)n : 0;
}

/* Read from a window; a string up to its NUL. */
static int window_read(const struct sample_source *from,
		       const struct sample_type *type, struct sample *s)
{
	const bool string = type->kind == SAMPLE_STRING;
	const uint8_t *nul;
	ssize_t n;

	/* Read again at a fault, to get its reason. */
	for (s->len = 0; s->len < type->size; s->len += (size_t)n) {
		n = dbgmem_window_read(from->window, from->addr + s->len,
				       s->bytes + s->len, type->size - s->len);
		if (n < 0 && string && s->len)
			break;
		if (n < 0)
			return (int)n;
	}
	if (string) {
		nul = memchr(s->bytes, 0, s->len);
		s->cut = !nul;
		s->len = nul ? (size_t)(nul - s->bytes) : s->len;
	}
	return 0;
}

int sample_take(const struct sample_source *from, const struct sample_type *type,
		struct sample *s)
{
	const uint64_t addr = from->addr;
	struct dbgmem *m = from->m;
	const struct dbgmem_error *e;
	int ret;

	clock_gettime(CLOCK_REALTIME, &s->when);
	s->valid = true;
	s->cut = false;
	s->len = type->size;
	if (from->window)
		ret = window_read(from, type, s);
	else if (type->kind == SAMPLE_BYTES)
		ret = bytes_read(m, addr, s, type->size);
	else if (type->kind == SAMPLE_STRING)
		ret = string_read(m, addr, s, type->size);
	else
		ret = number_read(m, addr, type->size, s->bytes);
	e = dbgmem_last_error();
	if (!ret || e->source != DBGMEM_SOURCE_MEMORY)
		return ret;
	s->valid = false;
	s->len = 0;
	s->reason = e->result.reason;
	s->fault_addr = e->result.fault_addr;
	return 0;
}

bool sample_equal(const struct sample *a, const struct sample *b)
{
	if (a->valid != b->valid)
		return false;
	if (!a->valid)
		return a->reason == b->reason && a->fault_addr == b->fault_addr;
	return a->len == b->len && a->cut == b->cut &&
	       !memcmp(a->bytes, b->bytes, a->len);
}

/* Returns the number, with its sign extended to 64 bits. */
static uint64_t number_get(const struct sample *s,
			   const struct sample_type *type)
{
	const bool sign = type->kind == SAMPLE_SIGNED && !type->hex;
	uint16_t v16;
	uint32_t v32;
	uint64_t v64;

	switch (type->size) {
	case 1:
		return sign ? (uint64_t)(int8_t)s->bytes[0] : s->bytes[0];
	case 2:
		memcpy(&v16, s->bytes, sizeof(v16));
		return sign ? (uint64_t)(int16_t)v16 : v16;
	case 4:
		memcpy(&v32, s->bytes, sizeof(v32));
		return sign ? (uint64_t)(int32_t)v32 : v32;
	default:
		memcpy(&v64, s->bytes, sizeof(v64));
		return v64;
	}
}

static double float_get(const struct sample *s, const struct sample_type *type)
{
	float f;
	double d;

	if (type->size == sizeof(f)) {
		memcpy(&f, s->bytes, sizeof(f));
		return f;
	}
	memcpy(&d, s->bytes, sizeof(d));
	return d;
}

#define NUMBER_TEXT	40

/* Print the fewest digits that read back as the same number. */
static void float_text(double v, bool narrow, char text[NUMBER_TEXT])
{
	const int most = narrow ? 9 : 17;
	double again;
	int digits;

	for (digits = 1; digits <= most; digits++) {
		snprintf(text, NUMBER_TEXT, "%.*g", digits, v);
		again = narrow ? (double)strtof(text, NULL) :
				 strtod(text, NULL);
		if (again >= v && again <= v)
			break;
	}
}

static const char *number_text(const struct sample *s,
			       const struct sample_type *type,
			       char text[NUMBER_TEXT])
{
	uint64_t v;

	if (type->kind == SAMPLE_FLOAT) {
		float_text(float_get(s, type), type->size == sizeof(float),
			   text);
		return text;
	}
	v = number_get(s, type);
	if (type->kind == SAMPLE_POINTER || type->hex)
		snprintf(text, NUMBER_TEXT, "0x%0*" PRIx64,
			 (int)(2 * type->size), v);
	else if (type->kind == SAMPLE_SIGNED)
		snprintf(text, NUMBER_TEXT, "%" PRId64, (int64_t)v);
	else
		snprintf(text, NUMBER_TEXT, "%" PRIu64, v);
	return text;
}

void sample_print(const struct sample *s, const struct sample_type *type,
		  FILE *out)
{
	char text[NUMBER_TEXT];
	size_t i;

	if (!s->valid) {
		fprintf(out, "? at 0x%" PRIx64 ": %s", s->fault_addr,
			dbgmem_reason_str(s->reason));
		return;
	}
	switch (type->kind) {
	case SAMPLE_BYTES:
		for (i = 0; i < s->len; i++)
			fprintf(out, "%02x", s->bytes[i]);
		break;
	case SAMPLE_STRING:
		fputc('"', out);
		text_print(out, (const char *)s->bytes, s->len);
		fputs(s->cut ? "\"..." : "\"", out);
		break;
	default:
		fputs(number_text(s, type, text), out);
	}
}

static struct json_object *json_value(const struct sample *s,
				      const struct sample_type *type)
{
	char text[NUMBER_TEXT];
	double d;

	switch (type->kind) {
	case SAMPLE_BYTES:
		return json_bytes(s->bytes, s->len);
	case SAMPLE_STRING:
		return json_text((const char *)s->bytes, s->len);
	case SAMPLE_FLOAT:
		d = float_get(s, type);
		number_text(s, type, text);
		/* JSON has only finite numbers. */
		return isfinite(d) ? json_object_new_double_s(d, text) :
				     json_object_new_string(text);
	default:
		/* Readers of JSON may keep no more than 53 bits. */
		if (type->kind == SAMPLE_POINTER || type->size == 8 ||
		    type->hex)
			return json_object_new_string(number_text(s, type,
								  text));
		return json_object_new_int64((int64_t)number_get(s, type));
	}
}

struct json_object *sample_json(const struct sample *s,
				const struct sample_type *type)
{
	struct json_object *o = json_object_new_object();
	char text[SAMPLE_TIME];
	int bad;

	bad = json_put(o, "time",
		       json_object_new_string(sample_time(s, true, text)));
	if (s->valid) {
		bad |= json_put(o, "value", json_value(s, type));
		bad |= json_put(o, "bytes", json_bytes(s->bytes, s->len));
	} else {
		bad |= json_put(o, "error",
				json_object_new_string(dbgmem_reason_str(s->reason)));
		bad |= json_put(o, "error_address", json_hex(s->fault_addr));
	}
	if (bad) {
		json_object_put(o);
		return NULL;
	}
	return o;
}

const char *sample_time(const struct sample *s, bool whole,
			char text[SAMPLE_TIME])
{
	const int ms = (int)(s->when.tv_nsec / 1000000);
	char zone[8] = "";
	struct tm tm;
	size_t n;

	localtime_r(&s->when.tv_sec, &tm);
	n = strftime(text, SAMPLE_TIME - 16, whole ? "%FT%T" : "%T", &tm);
	if (whole)
		strftime(zone, sizeof(zone), "%z", &tm);
	/* Print +0100 as +01:00. */
	snprintf(text + n, SAMPLE_TIME - n, ".%03d%.3s%s%s", ms, zone,
		 *zone ? ":" : "", *zone ? zone + 3 : "");
	return text;
}
