// SPDX-License-Identifier: GPL-2.0
/* An address of a command line, and behind its newline /proc/PID/maps. */
/* sources: user/cli/addr.c user/cli/num.c */
#include "fuzz.h"

#include "addr.h"
#include "num.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = text_of(data, len), *lines = strchr(text, '\n');
	char err[ERR_SIZE] = "";
	uint64_t addr, number;
	struct maps maps;
	int ret;

	ret = addr_parse(text, NULL, &addr, err, sizeof(err));
	MUST(ret <= 0);
	if (!lines) {
		free(text);
		return 0;
	}
	*lines++ = '\0';
	if (!maps_parse(lines, &maps)) {
		ret = addr_parse(text, &maps, &addr, err, sizeof(err));
		if (ret)
			check_reason(err);
		/* a number is a number whatever is mapped */
		if (!num_parse(text, &number))
			MUST(!ret && addr == number);
		maps_free(&maps);
	}
	free(text);
	return 0;
}
