/* SPDX-License-Identifier: GPL-2.0 */
/* Typed values as options: --u32 N, --string STR, ... */
#ifndef DBGMEM_TYPED_H
#define DBGMEM_TYPED_H

#include <stdbool.h>
#include <stddef.h>

#include "text/pattern.h"

/* Values of options, for struct option. They are larger than those of area.h. */
enum {
	TYPED_HEX = 1024,
	TYPED_STRING,
	TYPED_UTF16,
	TYPED_FILE,
	TYPED_WIDTH,
	TYPED_INT,
	TYPED_U8,
	TYPED_U16,
	TYPED_U32,
	TYPED_U64,
	TYPED_I8,
	TYPED_I16,
	TYPED_I32,
	TYPED_I64,
	TYPED_F32,
	TYPED_F64,
};

/* For an array of struct option. */
#define TYPED_OPTIONS	\
	{ "hex", required_argument, NULL, TYPED_HEX },	\
	{ "string", required_argument, NULL, TYPED_STRING },	\
	{ "utf16", optional_argument, NULL, TYPED_UTF16 },	\
	{ "file", required_argument, NULL, TYPED_FILE },	\
	{ "width", required_argument, NULL, TYPED_WIDTH },	\
	{ "int", required_argument, NULL, TYPED_INT },	\
	{ "u8", required_argument, NULL, TYPED_U8 },	\
	{ "u16", required_argument, NULL, TYPED_U16 },	\
	{ "u32", required_argument, NULL, TYPED_U32 },	\
	{ "u64", required_argument, NULL, TYPED_U64 },	\
	{ "i8", required_argument, NULL, TYPED_I8 },	\
	{ "i16", required_argument, NULL, TYPED_I16 },	\
	{ "i32", required_argument, NULL, TYPED_I32 },	\
	{ "i64", required_argument, NULL, TYPED_I64 },	\
	{ "f32", required_argument, NULL, TYPED_F32 },	\
	{ "f64", required_argument, NULL, TYPED_F64 }

/* The names of the options, for messages. */
#define TYPED_NAMES	"--hex, --string, --utf16, --int, --u8 to --u64, --i8 to --i64, --f32, --f64, --file"

/* Their lines of a help text, with @hex_words about --hex; --file is apart. */
#define TYPED_HELP(hex_words)	\
	"  -x, --hex HEX      " hex_words "\n"	\
	"  -s, --string STR   the characters of STR, without a NUL at the end\n"	\
	"      --utf16 STR    the same in UTF-16; also --utf16 with --string STR\n"	\
	"      --int NUMBER   a number in the machine's byte order, perhaps negative\n"	\
	"      --width N      its size: 1, 2, 4 or 8 bytes (4, or 8 if it needs that)\n"	\
	"      --u8 N, --u16 N, --u32 N, --u64 N, --i8 N, --i16 N, --i32 N, --i64 N\n"	\
	"      --f32 X, --f64 X   a number of that type\n"
#define TYPED_HELP_FILE	\
	"      --file FILE    the contents of FILE, at most 1 MiB\n"

/* More than any verb accepts. */
#define TYPED_MAX	5

/* Begins as zeros except @most and what the verb allows. */
struct typed {
	unsigned int most;	/* values that the verb accepts */
	bool wild;		/* allow ? for any digit of --hex */
	bool any_case;		/* strings match in either case */
	/* of the command line: */
	unsigned int nr;
	struct typed_value {
		int type;	/* TYPED_* */
		const char *text;
	} value[TYPED_MAX];
	bool utf16;
	const char *bad_width;
	unsigned int width;
};

/*
 * Take the option @c if it is one of the above, or the letter x or s. @arg is its
 * argument, @next the next word or NULL. Returns false if it is another option.
 */
bool typed_option(struct typed *t, int c, const char *arg, const char *next);

/*
 * After an error of getopt_long(): print the names of the values and the hint. Returns
 * STATUS_USAGE.
 */
int typed_hint(const char *verb);

/*
 * After the last option: remove the argument of --utf16 from the *@nr words at @args.
 * Returns STATUS_OK, or STATUS_USAGE after a message.
 */
int typed_end(struct typed *t, const char *verb, char **args, int *nr);

/*
 * Get value number @i as bytes. Returns STATUS_OK, and pattern_free() frees *@p; or
 * another status after a message.
 */
int typed_get(const struct typed *t, unsigned int i, const char *verb,
	      struct pattern *p);

#endif /* DBGMEM_TYPED_H */
