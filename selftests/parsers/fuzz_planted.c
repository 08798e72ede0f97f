// SPDX-License-Identifier: GPL-2.0
/* A parser that reads beyond its text: it has to be found. */
/* sources: */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = text_of(data, len);
	size_t i;

	/* a backslash takes what follows, also if that is the end */
	for (i = 0; text[i]; i++)
		if (text[i] == '\\')
			i++;
	free(text);
	return 0;
}
