// SPDX-License-Identifier: LGPL-2.1-or-later
/* UTF-16 to UTF-8, and what is UTF-8. As The Unicode Standard, table 3-7, has it. */
#include <stdbool.h>
#include <string.h>

#include "internal.h"

#define REPLACEMENT	0xfffdU

static bool is_high(uint32_t c)
{
	return c >= 0xd800 && c < 0xdc00;
}

static bool is_low(uint32_t c)
{
	return c >= 0xdc00 && c < 0xe000;
}

/* The character at @s, of @len units; *@used of them. */
static uint32_t utf16_get(const uint16_t *s, size_t len, size_t *used,
			  bool *valid)
{
	*used = 1;
	*valid = true;
	if (is_high(s[0]) && len > 1 && is_low(s[1])) {
		*used = 2;
		return 0x10000 + ((s[0] - 0xd800U) << 10) + (s[1] - 0xdc00U);
	}
	*valid = !is_high(s[0]) && !is_low(s[0]);
	return *valid ? s[0] : REPLACEMENT;
}

/* Bytes that @c takes, which are put to @buf. */
static size_t utf8_put(uint32_t c, unsigned char buf[4])
{
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;

	for (i = n - 1; i > 0; i--) {
		buf[i] = 0x80 | (c & 0x3f);
		c >>= 6;
	}
	buf[0] = (unsigned char)(lead[n] | c);
	return n;
}

DBGMEM_EXPORT size_t dbgmem_utf16_to_utf8(const uint16_t *s, size_t len,
					  char *buf, size_t size,
					  size_t *invalid)
{
	size_t i, used, n, all = 0, put = 0, bad = 0;
	unsigned char c[4];
	bool valid;

	for (i = 0; i < len; i += used) {
		n = utf8_put(utf16_get(s + i, len - i, &used, &valid), c);
		bad += !valid;
		if (all + n < size) {
			memcpy(buf + all, c, n);
			put = all + n;
		}
		all += n;
	}
	if (size)
		buf[put] = 0;
	if (invalid)
		*invalid = bad;
	return all;
}

/* Bytes of the character at @s, 0 if it is none or cut off. */
static size_t utf8_get(const unsigned char *s, size_t len)
{
	unsigned char min = 0x80, max = 0xbf;
	size_t n, i;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (len < n)
		return 0;
	/* Overlong forms, surrogates, what is above U+10FFFF. */
	if (s[0] == 0xe0)
		min = 0xa0;
	if (s[0] == 0xed)
		max = 0x9f;
	if (s[0] == 0xf0)
		min = 0x90;
	if (s[0] == 0xf4)
		max = 0x8f;
	if (s[1] < min || s[1] > max)
		return 0;
	for (i = 2; i < n; i++)
		if (s[i] < 0x80 || s[i] > 0xbf)
			return 0;
	return n;
}

DBGMEM_EXPORT size_t dbgmem_utf8_valid(const char *s, size_t len)
{
	size_t i = 0, n;

	while (i < len) {
		n = utf8_get((const unsigned char *)s + i, len - i);
		if (!n)
			break;
		i += n;
	}
	return i;
}
