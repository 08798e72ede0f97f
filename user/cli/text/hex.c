// SPDX-License-Identifier: GPL-2.0
/* Bytes in hexadecimal. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/hex.h"

static unsigned int nibble(char c)
{
	return isdigit((unsigned char)c) ? (unsigned int)(c - '0') :
		(unsigned int)(tolower((unsigned char)c) - 'a' + 10);
}

/*
 * Parse a digit into @value and the bits that count. Returns false if it is not a
 * digit.
 */
static bool digit(char c, bool wild, unsigned int *value, unsigned int *mask)
{
	bool any = wild && c == '?';

	if (!any && !isxdigit((unsigned char)c))
		return false;
	*value = any ? 0 : nibble(c);
	*mask = any ? 0 : 0xf;
	return true;
}

/* *@bytes and, unless @mask is NULL, *@mask are the caller's to free. */
static int parse(const char *s, uint8_t **bytes, uint8_t **mask, size_t *nr,
		 char *err, size_t err_size)
{
	unsigned int value[2], count[2];
	const char *p;
	size_t n = 0;
	uint8_t *b, *m = NULL;

	*bytes = NULL;
	*nr = 0;
	if (mask)
		*mask = NULL;
	b = malloc(strlen(s) / 2 + 1);
	if (mask)
		m = malloc(strlen(s) / 2 + 1);
	if (!b || (mask && !m)) {
		snprintf(err, err_size, "out of memory");
		free(b);
		free(m);
		return -ENOMEM;
	}
	for (p = s; *p; ) {
		if (isspace((unsigned char)*p)) {
			p++;
			continue;
		}
		if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
			snprintf(err, err_size, "0x means a number without a byte order: give the bytes in memory order, 'ef be' for 0xbeef on this machine");
			goto err;
		}
		if (!digit(p[0], mask, &value[0], &count[0])) {
			snprintf(err, err_size, "'%c' at position %zu is not a hexadecimal digit%s",
				 isprint((unsigned char)*p) ? *p : '?',
				 (size_t)(p - s) + 1, mask ? ", or ?" : "");
			goto err;
		}
		if (!digit(p[1], mask, &value[1], &count[1])) {
			snprintf(err, err_size, "the byte at position %zu has one digit, two are needed",
				 (size_t)(p - s) + 1);
			goto err;
		}
		if (m)
			m[n] = (uint8_t)(count[0] << 4 | count[1]);
		b[n++] = (uint8_t)(value[0] << 4 | value[1]);
		p += 2;
	}
	if (!n) {
		snprintf(err, err_size, "there are no bytes in it");
		goto err;
	}
	*bytes = b;
	*nr = n;
	if (mask)
		*mask = m;
	return 0;
err:
	free(b);
	free(m);
	return -EINVAL;
}

int hex_parse(const char *s, uint8_t **bytes, size_t *nr, char *err,
	      size_t err_size)
{
	return parse(s, bytes, NULL, nr, err, err_size);
}

int hex_parse_mask(const char *s, uint8_t **bytes, uint8_t **mask, size_t *nr,
		   char *err, size_t err_size)
{
	return parse(s, bytes, mask, nr, err, err_size);
}

char *hex_format(const uint8_t *bytes, size_t nr, char *text)
{
	size_t i;

	*text = '\0';
	for (i = 0; i < nr; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	return text;
}
