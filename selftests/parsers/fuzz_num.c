// SPDX-License-Identifier: GPL-2.0
/* Numbers, lengths and process ids of a command line. */
/* sources: user/cli/text/num.c */
#include "fuzz.h"

#include <errno.h>
#include <inttypes.h>

#include "text/num.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = text_of(data, len), back[32];
	uint64_t v, w;
	pid_t pid;
	int ret;

	ret = num_parse(text, &v);
	MUST(!ret || ret == -EINVAL || ret == -ERANGE);
	if (!ret) {
		/* both ways to write it are the same number */
		snprintf(back, sizeof(back), "%" PRIu64, v);
		MUST(!num_parse(back, &w) && w == v);
		snprintf(back, sizeof(back), "0x%" PRIx64, v);
		MUST(!num_parse(back, &w) && w == v);
		MUST(!num_parse_len(text, &w) && w == v);
	}
	ret = num_parse_len(text, &v);
	MUST(!ret || ret == -EINVAL || ret == -ERANGE);
	if (!num_parse_pid(text, &pid)) {
		MUST(pid > 0);
		snprintf(back, sizeof(back), "%d", (int)pid);
		MUST(!strcmp(back, text));
	}
	free(text);
	return 0;
}
