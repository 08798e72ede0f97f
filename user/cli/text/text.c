// SPDX-License-Identifier: GPL-2.0
/* Untrusted text: a target, a file or another user has chosen it. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <dbgmem.h>

#include "text/text.h"

/* Valid characters that control a terminal or mislead a reader. */
static const struct {
	uint32_t first, last;
} unsafe[] = {
	{ 0x0000, 0x001f },	/* C0 */
	{ 0x007f, 0x009f },	/* DEL, C1 */
	{ 0x061c, 0x061c },	/* direction of writing */
	{ 0x200e, 0x200f },
	{ 0x2028, 0x202e },	/* line, paragraph, direction */
	{ 0x2066, 0x2069 },
};

size_t text_code_point(const char *s, size_t len, uint32_t *c)
{
	size_t n, i;

	for (n = 1; n <= 4 && n <= len; n++)
		if (dbgmem_utf8_valid(s, n) == n)
			break;
	if (n > 4 || n > len)
		return 0;
	*c = (unsigned char)*s;
	if (n > 1)
		*c &= 0x7fU >> n;
	for (i = 1; i < n; i++)
		*c = *c << 6 | ((unsigned char)s[i] & 0x3f);
	return n;
}

/*
 * The terminal takes bytes from 0x80 on for UTF-8; otherwise some of them control it.
 */
static bool utf8 = true;

void text_use_locale(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *value = "";
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]) && !*value; i++) {
		value = getenv(names[i]);
		value = value ? value : "";
	}
	utf8 = strcasestr(value, "UTF-8") || strcasestr(value, "UTF8");
}

size_t text_char(const char *s, size_t len)
{
	size_t n, i;
	uint32_t c;

	n = text_code_point(s, len, &c);
	if (n > 1 && !utf8)
		return 0;
	for (i = 0; n && i < sizeof(unsafe) / sizeof(unsafe[0]); i++)
		if (c >= unsafe[i].first && c <= unsafe[i].last)
			return 0;
	return n;
}

size_t text_span(const char *s, size_t len)
{
	size_t span = 0, n;

	while ((n = text_char(s + span, len - span)))
		span += n;
	return span;
}

static void print(FILE *out, const char *s, size_t len, bool backslash)
{
	const char *stop;
	size_t n;

	for (; len; s += n, len -= n) {
		n = text_span(s, len);
		stop = backslash ? memchr(s, '\\', n) : NULL;
		if (stop)
			n = (size_t)(stop - s);
		if (n) {
			fwrite(s, 1, n, out);
			continue;
		}
		n = 1;
		fprintf(out, "\\%03o", (unsigned char)*s);
	}
}

void text_print(FILE *out, const char *s, size_t len)
{
	print(out, s, len, true);
}

void text_print_message(FILE *out, const char *s, size_t len)
{
	print(out, s, len, false);
}

char *text_escape(const char *s, size_t len)
{
	char *text = NULL;
	size_t size;
	FILE *f;

	f = open_memstream(&text, &size);
	if (!f)
		return NULL;
	text_print(f, s, len);
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

/* Decode the escape at @s. Returns the byte, or 0 if there is none. */
static char escape_get(const char *s)
{
	unsigned int c = 0;
	int i;

	if (*s != '\\' || s[1] < '0' || s[1] > '3')
		return 0;
	for (i = 1; i <= 3; i++) {
		if (s[i] < '0' || s[i] > '7')
			return 0;
		c = c << 3 | (unsigned int)(s[i] - '0');
	}
	return (char)c;
}

void text_unescape(char *s)
{
	char *out = s, c;

	while (*s) {
		c = escape_get(s);
		if (!c)
			c = *s;
		else
			s += 3;
		s++;
		*out++ = c;
	}
	*out = '\0';
}
