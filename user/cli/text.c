// SPDX-License-Identifier: GPL-2.0
/* Text of the target's own making: it goes to a terminal. */
#include <string.h>

#include <dbgmem.h>

#include "text.h"

size_t text_char(const char *s, size_t len)
{
	size_t n;

	for (n = 1; n <= 4 && n <= len; n++)
		if (dbgmem_utf8_valid(s, n) == n)
			break;
	if (n > 4 || n > len)
		return 0;
	if (n == 1 && ((unsigned char)*s < ' ' || *s == 0x7f))
		return 0;
	/* U+0080 to U+009F are control characters too. */
	return n == 2 && !memcmp(s, "\xc2", 1) && (unsigned char)s[1] < 0xa0 ?
		0 : n;
}

size_t text_span(const char *s, size_t len)
{
	size_t span = 0, n;

	while ((n = text_char(s + span, len - span)))
		span += n;
	return span;
}

void text_print(FILE *out, const char *s, size_t len)
{
	size_t n;

	for (; len; s += n, len -= n) {
		n = text_span(s, len);
		if (n) {
			fwrite(s, 1, n, out);
			continue;
		}
		n = 1;
		fprintf(out, "\\%03o", (unsigned char)*s);
	}
}
