// SPDX-License-Identifier: GPL-2.0
/* Typed values as options: --u32 N, --string STR, ... */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "text/message.h"
#include "text/num.h"
#include "text/typed.h"

static const struct type {
	int option;
	const char *name;
	enum { BYTES, ANY_SIGN, UNSIGNED, SIGNED, FLOAT } kind;
	unsigned int width;
} types[] = {
	{ TYPED_HEX, "hex", BYTES, 0 },
	{ TYPED_STRING, "string", BYTES, 0 },
	{ TYPED_UTF16, "utf16", BYTES, 0 },
	{ TYPED_FILE, "file", BYTES, 0 },
	{ TYPED_INT, "int", ANY_SIGN, 0 },
	{ TYPED_U8, "u8", UNSIGNED, 1 },
	{ TYPED_U16, "u16", UNSIGNED, 2 },
	{ TYPED_U32, "u32", UNSIGNED, 4 },
	{ TYPED_U64, "u64", UNSIGNED, 8 },
	{ TYPED_I8, "i8", SIGNED, 1 },
	{ TYPED_I16, "i16", SIGNED, 2 },
	{ TYPED_I32, "i32", SIGNED, 4 },
	{ TYPED_I64, "i64", SIGNED, 8 },
	{ TYPED_F32, "f32", FLOAT, 4 },
	{ TYPED_F64, "f64", FLOAT, 8 },
};

#define NR_TYPES	(sizeof(types) / sizeof(types[0]))

/* Returns the last type for an unknown option. */
static const struct type *type_of(int option)
{
	size_t i = 0;

	while (i < NR_TYPES - 1 && types[i].option != option)
		i++;
	return &types[i];
}

static void value_add(struct typed *t, int type, const char *text)
{
	if (t->nr < TYPED_MAX)
		t->value[t->nr++] = (struct typed_value){ type, text };
}

static void width_parse(struct typed *t, const char *s)
{
	uint64_t v;

	if (num_parse(s, &v) || (v != 1 && v != 2 && v != 4 && v != 8))
		t->bad_width = s;
	else
		t->width = (unsigned int)v;
}

bool typed_option(struct typed *t, int c, const char *arg, const char *next)
{
	if (c == 'x')
		c = TYPED_HEX;
	if (c == 's')
		c = TYPED_STRING;
	if (c == TYPED_WIDTH) {
		width_parse(t, arg);
		return true;
	}
	if (type_of(c)->option != c)
		return false;
	/* With --string, which may come later, it has no value of its own. */
	if (c == TYPED_UTF16 && !arg) {
		t->utf16 = true;
		arg = next;
	}
	if (c != TYPED_UTF16 || arg)
		value_add(t, c, arg);
	return true;
}

int typed_hint(const char *verb)
{
	if (!optopt || type_of(optopt)->option == optopt)
		msg("a value is one of " TYPED_NAMES);
	return msg_hint(verb);
}

static bool has_type(const struct typed *t, int type)
{
	unsigned int i;

	for (i = 0; i < t->nr; i++)
		if (t->value[i].type == type)
			return true;
	return false;
}

/* Compare pointers: getopt_long() leaves the same words. */
static bool word_take(const char *word, char **args, int *nr)
{
	int i;

	for (i = 0; i < *nr; i++) {
		if (args[i] != word)
			continue;
		(*nr)--;
		for (; i < *nr; i++)
			args[i] = args[i + 1];
		return true;
	}
	return false;
}

/* With --string, --utf16 is only the encoding. */
static void utf16_beside_string(struct typed *t)
{
	unsigned int i, nr = 0;

	for (i = 0; i < t->nr; i++)
		if (t->value[i].type != TYPED_UTF16)
			t->value[nr++] = t->value[i];
	t->nr = nr;
}

static int too_many(const struct typed *t, const char *verb)
{
	if (t->nr <= t->most)
		return STATUS_OK;
	return msg_usage(verb, "only %s of " TYPED_NAMES " can be given",
			 t->most == 1 ? "one" : "two");
}

int typed_end(struct typed *t, const char *verb, char **args, int *nr)
{
	unsigned int i;

	if (t->bad_width)
		return msg_usage(verb, "--width: '%s' is not 1, 2, 4 or 8",
				 t->bad_width);
	if (t->width && !has_type(t, TYPED_INT))
		return msg_usage(verb, "--width is for --int");
	if (t->utf16 && has_type(t, TYPED_STRING)) {
		utf16_beside_string(t);
		return too_many(t, verb);
	}
	for (i = 0; i < t->nr && t->utf16; i++)
		if (t->value[i].type == TYPED_UTF16 &&
		    !word_take(t->value[i].text, args, nr))
			return msg_usage(verb, "--utf16 needs a string, or --string STR");
	if (t->utf16 && !has_type(t, TYPED_UTF16))
		return msg_usage(verb, "--utf16 needs a string, or --string STR");
	return too_many(t, verb);
}

static int number_get(const struct typed *t, const struct type *type,
		      const char *s, struct pattern *p, char *err, size_t size)
{
	switch (type->kind) {
	case UNSIGNED:
		return pattern_word(p, s, type->width, false, err, size);
	case SIGNED:
		return pattern_word(p, s, type->width, true, err, size);
	case FLOAT:
		return pattern_float(p, s, type->width, err, size);
	default:
		return pattern_int(p, s, t->width, err, size);
	}
}

int typed_get(const struct typed *t, unsigned int i, const char *verb,
	      struct pattern *p)
{
	const struct typed_value *v = &t->value[i];
	const struct type *type = type_of(v->type);
	char err[256];
	int ret;

	switch (v->type) {
	case TYPED_HEX:
		ret = t->wild ? pattern_hex(p, v->text, err, sizeof(err)) :
				pattern_bytes(p, v->text, err, sizeof(err));
		break;
	case TYPED_STRING:
	case TYPED_UTF16:
		ret = pattern_string(p, v->text, t->utf16 ||
				     v->type == TYPED_UTF16, t->any_case, err,
				     sizeof(err));
		break;
	case TYPED_FILE:
		ret = pattern_file(p, v->text, err, sizeof(err));
		break;
	default:
		ret = number_get(t, type, v->text, p, err, sizeof(err));
	}
	if (!ret)
		return STATUS_OK;
	if (ret == -EINVAL || ret == -ERANGE)
		return msg_usage(verb, "--%s: %s", type->name, err);
	msg("--%s: %s", type->name, err);
	return STATUS_FAILED;
}
