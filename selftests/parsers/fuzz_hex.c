// SPDX-License-Identifier: GPL-2.0
/* Bytes in hexadecimal, with and without wildcards. */
/* sources: user/cli/text/hex.c */
#include "fuzz.h"

#include "text/hex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *bytes, *mask, *again;
	char *text = text_of(data, len), *back;
	char err[ERR_SIZE] = "";
	size_t nr, nr_again, i;

	if (!hex_parse(text, &bytes, &nr, err, sizeof(err))) {
		MUST(nr && nr <= len / 2);
		back = malloc(2 * nr + 1);
		MUST(back && hex_format(bytes, nr, back) == back);
		MUST(!hex_parse(back, &again, &nr_again, err, sizeof(err)));
		MUST(nr_again == nr && !memcmp(again, bytes, nr));
		free(again);
		free(back);
		/* without a wildcard all bits count */
		MUST(!hex_parse_mask(text, &again, &mask, &nr_again, err,
				     sizeof(err)));
		MUST(nr_again == nr && !memcmp(again, bytes, nr));
		for (i = 0; i < nr; i++)
			MUST(mask[i] == 0xff);
		free(again);
		free(mask);
		free(bytes);
	} else {
		check_reason(err);
	}
	if (!hex_parse_mask(text, &bytes, &mask, &nr, err, sizeof(err))) {
		for (i = 0; i < nr; i++)
			MUST(!(bytes[i] & ~mask[i]));
		free(bytes);
		free(mask);
	}
	free(text);
	return 0;
}
