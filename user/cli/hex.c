// SPDX-License-Identifier: GPL-2.0
/* Bytes as people type them. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"

static unsigned int nibble(char c)
{
	return isdigit((unsigned char)c) ? (unsigned int)(c - '0') :
		(unsigned int)(tolower((unsigned char)c) - 'a' + 10);
}

int hex_parse(const char *s, uint8_t **bytes, size_t *nr, char *err,
	      size_t err_size)
{
	const char *p;
	size_t n = 0;
	uint8_t *b;

	*bytes = NULL;
	*nr = 0;
	b = malloc(strlen(s) / 2 + 1);
	if (!b) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	for (p = s; *p; ) {
		if (isspace((unsigned char)*p)) {
			p++;
			continue;
		}
		if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
			snprintf(err, err_size, "0x would mean a number, whose byte order is not said: give the bytes in the order of memory, 'ef be' for 0xbeef on this machine");
			goto err;
		}
		if (!isxdigit((unsigned char)p[0])) {
			snprintf(err, err_size, "'%c' at position %zu is not a hexadecimal digit",
				 isprint((unsigned char)*p) ? *p : '?',
				 (size_t)(p - s) + 1);
			goto err;
		}
		if (!isxdigit((unsigned char)p[1])) {
			snprintf(err, err_size, "the byte at position %zu has one digit, two are needed",
				 (size_t)(p - s) + 1);
			goto err;
		}
		b[n++] = (uint8_t)(nibble(p[0]) << 4 | nibble(p[1]));
		p += 2;
	}
	if (!n) {
		snprintf(err, err_size, "there are no bytes in it");
		goto err;
	}
	*bytes = b;
	*nr = n;
	return 0;
err:
	free(b);
	return -EINVAL;
}
