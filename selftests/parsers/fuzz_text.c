// SPDX-License-Identifier: GPL-2.0
/* The target's text, that goes to a terminal; and UTF-16. */
/* sources: user/cli/text/text.c user/lib/utf.c */
#include "fuzz.h"

#include <dbgmem.h>

#include "text/text.h"

/* Sequences for a terminal begin with one of C0, DEL or C1. */
static void check_print(const char *s, size_t len)
{
	size_t size = 0, i;
	char *out;
	FILE *f = open_memstream(&out, &size);

	MUST(f);
	text_print(f, s, len);
	fclose(f);
	MUST(dbgmem_utf8_valid(out, size) == size);
	for (i = 0; i < size; i++) {
		MUST((unsigned char)out[i] >= ' ' && out[i] != 0x7f);
		if (i && (unsigned char)out[i - 1] == 0xc2)
			MUST((unsigned char)out[i] >= 0xa0);
	}
	free(out);
}

static void check_utf16(const uint16_t *s, size_t len)
{
	size_t need, again, invalid, size;
	char *out;

	need = dbgmem_utf16_to_utf8(s, len, NULL, 0, &invalid);
	MUST(invalid <= len);
	for (size = 1; size <= need + 1; size += need / 3 + 1) {
		out = malloc(size);
		MUST(out);
		again = dbgmem_utf16_to_utf8(s, len, out, size, NULL);
		MUST(again == need && strnlen(out, size) < size);
		MUST(dbgmem_utf8_valid(out, strlen(out)) == strlen(out));
		free(out);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *s = (const char *)data;
	size_t valid = dbgmem_utf8_valid(s, len);
	uint16_t *units = malloc(len + 1);

	MUST(valid <= len && text_span(s, len) <= valid);
	check_print(s, len);
	MUST(units);
	memcpy(units, data, len / 2 * 2);
	check_utf16(units, len / 2);
	free(units);
	return 0;
}
