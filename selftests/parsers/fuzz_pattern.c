// SPDX-License-Identifier: GPL-2.0
/* What to look for: the first byte says of what kind it is. */
/* sources: user/cli/text/pattern.c user/cli/text/hex.c user/cli/text/num.c user/lib/utf.c */
#include "fuzz.h"

#include "text/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const unsigned int widths[] = { 0, 1, 2, 4, 8 };
	unsigned int kind = len ? data[0] : 0, width;
	char *text = text_of(data + !!len, len - !!len);
	char err[ERR_SIZE] = "";
	struct pattern p = { 0 };
	volatile unsigned int sum = 0;
	size_t i;
	int ret;

	switch (kind % 3) {
	case 0:
		ret = pattern_hex(&p, text, err, sizeof(err));
		break;
	case 1:
		ret = pattern_string(&p, text, kind & 8, kind & 16, err,
				     sizeof(err));
		break;
	default:
		width = widths[(kind >> 3) % 5];
		ret = pattern_int(&p, text, width, err, sizeof(err));
		if (!ret)
			MUST(width ? p.len == width : p.len == 4 || p.len == 8);
		break;
	}
	if (ret) {
		check_reason(err);
	} else {
		MUST(p.len);
		/* all there: the sanitizer sees to that */
		for (i = 0; i < p.len; i++)
			sum += p.bytes[i] + (p.mask ? p.mask[i] : 0);
		pattern_free(&p);
	}
	free(text);
	return 0;
}
